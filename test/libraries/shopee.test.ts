// The Shopee SDK connects to the sandbox, rotates and reads; its signatures and ours are the same.
import ShopeeSDK from '@congminh1254/shopee-sdk';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { signRequest } from '../../auth/index.ts';
import { Secret } from '../../domain/secret.ts';
import { shopee } from '../../platforms/shopee/platform.ts';
import { appOf, startWorld, type World } from '../sandbox/calling.ts';
import { leadTo, recording } from './outside.ts';

let world: World;
let back: () => Promise<void>;
let library: ShopeeSDK;
beforeAll(async () => {
  world = await startWorld();
  back = leadTo(world.url);
});
afterAll(async () => {
  await back();
  await world.close();
});
beforeEach(async () => {
  await world.control('/reset', {});
  await world.control('/shops', { platform: 'shopee', id: 220001, orders: 40, products: 12 });
  const { clientId, secret } = await appOf(world, 'shopee');
  library = libraryWith(Number(clientId), secret, 'https://partner.shopeemobile.com/api/v2');
});

/** Keeps its token in memory: by itself it writes a file. */
function libraryWith(partner_id: number, partner_key: string, base_url: string): ShopeeSDK {
  let kept: Awaited<ReturnType<ShopeeSDK['getAuthToken']>> = null;
  const storage = {
    store: async (token: NonNullable<typeof kept>) => {
      kept = token;
    },
    get: async () => kept,
    clear: async () => {
      kept = null;
    },
  };
  return new ShopeeSDK({ partner_id, partner_key, shop_id: 220_001, base_url }, storage);
}

async function connect() {
  const asked = new URL(
    library.getAuthorizationUrl('http://127.0.0.1:3000/oauth/shopee/callback', { state: 'st4te' }),
  );
  const answer = await world.call({ host: asked.host, path: `${asked.pathname}${asked.search}&_approve=1` });
  const came = new URL(answer.headers['location'] ?? 'http://none').searchParams;
  return library.authenticateWithCode(came.get('code') ?? '', Number(came.get('shop_id')));
}

describe('the Shopee SDK with the sandbox', () => {
  it('connects by code, and reads the shop, orders and items', async () => {
    expect(await connect()).toMatchObject({ expire_in: 14_400 });
    expect(await library.shop.getShopInfo()).toMatchObject({ region: 'SG' });
    const nowS = Math.floor(Date.now() / 1000);
    const { response } = await library.order.getOrderList({
      time_range_field: 'update_time',
      time_from: nowS - 15 * 86_400 + 60,
      time_to: nowS,
      page_size: 50,
    });
    expect(response.order_list?.length).toBeGreaterThan(0);
  });

  it('rotates, and its first refresh token is dead then', async () => {
    const first = await connect();
    const second = await library.refreshToken(220_001);
    expect(second?.refresh_token).not.toBe(first?.refresh_token);
    expect(await library.shop.getShopInfo()).toMatchObject({ region: 'SG' });
  });
});

describe('a signature', () => {
  it('of the Shopee SDK is the one we make for the same call', async () => {
    await back();
    const platform = await recording({
      error: '',
      message: '',
      request_id: '1',
      response: { order_list: [], more: false },
    });
    const [method] = shopee.auth;
    const text = fc.stringMatching(/^[A-Za-z0-9]{8,40}$/);
    await fc.assert(
      fc.asyncProperty(
        text,
        text,
        fc.integer({ min: 1, max: 9_999_999 }),
        fc.integer({ min: 1, max: 999_999_999 }),
        async (key, token, partner, shopId) => {
          const sdk = libraryWith(partner, key, `${platform.url}/api/v2`);
          Object.assign(sdk.getConfig(), { shop_id: shopId });
          const storage = {
            access_token: token,
            shop_id: shopId,
            refresh_token: 'r',
            expire_in: 14_400,
            expired_at: Date.now() + 14_400_000,
            request_id: '',
            error: '',
            message: '',
          };
          await (
            sdk as unknown as { tokenStorage: { store(token: object): Promise<void> } }
          ).tokenStorage.store(storage); // private there
          await sdk.order.getOrderList({
            time_range_field: 'update_time',
            time_from: 1,
            time_to: 2,
            page_size: 50,
          });
          const theirs = platform.asked.at(-1)?.url.searchParams ?? new URLSearchParams();
          const context = {
            platform: shopee,
            shop: { shopId: String(shopId) },
            clientId: String(partner),
            clientSecret: new Secret(key),
            credential: {
              kind: method.credentialKind,
              parts: { accessToken: new Secret(token), refreshToken: new Secret('r') },
            },
            nowMs: Number(theirs.get('timestamp')) * 1000,
          };
          const signed = await signRequest(method, context, {
            method: 'GET',
            path: '/order/get_order_list',
            endpoint: 'orders',
          });
          expect(new URL(signed.url).searchParams.get('sign')).toBe(theirs.get('sign'));
        },
      ),
      { numRuns: 60 },
    );
    await platform.close();
    back = leadTo(world.url);
  });
});
