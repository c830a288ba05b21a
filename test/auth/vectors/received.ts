// Signatures that platforms put on what they send us: how each is checked, as data, and a message that must verify. `documented`: printed by the platform or by
// those who quote its page, digest included; `self`: made here by the documented steps.
import type { ReceivedSignature } from '../../../domain/platform.ts';

export interface ReceivedVector {
  readonly name: string;
  readonly witness: 'documented' | 'self';
  readonly signature: ReceivedSignature;
  readonly secret: string;
  readonly clientId?: string;
  readonly url?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const hmacIn = (header: string, encoding: 'hex' | 'base64', message: readonly string[]) =>
  ({ kind: 'hmac', in: { header }, algorithm: 'sha256', encoding, message }) as const;

export const RECEIVED_VECTORS: readonly ReceivedVector[] = [
  {
    name: 'Shopee, the callback address and the body',
    witness: 'self',
    signature: hmacIn('authorization', 'hex', ['{url}', '|', '{body}']),
    secret: 'test_partner_key',
    url: 'https://example.com/push',
    headers: { authorization: 'e59728ee4ab776692c6a8ab73818cd1788fc6b10a9f8aa41762871dd0c3e8e28' },
    body: '{"shop_id":14701711,"code":3,"timestamp":1655714431,"data":{"ordersn":"220620ABC","status":"READY_TO_SHIP"}}',
  },
  {
    name: 'Lazada, our key and the body',
    witness: 'self',
    signature: hmacIn('authorization', 'hex', ['{clientId}', '{body}']),
    secret: 'helloworld',
    clientId: '123456',
    headers: { authorization: '005e316670cf77f5ee638858e94bb4791c100ace9d394c7327759a3bf5b6e873' },
    body: '{"seller_id":"1234567","message_type":0}',
  },
  {
    name: 'TikTok Shop, our key and the body',
    witness: 'self',
    signature: hmacIn('authorization', 'hex', ['{clientId}', '{body}']),
    secret: 'e59af819cc',
    clientId: '29a39d',
    headers: { authorization: '45d02996d865e565e43ed6c23579fe9a1e376b063ffbfe85deb5c22817e0399a' },
    body: '{"type":1,"shop_id":"7494049642642441621","timestamp":1644412885}',
  },
  {
    name: 'Tiendanube, the body',
    witness: 'self',
    signature: hmacIn('x-linkedstore-hmac-sha256', 'hex', ['{body}']),
    secret: 'test_secret',
    headers: {
      'x-linkedstore-hmac-sha256': '5374ee11d603b79e57a201d29748fc36fcac9e4d3f68b559f451d7cd88ab7069',
    },
    body: '{"store_id":123,"event":"order/created","id":456}',
  },
  {
    name: 'Square, the notification address and the body',
    witness: 'documented',
    signature: hmacIn('x-square-hmacsha256-signature', 'base64', ['{url}', '{body}']),
    secret: 'asdf1234',
    url: 'https://example.com/webhook',
    headers: { 'x-square-hmacsha256-signature': '2kRE5qRU2tR+tBGlDwMEw2avJ7QM4ikPYD/PJ3bd9Og=' },
    body: '{"hello":"world"}',
  },
  {
    name: 'Kaufland, as it wants its own calls signed',
    witness: 'documented',
    signature: {
      ...hmacIn('shop-signature', 'hex', ['{method}', '{url}', '{body}', '{header:shop-timestamp}']),
      separator: '\n',
    },
    secret: 'a7d0cb1da1ddbc86c96ee5fedd341b7d8ebfbb2f5c83cfe0909f4e57f05dd403',
    url: 'https://sellerapi.kaufland.com/v2/units/',
    headers: {
      'shop-timestamp': '1411055926',
      'shop-signature': 'da0b65f51c0716c1d3fa658b7eaf710583630a762a98c9af8e9b392bd9df2e2a',
    },
    body: '',
  },
];

/** Standard Webhooks' own example: its library’s first test. */
export const STANDARD_WEBHOOK = {
  secret: 'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  atS: 1_614_265_330,
  headers: {
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  },
  body: '{"test": 2432232314}',
} as const;
