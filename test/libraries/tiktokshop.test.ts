// A library for TikTok Shop takes its tokens from the sandbox; its signatures and ours are the same.
import fc from 'fast-check';
import TikTokShop from 'tiktok-shop';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { signRequest } from '../../auth/index.ts';
import { Secret } from '../../domain/secret.ts';
import { tiktokshop } from '../../platforms/tiktokshop/platform.ts';
import { appOf, approveAt, startWorld, type World } from '../sandbox/calling.ts';
import { leadTo } from './outside.ts';

let world: World;
let back: () => Promise<void>;
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
  await world.control('/shops', { platform: 'tiktokshop', orders: 5 });
});

describe('tiktok-shop with the sandbox', () => {
  it('takes a token by its code, and the next by its refresh token', async () => {
    const { clientId, secret, names } = await appOf(world, 'tiktokshop');
    const library = new TikTokShop.TikTokShop({ appKey: clientId, appSecret: secret });
    const sent = await approveAt(
      world,
      'services.tiktokshop.com',
      `/open/authorize?service_id=${names['serviceId']}`,
    );
    const first = await library.authCodeToken(sent.get('code') ?? '');
    expect(first).toMatchObject({ code: 0, data: { user_type: 0 } });
    const { data } = JSON.parse(JSON.stringify(first));
    // Of a refresh it hands on what stands under `data`, and of a refusal the whole.
    const second = await library.refreshToken(data.refresh_token);
    expect(Object.keys(second)).toContain('access_token');
    expect(await library.refreshToken(data.refresh_token)).toMatchObject({ code: 36_004_004 });
  });
});

describe('a signature', () => {
  it('of tiktok-shop is the one we make for the same call', async () => {
    const [method] = tiktokshop.auth;
    const text = fc.stringMatching(/^[A-Za-z0-9]{4,32}$/);
    const name = fc.stringMatching(/^[a-z][a-z_]{1,12}$/).filter((one) => !['sign', 'token'].includes(one));
    const query = fc.dictionary(name, text, { maxKeys: 5 });
    const body = fc.option(fc.dictionary(name, fc.oneof(text, fc.integer()), { minKeys: 1, maxKeys: 4 }), {
      nil: undefined,
    });
    const input = {
      key: text,
      secret: text,
      token: text,
      cipher: text,
      query,
      body,
      atS: fc.integer({ min: 1_600_000_000, max: 2_000_000_000 }),
    };
    await fc.assert(
      fc.asyncProperty(fc.record(input), async (one) => {
        const context = {
          platform: tiktokshop,
          shop: { shopCipher: one.cipher },
          clientId: one.key,
          clientSecret: new Secret(one.secret),
          credential: {
            kind: method.credentialKind,
            parts: { accessToken: new Secret(one.token), shopCipher: new Secret(one.cipher) },
          },
          nowMs: one.atS * 1_000,
        };
        const request = { path: '/order/202309/orders/search', endpoint: 'orders', query: one.query };
        const signed = await signRequest(
          method,
          context,
          one.body === undefined
            ? { ...request, method: 'GET' }
            : { ...request, method: 'POST', body: one.body },
        );
        const library = new TikTokShop.TikTokShop({ appKey: one.key, appSecret: one.secret });
        const theirs = library.signByUrl(signed.url, signed.body === null ? {} : JSON.parse(signed.body));
        expect(new URL(signed.url).searchParams.get('sign')).toBe(theirs.signature);
        expect(new URL(signed.url).searchParams.get('shop_cipher')).toBe(one.cipher);
      }),
      { numRuns: 200 },
    );
  });
});
