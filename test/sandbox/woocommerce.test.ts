// WooCommerce as the sandbox judges it: the key handshake, three ways to sign, permissions, paging, dates without a zone.
import { createHmac, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Sending, startWorld, type World } from './calling.ts';

const HOST = 'kiosk.woo.example';
let world: World;
let keys: { consumer_key: string; consumer_secret: string };
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  await world.control('/reset', {});
  await world.control('/shops', {
    platform: 'woocommerce',
    host: HOST,
    orders: 230,
    timeZoneOffsetMinutes: 120,
  });
  keys = await newKeys('read');
});

const newKeys = async (permission: string, shop = HOST) =>
  (await world.control(`/shops/${encodeURIComponent(shop)}/credential`, { permission })).json;
const basic = ({ consumer_key, consumer_secret }: typeof keys) => ({
  authorization: `Basic ${Buffer.from(`${consumer_key}:${consumer_secret}`).toString('base64')}`,
});
const get = (path: string, more: Partial<Sending> = {}) =>
  world.call({ host: HOST, path: `/wp-json/wc/v3${path}`, headers: basic(keys), ...more });

describe('the key handshake', () => {
  async function approve(callbackStatus: number, params: Record<string, string> = {}, decision = 'approve') {
    const delivered: { contentType: string | undefined; body: Record<string, unknown> }[] = [];
    const callback = createServer((request, response) => {
      let text = '';
      request.on('data', (chunk) => {
        text += chunk;
      });
      request.on('end', () => {
        delivered.push({ contentType: request.headers['content-type'], body: JSON.parse(text) });
        response.writeHead(callbackStatus).end();
      });
    });
    await new Promise<void>((resolve) => callback.listen(0, '127.0.0.1', resolve));
    const address = callback.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const query = new URLSearchParams({
      app_name: 'Mooring',
      scope: 'read',
      user_id: 'nonce-1',
      return_url: 'http://127.0.0.1:3000/oauth/woocommerce/return',
      callback_url: `http://127.0.0.1:${port}/oauth/woocommerce/keys`,
      ...params,
    });
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const answer = await world.call({
      method: 'POST',
      host: HOST,
      path: `/wc-auth/v1/authorize?${query}`,
      headers: form,
      body: `decision=${decision}`,
    });
    await new Promise((resolve) => callback.close(resolve));
    return { answer, delivered };
  }

  it('posts the keys to the callback, then sends the browser back', async () => {
    const { answer, delivered } = await approve(200);
    expect(delivered[0]?.contentType).toMatch(/^application\/json/);
    expect(delivered[0]?.body).toMatchObject({ user_id: 'nonce-1', key_permissions: 'read' });
    expect(answer.headers['location']).toContain('success=1&user_id=nonce-1');
    keys = {
      consumer_key: String(delivered[0]?.body['consumer_key']),
      consumer_secret: String(delivered[0]?.body['consumer_secret']),
    };
    expect((await get('/orders')).status).toBe(200);
  });

  it('deletes the key when the callback answers anything but 200', async () => {
    const { answer, delivered } = await approve(201);
    expect(answer.status).toBe(401);
    keys = {
      consumer_key: String(delivered[0]?.body['consumer_key']),
      consumer_secret: String(delivered[0]?.body['consumer_secret']),
    };
    expect((await get('/orders')).json.code).toBe('woocommerce_rest_authentication_error');
  });

  it('sends success=0 and no keys when denied', async () => {
    const { answer, delivered } = await approve(200, {}, 'deny');
    expect(answer.headers['location']).toContain('success=0');
    expect(delivered).toEqual([]);
  });

  it.each([
    ['a missing parameter', { user_id: '' }],
    ['a scope that is none', { scope: 'read,write' }],
    ['a callback without TLS', { callback_url: 'http://evil.example/keys' }],
    ['a return address that is none', { return_url: 'nowhere' }],
  ])('refuses %s', async (_, params) => {
    const { answer, delivered } = await approve(200, params);
    expect([answer.status, delivered.length]).toEqual([401, 0]);
  });
});

describe('keys', () => {
  it('work as Basic and in the query', async () => {
    expect((await get('/orders')).status).toBe(200);
    expect((await get(`/orders?${new URLSearchParams(keys)}`, { headers: {} })).status).toBe(200);
  });

  it.each([
    ['no key', {}, 'woocommerce_rest_cannot_view'],
    [
      'an unknown key',
      { authorization: `Basic ${Buffer.from('ck_a:cs_b').toString('base64')}` },
      'woocommerce_rest_authentication_error',
    ],
  ])('are refused: %s', async (_, headers, code) => {
    const answer = await get('/orders', { headers });
    expect([answer.status, answer.json.code]).toEqual([401, code]);
  });

  it('with a wrong secret are refused', async () => {
    expect((await get('/orders', { headers: basic({ ...keys, consumer_secret: 'cs_wrong' }) })).status).toBe(
      401,
    );
  });

  it('of another shop are refused', async () => {
    await world.control('/shops', { platform: 'woocommerce', host: 'other.woo.example' });
    keys = await newKeys('read', 'other.woo.example');
    expect((await get('/orders')).status).toBe(401);
  });

  it('that may only write cannot read, and that may only read cannot write', async () => {
    expect((await get('/orders/1000000', { method: 'PUT', body: { status: 'completed' } })).status).toBe(401);
    keys = await newKeys('write');
    expect((await get('/orders')).json.message).toMatch(/read permissions/);
    expect((await get('/orders/1000000', { method: 'PUT', body: { status: 'completed' } })).status).toBe(200);
  });

  it('end when the merchant deletes them', async () => {
    await world.control(`/shops/${HOST}/uninstall`, {});
    expect((await get('/orders')).json.code).toBe('woocommerce_rest_authentication_error');
  });
});

describe('a shop without TLS', () => {
  const PLAIN = 'plain.woo.example';
  beforeEach(async () => {
    await world.control('/shops', {
      platform: 'woocommerce',
      host: PLAIN,
      basePath: '/store',
      secure: false,
    });
    keys = await newKeys('read', `${PLAIN}/store`);
  });
  const path = '/store/wp-json/wc/v3/orders';

  function signed(over: Record<string, string> = {}) {
    const params: Record<string, string> = {
      per_page: '5',
      oauth_consumer_key: keys.consumer_key,
      oauth_timestamp: String(Math.floor(Date.now() / 1000)),
      oauth_nonce: randomUUID(),
      oauth_signature_method: 'HMAC-SHA256',
      ...over,
    };
    const encode = encodeURIComponent;
    const pairs = Object.keys(params)
      .sort()
      .map((name) => `${encode(name)}=${encode(params[name] ?? '')}`)
      .join('&');
    const base = `GET&${encode(`http://${PLAIN}${path}`)}&${encode(pairs)}`;
    const signature = createHmac('sha256', `${keys.consumer_secret}&`).update(base).digest('base64');
    return `${path}?${new URLSearchParams({ ...params, oauth_signature: signature })}`;
  }

  it('takes an OAuth 1.0a signature', async () => {
    const answer = await world.call({ host: PLAIN, path: signed() });
    expect([answer.status, answer.json.length]).toEqual([200, 5]);
  });

  it('takes a nonce once', async () => {
    const target = signed();
    await world.call({ host: PLAIN, path: target });
    expect((await world.call({ host: PLAIN, path: target })).json.message).toMatch(/nonce/i);
  });

  it.each([
    ['Basic', () => ({ path, headers: basic(keys) })],
    ['an old timestamp', () => ({ path: signed({ oauth_timestamp: '1700000000' }) })],
    ['a changed parameter', () => ({ path: signed().replace('per_page=5', 'per_page=6') })],
    ['another method of signing', () => ({ path: signed({ oauth_signature_method: 'PLAINTEXT' }) })],
  ])('refuses %s', async (_, make) => {
    expect((await world.call({ host: PLAIN, ...make() })).status).toBe(401);
  });
});

describe('lists', () => {
  const ids = (records: { id: number }[]) => records.map(({ id }) => id);

  it('page with totals and links', async () => {
    const first = await get('/orders?per_page=100&orderby=id&order=asc');
    expect([first.headers['x-wp-total'], first.headers['x-wp-totalpages'], first.json.length]).toEqual([
      '230',
      '3',
      100,
    ]);
    expect(first.headers['link']).toMatch(/page=2>; rel="next"/);
    const last = await get('/orders?per_page=100&orderby=id&order=asc&page=3');
    expect(last.json.length).toBe(30);
    expect(last.headers['link']).not.toMatch(/next/);
    expect((await get('/orders?page=99')).json).toEqual([]);
  });

  it.each(['per_page=101', 'per_page=0', 'page=0', 'orderby=colour', 'order=up', 'modified_after=yesterday'])(
    'refuse %s',
    async (query) => {
      const answer = await get(`/orders?${query}`);
      expect([answer.status, answer.json.code]).toEqual([400, 'rest_invalid_param']);
    },
  );

  it('filter by update time, the second itself left out', async () => {
    const { json } = await get('/orders?per_page=100&orderby=modified&order=asc');
    const after = json[50].date_modified_gmt;
    const later = await get(
      `/orders?per_page=100&orderby=modified&order=asc&modified_after=${after}&dates_are_gmt=true`,
    );
    expect(later.json[0].id).toBe(json[51].id);
    expect(later.headers['x-wp-total']).toBe('179');
  });

  it('read a date as the site’s own time unless told that it is GMT', async () => {
    const { json } = await get('/orders?per_page=100&orderby=modified&order=asc');
    const { date_modified: local, date_modified_gmt: gmt } = json[50];
    expect(Date.parse(`${local}Z`) - Date.parse(`${gmt}Z`)).toBe(2 * 3_600_000);
    expect((await get(`/orders?modified_after=${local}`)).headers['x-wp-total']).toBe('179');
  });

  it('of customers ignore an update time', async () => {
    const all = await get('/customers?per_page=100');
    const filtered = await get('/customers?per_page=100&modified_after=2030-01-01T00:00:00');
    expect(ids(filtered.json)).toEqual(ids(all.json));
  });

  it('show changes, additions and deletions', async () => {
    const since = new Date(Date.now() - 2_000).toISOString().slice(0, 19);
    await world.control(`/shops/${HOST}/mutate`, { products: 4 });
    await world.control(`/shops/${HOST}/add`, { products: 2 });
    const changed = await get(`/products?per_page=100&modified_after=${since}&dates_are_gmt=true`);
    expect(changed.json.length).toBe(6);
    await world.control(`/shops/${HOST}/delete`, { products: 1 });
    expect((await get('/products')).headers['x-wp-total']).toBe('41');
  });

  it('show a product as changed when its stock is', async () => {
    const stock = async () => (await get('/products/10039')).json.stock_quantity;
    const before = await stock();
    const since = new Date(Date.now() - 2_000).toISOString().slice(0, 19);
    await world.control(`/shops/${HOST}/mutate`, { inventory: 1 });
    const changed = await get(`/products?modified_after=${since}&dates_are_gmt=true`);
    expect(ids(changed.json)).toEqual([10039]);
    expect(await stock()).not.toBe(before);
  });

  it('have variations under a product', async () => {
    const { json } = await get('/products/10000/variations');
    expect(ids(json)).toEqual((await get('/products/10000')).json.variations);
  });

  it.each([
    ['/orders/999', 404],
    ['/nothing', 404],
  ])('answer %s with %i', async (path, status) => {
    expect((await get(path)).status).toBe(status);
  });

  it('carry hostile records as they are, numbers beyond any range included', async () => {
    await world.control(`/shops/${HOST}/hostile`, {
      resource: 'orders',
      kinds: ['huge_number', 'missing_id', 'proto', 'wrong_types'],
    });
    const { text } = await get('/orders?per_page=10&orderby=modified');
    expect(text).toMatch(/"total":1e400/);
    expect(text).toContain('"__proto__":{"polluted":true}');
    const records = JSON.parse(text);
    expect(records.filter((record: object) => !('id' in record)).length).toBe(1);
  });
});
