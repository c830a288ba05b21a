// The benchmark's platform: pasted bearer token, pages by Link. Loaded through MOORING_PLATFORMS, as a vendor's own platform would be.
import type { Json, Platform, ResourceDefinition } from '../../../domain/platform.ts';
import type { LineItem } from '../../../domain/resource.ts';
import { isList } from '../../../platforms/json.ts';
import { type RecordReader, readRecord } from '../../../platforms/record-reader.ts';

const orders: ResourceDefinition<'orders'> = {
  resource: 'orders',
  requires: 'orders:read',
  pageSize: { default: 250, max: 250 },
  filter: 'updated_at',
  overlapS: 0,
  windowS: null,
  mapperVersion: 1,
  request: (_pass, cursor) => ({
    method: 'GET',
    path: '/orders',
    endpoint: 'GET /orders',
    query: { page: String(cursor ?? 1) },
  }),
  read: (_pass, _cursor, { body, headers }) => ({
    items: isList(body) ? body : [],
    next: nextPage(headers['link']),
  }),
  idOf: (item) => readRecord(item).id('id'),
  map: (item) => {
    const order = readRecord(item);
    const currency = order.text('currency');
    return [
      {
        platformId: order.id('id'),
        platformCreatedAt: order.instant('created_at'),
        platformUpdatedAt: order.instant('updated_at'),
        number: order.optionalText('name'),
        status: 'open',
        paymentStatus: order.text('financial_status') === 'paid' ? 'paid' : 'pending',
        fulfillmentStatus: order.optionalText('fulfillment_status') === null ? 'unfulfilled' : 'fulfilled',
        platformStatus: order.optionalText('financial_status'),
        currency,
        total: order.money('total', currency),
        subtotal: null,
        tax: null,
        shipping: null,
        discount: null,
        customerPlatformId: order.optionalId('customer_id'),
        email: order.optionalText('email'),
        shippingAddress: null,
        billingAddress: null,
        lineItems: order.list('line_items').map((line) => lineItem(line, currency)),
      },
    ];
  },
};

function lineItem(line: RecordReader, currency: string): LineItem {
  return {
    platformId: line.id('id'),
    productPlatformId: line.optionalId('product_id'),
    variantPlatformId: null,
    sku: line.optionalText('sku'),
    title: line.optionalText('title'),
    quantity: line.integer('quantity'),
    unitPrice: line.optionalMoney('price', currency),
    total: null,
  };
}

function nextPage(link: string | undefined): Json {
  const page = /[?&]page=(\d+)>; rel="next"/.exec(link ?? '')?.[1];
  return page === undefined ? null : Number(page);
}

export const platform: Platform = {
  id: 'bench',
  name: 'Benchmark',
  certainty: 'vendor',
  documentation: 'https://bench.example',
  shop: [
    {
      name: 'shop',
      label: 'Shop',
      pattern: '^[a-z0-9-]+\\.bench\\.example$',
      help: 'Host',
      example: 'one.bench.example',
    },
  ],
  baseUrl: 'https://{shop}',
  apiVersion: { name: '1', sunset: null },
  needsRegistration: false,
  auth: [
    {
      credentialKind: 'api_key',
      obtain: {
        kind: 'pasted',
        fields: [{ name: 'accessToken', label: 'Token', secret: true, help: 'Any text' }],
      },
      renew: { kind: 'none' },
      sign: [{ scheme: 'bearer' }],
      defaultLifetimeS: null,
    },
  ],
  proof: {
    request: () => ({ method: 'GET', path: '/shop', endpoint: 'GET /shop' }),
    read: (_answer, shop) => ({ shopKey: shop['shop'] ?? null, shopName: 'Bench', scopes: null, facts: {} }),
  },
  permissions: { 'orders:read': [] },
  answers: [
    { status: [200], means: 'ok' },
    { status: 401, means: 'credential_dead' },
    { status: '5xx', means: 'platform_down' },
  ],
  rateLimits: [],
  resources: { orders },
};
