// The generator: the same shop in every start, up to a million orders without keeping any, and the benchmark's pages.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listed, touch, updatedAtMs } from '../../sandbox/collection.ts';
import {
  firstVariant,
  generateOrder,
  generateProduct,
  productOfVariant,
  variantCount,
} from '../../sandbox/generator.ts';
import { createSandbox } from '../../sandbox/sandbox.ts';
import { createShop } from '../../sandbox/shops.ts';
import { startWorld, type World } from './calling.ts';

const untilMs = Date.UTC(2026, 10, 1);
const shopOf = (orders: number, seed = 'kiosk') =>
  createShop(createSandbox({}), { platform: 'woocommerce', host: 'a.woo.example', seed, orders, untilMs });

describe('the generator', () => {
  it('makes the same record from the same seed, and another from another', () => {
    expect(generateOrder(shopOf(100), 42)).toEqual(generateOrder(shopOf(100), 42));
    expect(generateOrder(shopOf(100, 'other'), 42).customer).not.toEqual(
      generateOrder(shopOf(100), 42).customer,
    );
  });

  it('makes totals that add up, in every currency’s own digits', () => {
    const shop = shopOf(500);
    for (let index = 0; index < 500; index += 1) {
      const order = generateOrder(shop, index);
      const goods = order.lines.reduce((sum, line) => sum + line.priceMinor * line.quantity, 0);
      expect(order.totalMinor).toBe(goods - order.discountMinor + order.taxMinor + order.shippingMinor);
    }
  });

  it('gives each variant one product', () => {
    const shop = shopOf(1);
    for (let product = 0; product < 40; product += 1) {
      expect(generateProduct(shop, product).variants.length).toBe(variantCount(product));
      for (let at = 0; at < variantCount(product); at += 1)
        expect(productOfVariant(firstVariant(product) + at)).toBe(product);
    }
  });

  it('orders a million by update time, changed ones last, in little memory', () => {
    const shop = shopOf(1_000_000);
    touch(shop, 'orders', [5, 999_999], untilMs + 60_000);
    const view = listed(shop, 'orders', 'updated');
    expect([view.length, ...view.slice(-2)]).toEqual([1_000_000, 5, 999_999]);
    for (let at = 1; at < view.length; at += 997) {
      expect(updatedAtMs(shop, 'orders', view[at] ?? 0)).toBeGreaterThanOrEqual(
        updatedAtMs(shop, 'orders', view[at - 1] ?? 0),
      );
    }
    expect(Object.keys(shop.collections.orders.changes).length).toBe(2);
  });
});

describe('the benchmark’s pages', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
  });
  afterAll(() => world.close());
  const page = (query: string, token = 'bench-token') =>
    world.call({
      host: 'bench.sandbox.example',
      path: `/orders?${query}`,
      headers: { authorization: `Bearer ${token}` },
    });

  it('hold each order once, about 2.1 KB and 5 to 20 lines, linked to the end', async () => {
    const ids = new Set<number>();
    let sizeBytes = 0;
    let next: string | undefined = 'page=1&size=250&orders=1100';
    while (next !== undefined) {
      const answer = await page(next);
      sizeBytes += Buffer.byteLength(answer.text);
      for (const order of answer.json) {
        ids.add(order.id);
        expect(order.number).toBe(String(order.id));
        expect(order.line_items.length).toBeGreaterThanOrEqual(5);
        expect(order.line_items.length).toBeLessThanOrEqual(20);
      }
      next = /\?([^>]+)>; rel="next"/.exec(answer.headers['link'] ?? '')?.[1];
    }
    expect(ids.size).toBe(1100);
    expect(sizeBytes / 1100).toBeGreaterThan(1_800);
    expect(sizeBytes / 1100).toBeLessThan(2_600);
  });

  it('need a bearer token', async () => {
    expect((await page('page=1', 'expired')).status).toBe(401);
  });
});
