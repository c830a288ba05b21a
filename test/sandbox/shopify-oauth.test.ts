// Shopify's grant as the sandbox judges it: approval, signed callback, exchange, rotation. Never through our own auth code.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  approveShopify,
  appSecret,
  connectShopify,
  graphql,
  hexHmac,
  REDIRECT,
  SHOP,
  shopifyToken,
  startWorld,
  type World,
} from './calling.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  await world.control('/reset', {});
  await world.control('/shops', { platform: 'shopify', host: SHOP, orders: 20 });
});

const works = async (token: string) => (await graphql(world, token, '{ shop { id } }')).status;

describe('the approval page', () => {
  it('asks, and says that it is the sandbox', async () => {
    const query = new URLSearchParams({
      client_id: 'mooring-demo',
      scope: 'read_orders',
      redirect_uri: REDIRECT,
      state: 's',
    });
    const page = await world.call({ host: SHOP, path: `/admin/oauth/authorize?${query}` });
    expect(page.status).toBe(200);
    expect(page.text).toMatch(/sandbox/);
    expect(page.text).toMatch(/value="approve"/);
  });

  it('is reached by a browser through /_host', async () => {
    const query = new URLSearchParams({
      client_id: 'mooring-demo',
      scope: 'read_orders',
      redirect_uri: REDIRECT,
      _approve: '1',
    });
    const page = await world.call({
      host: '127.0.0.1',
      path: `/_host/${SHOP}/admin/oauth/authorize?${query}`,
    });
    expect(page.headers['location']).toContain(REDIRECT);
  });

  it.each([
    ['an unknown client', { client_id: 'somebody' }],
    ['an unregistered redirect', { redirect_uri: 'https://evil.example/callback' }],
    ['a redirect that hides another host', { redirect_uri: 'http://127.0.0.1@evil.example/' }],
    ['no scope', { scope: '' }],
    ['a scope that is none', { scope: 'read_orders,everything' }],
  ])('sends nobody back for %s', async (_, params) => {
    expect((await approveShopify(world, params)).get('code')).toBeNull();
  });

  it('signs what it sends back, the state included', async () => {
    const back = await approveShopify(world);
    const signed = [...back].filter(([name]) => name !== 'hmac').sort(([a], [b]) => (a < b ? -1 : 1));
    const message = signed
      .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
      .join('&');
    expect(back.get('hmac')).toBe(hexHmac(await appSecret(world, 'shopify'), message));
    expect(back.get('state')).toBe('st4te');
    expect(back.get('shop')).toBe(SHOP);
  });

  it('sends a denial back without a code', async () => {
    const back = await approveShopify(world, {}, 'deny');
    expect([back.get('error'), back.get('code')]).toEqual(['access_denied', null]);
  });
});

describe('the exchange', () => {
  it('gives a pair that expires', async () => {
    const issued = await connectShopify(world, 'read_orders,write_products,read_products');
    expect(issued).toMatchObject({
      expires_in: 3600,
      refresh_token_expires_in: 7_776_000,
      scope: 'read_orders,write_products',
    });
    expect(await works(issued.access_token)).toBe(200);
  });

  it('takes a code once', async () => {
    const code = (await approveShopify(world)).get('code');
    expect((await shopifyToken(world, { code, expiring: '1' })).status).toBe(200);
    expect((await shopifyToken(world, { code, expiring: '1' })).status).toBe(400);
  });

  it('takes a code once when it comes twice at the same time', async () => {
    const code = (await approveShopify(world)).get('code');
    const both = await Promise.all([1, 2].map(() => shopifyToken(world, { code, expiring: '1' })));
    expect(both.map((one) => one.status).sort()).toEqual([200, 400]);
  });

  it('refuses an old code', async () => {
    const code = (await approveShopify(world)).get('code');
    await world.control('/clock', { offsetMs: 61_000 });
    expect((await shopifyToken(world, { code, expiring: '1' })).json.error).toBe('invalid_request');
  });

  it('refuses a wrong client secret, and any while the app is being rejected', async () => {
    const code = (await approveShopify(world)).get('code');
    const wrong = await shopifyToken(world, { code, expiring: '1', client_secret: 'guess' });
    expect([wrong.status, wrong.json.error]).toEqual([401, 'invalid_client']);
    await world.control('/apps/shopify', { rejecting: true }, 'PATCH');
    expect((await shopifyToken(world, { code, expiring: '1' })).json.error).toBe('invalid_client');
  });

  it('refuses tokens that never expire, unless the app may have them', async () => {
    const code = (await approveShopify(world)).get('code');
    expect((await shopifyToken(world, { code })).json.error).toBe('invalid_request');
    await world.control('/apps/shopify', { expiringRequired: false }, 'PATCH');
    const issued = (await shopifyToken(world, { code })).json;
    expect(issued.refresh_token).toBeUndefined();
    const upgraded = await shopifyToken(world, {
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token: issued.access_token,
      subject_token_type: 'urn:shopify:params:oauth:token-type:offline-access-token',
      requested_token_type: 'urn:shopify:params:oauth:token-type:offline-access-token',
      expiring: '1',
    });
    expect(upgraded.json.expires_in).toBe(3600);
    expect(await works(issued.access_token)).toBe(401);
  });
});

describe('rotation', () => {
  const refresh = (token: string) =>
    shopifyToken(world, { grant_type: 'refresh_token', refresh_token: token });

  it('gives a new pair each time', async () => {
    const first = await connectShopify(world);
    const second = (await refresh(first.refresh_token)).json;
    expect(second.refresh_token).not.toBe(first.refresh_token);
    expect(await works(second.access_token)).toBe(200);
  });

  it('lets the previous refresh token be retried until its replacement is used, and then never', async () => {
    const first = await connectShopify(world);
    const lost = (await refresh(first.refresh_token)).json;
    const second = (await refresh(first.refresh_token)).json;
    expect(await works(lost.access_token)).toBe(401);
    expect((await refresh(lost.refresh_token)).json.error).toBe('invalid_grant');
    expect((await refresh(second.refresh_token)).status).toBe(200);
    expect((await refresh(first.refresh_token)).json.error).toBe('invalid_grant');
  });

  it('counts the exchanges of each generation', async () => {
    const first = await connectShopify(world);
    const second = (await refresh(first.refresh_token)).json;
    await refresh(second.refresh_token);
    await refresh(first.refresh_token);
    const [grant] = (await world.control(`/grants?shop=${SHOP}`)).json.data;
    expect(grant).toMatchObject({ generation: 3, exchanges: { 1: 1, 2: 1 }, refusedExchanges: 1 });
  });

  it.each([
    ['expired refresh token', 'expire-refresh'],
    ['rejected grant', 'reject-grant'],
    ['uninstalled app', 'uninstall'],
  ])('answers invalid_grant for an %s', async (_, act) => {
    const first = await connectShopify(world);
    await world.control(`/shops/${SHOP}/${act}`, {});
    const refused = await refresh(first.refresh_token);
    expect([refused.status, refused.json.error]).toEqual([400, 'invalid_grant']);
  });

  it('expires by its own clock', async () => {
    const first = await connectShopify(world);
    await world.control('/clock', { offsetMs: 3_599_000 });
    expect(await works(first.access_token)).toBe(200);
    await world.control('/clock', { offsetMs: 3_601_000 });
    expect(await works(first.access_token)).toBe(401);
    expect((await refresh(first.refresh_token)).status).toBe(200);
  });

  it('can lose the answer after rotating, and the previous token still saves the shop', async () => {
    const first = await connectShopify(world);
    await world.control('/faults', { kind: 'lose_answer', path: 'access_token$', shop: SHOP });
    await expect(refresh(first.refresh_token)).rejects.toThrow();
    const [grant] = (await world.control(`/grants?shop=${SHOP}`)).json.data;
    expect(grant.generation).toBe(2);
    expect((await refresh(first.refresh_token)).status).toBe(200);
  });
});
