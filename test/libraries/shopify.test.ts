// Shopify's own library talks to the sandbox, and judges callbacks beside us.
import '@shopify/shopify-api/adapters/node';
import { createHmac } from 'node:crypto';
import { ApiVersion, LogSeverity, Session, shopifyApi } from '@shopify/shopify-api';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyCallback } from '../../auth/index.ts';
import { Secret } from '../../domain/secret.ts';
import { shopify as ours } from '../../platforms/shopify/platform.ts';
import { approveShopify, appSecret, SHOP, startWorld, type World } from '../sandbox/calling.ts';
import { leadTo } from './outside.ts';

let world: World;
let back: () => Promise<void>;
let library: ReturnType<typeof libraryWith>;
beforeAll(async () => {
  world = await startWorld();
  library = libraryWith(await appSecret(world, 'shopify'));
  back = leadTo(world.url);
  await world.control('/shops', { platform: 'shopify', host: SHOP, orders: 30, products: 12 });
});
afterAll(async () => {
  await back();
  await world.close();
});

function libraryWith(apiSecretKey: string) {
  return shopifyApi({
    apiKey: 'mooring-demo',
    apiSecretKey,
    scopes: ['read_orders', 'read_products'],
    hostName: '127.0.0.1:3000',
    hostScheme: 'http',
    apiVersion: ApiVersion.July26,
    isEmbeddedApp: false,
    logger: { level: LogSeverity.Error },
  });
}

const sessionOf = (accessToken: string) =>
  new Session({ id: `offline_${SHOP}`, shop: SHOP, state: '', isOnline: false, accessToken });

/** A token as a pasted one is: `expiring` or of the old kind. */
async function credential(expiring: boolean) {
  const { json } = await world.control(`/shops/${SHOP}/credential`, { expiring });
  return json;
}

describe('Shopify’s library with the sandbox', () => {
  it('takes the signature of its callback, and no changed one', async () => {
    const callback = Object.fromEntries(await approveShopify(world));
    expect(await library.utils.validateHmac(callback)).toBe(true);
    expect(await library.utils.validateHmac({ ...callback, code: 'another' })).toBe(false);
  });

  it('asks GraphQL, and reads its cost', async () => {
    const { access_token } = await credential(true);
    const client = new library.clients.Graphql({ session: sessionOf(access_token) });
    const answer = await client.request('{ orders(first: 5) { nodes { id name } } shop { currencyCode } }');
    expect(answer.data?.orders.nodes).toHaveLength(5);
    expect(answer.extensions?.cost.throttleStatus.maximumAvailable).toBeGreaterThan(0);
  });

  it('refreshes, and its old token pair is worth nothing once the new one was exchanged', async () => {
    const { refresh_token } = await credential(true);
    const { session } = await library.auth.refreshToken({ shop: SHOP, refreshToken: refresh_token });
    expect(session.refreshToken).toMatch(/^shprt_/);
    await library.auth.refreshToken({ shop: SHOP, refreshToken: session.refreshToken ?? '' });
    await expect(library.auth.refreshToken({ shop: SHOP, refreshToken: refresh_token })).rejects.toThrow();
  });

  it('moves a token of the old kind to an expiring one, once', async () => {
    const { access_token } = await credential(false);
    const move = () =>
      library.auth.migrateToExpiringToken({ shop: SHOP, nonExpiringOfflineAccessToken: access_token });
    const { session } = await move();
    expect([session.expires instanceof Date, session.refreshToken?.startsWith('shprt_')]).toEqual([
      true,
      true,
    ]);
    await expect(move()).rejects.toThrow();
  });

  it('is refused with a dead token', async () => {
    const client = new library.clients.Graphql({ session: sessionOf('shpat_dead') });
    await expect(client.request('{ shop { name } }')).rejects.toThrow();
  });
});

/** The signature of our own data, for callbacks. */
function signatureOf() {
  const [method] = ours.auth;
  const [step] = method.obtain.callback;
  return step.signature;
}

const value = fc.string({ unit: 'grapheme', maxLength: 20 });
const callbacks = fc.record({
  code: value,
  host: value,
  shop: value,
  state: value,
  // A fault, or none, in what arrives.
  spoil: fc.constantFrom('none', 'code', 'shop', 'hmac', 'upper'),
});

describe('a callback', () => {
  it('is judged alike by Shopify’s library and by us, whatever stands in it', async () => {
    const secret = 'shpss_comparison';
    const judge = libraryWith(secret);
    await fc.assert(
      fc.asyncProperty(callbacks, async ({ spoil, ...params }) => {
        const nowMs = Date.now();
        const signed: Record<string, string> = { ...params, timestamp: String(Math.floor(nowMs / 1000)) };
        const entries = Object.entries(signed).sort(([a], [b]) => (a < b ? -1 : 1));
        const message = new URLSearchParams(entries).toString();
        const hmac = createHmac('sha256', secret).update(message).digest('hex');
        const sent: Record<string, string> = {
          ...signed,
          hmac: spoil === 'upper' ? hmac.toUpperCase() : hmac,
        };
        if (spoil === 'code' || spoil === 'shop') sent[spoil] += 'x';
        if (spoil === 'hmac') sent['hmac'] = hmac.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
        const theirs = await judge.utils.validateHmac(sent).catch(() => false);
        const verdict = verifyCallback(signatureOf(), [new Secret(secret)], sent, nowMs);
        expect(verdict.ok).toBe(theirs);
      }),
      { numRuns: 300 },
    );
  });
});
