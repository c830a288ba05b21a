// Which shop is meant: values that become host names and paths. Whatever could name another host than the one shown is refused.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MooringError } from '../../domain/errors.ts';
import type { Platform } from '../../domain/platform.ts';
import { findPlatform } from '../../platforms/index.ts';
import { isOneShop, keyEntered, parseShop, shopAfterCallback } from '../../platforms/shop.ts';

function platform(id: string): Platform {
  const found = findPlatform(id);
  if (found === undefined) throw new Error(`no platform ${id}`);
  return found;
}

const shopify = platform('shopify');
const woocommerce = platform('woocommerce');

function refusal(run: () => unknown): MooringError {
  try {
    run();
  } catch (error) {
    if (error instanceof MooringError) return error;
    throw error;
  }
  throw new Error('it was taken');
}

describe('a shop of Shopify', () => {
  test.each([
    ['as it is', 'demo.myshopify.com', 'demo.myshopify.com'],
    ['in capitals', 'DEMO.MyShopify.Com', 'demo.myshopify.com'],
    ['with spaces around', '  demo-2.myshopify.com\n', 'demo-2.myshopify.com'],
  ])('%s', (_why, given, expected) => {
    expect(parseShop(shopify, { shop: given })).toEqual({ shop: expected });
  });

  test.each([
    ['evil.com#'],
    ['evil.com#.myshopify.com'],
    ['evil.com/.myshopify.com'],
    ['evil.com?.myshopify.com'],
    ['evil.com\\.myshopify.com'],
    ['evil.com%2f.myshopify.com'],
    ['evil.com%00.myshopify.com'],
    ['user@demo.myshopify.com'],
    ['user:pass@demo.myshopify.com'],
    ['demo.myshopify.com@evil.com'],
    ['demo.myshopify.com.attacker.test'],
    ['demo.myshopify.com:8080'],
    ['demo.myshopify.com/'],
    ['demo.myshopify.com/admin'],
    ['demo.myshopify.com.'],
    ['https://demo.myshopify.com'],
    ['//demo.myshopify.com'],
    ['.myshopify.com'],
    ['-demo.myshopify.com'],
    ['de_mo.myshopify.com'],
    ['a.b.myshopify.com'],
    ['demo.myshopify.com\nHost: evil.com'],
    ['demo.myshopify.com\r\n'.concat('x')],
    ['demo\u3002myshopify\u3002com'],
    ['demo．myshopify．com'],
    ['dеmo.myshopify.com'],
    ['demo.myshopify.com\u0000'],
    ['demo.myshopify.com\u200b'],
    ['127.0.0.1'],
    ['[::1]'],
    ['localhost'],
    ['demo'],
    [`${'a'.repeat(300)}.myshopify.com`],
    [''],
    [' '],
  ])('%j is refused by name and rule', (given) => {
    const error = refusal(() => parseShop(shopify, { shop: given }));
    expect(error.code).toBe('invalid_shop');
    expect(error.fields).toHaveLength(1);
    expect(error.fields[0]?.path).toBe('/shop/shop');
    expect(error.message).toContain('shop.shop');
  });

  test.each([[null], [undefined], ['x'], [[]], [7]])('%j is no shop', (input) => {
    expect(refusal(() => parseShop(shopify, input)).code).toBe('invalid_shop');
  });

  test.each([[['demo.myshopify.com']], [{ toString: () => 'demo.myshopify.com' }], [1], [true]])(
    'a field that is no text is refused: %j',
    (value) => {
      expect(refusal(() => parseShop(shopify, { shop: value })).fields[0]?.rule).toBe('must be text');
    },
  );

  test('an unknown field is named, and so is every other mistake', () => {
    const error = refusal(() => parseShop(shopify, { shop: 'x', host: 'y' }));
    expect(error.fields.map((field) => field.path)).toEqual(['/shop/host', '/shop/shop']);
  });

  test('whatever is taken is one label before .myshopify.com', () => {
    const characters = fc.constantFrom(
      ...'ab-_.:/\\#?@%&[] \n\u3002'.split(''),
      '.myshopify.com',
      'https://',
    );
    fc.assert(
      fc.property(fc.array(characters, { maxLength: 12 }), (pieces) => {
        try {
          const { shop } = parseShop(shopify, { shop: pieces.join('') });
          expect(new URL(`https://${shop}/admin`).hostname).toBe(shop);
          expect(shop).toMatch(/^[a-z0-9-]+\.myshopify\.com$/);
        } catch (error) {
          if (!(error instanceof MooringError)) throw error;
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('the address of a WooCommerce site', () => {
  test.each([
    ['as it is', 'https://shop.example', 'https://shop.example'],
    ['its trailing slash goes', 'https://shop.example/', 'https://shop.example'],
    ['its subdirectory stays', 'https://Shop.Example/Store/', 'https://shop.example/Store'],
    ['a port stays', 'https://shop.example:8443/a', 'https://shop.example:8443/a'],
    ['the default port goes', 'https://shop.example:443', 'https://shop.example'],
    ['without scheme it is https', 'shop.example/store', 'https://shop.example/store'],
  ])('%s', (_why, given, expected) => {
    expect(parseShop(woocommerce, { url: given })).toEqual({ url: expected });
  });

  test.each([
    ['http://shop.example'],
    ['ftp://shop.example'],
    ['javascript:alert(1)'],
    ['data:text/html,x'],
    ['file:///etc/passwd'],
    ['https:shop.example'],
    ['https:///shop.example'],
    ['https://user@shop.example'],
    ['https://user:pass@shop.example'],
    ['https://@shop.example'],
    ['https://shop.example?x=1'],
    ['https://shop.example?'],
    ['https://shop.example#f'],
    ['https://shop.example#'],
    ['https://shop.example\\@evil.com'],
    ['https://evil.com\\.shop.example'],
    ['https://shop.example/../admin'],
    ['https://shop.example/a/./b'],
    ['https://shop.example/%2e%2e/admin'],
    ['https://shop.example/%2fevil'],
    ['https://shop.example/a b'],
    ['https://shop.example./'],
    ['https://sh\u043ep.example'],
    ['https://shop\u3002example'],
    ['https://[::1]/'],
    ['https://'],
  ])('%j is refused', (given) => {
    expect(refusal(() => parseShop(woocommerce, { url: given })).fields[0]?.path).toBe('/shop/url');
  });
});

describe('what a callback tells of the shop', () => {
  const shopee = platform('shopee');
  const step = shopee.auth.flatMap(({ obtain }) => ('callback' in obtain ? obtain.callback : []))[0];
  if (step === undefined) throw new Error('no step');

  test('fills the field that was left empty', () => {
    expect(shopAfterCallback(shopee, step, {}, { shop_id: '14701711' })).toEqual({ shopId: '14701711' });
  });
  test('another shop than the connection’s is a mismatch', () => {
    expect(refusal(() => shopAfterCallback(shopee, step, { shopId: '1' }, { shop_id: '2' })).code).toBe(
      'shop_mismatch',
    );
  });
  test('a shop of the wrong form is no callback of the platform', () => {
    const run = () => shopAfterCallback(shopee, step, {}, { shop_id: '1&shop_id=2' });
    expect(refusal(run).code).toBe('invalid_callback');
  });
});

describe('which shop it is', () => {
  test.each([
    ['an address tells it', 'woocommerce', { url: 'https://a.example' }, true],
    [
      'an address without the shop that the proof names does not',
      'mirakl',
      { instance: 'a.mirakl.net' },
      false,
    ],
    ['an id that is left to the approval does not', 'etsy', {}, false],
    ['a country does not', 'kaufland', { storefront: 'de' }, false],
    ['nothing does not', 'ebay', {}, false],
  ])('%s', (_why, id, shop, expected) => {
    expect(isOneShop(platform(id), shop)).toBe(expected);
  });

  test.each([
    ['is the key that was entered, where nothing else tells', 'kaufland', { storefront: 'de' }, 'de/key-1'],
    ['is nothing entered where an address tells it', 'woocommerce', { url: 'https://a.example' }, null],
  ])('%s', (_why, id, shop, expected) => {
    const [method] = platform(id).auth;
    if (method === undefined) throw new Error('no method');
    const parts = { clientKey: 'key-1', secretKey: 'secret-1', consumerKey: 'ck', consumerSecret: 'cs' };
    expect(keyEntered(platform(id), method, { shop, parts })).toBe(expected);
  });
});
