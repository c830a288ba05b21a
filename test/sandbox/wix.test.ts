// Wix as the sandbox judges it: installs begun there, tokens minted for an instance, notifications that are JWTs, queries with their rules.
import { createHmac } from 'node:crypto';
import { importSPKI, jwtVerify } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { appOf, receiving, shopWith, startWorld, type World } from './calling.ts';
import { readAll } from './code-grant-suite.ts';

const HOST = 'www.wixapis.com';
const INSTANCE = '3f1c2d4e-5a6b-4c7d-8e9f-0a1b2c3d4e5f';
let world: World;
let ours: Awaited<ReturnType<typeof receiving>>;
beforeAll(async () => {
  [world, ours] = await Promise.all([startWorld(), receiving()]);
});
afterAll(() => Promise.all([world.close(), ours.close()]));
beforeEach(async () => {
  await world.control('/reset', {});
  await shopWith(world, { platform: 'wix', orders: 147, products: 13, customers: 7 });
});

async function mint(over: object = {}) {
  const { clientId, secret } = await appOf(world, 'wix');
  const fields = {
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: secret,
    instance_id: INSTANCE,
  };
  return world.call({ host: HOST, path: '/oauth2/token', body: { ...fields, ...over } });
}
const ask = (access: string, path: string, body: object) =>
  world.call({ host: HOST, path, headers: { authorization: access }, body });

describe('an installation', () => {
  it('begins with a signed instance, and tells of itself in a JWT', async () => {
    const fields = { callbackUrl: `${ours.url}/app`, notifyUrl: `${ours.url}/notify` };
    const { json } = await world.control(`/shops/${INSTANCE}/install`, fields);
    const [mac, payload] = (new URL(json.url).searchParams.get('instance') ?? '').split('.');
    const { secret } = await appOf(world, 'wix');
    expect(mac).toBe(
      createHmac('sha256', secret)
        .update(payload ?? '')
        .digest('base64url'),
    );
    expect(JSON.parse(Buffer.from(payload ?? '', 'base64url').toString()).instanceId).toBe(INSTANCE);
    const key = await importSPKI((await world.control('/keys/wix')).json.publicKey, 'RS256');
    const { payload: claims } = await jwtVerify(ours.got.at(-1)?.body ?? '', key, { algorithms: ['RS256'] });
    expect(JSON.parse(String(claims['data']))).toMatchObject({ instanceId: INSTANCE });
  });

  it('can be forged, and then verifies for nobody', async () => {
    const fields = { callbackUrl: `${ours.url}/gone`, forge: 'signature' };
    await world.control(`/shops/${INSTANCE}/uninstall`, fields);
    const key = await importSPKI((await world.control('/keys/wix')).json.publicKey, 'RS256');
    await expect(jwtVerify(ours.got.at(-1)?.body ?? '', key)).rejects.toThrow();
  });
});

describe('tokens', () => {
  it('are minted for the instance, for four hours, and taken bare or as a bearer', async () => {
    const { json } = await mint();
    expect(json).toMatchObject({ token_type: 'Bearer', expires_in: 14_400 });
    for (const header of [json.access_token, `Bearer ${json.access_token}`])
      expect((await ask(header, '/ecom/v1/orders/search', {})).status).toBe(200);
    const info = await world.call({
      host: HOST,
      path: '/oauth2/token-info',
      body: { token: json.access_token },
    });
    expect(info.json).toMatchObject({ active: true, instanceId: INSTANCE });
    await world.control('/clock', { offsetMs: 14_401_000 });
    expect((await ask(json.access_token, '/ecom/v1/orders/search', {})).status).toBe(401);
  });

  it.each([
    ['a wrong secret', { client_secret: 'x' }, 'invalid_client'],
    ['an unknown instance', { instance_id: 'nobody' }, 'invalid_grant'],
    ['another grant type', { grant_type: 'authorization_code' }, 'unsupported_grant_type'],
  ])('are refused for %s', async (_, over, error) => {
    expect((await mint(over)).json.error).toBe(error);
  });

  it('end with the installation', async () => {
    await world.control(`/shops/${INSTANCE}/uninstall`, {});
    expect((await mint()).json.error).toBe('invalid_grant');
  });
});

describe('queries', () => {
  let access: string;
  beforeEach(async () => {
    access = (await mint()).json.access_token;
  });
  const since = {
    $and: [
      { updatedDate: { $gte: '2020-01-01T00:00:00Z' } },
      { updatedDate: { $lt: '2099-01-01T00:00:00Z' } },
    ],
  };

  it('give every changed order once, by cursors that carry their question', async () => {
    const orders = await readAll('', async (cursor) => {
      const first = {
        filter: since,
        sort: [{ fieldName: 'updatedDate', order: 'ASC' }],
        cursorPaging: { limit: 50 },
      };
      const search = cursor === '' ? first : { cursorPaging: { limit: 50, cursor } };
      const { json } = await ask(access, '/ecom/v1/orders/search', { search });
      return { items: json.orders, next: json.metadata.hasNext ? json.metadata.cursors.next : null };
    });
    expect(new Set(orders.map(({ id }) => id)).size).toBe(147);
    expect(orders[0].updatedDate <= orders[146].updatedDate).toBe(true);
  });

  it.each([
    [
      'two operators on a date',
      { filter: { updatedDate: { $gte: '2020-01-01T00:00:00Z', $lt: '2099-01-01T00:00:00Z' } } },
    ],
    ['an unknown operator', { filter: { status: { $like: 'A' } } }],
    ['101 a page', { cursorPaging: { limit: 101 } }],
    ['a cursor of nobody', { cursorPaging: { cursor: 'abc' } }],
  ])('are refused for %s', async (_, search) => {
    expect((await ask(access, '/ecom/v1/orders/search', { search })).status).toBe(400);
  });

  it('are of the site’s own catalog', async () => {
    const status = async (version: string) =>
      (await ask(access, `/stores/${version}/products/query`, {})).status;
    expect([await status('v3'), await status('v1')]).toEqual([200, 428]);
    await world.control('/apps/wix', { switches: { catalogV3: false } });
    expect([await status('v3'), await status('v1')]).toEqual([428, 200]);
  });

  it('tell stock and contacts, by permission', async () => {
    expect((await ask(access, '/stores/v3/inventory-items/query', {})).json.inventoryItems).toHaveLength(21);
    expect((await ask(access, '/contacts/v4/contacts/query', {})).json.contacts).toHaveLength(7);
    await world.control(`/shops/${INSTANCE}/credential`, { scopes: ['products'] });
    const narrow = (await mint()).json.access_token;
    expect((await ask(narrow, '/contacts/v4/contacts/query', {})).status).toBe(403);
  });
});
