// Medusa as the sandbox judges it: a key that is a user name, a login for a day, filters by operators, members by name.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { basic, shopWith, startWorld, type World } from './calling.ts';
import { readAll } from './code-grant-suite.ts';

const HOST = 'demo.medusa.example';
let world: World;
let key: string;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  await world.control('/reset', {});
  key = (await shopWith(world, { platform: 'medusa', orders: 130, products: 13, customers: 9 })).credential
    .secret_key;
});

const get = (path: string, authorization = basic(key, ''), host = HOST) =>
  world.call({ host, path: `/admin/${path}`, headers: { authorization } });

describe('the key', () => {
  it('is the user name, alone, live, and of this shop', async () => {
    expect((await get('stores')).json.count).toBe(1);
    expect((await get('stores', basic(key, 'x'))).status).toBe(401);
    expect((await get('stores', basic('', key))).status).toBe(401);
    expect((await get('stores', basic(key, ''), 'another.medusa.example')).status).toBe(401);
    await world.control(`/shops/${HOST}/reject-grant`, {});
    expect((await get('stores')).status).toBe(401);
  });
});

describe('a login', () => {
  it('gives a token of a day whose end stands in it', async () => {
    const { json: user } = await world.control(`/shops/${HOST}/credential`, { user: true });
    const login = (over: object = {}) =>
      world.call({ host: HOST, path: '/auth/user/emailpass', body: { ...user, ...over } });
    expect((await login({ password: 'x' })).status).toBe(401);
    const { token } = (await login()).json;
    const { exp } = JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString('utf8'));
    expect(exp * 1000).toBeGreaterThan(Date.now() + 86_000_000);
    expect((await get('stores', `Bearer ${token}`)).status).toBe(200);
    await world.control('/clock', { offsetMs: 86_401_000 });
    expect((await get('stores', `Bearer ${token}`)).status).toBe(401);
  });
});

describe('lists', () => {
  it('give every order once, by limit and offset', async () => {
    const orders = await readAll('0', async (offset) => {
      const { json } = await get(`orders?limit=50&offset=${offset}&order=updated_at`);
      const next = Number(offset) + json.orders.length;
      return { items: json.orders, next: next < json.count ? String(next) : null };
    });
    expect(new Set(orders.map(({ id }) => id)).size).toBe(130);
    const times = orders.map(({ updated_at }) => updated_at);
    expect(times).toEqual([...times].sort());
  });

  it('filter by operators, and refuse what they do not know', async () => {
    const since = new Date(Date.now() - 60_000).toISOString();
    await world.control(`/shops/${HOST}/mutate`, { customers: 2 });
    const found = await get(`customers?updated_at[$gte]=${encodeURIComponent(since)}`);
    expect(found.json.count).toBe(2);
    for (const wrong of [
      'updated_since=2020',
      'updated_at[$near]=2020-01-01',
      'updated_at[$gte]=then',
      'order=total',
    ])
      expect((await get(`customers?${wrong}`)).json.type).toBe('invalid_data');
  });

  it('tell what was asked for', async () => {
    const first = async (fields: string) => (await get(`orders?limit=1&fields=${fields}`)).json.orders[0];
    expect((await first('')).items).toBeUndefined();
    expect(Object.keys(await first('id,total')).sort()).toEqual(['id', 'total']);
    const added = await first('*items,-email');
    expect([Array.isArray(added.items), added.email, typeof added.display_id]).toEqual([
      true,
      undefined,
      'number',
    ]);
    const [item] = (await get('inventory-items')).json.inventory_items;
    expect(item.location_levels[0].stocked_quantity).toBe(item.stocked_quantity);
  });
});
