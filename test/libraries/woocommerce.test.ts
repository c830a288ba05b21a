// WooCommerce's own library lists orders from the sandbox, by keys over TLS and by signatures without; its signatures and ours are the same.
import WooCommerceRestApi from '@woocommerce/woocommerce-rest-api';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { draftOf } from '../../auth/draft.ts';
import { signDraft } from '../../auth/index.ts';
import { valuesOf } from '../../auth/values.ts';
import type { OAuth1Sign } from '../../domain/platform.ts';
import { shopWith, startWorld, type World } from '../sandbox/calling.ts';
import { leadTo, recording } from './outside.ts';

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

async function libraryFor(url: string, secure: boolean, permission = 'read_write') {
  const { host } = new URL(url);
  const wish = { platform: 'woocommerce', host, secure, orders: 25, products: 4 };
  const { credential } = await shopWith(world, wish, { permission });
  const { consumer_key: consumerKey, consumer_secret: consumerSecret } = credential;
  return new WooCommerceRestApi({ url, consumerKey, consumerSecret, version: 'wc/v3' });
}

describe('WooCommerce’s library with the sandbox', () => {
  it.each([
    ['by keys over TLS', 'https://library.woo.example', true],
    ['by signatures without TLS', 'http://plain.woo.example', false],
  ])('lists every order, %s', async (_, url, secure) => {
    const library = await libraryFor(url, secure);
    const found = new Set<number>();
    for (let page = 1, pages = 1; page <= pages; page += 1) {
      const { data, headers } = await library.get('orders', { page, per_page: 10, orderby: 'modified' });
      for (const { id } of data) found.add(id);
      pages = Number(headers['x-wp-totalpages']);
    }
    expect(found.size).toBe(25);
  });

  it('is told when its key may not write', async () => {
    const library = await libraryFor('https://readonly.woo.example', true, 'read');
    const refused = library.put('orders/1000000', { status: 'completed' });
    await expect(refused).rejects.toMatchObject({
      response: { status: 401, data: { code: 'woocommerce_rest_authentication_error' } },
    });
  });
});

const word = fc
  .string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 12 })
  .filter((one) => !/[.#?/\\%&=+[\]]/.test(one) && one.trim() === one);

const SIGN: OAuth1Sign = {
  scheme: 'oauth1',
  method: 'HMAC-SHA256',
  consumerKey: '{consumerKey}',
  consumerSecret: '{consumerSecret}',
  place: 'query',
  version: true,
};

describe('a signature', () => {
  it('of WooCommerce’s library is the one we make for the same call', async () => {
    await back();
    const shop = await recording([]);
    const queries = fc.dictionary(fc.stringMatching(/^[a-z_]{1,8}$/), word, { maxKeys: 4 });
    await fc.assert(
      fc.asyncProperty(word, word, queries, async (consumerKey, consumerSecret, query) => {
        const library = new WooCommerceRestApi({
          url: shop.url,
          consumerKey,
          consumerSecret,
          version: 'wc/v3',
        });
        await library.get('orders', query);
        const theirs = shop.asked.at(-1)?.url.searchParams ?? new URLSearchParams();
        expect(theirs.get('oauth_signature_method')).toBe('HMAC-SHA256');
        const request = { method: 'GET', path: '/wp-json/wc/v3/orders', endpoint: 'orders', query } as const;
        const values = valuesOf({ consumerKey, consumerSecret });
        const moment = {
          nowMs: Number(theirs.get('oauth_timestamp')) * 1000,
          nonce: theirs.get('oauth_nonce') ?? '',
        };
        const signed = await signDraft(SIGN, draftOf(shop.url, request), values, moment);
        expect(signed.url.searchParams.get('oauth_signature')).toBe(theirs.get('oauth_signature'));
      }),
      { numRuns: 100 },
    );
    await shop.close();
  });
});
