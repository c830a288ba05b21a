// What `mooring platforms new` writes: a platform that passes the check and whose fixture maps, to be changed line by line. `ours` is the way to Mooring's own folder.

export function moduleText(id: string, ours: string): string {
  return `// ${id}, as data. Write the source of each fact beside it; what nobody confirmed goes into \`unverified\`.
import type { Json, PassContext, Platform, PlatformRequest, RawPage } from '${ours}/domain/platform.ts';
import type { Order } from '${ours}/domain/resource.ts';
import { listAt, objectAt, textOf, valueAt } from '${ours}/platforms/json.ts';
import { baseBy, readRecord } from '${ours}/platforms/record-reader.ts';

const base = baseBy({ id: 'id', createdAt: 'created_at', updatedAt: 'updated_at' });

/** Raw item → unified records. What is not told is null; what has another form is refused by its path, and set aside. */
function mapOrder(item: Json): readonly Order[] {
  const order = readRecord(item);
  const currency = order.currency('currency');
  return [
    {
      ...base(order),
      number: order.optionalText('number'),
      status: 'unknown',
      paymentStatus: 'unknown',
      fulfillmentStatus: 'unknown',
      platformStatus: order.optionalText('status'),
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
      lineItems: order.list('items').map((line) => ({
        platformId: line.optionalId('id'),
        productPlatformId: null,
        variantPlatformId: null,
        sku: line.optionalText('sku'),
        title: line.optionalText('title'),
        quantity: line.integer('quantity'),
        unitPrice: line.optionalMoney('price', currency),
        total: null,
      })),
    },
  ];
}

/** The next request of a pass. The cursor is plain JSON, made by \`readOrders\`, and survives a restart. */
function listOrders(pass: PassContext, cursor: Json): PlatformRequest {
  const since = pass.sinceMs === null ? null : new Date(pass.sinceMs).toISOString();
  return {
    method: 'GET',
    path: '/orders',
    endpoint: 'GET /orders',
    query: {
      limit: String(pass.pageSize),
      ...(since === null ? {} : { updated_since: since }),
      ...(typeof cursor === 'string' ? { after: cursor } : {}),
    },
  };
}

/** \`next\` null ends the pass. A list that an offset pages loses records while the shop sells: prefer the platform's own cursor. */
function readOrders(body: Json): RawPage {
  return { items: listAt(body, 'orders'), next: textOf(valueAt(body, 'next')) };
}

export const platform = {
  id: '${id}',
  name: '${id}',
  certainty: 'unverified',
  documentation: 'https://docs.example/${id}',
  // What names one shop. Every pattern is anchored: values become hosts and paths.
  shop: [
    {
      name: 'url',
      label: 'Shop address',
      pattern: '^https://[a-z0-9.-]+(:[0-9]{1,5})?$',
      help: 'Where the shop answers, https',
      example: 'https://shop.example',
      normalize: 'url',
    },
  ],
  baseUrl: '{url}/api',
  apiVersion: { name: 'v1', sunset: null },
  needsRegistration: false,
  // One entry for every valid way in: obtain, renew, sign, transport.
  auth: [
    {
      credentialKind: 'api_key',
      obtain: {
        kind: 'pasted',
        fields: [{ name: 'apiKey', label: 'API key', secret: true, help: 'Settings > API keys' }],
      },
      renew: { kind: 'none' },
      sign: [{ scheme: 'bearer', token: '{apiKey}' }],
      defaultLifetimeS: null,
    },
  ],
  // One cheap call that any granted credential may make. It tells the shop's immutable key.
  proof: {
    request: () => ({ method: 'GET', path: '/shop', endpoint: 'GET /shop' }),
    read: ({ body }) => {
      const shop = objectAt(body, 'shop');
      return { shopKey: textOf(shop['id']), shopName: textOf(shop['name']), scopes: null, facts: {} };
    },
  },
  // Ours → the platform's narrowest scopes. Absent: not offered. []: offered, without a scope.
  permissions: { 'orders:read': [] },
  // First match wins; what is not here means what HTTP says.
  answers: [{ at: 'api', status: 401, means: 'credential_dead', note: 'a key does not expire: it was revoked' }],
  rateLimits: [{ scope: 'connection', burst: 10, perSecond: 5, certainty: 'unverified' }],
  resources: {
    orders: {
      resource: 'orders',
      requires: 'orders:read',
      pageSize: { default: 50, max: 100 },
      // full_scan where nothing tells that a record changed.
      filter: 'updated_at',
      overlapS: 60,
      windowS: null,
      request: listOrders,
      read: (_pass, _cursor, { body }) => readOrders(body),
      map: mapOrder,
      idOf: (item) => textOf(valueAt(item, 'id')),
      mapperVersion: 1,
    },
  },
  unsupported: ['Products, customers and inventory.', 'Notifications: it is polled.'],
  unverified: ['Everything: this is what \`mooring platforms new\` wrote.'],
} as const satisfies Platform;
`;
}

export function testText(id: string, ours: string): string {
  return `// Run it from the folder of Mooring: node --import tsx --test <this file>
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { checkPlatform } from '../${ours}/platforms/check.ts';
import { platform } from '../${id}.ts';

const fixture = (name: string) =>
  JSON.parse(readFileSync(new URL(\`../fixtures/${id}/\${name}\`, import.meta.url), 'utf8'));

test('the definition passes the check', () => {
  assert.deepEqual(checkPlatform(platform).findings, []);
});

test('the proof tells the shop', () => {
  const proven = platform.proof.read({ body: fixture('proof.json'), headers: {} });
  assert.equal(proven.shopKey, 'shop-1');
});

test('orders become exactly the expected records', () => {
  const items: unknown[] = fixture('orders.json').orders;
  const records = items.flatMap((item) => platform.resources.orders.map(item as never));
  assert.deepEqual(records, fixture('orders.expected.json'));
});
`;
}

const ORDER = {
  id: 'o-1',
  number: '#1001',
  status: 'paid',
  currency: 'EUR',
  total: '12.30',
  email: 'buyer@example.com',
  created_at: '2026-11-20T09:00:00Z',
  updated_at: '2026-11-20T10:00:00Z',
  items: [{ id: 'l-1', sku: 'SKU-1', title: 'Cup', quantity: 2, price: '6.15' }],
};

/** File → its content, as JSON. */
export const FIXTURES: Readonly<Record<string, unknown>> = {
  'proof.json': { shop: { id: 'shop-1', name: 'A shop' } },
  'orders.json': { orders: [ORDER], next: null },
  'orders.expected.json': [
    {
      platformId: 'o-1',
      platformCreatedAt: '2026-11-20T09:00:00.000Z',
      platformUpdatedAt: '2026-11-20T10:00:00.000Z',
      number: '#1001',
      status: 'unknown',
      paymentStatus: 'unknown',
      fulfillmentStatus: 'unknown',
      platformStatus: 'paid',
      currency: 'EUR',
      total: { amount: '12.30', currency: 'EUR' },
      subtotal: null,
      tax: null,
      shipping: null,
      discount: null,
      customerPlatformId: null,
      email: 'buyer@example.com',
      shippingAddress: null,
      billingAddress: null,
      lineItems: [
        {
          platformId: 'l-1',
          productPlatformId: null,
          variantPlatformId: null,
          sku: 'SKU-1',
          title: 'Cup',
          quantity: 2,
          unitPrice: { amount: '6.15', currency: 'EUR' },
          total: null,
        },
      ],
    },
  ],
};
