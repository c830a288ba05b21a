// Signatures against published vectors, and against the platforms' printed base strings.
import { describe, expect, test } from 'vitest';
import { signRequest } from '../../auth/index.ts';
import type { AuthMethod, HmacSign, Platform, PlatformRequest } from '../../domain/platform.ts';
import { Secret } from '../../domain/secret.ts';
import { findPlatform } from '../../platforms/index.ts';

const KEY = 'test_partner_key';
const AT_MS = 1_655_714_431_000;

function platform(id: string): Platform {
  const found = findPlatform(id);
  if (found === undefined) throw new Error(`no platform ${id}`);
  return found;
}

async function sign(
  of: Platform,
  method: AuthMethod,
  parts: Record<string, string>,
  request: PlatformRequest,
  shop = {},
) {
  return await signRequest(
    method,
    {
      platform: of,
      shop,
      clientId: '2001887',
      clientSecret: new Secret(KEY),
      credential: {
        kind: method.credentialKind,
        parts: Object.fromEntries(Object.entries(parts).map(([name, text]) => [name, new Secret(text)])),
      },
      nowMs: AT_MS,
    },
    request,
  );
}

function first(of: Platform): AuthMethod {
  const [method] = of.auth;
  if (method === undefined) throw new Error('no method');
  return method;
}

/** A scheme that signs `message` as it stands. */
function literal(message: string): AuthMethod {
  const scheme: HmacSign = {
    scheme: 'hmac',
    algorithm: 'sha256',
    encoding: 'hex',
    key: '{clientSecret}',
    message: [message.replaceAll('{', '{open}')],
    timestamp: 'seconds',
    headers: { 'x-sign': '{signature}' },
  };
  return { ...first(platform('shopee')), sign: [scheme] };
}

const GET: PlatformRequest = { method: 'GET', path: '/shop/get_shop_info', endpoint: 'x' };

describe('hmac', () => {
  test.each([
    [
      'S1, of an SDK suite',
      '/api/v2/auth/token/get123456test_partner_idtest_shop_idtest_main_account_id',
      '37c864bd9821ff5f2c2f46b2faca14eb1811a718d1fdc6dcf383cba7c74bf9e9',
    ],
    [
      'S2, a public call',
      '2001887/api/v2/auth/token/get1655714431',
      '4347600f52b50a77f5ecee90bf489adf3cec2d59d3c2febe004674f37def5451',
    ],
    [
      'S4, a push',
      'https://example.com/push|{"shop_id":14701711,"code":3,"timestamp":1655714431,"data":{"ordersn":"220620ABC","status":"READY_TO_SHIP"}}',
      'e59728ee4ab776692c6a8ab73818cd1788fc6b10a9f8aa41762871dd0c3e8e28',
    ],
  ])('%s', async (_name, message, expected) => {
    const signed = await sign(platform('shopee'), literal(message), { open: '{' }, GET);
    expect(signed.headers['x-sign']).toBe(expected);
  });

  test('S3: a shop call of Shopee signs partner, path, time, token and shop as the guide prints them', async () => {
    const shopee = platform('shopee');
    const token = '59777174636562737266615546704c6d';
    const signed = await sign(shopee, first(shopee), { accessToken: token }, GET, { shopId: '14701711' });
    const url = new URL(signed.url);
    expect(url.origin + url.pathname).toBe('https://partner.shopeemobile.com/api/v2/shop/get_shop_info');
    expect(Object.fromEntries(url.searchParams)).toEqual({
      partner_id: '2001887',
      timestamp: '1655714431',
      access_token: token,
      shop_id: '14701711',
      sign: '9fdae5aeed86e753249982ec04aa54339280f12d3f456b9e3f7d8ee91e66a2b3',
    });
    expect(signed.secretQuery).toEqual(expect.arrayContaining(['sign', 'access_token']));
  });

  test('neither query nor body of a Shopee call changes its signature', async () => {
    const shopee = platform('shopee');
    const signatureOf = async (request: PlatformRequest) =>
      new URL(
        (await sign(shopee, first(shopee), { accessToken: 't' }, request, { shopId: '1' })).url,
      ).searchParams.get('sign');
    expect(await signatureOf({ ...GET, query: { page: '2' }, method: 'POST', body: { a: 1 } })).toBe(
      await signatureOf(GET),
    );
    expect(await signatureOf({ ...GET, path: '/shop/other' })).not.toBe(await signatureOf(GET));
  });
});

describe('the other schemes', () => {
  test('Shopify takes the token in its own header, and never in the address', async () => {
    const shopify = platform('shopify');
    const signed = await sign(shopify, first(shopify), { accessToken: 'shpat_1' }, GET, {
      shop: 'a.myshopify.com',
    });
    expect(signed.headers['x-shopify-access-token']).toBe('shpat_1');
    expect(signed.url).toBe('https://a.myshopify.com/admin/shop/get_shop_info');
  });

  test('WooCommerce takes key and secret by HTTP Basic, below the site’s subdirectory', async () => {
    const woo = platform('woocommerce');
    const signed = await sign(woo, first(woo), { consumerKey: 'ck_1', consumerSecret: 'cs_ü' }, GET, {
      url: 'https://shop.example/store',
    });
    expect(signed.headers['authorization']).toBe(`Basic ${Buffer.from('ck_1:cs_ü').toString('base64')}`);
    expect(signed.url).toBe('https://shop.example/store/wp-json/wc/v3/shop/get_shop_info');
  });

  test.each([
    [
      'a secret key is the user name of HTTP Basic',
      'secret_key',
      { apiKey: 'sk_1' },
      `Basic ${btoa('sk_1:')}`,
    ],
    [
      'a session is a bearer token',
      'session',
      { accessToken: 'jwt', email: 'a@b', password: 'p' },
      'Bearer jwt',
    ],
  ])('Medusa: %s', async (_name, kind, parts, expected) => {
    const medusa = platform('medusa');
    const method = medusa.auth.find((one) => one.credentialKind === kind);
    if (method === undefined) throw new Error('no method');
    const signed = await sign(medusa, method, parts, GET, { url: 'https://m.example' });
    expect(signed.headers['authorization']).toBe(expected);
    expect(JSON.stringify(signed)).not.toContain('"p"');
  });

  test('a credential that lacks what the scheme needs signs nothing', async () => {
    const shopify = platform('shopify');
    await expect(sign(shopify, first(shopify), {}, GET, { shop: 'a.myshopify.com' })).rejects.toThrow(
      /accessToken/,
    );
  });

  test('a shop on plain http is signed as the data says for it, and Basic never goes there', async () => {
    const woo = platform('woocommerce');
    const basic = first(woo);
    const overHttp: AuthMethod = {
      ...basic,
      signOverHttp: [
        {
          scheme: 'oauth1',
          method: 'HMAC-SHA256',
          consumerKey: '{consumerKey}',
          consumerSecret: '{consumerSecret}',
          place: 'query',
          version: false,
        },
      ],
    };
    const parts = { consumerKey: 'ck_1', consumerSecret: 'cs_1' };
    const plain = await sign(woo, overHttp, parts, GET, { url: 'http://shop.example' });
    expect(plain.headers['authorization']).toBeUndefined();
    expect(new URL(plain.url).searchParams.get('oauth_consumer_key')).toBe('ck_1');
    expect(JSON.stringify(plain)).not.toContain('cs_1');
    const secure = await sign(woo, overHttp, parts, GET, { url: 'https://shop.example' });
    expect(secure.headers['authorization']).toMatch(/^Basic /);
    await expect(sign(woo, basic, parts, GET, { url: 'http://shop.example' })).rejects.toMatchObject({
      code: 'address_not_allowed',
    });
  });
});
