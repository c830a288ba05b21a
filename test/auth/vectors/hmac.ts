// Request signatures of platforms: how each is made, as data, and what it must be. `official`: key, input and digest are the platform's own; `suite`: asserted
// in an open-source test of a client; `self`: computed from the documented steps, without another witness.
import type { HmacSign, PlatformRequest } from '../../../domain/platform.ts';

const SHOPEE: HmacSign = {
  scheme: 'hmac',
  algorithm: 'sha256',
  encoding: 'hex',
  key: '{clientSecret}',
  message: ['{clientId}', '{path}', '{timestamp}', '{accessToken}', '{shopId}'],
  timestamp: 'seconds',
  query: { partner_id: '{clientId}', timestamp: '{timestamp}', sign: '{signature}' },
};

const LAZADA: HmacSign = {
  scheme: 'hmac',
  algorithm: 'sha256',
  encoding: 'HEX',
  key: '{clientSecret}',
  message: ['{path}', '{parameters}'],
  parameters: { from: 'form', except: ['sign'], pair: '', between: '' },
  stripPath: '/rest',
  timestamp: 'milliseconds',
  query: {
    app_key: '{clientId}',
    timestamp: '{timestamp}',
    sign_method: 'sha256',
    access_token: '{accessToken}',
    sign: '{signature}',
  },
};

const TIKTOK: HmacSign = {
  scheme: 'hmac',
  algorithm: 'sha256',
  encoding: 'hex',
  key: '{clientSecret}',
  message: ['{clientSecret}', '{path}', '{parameters}', '{body}', '{clientSecret}'],
  parameters: { from: 'query', except: ['sign', 'access_token'], pair: '', between: '' },
  timestamp: 'seconds',
  query: {
    app_key: '{clientId}',
    timestamp: '{timestamp}',
    shop_cipher: '{shopCipher}',
    sign: '{signature}',
  },
  headers: { 'x-tts-access-token': '{accessToken}' },
  exceptPath: { shop_cipher: '^/authorization/' },
};

const KAUFLAND: HmacSign = {
  scheme: 'hmac',
  algorithm: 'sha256',
  encoding: 'hex',
  key: '{clientSecret}',
  message: ['{method}', '{url}', '{body}', '{timestamp}'],
  separator: '\n',
  timestamp: 'seconds',
  headers: {
    'shop-client-key': '{clientId}',
    'shop-timestamp': '{timestamp}',
    'shop-signature': '{signature}',
  },
};

const COUPANG: HmacSign = {
  scheme: 'hmac',
  algorithm: 'sha256',
  encoding: 'hex',
  key: '{clientSecret}',
  message: ['{timestamp}', '{method}', '{path}', '{query}'],
  timestamp: 'short',
  headers: {
    authorization:
      'CEA algorithm=HmacSHA256, access-key={clientId}, signed-date={timestamp}, signature={signature}',
  },
};

/** An API that OpenCart 4.1 offers: newline-joined, SHA-1, base64. */
const OPENCART: HmacSign = {
  scheme: 'hmac',
  algorithm: 'sha1',
  encoding: 'base64',
  key: '{clientSecret}',
  message: ['{host}', '{path}', '{bodyMd5}', '{timestamp}', ''],
  separator: '\n',
  timestamp: 'seconds',
  query: { time: '{timestamp}', signature: '{signature}' },
};

export interface HmacVector {
  readonly name: string;
  readonly witness: 'official' | 'suite' | 'self';
  readonly sign: HmacSign;
  readonly baseUrl: string;
  readonly request: Omit<PlatformRequest, 'endpoint'>;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly parts: Readonly<Record<string, string>>;
  readonly atMs: number;
  /** Where the signature stands, and what it must be. */
  readonly place: { readonly query: string } | { readonly header: string };
  readonly signature: string;
}

const KAUFLAND_KEY = 'a7d0cb1da1ddbc86c96ee5fedd341b7d8ebfbb2f5c83cfe0909f4e57f05dd403';

export const HMAC_VECTORS: readonly HmacVector[] = [
  {
    name: 'Shopee, a shop call; the base string is the guide’s, the key is not',
    witness: 'self',
    sign: SHOPEE,
    baseUrl: 'https://partner.shopeemobile.com/api/v2',
    request: { method: 'GET', path: '/shop/get_shop_info' },
    clientId: '2001887',
    clientSecret: 'test_partner_key',
    parts: { accessToken: '59777174636562737266615546704c6d', shopId: '14701711' },
    atMs: 1_655_714_431_000,
    place: { query: 'sign' },
    signature: '9fdae5aeed86e753249982ec04aa54339280f12d3f456b9e3f7d8ee91e66a2b3',
  },
  {
    name: 'Lazada, its documentation’s own example',
    witness: 'official',
    sign: LAZADA,
    baseUrl: 'https://api.lazada.com.my/rest',
    request: { method: 'GET', path: '/order/get', query: { order_id: '1234' } },
    clientId: '123456',
    clientSecret: 'helloworld',
    parts: { accessToken: 'test' },
    atMs: 1_517_820_392_000,
    place: { query: 'sign' },
    signature: '4190D32361CFB9581350222F345CB77F3B19F0E31D162316848A2C1FFD5FAB4A',
  },
  {
    name: 'Lazada, the same with its business parameter in a form',
    witness: 'official',
    sign: LAZADA,
    baseUrl: 'https://api.lazada.com.my/rest',
    request: { method: 'POST', path: '/order/get', form: { order_id: '1234' } },
    clientId: '123456',
    clientSecret: 'helloworld',
    parts: { accessToken: 'test' },
    atMs: 1_517_820_392_000,
    place: { query: 'sign' },
    signature: '4190D32361CFB9581350222F345CB77F3B19F0E31D162316848A2C1FFD5FAB4A',
  },
  {
    name: 'TikTok Shop, its guide’s own example',
    witness: 'official',
    sign: TIKTOK,
    baseUrl: 'https://open-api.tiktokglobalshop.com',
    request: { method: 'GET', path: '/authorization/202309/shops' },
    clientId: '29a39d',
    clientSecret: 'e59af819cc',
    parts: { accessToken: 'never signed' },
    atMs: 1_623_812_664_000,
    place: { query: 'sign' },
    signature: 'b596b73e0cc6de07ac26f036364178ab16b0a907af13d43f0a0cd2345f582dc8',
  },
  {
    name: 'TikTok Shop, with a cipher',
    witness: 'suite',
    sign: TIKTOK,
    baseUrl: 'https://open-api.tiktokglobalshop.com',
    request: { method: 'GET', path: '/event/202309/webhooks' },
    clientId: '68xu9ks5p4i8',
    clientSecret: 'e59af819cc',
    parts: { accessToken: 't', shopCipher: 'ROW_xkMbgAAAeVAQra0eZWebFQq5aIK' },
    atMs: 1_696_909_648_000,
    place: { query: 'sign' },
    signature: 'ed58e1b5e59865c22a7b828c1cab65007441f43cc91a6cb2f2cdc638e0995a37',
  },
  {
    name: 'TikTok Shop, with a body',
    witness: 'suite',
    sign: TIKTOK,
    baseUrl: 'https://open-api.tiktokglobalshop.com',
    request: {
      method: 'PUT',
      path: '/event/202309/webhooks',
      body: { event_type: 'PACKAGE_UPDATE', address: 'https://partner.tiktokshop.com' },
    },
    clientId: '68xu9ks5p4i8',
    clientSecret: 'e59af819cc',
    parts: { accessToken: 't', shopCipher: 'ROW_xkMbgAAAeVAQra0eZWebFQq5aIK' },
    atMs: 1_696_909_648_000,
    place: { query: 'sign' },
    signature: '701dd6deb2389fe4c469b89bd37fc56f96a6da6afeb4d01c9077a65169752fa7',
  },
  {
    name: 'TikTok Shop, the same with the guide’s order of the body',
    witness: 'self',
    sign: TIKTOK,
    baseUrl: 'https://open-api.tiktokglobalshop.com',
    request: {
      method: 'PUT',
      path: '/event/202309/webhooks',
      body: { address: 'https://partner.tiktokshop.com', event_type: 'PACKAGE_UPDATE' },
    },
    clientId: '68xu9ks5p4i8',
    clientSecret: 'e59af819cc',
    parts: { accessToken: 't', shopCipher: 'ROW_xkMbgAAAeVAQra0eZWebFQq5aIK' },
    atMs: 1_696_909_648_000,
    place: { query: 'sign' },
    signature: 'cd0d6268252f4ba293bf7ea4c0a2873bf9beec600d22530638564ab301435f7a',
  },
  {
    name: 'Kaufland, its page’s own example',
    witness: 'official',
    sign: KAUFLAND,
    baseUrl: 'https://sellerapi.kaufland.com/v2',
    request: { method: 'POST', path: '/units/' },
    clientId: 'k',
    clientSecret: KAUFLAND_KEY,
    parts: {},
    atMs: 1_411_055_926_000,
    place: { header: 'shop-signature' },
    signature: 'da0b65f51c0716c1d3fa658b7eaf710583630a762a98c9af8e9b392bd9df2e2a',
  },
  {
    name: 'Kaufland, with a query',
    witness: 'self',
    sign: KAUFLAND,
    baseUrl: 'https://sellerapi.kaufland.com/v2',
    request: { method: 'GET', path: '/units', query: { limit: '10', offset: '0', storefront: 'de' } },
    clientId: 'k',
    clientSecret: KAUFLAND_KEY,
    parts: {},
    atMs: 1_411_055_926_000,
    place: { header: 'shop-signature' },
    signature: 'f43ec249b765f93c792018b8be92005057a14d793bd54d6a12f56fd0f34f2917',
  },
  {
    name: 'Coupang, the query without its question mark',
    witness: 'self',
    sign: COUPANG,
    baseUrl: 'https://api-gateway.coupang.com',
    request: {
      method: 'GET',
      path: '/v2/providers/openapi/apis/api/v4/vendors/A00012345/ordersheets',
      query: { createdAtFrom: '2026-01-01', createdAtTo: '2026-01-02', status: 'ACCEPT' },
    },
    clientId: 'access',
    clientSecret: 'test_secret_key',
    parts: {},
    atMs: Date.UTC(2026, 0, 1),
    place: { header: 'authorization' },
    signature:
      'CEA algorithm=HmacSHA256, access-key=access, signed-date=260101T000000Z, signature=f59b4103257fd4a768d773fe52eeac45d3501826c7f720dc85c3204b333d3ee2',
  },
  {
    name: 'OpenCart 4.1, SHA-1 in base64 over lines',
    witness: 'self',
    sign: OPENCART,
    baseUrl: 'https://shop.example',
    request: { method: 'POST', path: '/index.php', form: { a: '1' } },
    clientId: 'u',
    clientSecret: 'k',
    parts: {},
    atMs: 1_700_000_000_000,
    place: { query: 'signature' },
    signature: '7yg+SwezOvQQUSXPkkOKWXQiYHM=',
  },
];
