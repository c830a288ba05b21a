// Lightspeed Retail as the sandbox judges it: approval at one address, everything else at the retailer's own, lists by version.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { appOf, approveAt, formBody, shopWith, startWorld, type World } from './calling.ts';
import { itGrantsByCode, readAll } from './code-grant-suite.ts';

const LOGIN = 'secure.retail.lightspeed.app';
const SHOP = 'demo.retail.lightspeed.app';
const REDIRECT = 'http://127.0.0.1:3000/oauth/lightspeed/callback';
let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

async function token(fields: Record<string, string>, host = SHOP) {
  const { clientId: client_id, secret: client_secret } = await appOf(world, 'lightspeed');
  return world.call({ host, path: '/api/1.0/token', ...formBody({ client_id, client_secret, ...fields }) });
}
const exchange = (code: string, host = SHOP) =>
  token({ grant_type: 'authorization_code', code, redirect_uri: REDIRECT }, host);
const refresh = (refresh_token: string) => token({ grant_type: 'refresh_token', refresh_token });
const get = (access: string, path: string, host = SHOP) =>
  world.call({ host, path: `/api/2026-04${path}`, headers: { authorization: `Bearer ${access}` } });
const asked = async () => ({
  response_type: 'code',
  client_id: (await appOf(world, 'lightspeed')).clientId,
  redirect_uri: REDIRECT,
  state: 'st4te-of-eight',
});

itGrantsByCode(() => world, {
  platform: 'lightspeed',
  wish: {},
  host: LOGIN,
  path: '/connect',
  asked: async () => ({ ...(await asked()), scope: 'sales:read products:read' }),
  spoilt: [
    ['another app', { client_id: 'other' }],
    ['an unregistered redirect', { redirect_uri: 'https://evil.example/' }],
    ['no state', { state: '' }],
    ['a state of seven characters', { state: 'seven77' }],
    ['an unknown scope', { scope: 'everything' }],
  ],
  back: { domain_prefix: 'demo', scope: 'sales:read products:read' },
  denied: 'access_denied',
  exchange,
  refusal: /invalid_grant/,
  refresh,
  rotates: true,
  call: (access) => get(access, '/sales'),
  codeTtlS: 600,
  accessTtlS: 86_400,
  dead: 401,
});

describe('tokens', () => {
  beforeEach(async () => {
    await world.control('/reset', {});
    await world.control('/shops', { platform: 'lightspeed', orders: 47, products: 13 });
  });
  const code = async () => {
    const back = await approveAt(world, LOGIN, `/connect?${new URLSearchParams(await asked())}`);
    return back.get('code') ?? '';
  };

  it('tell their retailer, and both their end and their length', async () => {
    const { json } = await exchange(await code());
    expect(json).toMatchObject({ domain_prefix: 'demo', expires_in: 86_400, token_type: 'Bearer' });
    expect(json.expires).toBeGreaterThan(Date.now() / 1000 + 86_000);
  });

  it('are given at the retailer they are for, and good there alone', async () => {
    expect((await exchange(await code(), 'another.retail.lightspeed.app')).json.error).toBe('invalid_grant');
    const { json } = await exchange(await code());
    expect((await get(json.access_token, '/sales', 'another.retail.lightspeed.app')).status).toBe(401);
  });

  it('before a refresh are over with it', async () => {
    const { json: first } = await exchange(await code());
    const { json: second } = await refresh(first.refresh_token);
    expect((await get(first.access_token, '/sales')).status).toBe(401);
    expect((await get(second.access_token, '/sales')).status).toBe(200);
  });
});

describe('lists', () => {
  let access: string;
  beforeEach(async () => {
    await world.control('/reset', {});
    const wish = { platform: 'lightspeed', orders: 47, products: 13, customers: 9 };
    access = (await shopWith(world, wish, { personal: true })).credential.access_token;
  });

  it.each([
    ['sales', 47],
    ['products', 21],
    ['customers', 9],
    ['inventory', 21],
  ])('give all %s once, by version, until a page is empty', async (name, count) => {
    const all = await readAll('0', async (after) => {
      const { json } = await get(access, `/${name}?page_size=20&after=${after}`);
      return { items: json.data, next: json.data.length === 0 ? null : String(json.version.max) };
    });
    expect(new Set(all.map(({ id }) => id)).size).toBe(count);
    const versions = all.map(({ version }) => version);
    expect(versions).toEqual([...versions].sort((a, b) => a - b));
  });

  it('bring a changed sale again, with a later version', async () => {
    const { version } = (await get(access, '/sales?page_size=1000')).json;
    await world.control(`/shops/${SHOP}/mutate`, { orders: 2 });
    expect((await get(access, `/sales?after=${version.max}`)).json.data).toHaveLength(2);
  });

  it('are 350 in five minutes, and say when again', async () => {
    await world.control(`/shops/${SHOP}/drain`, {});
    const { status, headers } = await get(access, '/sales');
    expect([status, headers['x-ratelimit-limit']]).toEqual([200, '350']);
    // One more comes back every 860 ms: a slow machine gets some of those too.
    const answers = [];
    for (let n = 0; n < 500; n += 50)
      answers.push(...(await Promise.all(Array.from({ length: 50 }, () => get(access, '/outlets')))));
    const late = answers.filter((one) => one.status === 429);
    expect(answers.length - late.length).toBeGreaterThanOrEqual(349);
    expect(late.length).toBeGreaterThan(50);
    for (const { headers: told } of late)
      expect(Date.parse(told['retry-after'] ?? '')).toBeGreaterThan(Date.now() - 60_000);
  });
});
