// bol.com as the sandbox judges it: own keys and an intermediary's grant, versions in Accept, an export that takes a moment.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { appOf, basic, formBody, shopWith, startWorld, type World } from './calling.ts';
import { itGrantsByCode, readAll } from './code-grant-suite.ts';

const REDIRECT = 'http://127.0.0.1:3000/oauth/bolcom/callback';
let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

const login = (user: string, password: string, fields: Record<string, string>) => {
  const { headers, body } = formBody(fields);
  return world.call({
    host: 'login.bol.com',
    path: '/token',
    headers: { ...headers, authorization: basic(user, password) },
    body,
  });
};
const intermediary = async (fields: Record<string, string>) => {
  const { clientId, secret } = await appOf(world, 'bolcom');
  return login(clientId, secret, fields);
};
const get = (access: string, path: string, accept = 'application/vnd.retailer.v10+json') =>
  world.call({ host: 'api.bol.com', path, headers: { authorization: `Bearer ${access}`, accept } });

const GRANT = {
  platform: 'bolcom',
  wish: {},
  host: 'login.bol.com',
  path: '/authorize',
  asked: async () => ({
    response_type: 'code',
    client_id: (await appOf(world, 'bolcom')).clientId,
    scope: 'offline_access',
    redirect_uri: REDIRECT,
  }),
  spoilt: [
    ['another scope', { scope: 'everything' }],
    ['an unregistered redirect', { redirect_uri: 'https://evil.example/' }],
  ],
  back: {},
  denied: 'access_denied',
  exchange: (code: string) =>
    intermediary({ grant_type: 'authorization_code', code, redirect_uri: REDIRECT }),
  refusal: /invalid_grant/,
  refresh: (refresh_token: string) => intermediary({ grant_type: 'refresh_token', refresh_token }),
  rotates: true,
  call: (access: string) => get(access, '/retailer/retailers/current'),
  codeTtlS: 300,
  accessTtlS: 299,
  refreshTtlS: 365 * 86_400,
  dead: 401,
} as const;
itGrantsByCode(() => world, GRANT);

describe('a contract with a fixed refresh token', () => {
  it('keeps it', async () => {
    await world.control('/reset', {});
    await world.control('/apps/bolcom', { switches: { rotates: false } });
    const query = new URLSearchParams({ ...(await GRANT.asked()), state: 's', _approve: '1' });
    const sent = await world.call({ host: 'login.bol.com', path: `/authorize?${query}` });
    const { json } = await GRANT.exchange(
      new URL(sent.headers['location'] ?? '').searchParams.get('code') ?? '',
    );
    for (let n = 0; n < 3; n += 1)
      expect((await GRANT.refresh(json.refresh_token)).json.refresh_token).toBe(json.refresh_token);
  });
});

describe('own keys', () => {
  let access: string;
  let pair: { client_id: string; client_secret: string };
  beforeEach(async () => {
    await world.control('/reset', {});
    pair = (await shopWith(world, { platform: 'bolcom', orders: 130, products: 13 })).credential;
    access = (await login(pair.client_id, pair.client_secret, { grant_type: 'client_credentials' })).json
      .access_token;
  });

  it('are refused in the address and when wrong', async () => {
    expect((await login(pair.client_id, 'wrong', { grant_type: 'client_credentials' })).json.error).toBe(
      'invalid_client',
    );
    const path = `/token?grant_type=client_credentials&client_id=${pair.client_id}&client_secret=${pair.client_secret}`;
    expect((await world.call({ method: 'POST', host: 'login.bol.com', path })).status).toBe(400);
  });

  it('read orders by fifty, to an empty page without a list, with their details', async () => {
    const orders = await readAll('1', async (page) => {
      const { json } = await get(access, `/retailer/orders?status=ALL&page=${page}`);
      return { items: json.orders ?? [], next: json.orders === undefined ? null : String(Number(page) + 1) };
    });
    expect(new Set(orders.map(({ orderId }) => orderId)).size).toBe(130);
    const { json } = await get(access, `/retailer/orders/${orders[0].orderId}`);
    expect(json.orderItems[0]).toMatchObject({ offer: { reference: expect.stringMatching(/^170-/) } });
  });

  it.each([
    ['a long interval', 'change-interval-minute=61'],
    ['a day of last year', 'latest-change-date=2025-01-01'],
    ['an unknown status', 'status=LOST'],
  ])('are refused orders for %s', async (_, query) => {
    expect((await get(access, `/retailer/orders?${query}`)).status).toBe(400);
  });

  it('need a version in Accept, and keep to 25 lists a minute', async () => {
    expect((await get(access, '/retailer/orders', 'application/json')).status).toBe(406);
    let answers = 0;
    let last = await get(access, '/retailer/orders');
    for (; last.status === 200 && answers < 60; answers += 1) last = await get(access, '/retailer/orders');
    expect([answers >= 25, last.status, last.headers['retry-after']]).toEqual([true, 429, '3']);
  });

  it('have their offers exported in a while', async () => {
    const headers = { authorization: `Bearer ${access}`, accept: 'application/vnd.retailer.v10+json' };
    const begun = await world.call({
      host: 'api.bol.com',
      path: '/retailer/offers/export',
      headers,
      body: { format: 'CSV' },
    });
    const status = `/shared/process-status/${begun.json.processStatusId}`;
    expect([begun.status, (await get(access, status)).json.status]).toEqual([202, 'PENDING']);
    await world.control('/clock', { offsetMs: 2_100 });
    const { json } = await get(access, status);
    const csv = await get(
      access,
      `/retailer/offers/export/${json.entityId}`,
      'application/vnd.retailer.v10+csv',
    );
    expect(csv.text.trim().split('\n')).toHaveLength(22);
  });
});
