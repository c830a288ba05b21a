// Mercado Libre as the sandbox judges it: PKCE by the app's switch, refresh tokens that work once, scrolls that die.
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { appOf, approveAt, formBody, shopWith, startWorld, type World } from './calling.ts';
import { itGrantsByCode, readAll } from './code-grant-suite.ts';

const SELLER = '150000001';
const REDIRECT = 'http://127.0.0.1:3000/oauth/mercadolibre/callback';
const VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

async function token(fields: Record<string, string>) {
  const { clientId, secret } = await appOf(world, 'mercadolibre');
  const form = formBody({ client_id: clientId, client_secret: secret, ...fields });
  return world.call({ host: 'api.mercadolibre.com', path: '/oauth/token', ...form });
}
const get = (access: string, path: string) =>
  world.call({ host: 'api.mercadolibre.com', path, headers: { authorization: `Bearer ${access}` } });
const asked = async () => ({
  response_type: 'code',
  client_id: (await appOf(world, 'mercadolibre')).clientId,
  redirect_uri: REDIRECT,
});

itGrantsByCode(() => world, {
  platform: 'mercadolibre',
  wish: {},
  host: 'auth.mercadolibre.com.ar',
  path: '/authorization',
  asked,
  spoilt: [
    ['an unregistered redirect', { redirect_uri: 'https://evil.example/' }],
    ['a plain challenge', { code_challenge: 'x'.repeat(43), code_challenge_method: 'plain' }],
  ],
  back: {},
  denied: 'access_denied',
  exchange: (code) => token({ grant_type: 'authorization_code', code, redirect_uri: REDIRECT }),
  refusal: /invalid_grant/,
  refresh: (refresh_token) => token({ grant_type: 'refresh_token', refresh_token }),
  rotates: true,
  call: (access) => get(access, '/users/me'),
  codeTtlS: 600,
  accessTtlS: 21_600,
  refreshTtlS: 180 * 86_400,
  dead: 401,
});

describe('an app with PKCE', () => {
  it('is not asked without a challenge, nor exchanged without the verifier', async () => {
    await world.control('/reset', {});
    await world.control('/apps/mercadolibre', { switches: { pkce: true } });
    const approve = async (more: Record<string, string>) =>
      approveAt(
        world,
        'auth.mercadolibre.com.ar',
        `/authorization?${new URLSearchParams({ ...(await asked()), ...more })}`,
      );
    expect((await approve({})).get('code')).toBeNull();
    const challenge = {
      code_challenge: createHash('sha256').update(VERIFIER).digest('base64url'),
      code_challenge_method: 'S256',
    };
    const exchange = async (more: Record<string, string>) => {
      const code = (await approve(challenge)).get('code') ?? '';
      return token({ grant_type: 'authorization_code', code, redirect_uri: REDIRECT, ...more });
    };
    expect((await exchange({})).json.error).toBe('invalid_grant');
    expect((await exchange({ code_verifier: VERIFIER })).json.user_id).toBe(150_000_001);
  });
});

describe('the API', () => {
  let access: string;
  beforeEach(async () => {
    await world.control('/reset', {});
    access = (await shopWith(world, { platform: 'mercadolibre', orders: 130, products: 13 })).credential
      .access_token;
  });

  it('gives every changed order once, and ignores a filter by a wrong name', async () => {
    const orders = await readAll('0', async (offset) => {
      const query = `seller=${SELLER}&order.date_last_updated.from=2020-01-01T00:00:00.000-04:00&sort=date_asc&offset=${offset}`;
      const { json } = await get(access, `/orders/search?${query}`);
      const next = Number(offset) + json.results.length;
      return { items: json.results, next: next < json.paging.total ? String(next) : null };
    });
    expect(new Set(orders.map(({ id }) => id)).size).toBe(130);
    const ignored = await get(
      access,
      `/orders/search?seller=${SELLER}&order.last_updated.from=2099-01-01T00:00:00.000-04:00`,
    );
    expect(ignored.json.paging.total).toBe(130);
    expect((await get(access, '/orders/search?seller=1')).status).toBe(403);
  });

  it('scrolls through items for five minutes, and shows twenty at once', async () => {
    const first = await get(access, `/users/${SELLER}/items/search?search_type=scan&limit=10`);
    const more = `/users/${SELLER}/items/search?search_type=scan&limit=10&scroll_id=${first.json.scroll_id}`;
    const second = await get(access, more);
    const ids = [...first.json.results, ...second.json.results];
    expect(new Set(ids).size).toBe(13);
    const items = (await get(access, `/items?ids=${ids.join(',')}`)).json;
    expect(items.every((one: { code: number }) => one.code === 200)).toBe(true);
    expect((await get(access, `/items?ids=${Array(21).fill(ids[0]).join(',')}`)).status).toBe(400);
    await world.control('/clock', { offsetMs: 301_000 });
    expect((await get(access, more)).status).toBe(400);
  });

  it('needs the permission to read', async () => {
    const { json } = await world.control(`/shops/${SELLER}/credential`, { scopes: ['offline_access'] });
    const denied = await get(json.access_token, `/orders/search?seller=${SELLER}`);
    expect(denied.json.error).toBe('PA_UNAUTHORIZED_RESULT_FROM_POLICIES');
  });
});
