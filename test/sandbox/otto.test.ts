// OTTO Market as the sandbox judges it: a seller's own app, and a service partner's, whose code only leads to an installation.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { appOf, approveAt, formBody, shopWith, startWorld, type World } from './calling.ts';
import { readAll } from './code-grant-suite.ts';

const HOST = 'api.otto.market';
const REDIRECT = 'http://127.0.0.1:3000/oauth/otto/callback';
let world: World;
let own: { client_id: string; client_secret: string };
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  await world.control('/reset', {});
  own = (await shopWith(world, { platform: 'otto', orders: 47, products: 13 })).credential;
});

const token = (fields: Record<string, string>) =>
  world.call({ host: HOST, path: '/v1/token', ...formBody(fields) });
const mint = (over: Record<string, string> = {}) => {
  const { client_id, client_secret } = own;
  return token({ grant_type: 'client_credentials', client_id, client_secret, scope: 'orders', ...over });
};
const get = (access: string, path: string) =>
  world.call({ host: HOST, path, headers: { authorization: `Bearer ${access}` } });

describe('an app of one’s own', () => {
  it('mints tokens of half an hour, none to refresh', async () => {
    const { json } = await mint({ scope: 'orders products' });
    expect(json).toMatchObject({ token_type: 'Bearer', expires_in: 1_800, scope: 'orders products' });
    expect(json.refresh_token).toBeUndefined();
    await world.control('/clock', { offsetMs: 1_801_000 });
    expect((await get(json.access_token, '/v4/orders')).status).toBe(401);
  });

  it.each([
    ['a wrong secret', { client_secret: 'x' }, 'invalid_client'],
    ['no scope', { scope: '' }, 'invalid_scope'],
    ['a scope it was not given', { scope: 'orders advertising-services' }, 'invalid_scope'],
    ['the old way', { grant_type: 'password' }, 'unsupported_grant_type'],
  ])('is refused with %s', async (_, over, error) => {
    expect((await mint(over)).json.error).toBe(error);
  });

  it('opens only what was asked for', async () => {
    const { access_token } = (await mint()).json;
    expect((await get(access_token, '/v4/orders')).status).toBe(200);
    expect((await get(access_token, '/v5/products')).status).toBe(403);
    expect((await get(access_token, '/v4/products')).status).toBe(404);
  });

  it('asks for ten tokens a second at most', async () => {
    const answers = await Promise.all(Array.from({ length: 30 }, () => mint()));
    expect(answers.map(({ status }) => status)).toContain(429);
  });
});

describe('an app of a service partner', () => {
  const asked = async (over: Record<string, string> = {}) => {
    const { clientId: client_id } = await appOf(world, 'otto');
    const query = {
      response_type: 'code',
      client_id,
      redirect_uri: REDIRECT,
      scope: 'installation partnerId',
    };
    return approveAt(
      world,
      HOST,
      `/oauth2/auth?${new URLSearchParams({ ...query, state: 'st4te', ...over })}`,
    );
  };
  const ours = async (fields: Record<string, string>) => {
    const { clientId: client_id, secret: client_secret } = await appOf(world, 'otto');
    return token({ client_id, client_secret, ...fields });
  };
  const exchange = (code: string) => ours({ grant_type: 'authorization_code', code, redirect_uri: REDIRECT });
  const developer = async () =>
    (await ours({ grant_type: 'client_credentials', scope: 'developer' })).json.access_token;
  const accessTo = async (id: string, bearer: string) =>
    world.call({
      method: 'POST',
      host: HOST,
      path: `/v1/apps/${(await appOf(world, 'otto')).names['appId']}/installations/${id}/accessToken`,
      headers: { authorization: `Bearer ${bearer}` },
    });
  const installed = async () => {
    const { json } = await exchange((await asked()).get('code') ?? '');
    const { names } = await appOf(world, 'otto');
    return (await get(json.access_token, `/v1/apps/${names['appId']}/installation`)).json;
  };

  it('learns of its installation by a code, and calls with tokens of the installation', async () => {
    const { installationId, partnerId } = await installed();
    expect(partnerId).toBe('1200345');
    const { json } = await accessTo(installationId, await developer());
    expect(json.expires_in).toBe(1_800);
    expect((await get(json.access_token, '/v4/orders')).status).toBe(200);
  });

  it('does not call with what the code gave, nor with a token of the developer', async () => {
    const { json } = await exchange((await asked()).get('code') ?? '');
    expect((await get(json.access_token, '/v4/orders')).status).toBe(403);
    expect((await get(await developer(), '/v4/orders')).status).toBe(401);
  });

  it('takes a code once, and only for what was asked at the approval', async () => {
    const code = (await asked()).get('code') ?? '';
    expect((await exchange(code)).status).toBe(200);
    expect((await exchange(code)).json.error).toBe('invalid_grant');
    expect((await asked({ scope: 'orders' })).get('code')).toBeNull();
    expect((await asked({ redirect_uri: 'https://evil.example/' })).get('code')).toBeNull();
  });

  it('gets no token of a stranger’s installation, with a forged token, or after its removal', async () => {
    const { installationId } = await installed();
    const bearer = await developer();
    expect((await accessTo('0', bearer)).status).toBe(404);
    expect((await accessTo(installationId, `${bearer}0`)).status).toBe(401);
    expect((await accessTo(installationId, bearer.replace(/\d+/, '9999999999999'))).status).toBe(401);
    await world.control('/shops/1200345/uninstall', {});
    expect((await accessTo(installationId, bearer)).status).toBe(404);
  });
});

describe('lists', () => {
  let access: string;
  beforeEach(async () => {
    access = (await mint({ scope: 'orders products availability' })).json.access_token;
  });
  const nextOf = (links: { rel: string; href: string }[]) =>
    links.find(({ rel }) => rel === 'next')?.href ?? null;

  it('give every order once, behind a cursor that needs nothing beside it', async () => {
    const orders = await readAll('/v4/orders?fromDate=2020-01-01T00:00:00Z&limit=20', async (path) => {
      const { json } = await get(access, path);
      return { items: json.resources, next: nextOf(json.links) };
    });
    expect(new Set(orders.map(({ salesOrderId }) => salesOrderId)).size).toBe(47);
    const one = orders[3];
    expect((await get(access, `/v4/orders/${one.orderNumber}`)).json).toEqual(one);
    expect((await get(access, '/v4/orders?limit=129')).status).toBe(400);
    expect((await get(access, '/v4/orders?nextcursor=x')).status).toBe(400);
  });

  it('give variations and quantities by pages', async () => {
    const skus = await readAll('/v5/products?limit=8', async (path) => {
      const { json } = await get(access, path);
      return { items: json.productVariations, next: nextOf(json.links) };
    });
    expect(new Set(skus.map(({ sku }) => sku)).size).toBe(21);
    const { json } = await get(access, `/v1/availability/quantities?sku=${skus[2].sku}`);
    expect(json.resources.variations).toHaveLength(1);
    expect((await get(access, '/v5/products?limit=101')).status).toBe(400);
  });
});
