// The most used library for Etsy's API reads a shop of the sandbox: both halves of the key, lists to the end, a refresh by itself.
import { Etsy, type ISecurityDataStorage, type Tokens } from 'etsy-ts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { appOf, shopWith, startWorld, type World } from '../sandbox/calling.ts';
import { leadTo } from './outside.ts';

const SHOP_ID = 31_000_001;
let world: World;
let back: () => Promise<void>;
let kept: Tokens;
let library: Etsy;
let etsyUserId: number;
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
  const { credential } = await shopWith(world, { platform: 'etsy', orders: 47, products: 13 });
  const { access_token: accessToken, refresh_token: refreshToken } = credential;
  kept = { accessToken, refreshToken, expiresIn: 3_600, tokenType: 'Bearer' };
  etsyUserId = Number(accessToken.split('.')[0]);
  const { clientId: apiKey, secret: sharedSecret } = await appOf(world, 'etsy');
  const securityDataStorage: ISecurityDataStorage = {
    findAccessToken: async () => kept,
    storeAccessToken: async (_, tokens) => {
      kept = tokens;
    },
  };
  library = new Etsy({ apiKey, sharedSecret, securityDataStorage });
});

describe('etsy-ts with the sandbox', () => {
  it('reads receipts to the end', async () => {
    const ids: number[] = [];
    for (let offset = 0, count = 1; offset < count; offset += 20) {
      const { data } = await library.ShopReceipt.getShopReceipts(
        { shopId: SHOP_ID, limit: 20, offset },
        { etsyUserId },
      );
      count = data.count ?? 0;
      ids.push(...(data.results ?? []).map(({ receipt_id }) => receipt_id ?? 0));
    }
    expect(new Set(ids).size).toBe(47);
  });

  it('refreshes an expired token by itself, with a new refresh token each time', async () => {
    const before = kept;
    await world.control(`/shops/${SHOP_ID}/expire-access`, {});
    const { data } = await library.User.getMe({ etsyUserId });
    expect(data.shop_id).toBe(SHOP_ID);
    expect(kept.refreshToken).not.toBe(before.refreshToken);
  });

  it('is refused without the shared secret', async () => {
    const { clientId: apiKey } = await appOf(world, 'etsy');
    const securityDataStorage = {
      findAccessToken: async () => kept,
      storeAccessToken: async () => undefined,
    };
    const half = new Etsy({ apiKey, sharedSecret: 'x', securityDataStorage, enableTokenRefresh: false });
    await expect(half.User.getMe({ etsyUserId })).rejects.toMatchObject({ response: { status: 403 } });
  });
});
