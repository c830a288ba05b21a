// PrestaShop as the sandbox judges it: the key as a user name, XML unless asked otherwise, filters on dates that must be asked for.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { basic, shopWith, startWorld, type World } from './calling.ts';
import { readAll } from './code-grant-suite.ts';

const SHOP = 'demo.prestashop.example';
let world: World;
let key: string;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  await world.control('/reset', {});
  const wish = {
    platform: 'prestashop',
    host: SHOP,
    orders: 47,
    products: 13,
    customers: 7,
    timeZoneOffsetMinutes: 120,
  };
  key = (await shopWith(world, wish)).credential.key;
});

const get = (path: string, authorization = basic(key, '')) =>
  world.call({ host: SHOP, path: `/api/${path}`, headers: { authorization } });
const json = async (path: string) =>
  (await get(`${path}${path.includes('?') ? '&' : '?'}output_format=JSON`)).json;

describe('the key', () => {
  it.each([
    ['none', '', 17],
    ['a password beside it', 'password', 18],
    ['a short one', 'short', 18],
    ['an unknown one', 'unknown', 19],
  ])('is refused: %s', async (_, how, code) => {
    const given = {
      '': basic('', ''),
      password: basic(key, 'x'),
      short: basic('abc', ''),
      unknown: basic('A'.repeat(32), ''),
    }[how];
    const answer = await get('orders?output_format=JSON', given);
    expect([answer.status, answer.json.errors[0].code]).toEqual([401, code]);
  });

  it('may stand in the address, and dies when it is taken away', async () => {
    expect((await world.call({ host: SHOP, path: `/api/orders?ws_key=${key}` })).status).toBe(200);
    await world.control(`/shops/${SHOP}/reject-grant`, {});
    expect((await json('orders')).errors[0].code).toBe(20);
  });

  it('opens the resources it was given', async () => {
    key = (await world.control(`/shops/${SHOP}/credential`, { scopes: ['products'] })).json.key;
    expect((await get('orders')).status).toBe(403);
    expect((await json('')).api).toEqual([{ name: 'products', get: 'true' }]);
  });
});

describe('lists', () => {
  it('are XML unless JSON is asked for', async () => {
    const xml = await get('orders?limit=1&display=full');
    expect([xml.headers['content-type'], /<order><id><!\[CDATA\[1\]\]><\/id>/.test(xml.text)]).toEqual([
      'text/xml;charset=utf-8',
      true,
    ]);
    expect((await json('orders?limit=1')).orders).toEqual([{ id: 1 }]);
  });

  it('give every order once, changed in a range, by offset and count', async () => {
    const filter =
      `display=full&date=1&filter[date_upd]=[2020-01-01 00:00:00,2099-01-01 00:00:00]&sort=[date_upd_ASC]`.replaceAll(
        ' ',
        '%20',
      );
    const orders = await readAll('0', async (offset) => {
      const page = await json(`orders?${filter}&limit=${offset},20`);
      const items = page.orders ?? [];
      return { items, next: items.length < 20 ? null : String(Number(offset) + 20) };
    });
    expect(new Set(orders.map(({ id }) => id)).size).toBe(47);
    expect(orders[0].associations.order_rows[0].product_reference).toMatch(/^DEM-/);
    expect(await json('orders?limit=900,10')).toEqual([]);
  });

  it.each([
    ['a date filter without date=1', 'filter[date_upd]=[2020-01-01,2099-01-01]', 31],
    ['a limit that is none', 'limit=a', 35],
    ['a sort that is none', 'sort=date_upd', 36],
  ])('are refused for %s', async (_, query, code) => {
    expect((await json(`orders?${query}`)).errors[0].code).toBe(code);
  });

  it('name states, currencies, combinations and stock by id', async () => {
    const [order] = (await json('orders?display=full&limit=1')).orders;
    const states = (await json('order_states?display=full')).order_states;
    expect(states.some(({ id }: { id: number }) => String(id) === order.current_state)).toBe(true);
    expect((await json('currencies/1')).currency.iso_code).toBe('EUR');
    expect((await json('combinations?display=full')).combinations).toHaveLength(12);
    expect((await json('stock_availables?display=full')).stock_availables).toHaveLength(21);
  });
});
