// Etsy as the sandbox judges it: PKCE, a public client, rotation, both halves of the key on every call.
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { appOf, formBody, shopWith, startWorld, type World } from './calling.ts';
import { itGrantsByCode, readAll } from './code-grant-suite.ts';

const SHOP = '31000001';
const VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
const REDIRECT = 'http://127.0.0.1:3000/oauth/etsy/callback';
let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

const token = async (fields: Record<string, string>) =>
  world.call({
    host: 'api.etsy.com',
    path: '/v3/public/oauth/token',
    ...formBody({ client_id: (await appOf(world, 'etsy')).clientId, ...fields }),
  });
const exchange = (code: string, over: Record<string, string> = {}) =>
  token({ grant_type: 'authorization_code', code, redirect_uri: REDIRECT, code_verifier: VERIFIER, ...over });

async function get(access: string, path: string, key?: string) {
  const { clientId, secret } = await appOf(world, 'etsy');
  const headers = { authorization: `Bearer ${access}`, 'x-api-key': key ?? `${clientId}:${secret}` };
  return world.call({ host: 'openapi.etsy.com', path: `/v3/application${path}`, headers });
}

const asked = async () => ({
  response_type: 'code',
  client_id: (await appOf(world, 'etsy')).clientId,
  redirect_uri: REDIRECT,
  scope: 'transactions_r listings_r shops_r',
  code_challenge: createHash('sha256').update(VERIFIER).digest('base64url'),
  code_challenge_method: 'S256',
});

itGrantsByCode(() => world, {
  platform: 'etsy',
  wish: {},
  host: 'www.etsy.com',
  path: '/oauth/connect',
  asked,
  spoilt: [
    ['no challenge', { code_challenge: '' }],
    ['a plain challenge', { code_challenge_method: 'plain' }],
    ['no state', { state: '' }],
    ['an unknown scope', { scope: 'everything' }],
    ['an unregistered redirect', { redirect_uri: 'https://evil.example/' }],
  ],
  back: {},
  denied: 'access_denied',
  exchange,
  refusal: /invalid_grant/,
  refresh: (refresh_token) => token({ grant_type: 'refresh_token', refresh_token }),
  rotates: true,
  call: (access) => get(access, '/users/me'),
  codeTtlS: 300,
  accessTtlS: 3_600,
  refreshTtlS: 90 * 86_400,
  dead: 401,
});

describe('the exchange', () => {
  it.each([
    ['another verifier', { code_verifier: 'x'.repeat(43) }],
    ['no verifier', { code_verifier: '' }],
    ['another redirect', { redirect_uri: `${REDIRECT}/other` }],
    ['a client secret', { client_secret: 'sbxshared9' }],
  ])('is refused for %s', async (_, over) => {
    await world.control('/reset', {});
    const query = new URLSearchParams({ ...(await asked()), state: 's', _approve: '1' });
    const sent = await world.call({ host: 'www.etsy.com', path: `/oauth/connect?${query}` });
    const code = new URL(sent.headers['location'] ?? '').searchParams.get('code') ?? '';
    expect((await exchange(code, over)).status).toBeGreaterThanOrEqual(400);
  });
});

describe('the API', () => {
  let access: string;
  beforeEach(async () => {
    await world.control('/reset', {});
    access = (await shopWith(world, { platform: 'etsy', orders: 47, products: 13 })).credential.access_token;
  });

  it('wants the shared secret in the key', async () => {
    const { clientId } = await appOf(world, 'etsy');
    const short = await get(access, '/users/me', clientId);
    expect([short.status, short.json.error]).toEqual([403, 'Shared secret is required in x-api-key header.']);
    expect((await get(access, '/users/me', `${clientId}:wrong`)).status).toBe(403);
  });

  it('gives every receipt changed in a window once, by limit and offset', async () => {
    const receipts = await readAll('0', async (offset) => {
      const { json } = await get(
        access,
        `/shops/${SHOP}/receipts?min_last_modified=1500000000&sort_on=updated&sort_order=asc&limit=20&offset=${offset}`,
      );
      const next = Number(offset) + json.results.length;
      return { items: json.results, next: next < json.count ? String(next) : null };
    });
    expect(new Set(receipts.map((one: { receipt_id: number }) => one.receipt_id)).size).toBe(47);
  });

  it.each([
    ['101 a page', 'limit=101'],
    ['a time before Etsy', 'min_created=1'],
    ['an unknown order', 'sort_on=price'],
  ])('refuses receipts for %s', async (_, query) => {
    expect((await get(access, `/shops/${SHOP}/receipts?${query}`)).status).toBe(400);
  });

  it('keeps to scopes and to the own shop', async () => {
    const { json } = await world.control(`/shops/${SHOP}/credential`, { scopes: ['shops_r'] });
    expect((await get(json.access_token, `/shops/${SHOP}/receipts`)).json.error).toBe('insufficient_scope');
    expect((await get(access, '/shops/1/receipts')).status).toBe(403);
  });

  it('tells listings with their inventory', async () => {
    const { json } = await get(access, `/shops/${SHOP}/listings?includes=Inventory`);
    expect(json.results[0].inventory.products[0].offerings[0].quantity).toBeTypeOf('number');
    const one = await get(access, `/listings/${json.results[0].listing_id}/inventory`);
    expect(one.json).toEqual(json.results[0].inventory);
  });

  it('answers 429 with Retry-After over its rate, and tells what is left', async () => {
    await world.control('/apps/etsy', { callsPerS: 0.01 });
    const [first, second] = [await get(access, '/users/me'), await get(access, '/users/me')];
    expect([first.status, first.headers['x-limit-per-day']]).toEqual([200, '10000']);
    expect([second.status, second.headers['retry-after']]).toEqual([429, '1']);
  });
});
