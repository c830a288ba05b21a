// Each platform's mapper on its documented answer, field by field, and on what is malformed.
import { describe, expect, test } from 'vitest';
import { MooringError } from '../../domain/errors.ts';
import type { Json } from '../../domain/platform.ts';
import type { Resource } from '../../domain/resource.ts';
import { findPlatform } from '../../platforms/index.ts';
import { definitionOf, fixture, itemsOf, PASS } from './fixtures.ts';

function firstItem(id: string, resource: Resource): Json {
  const platform = findPlatform(id);
  if (platform === undefined) throw new Error(`no platform ${id}`);
  return itemsOf(fixture(platform, resource))[0] ?? null;
}

const mapped = (id: string, resource: Resource) =>
  definitionOf(id, resource).map(firstItem(id, resource), PASS);
const eur = (amount: string) => ({ amount, currency: 'EUR' });

describe('orders', () => {
  test('Shopify', () => {
    expect(mapped('shopify', 'orders')).toEqual([
      {
        platformId: 'gid://shopify/Order/5678901234567',
        platformCreatedAt: '2026-07-01T10:00:00.000Z',
        platformUpdatedAt: '2026-07-02T11:30:00.000Z',
        number: '#1001',
        status: 'open',
        paymentStatus: 'partially_refunded',
        fulfillmentStatus: 'partially_fulfilled',
        platformStatus: 'PARTIALLY_REFUNDED/PARTIALLY_FULFILLED',
        currency: 'EUR',
        total: eur('1234.50'),
        subtotal: eur('1200.0'),
        tax: eur('24.5'),
        shipping: eur('10.0'),
        discount: null,
        customerPlatformId: 'gid://shopify/Customer/11',
        email: 'jo@example.com',
        shippingAddress: {
          name: 'Jo Doe',
          company: null,
          line1: 'Main Street 1',
          line2: null,
          city: 'Ghent',
          region: null,
          postalCode: '9000',
          countryCode: 'BE',
          phone: null,
        },
        billingAddress: null,
        lineItems: [
          {
            platformId: 'gid://shopify/LineItem/21',
            productPlatformId: 'gid://shopify/Product/31',
            variantPlatformId: null,
            sku: 'TEA-1',
            title: 'Tea',
            quantity: 2,
            unitPrice: eur('600.0'),
            total: null,
          },
        ],
      },
    ]);
  });

  test('WooCommerce: a guest, an empty address, times without zone as UTC, a refund in part', () => {
    expect(mapped('woocommerce', 'orders')).toMatchObject([
      {
        platformId: '727',
        platformCreatedAt: '2026-03-22T19:28:02.000Z',
        platformUpdatedAt: '2026-03-22T19:28:08.000Z',
        status: 'open',
        paymentStatus: 'partially_refunded',
        fulfillmentStatus: 'unfulfilled',
        platformStatus: 'processing',
        total: { amount: '29.35', currency: 'USD' },
        subtotal: null,
        customerPlatformId: null,
        email: 'john.doe@example.com',
        shippingAddress: null,
        billingAddress: { name: 'John Doe', region: 'CA', countryCode: 'US' },
        lineItems: [
          {
            platformId: '315',
            productPlatformId: '93',
            variantPlatformId: null,
            unitPrice: { amount: '3.1415926' },
          },
        ],
      },
    ]);
  });

  test('Shopee: seconds as instants, the estimate of the fee until there is one, masks as they are', () => {
    expect(mapped('shopee', 'orders')).toMatchObject([
      {
        platformId: '2404098R48U37H',
        platformCreatedAt: '2024-04-08T18:39:51.000Z',
        status: 'completed',
        paymentStatus: 'paid',
        fulfillmentStatus: 'fulfilled',
        total: { amount: '32119', currency: 'VND' },
        shipping: { amount: '5000', currency: 'VND' },
        customerPlatformId: '1170319091',
        email: null,
        shippingAddress: { name: 'P******n', countryCode: 'VN', postalCode: null },
        lineItems: [{ variantPlatformId: '221404189791', sku: 'CREAM-05', unitPrice: { amount: '48000' } }],
      },
    ]);
  });

  test('Medusa: the exact amount where it tells one', () => {
    expect(mapped('medusa', 'orders')).toMatchObject([
      {
        platformId: 'order_01K',
        number: '#7',
        total: eur('12.30'),
        tax: eur('2.3'),
        shippingAddress: { countryCode: 'BE' },
      },
    ]);
  });

  test('an id beyond 2^53 keeps every digit', () => {
    const item = { ...(firstItem('woocommerce', 'orders') as object), id: '9223372036854775807' };
    expect(definitionOf('woocommerce', 'orders').map(item, PASS)[0]?.platformId).toBe('9223372036854775807');
  });

  test.each([
    ['processing', 'open', 'paid'],
    ['pending', 'open', 'pending'],
    ['on-hold', 'open', 'pending'],
    ['completed', 'completed', 'paid'],
    ['cancelled', 'cancelled', 'unknown'],
    ['refunded', 'completed', 'refunded'],
    ['failed', 'cancelled', 'voided'],
    ['wc-shipped-by-plugin', 'unknown', 'unknown'],
    ['constructor', 'unknown', 'unknown'],
  ])('WooCommerce’s «%s» is %s and %s', (status, expected, payment) => {
    const item = { ...(firstItem('woocommerce', 'orders') as object), status, refunds: [] };
    expect(definitionOf('woocommerce', 'orders').map(item, PASS)[0]).toMatchObject({
      status: expected,
      paymentStatus: payment,
      platformStatus: status,
    });
  });
});

describe('the other resources', () => {
  test('a product sold by itself is its own only variant', () => {
    expect(mapped('woocommerce', 'products')).toMatchObject([
      { platformId: '794', variants: [{ platformId: '794', price: { amount: '21.99', currency: 'USD' } }] },
    ]);
    expect(mapped('shopee', 'products')).toMatchObject([
      {
        platformId: '34002',
        brand: 'nike',
        variants: [{ platformId: '34002', price: { amount: '100.5', currency: 'SGD' } }],
      },
    ]);
  });

  test('a price whose currency nobody told is none', () => {
    const pass = { ...PASS, facts: {} };
    expect(
      definitionOf('woocommerce', 'products').map(firstItem('woocommerce', 'products'), pass),
    ).toMatchObject([{ variants: [{ price: null }] }]);
  });

  test('stock: one level a location, item or model; negative stock is stock', () => {
    expect(mapped('shopify', 'inventory')).toMatchObject([
      {
        platformId: 'gid://shopify/InventoryLevel/61?inventory_item_id=51',
        available: -2,
        onHand: 1,
        reserved: 3,
      },
    ]);
    expect(mapped('medusa', 'inventory')).toMatchObject([
      { platformId: 'ilev_1', locationPlatformId: 'sloc_1', available: 7, onHand: 10, reserved: 3 },
    ]);
    expect(mapped('shopee', 'inventory')).toMatchObject([{ platformId: '34002', available: 7, reserved: 1 }]);
    expect(mapped('woocommerce', 'inventory')).toMatchObject([
      { platformId: '794', available: 4, onHand: null },
    ]);
  });

  test('a variable product is stock only where its variations share it', () => {
    const product = { ...(firstItem('woocommerce', 'inventory') as object), type: 'variable' };
    const { map } = definitionOf('woocommerce', 'inventory');
    expect(map({ ...product, manage_stock: false }, PASS)).toEqual([]);
    expect(map(product, PASS)).toMatchObject([{ platformId: '794', variantPlatformId: null }]);
  });
});

describe('a malformed item is refused, naming where', () => {
  test.each<[string, Resource, string, Json]>([
    ['shopify', 'orders', '/id', null],
    ['shopify', 'orders', '/totalPriceSet/shopMoney/amount', '12,50'],
    ['shopify', 'orders', '/totalPriceSet', null],
    ['shopify', 'orders', '/currencyCode', 'EURO'],
    ['shopify', 'orders', '/updatedAt', '2026-07-02 11:30'],
    ['shopify', 'orders', '/updatedAt', '+275760-09-13T00:00:00Z'],
    ['shopify', 'orders', '/lineItems/nodes/0/quantity', '2.5'],
    ['shopify', 'orders', '/lineItems/nodes/0/quantity', 1e300],
    ['woocommerce', 'orders', '/date_modified_gmt', 'yesterday'],
    ['woocommerce', 'orders', '/line_items', 'none'],
    ['woocommerce', 'orders', '/total', '1e400'],
    ['woocommerce', 'products', '/name', { rendered: 'x' }],
    ['shopee', 'orders', '/order_sn', ''],
    ['shopee', 'orders', '/create_time', 99999999999999],
    ['shopee', 'products', '/price_info/0/current_price', true],
    ['medusa', 'orders', '/created_at', '2026-11-20'],
    ['medusa', 'inventory', '/location_levels/0/stocked_quantity', []],
  ])('%s %s: %s', (id, resource, path, value) => {
    const item = put(firstItem(id, resource), path.slice(1).split('/'), value);
    const run = () => definitionOf(id, resource).map(item, PASS);
    expect(run).toThrow(MooringError);
    try {
      run();
    } catch (error) {
      expect(error).toMatchObject({ code: 'record_invalid', fields: [{ path }] });
      expect(String(error)).toContain(`"${path}"`);
    }
  });
});

function put(value: Json, path: readonly string[], by: Json): Json {
  const [name, ...rest] = path;
  if (name === undefined) return by;
  if (Array.isArray(value))
    return value.map((one: Json, at) => (String(at) === name ? put(one, rest, by) : one));
  if (typeof value !== 'object' || value === null) return value;
  return { ...value, [name]: put((value as Record<string, Json>)[name] ?? null, rest, by) };
}
