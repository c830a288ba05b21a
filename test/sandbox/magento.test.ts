// Magento as the sandbox judges it: the activation handshake, OAuth 1.0a signed by the most used library, searchCriteria.
import { createHmac } from 'node:crypto';
import OAuth from 'oauth-1.0a';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { receiving, shopWith, startWorld, type World } from './calling.ts';

const SHOP = 'demo.magento.example';
let world: World;
let ours: Awaited<ReturnType<typeof receiving>>;
beforeAll(async () => {
  [world, ours] = await Promise.all([startWorld(), receiving()]);
});
afterAll(() => Promise.all([world.close(), ours.close()]));
beforeEach(async () => {
  await world.control('/reset', {});
  await world.control('/shops', { platform: 'magento', host: SHOP, orders: 47, products: 13, customers: 7 });
  ours.got.length = 0;
});

interface Pair {
  key: string;
  secret: string;
}

function signed(
  method: string,
  path: string,
  consumer: Pair,
  {
    token,
    over = {},
    algorithm = 'sha256',
  }: { token?: Pair; over?: Record<string, string>; algorithm?: string } = {},
) {
  const oauth = new OAuth({
    consumer,
    signature_method: algorithm === 'sha1' ? 'HMAC-SHA1' : 'HMAC-SHA256',
    hash_function: (base, key) => createHmac(algorithm, key).update(base).digest('base64'),
  });
  const { oauth_verifier, ...later } = over;
  const data = oauth_verifier === undefined ? {} : { oauth_verifier };
  const claims = oauth.authorize({ method, url: `https://${SHOP}${path}`, data }, token);
  const header = oauth.toHeader(Object.assign(claims, later));
  return { method, host: SHOP, path, headers: { authorization: header.Authorization } };
}

async function activate() {
  const query = new URLSearchParams({
    callback_url: `${ours.url}/activated`,
    identity_url: `${ours.url}/identity`,
    _approve: '1',
  });
  const answer = await world.call({ host: SHOP, path: `/admin/integration?${query}` });
  const posted = new URLSearchParams(ours.got.at(-1)?.body);
  const consumer = {
    key: posted.get('oauth_consumer_key') ?? '',
    secret: posted.get('oauth_consumer_secret') ?? '',
  };
  return { answer, posted, consumer, verifier: posted.get('oauth_verifier') ?? '' };
}

const pairOf = (text: string): Pair => {
  const params = new URLSearchParams(text);
  return { key: params.get('oauth_token') ?? '', secret: params.get('oauth_token_secret') ?? '' };
};

async function exchange() {
  const begun = await activate();
  const requested = await world.call(signed('POST', '/oauth/token/request', begun.consumer));
  const request = pairOf(requested.text);
  const access = (verifier = begun.verifier) =>
    world.call(
      signed('POST', '/oauth/token/access', begun.consumer, {
        token: request,
        over: { oauth_verifier: verifier },
      }),
    );
  return { ...begun, request, access };
}

describe('the activation', () => {
  it('posts the consumer to our callback and sends the browser to our identity link', async () => {
    const { answer, posted } = await activate();
    expect(ours.got[0]?.path).toBe('/activated');
    expect(posted.get('store_base_url')).toBe(`https://${SHOP}/`);
    const to = new URL(answer.headers['location'] ?? '');
    expect(to.pathname).toBe('/identity');
    expect(to.searchParams.get('oauth_consumer_key')).toBe(posted.get('oauth_consumer_key'));
    expect(to.searchParams.get('success_call_back')).toContain(`https://${SHOP}/admin`);
  });

  it('ends in an access token for whoever holds consumer, request token and verifier', async () => {
    const { consumer, access } = await exchange();
    const token = pairOf((await access()).text);
    const answer = await world.call(signed('GET', '/rest/V1/store/storeConfigs', consumer, { token }));
    expect(answer.json[0]).toMatchObject({ code: 'default', base_currency_code: 'EUR' });
  });

  it('gives a request token once, and takes a verifier once', async () => {
    const { consumer, access } = await exchange();
    const again = await world.call(signed('POST', '/oauth/token/request', consumer));
    expect(again.text).toBe('oauth_problem=token_used');
    expect((await access('f'.repeat(32))).text).toBe('oauth_problem=verifier_invalid');
    expect((await access()).status).toBe(200);
    expect((await access()).text).toBe('oauth_problem=token_used');
  });

  it('is over after 300 seconds', async () => {
    const { access } = await exchange();
    await world.control('/clock', { offsetMs: 301_000 });
    expect((await access()).text).toBe('oauth_problem=consumer_key_rejected');
  });

  it('leaves nothing when our callback does not take it', async () => {
    const { status } = await world.control(`/shops/${SHOP}/install`, {
      callbackUrl: 'http://127.0.0.1:9/closed',
      identityUrl: `${ours.url}/identity`,
    });
    expect(status).toBe(502);
    expect((await world.control(`/grants?shop=${SHOP}`)).json.data[0].state).toBe('uninstalled');
  });
});

async function credentials(scopes?: string[]) {
  // The same instants whenever the shop is made anew.
  const until = '2026-11-20T00:00:00Z';
  const wish = { platform: 'magento', host: SHOP, orders: 47, products: 13, customers: 7, until };
  const { credential } = await shopWith(world, wish, scopes === undefined ? {} : { scopes });
  return {
    consumer: { key: credential.consumer_key, secret: credential.consumer_secret },
    token: { key: credential.access_token, secret: credential.access_token_secret },
  };
}

describe('signatures', () => {
  const path = '/rest/V1/orders?searchCriteria[pageSize]=1';
  it.each([
    ['SHA-1', { algorithm: 'sha1' }, 'signature_method_rejected'],
    ['a wrong signature', { over: { oauth_signature: 'AAAA' } }, 'signature_invalid'],
    ['an old timestamp', { over: { oauth_timestamp: '1700000000' } }, 'timestamp_refused'],
    ['another version', { over: { oauth_version: '2.0' } }, 'version_rejected'],
    ['an unknown token', { over: { oauth_token: 'x' } }, 'token_rejected'],
    ['an unknown consumer', { over: { oauth_consumer_key: 'x' } }, 'consumer_key_rejected'],
    ['no nonce', { over: { oauth_nonce: '' } }, 'parameter_absent'],
  ])('are refused: %s', async (_, options, problem) => {
    const { consumer, token } = await credentials();
    const answer = await world.call(signed('GET', path, consumer, { token, ...options }));
    expect([answer.status >= 400, answer.json.message]).toEqual([true, `oauth_problem=${problem}`]);
  });

  it('work once, and cover the query', async () => {
    const { consumer, token } = await credentials();
    const request = signed('GET', path, consumer, { token });
    expect((await world.call(request)).status).toBe(200);
    expect((await world.call(request)).json.message).toBe('oauth_problem=nonce_used');
    const other = signed('GET', path, consumer, { token });
    const changed = await world.call({ ...other, path: path.replace('=1', '=2') });
    expect(changed.json.message).toBe('oauth_problem=signature_invalid');
  });

  it('of a revoked integration are refused as such', async () => {
    const { consumer, token } = await credentials();
    await world.control(`/shops/${SHOP}/uninstall`, {});
    const answer = await world.call(signed('GET', path, consumer, { token }));
    expect([answer.status, answer.json.message]).toEqual([401, 'oauth_problem=token_revoked']);
  });

  it('can be left out for a bearer token where the shop allows that', async () => {
    const { token } = await credentials();
    const asBearer = () =>
      world.call({ host: SHOP, path, headers: { authorization: `Bearer ${token.key}` } });
    expect((await asBearer()).status).toBe(401);
    await world.control('/apps/magento', { switches: { integrationAsBearer: true } });
    expect((await asBearer()).status).toBe(200);
  });
});

describe('lists', () => {
  async function list(path: string, scopes?: string[]) {
    const { consumer, token } = await credentials(scopes);
    return world.call(signed('GET', path, consumer, { token }));
  }
  // The library signs names as they stand, so the brackets stay brackets.
  const criteria = (params: Record<string, string>) =>
    Object.entries(params)
      .map(([name, value]) => `searchCriteria${name}=${encodeURIComponent(value)}`)
      .join('&');

  it('need searchCriteria and the permission', async () => {
    expect((await list('/rest/V1/orders')).status).toBe(400);
    expect(
      (await list('/rest/V1/orders?searchCriteria[pageSize]=1', ['Magento_Catalog::catalog'])).status,
    ).toBe(403);
  });

  it('give every order once over the pages, changed since an instant, in order', async () => {
    const ids: number[] = [];
    for (let page = 1; page <= 5; page += 1) {
      const query = criteria({
        '[filter_groups][0][filters][0][field]': 'updated_at',
        '[filter_groups][0][filters][0][condition_type]': 'gteq',
        '[filter_groups][0][filters][0][value]': '2020-01-01 00:00:00',
        '[sortOrders][0][field]': 'updated_at',
        '[sortOrders][0][direction]': 'ASC',
        '[pageSize]': '10',
        '[currentPage]': String(page),
      });
      const { json } = await list(`/rest/default/V1/orders?${query}`);
      expect(json.total_count).toBe(47);
      ids.push(...json.items.map((one: { entity_id: number }) => one.entity_id));
    }
    expect([ids.length, new Set(ids).size]).toEqual([47, 47]);
  });

  it('repeat the last page past the end, and give all rows without a page size', async () => {
    const last = await list(
      `/rest/V1/customers/search?${criteria({ '[pageSize]': '5', '[currentPage]': '2' })}`,
    );
    const past = await list(
      `/rest/V1/customers/search?${criteria({ '[pageSize]': '5', '[currentPage]': '9' })}`,
    );
    expect(past.json.items).toEqual(last.json.items);
    expect((await list('/rest/V1/orders?searchCriteria=')).json.items).toHaveLength(47);
  });

  it('name configurable products and their children, and the stock of each sku', async () => {
    const products = (await list('/rest/V1/products?searchCriteria=')).json;
    const kinds = products.items.map((one: { type_id: string }) => one.type_id);
    expect([kinds.filter((one: string) => one === 'configurable').length, kinds.length]).toEqual([4, 25]);
    const stock = (await list('/rest/V1/inventory/source-items?searchCriteria=')).json;
    const skus = new Set(products.items.map((one: { sku: string }) => one.sku));
    expect(stock.items.every((one: { sku: string }) => skus.has(one.sku))).toBe(true);
  });
});
