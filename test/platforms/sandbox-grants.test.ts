// The platforms' ways to a grant against the sandbox, which was written from the same facts by somebody else: approval, exchange, proof, renewal; an activation and an install that begin there.
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type GrantContext, obtainCredential, renewCredential } from '../../auth/index.ts';
import type { Json, Platform } from '../../domain/platform.ts';
import { Secret } from '../../domain/secret.ts';
import { authorizeUrl } from '../../platforms/authorize-url.ts';
import { findPlatform } from '../../platforms/index.ts';
import { textOf, valueAt } from '../../platforms/json.ts';
import { scopesFor } from '../../platforms/scopes.ts';
import { expandShop } from '../../platforms/shop.ts';
import { startSandbox } from '../../sandbox/server.ts';
import { callShop, control, type SandboxShop, sendTo } from './sandbox-shop.ts';

let sandbox: Awaited<ReturnType<typeof startSandbox>>;
beforeAll(async () => {
  sandbox = await startSandbox({ port: 0 });
});
afterAll(async () => {
  await sandbox.close();
});

const VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';

function platformOf(id: string): Platform {
  const platform = findPlatform(id);
  if (platform === undefined) throw new Error(`no platform ${id}`);
  return platform;
}

async function appOf(id: string) {
  const list = valueAt(await control(sandbox.url, 'GET', '/apps'), 'data');
  const app = Array.isArray(list) ? list.find((one: Json) => valueAt(one, 'platform') === id) : undefined;
  const text = (path: string) => textOf(valueAt(app, path)) ?? '';
  const names = valueAt(app, 'names');
  return {
    clientId: text('clientId'),
    secret: new Secret(text('secret')),
    fields: Object.fromEntries(
      Object.entries(names ?? {}).map(([name, value]) => [name, String(value)] as const),
    ),
  };
}

const secrets = (parts: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(parts).map(([name, value]) => [name, new Secret(value)]));

interface Grant {
  readonly platform: Platform;
  readonly shop: Readonly<Record<string, string>>;
  readonly redirectUri: string;
  readonly approval: Readonly<Record<string, string>>;
}

async function contextOf({ platform, shop, redirectUri, approval }: Grant) {
  const { clientId, secret, fields } = await appOf(platform.id);
  const shopOf = (parts: Readonly<Record<string, Secret>>, of: Grant['shop']): SandboxShop => {
    const [method] = platform.auth;
    if (method === undefined) throw new Error('no auth method');
    return { platform, method, shop: of, parts, clientId, clientSecret: secret, sandboxUrl: sandbox.url };
  };
  const context: GrantContext = {
    platform,
    shop,
    registration: { clientId, redirectUri, secret, earlierSecrets: [], fields: secrets(fields) },
    authorization: secrets(approval),
    permissions: ['orders:read'],
    send: (request) => sendTo(sandbox.url, request),
    call: (credential, request, of) => callShop(shopOf(credential.parts, of), request),
    nowMs: Date.now(),
  };
  return { context, shopOf };
}

/** What the merchant's browser comes back with. */
async function approve(platform: Platform, shop: Grant['shop'], redirectUri: string) {
  const [method] = platform.auth;
  if (method === undefined || !('callback' in method.obtain)) throw new Error('no approval');
  const { clientId, fields } = await appOf(platform.id);
  const url = new URL(
    authorizeUrl(method.obtain, {
      shop: expandShop(platform, shop),
      registration: fields,
      clientId,
      state: 'state-1',
      redirectUri,
      scopes: scopesFor(platform, ['orders:read', 'products:read', 'inventory:read']),
      codeChallenge: createHash('sha256').update(VERIFIER).digest('base64url'),
      nonce: 'nonce-1',
    }),
  );
  url.searchParams.set('_approve', '1');
  const answer = await fetch(`${sandbox.url}${url.pathname}${url.search}`, {
    headers: { 'x-forwarded-host': url.host, 'x-forwarded-proto': 'https' },
    redirect: 'manual',
  });
  const location = answer.headers.get('location');
  if (location === null) throw new Error(`the approval came to ${answer.status}`);
  return Object.fromEntries(new URL(location).searchParams);
}

describe('an approval', () => {
  test.each([
    ['amazon', { marketplace: 'A1PA6795UKMFR9' }, { sellerId: 'A1SANDBOXSELLER' }, 'fixed'],
    ['ebay', {}, {}, 'fixed'],
    ['etsy', {}, { shopId: '31000001' }, 'rotating'],
    ['walmart', {}, { sellerId: '10001234567' }, 'fixed'],
  ])('at %s becomes a credential that is proved and renewed', async (id, shop, told, refresh) => {
    const platform = platformOf(id);
    const redirectUri = `http://127.0.0.1:3000/oauth/${id}/callback`;
    const approval = { ...(await approve(platform, shop, redirectUri)), codeVerifier: VERIFIER };
    expect(approval).toMatchObject({ state: 'state-1' });
    const { context, shopOf } = await contextOf({ platform, shop, redirectUri, approval });
    const obtained = await obtainCredential(context, 'authorization_code');
    expect(obtained.shop).toEqual({ ...shop, ...told });
    const [method] = platform.auth;
    if (method === undefined) throw new Error('no auth method');
    const renewed = await renewCredential({ ...context, shop: obtained.shop }, method, {
      material: { kind: obtained.kind, parts: secrets(obtained.parts) },
      lifetimeS: obtained.lifetimeS,
      refreshExpiresAtMs: obtained.refreshExpiresAtMs,
    });
    expect(renewed.parts['accessToken']).not.toBe(obtained.parts['accessToken']);
    const isSame = renewed.parts['refreshToken'] === obtained.parts['refreshToken'];
    expect(isSame).toBe(refresh === 'fixed');
    const of = shopOf(secrets(renewed.parts), obtained.shop);
    const orders = platform.resources.orders;
    if (orders === undefined) throw new Error('no orders');
    const pass = { shop: of.shop, sinceMs: null, untilMs: Date.now(), pageSize: 10, facts: {} };
    expect((await callShop(of, orders.request(pass, null))).means).toBe('ok');
  });
});

test('Magento’s activation posts a consumer and a verifier, which become the four keys', async () => {
  let posted: Readonly<Record<string, string>> = {};
  const ours = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
      posted = Object.fromEntries(new URLSearchParams(body));
      response.end('{}');
    });
  });
  await new Promise<void>((resolve) => ours.listen(0, '127.0.0.1', resolve));
  const address = ours.address();
  const us = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/oauth/magento`;
  try {
    const query = new URLSearchParams({
      callback_url: `${us}/activate`,
      identity_url: `${us}/identity`,
      _approve: '1',
    });
    await fetch(`${sandbox.url}/admin/integration?${query}`, {
      headers: { 'x-forwarded-host': 'activation.magento.example', 'x-forwarded-proto': 'https' },
      redirect: 'manual',
    });
    const platform = platformOf('magento');
    // The shop sends the browser on only once its post was answered.
    const grant = { platform, shop: {}, redirectUri: '', approval: posted };
    const { context, shopOf } = await contextOf(grant);
    const obtained = await obtainCredential({ ...context, registration: null }, 'oauth1');
    expect(obtained).toMatchObject({ lifetimeS: null, shop: { url: 'https://activation.magento.example' } });
    const of = shopOf(secrets(obtained.parts), obtained.shop);
    expect((await callShop(of, platform.proof.request(of.shop))).means).toBe('ok');
  } finally {
    ours.close();
  }
});

test('an install at BigCommerce comes without a state, and its token has no end', async () => {
  const platform = platformOf('bigcommerce');
  const redirectUri = 'http://127.0.0.1:3000/oauth/bigcommerce/auth';
  const make = { platform: 'bigcommerce', key: 'installhash1', orders: 1, products: 1, customers: 1 };
  await control(sandbox.url, 'POST', '/shops', make);
  const install = await control(sandbox.url, 'POST', '/shops/installhash1/install', {
    callbackUrl: redirectUri,
  });
  const url = new URL(textOf(valueAt(install, 'url')) ?? '');
  expect(url.searchParams.has('state')).toBe(false);
  const approval = Object.fromEntries(url.searchParams);
  const { context, shopOf } = await contextOf({ platform, shop: {}, redirectUri, approval });
  const obtained = await obtainCredential(context, 'authorization_code');
  expect(obtained).toMatchObject({ lifetimeS: null, shop: { storeHash: 'installhash1' } });
  expect(obtained.scopes).toContain('store_v2_orders_read_only');
  const of = shopOf(secrets(obtained.parts), obtained.shop);
  const proof = await callShop(of, platform.proof.request(of.shop));
  expect(platform.proof.read(proof, of.shop)).toMatchObject({ shopKey: 'installhash1' });
});
