// Shopee Open Platform v2, as data. Facts: Shopee's own API schemas and guides, as bundled in congminh1254/shopee-sdk. One host: that of
// Singapore, which serves South-East Asia; Brazil and China have others (not here). Success is `error: ""`, whatever HTTP says.
import type { HmacSign, Json, Platform, TokenRequest } from '../../domain/platform.ts';
import { objectAt, textOf, valueAt } from '../json.ts';
import { ITEM_GONE } from './items.ts';
import { RESOURCES } from './resources.ts';

const HOST = 'https://partner.shopeemobile.com';

/** Public calls sign partner, path and time. */
const PUBLIC: HmacSign = {
  scheme: 'hmac',
  algorithm: 'sha256',
  encoding: 'hex',
  key: '{clientSecret}',
  message: ['{clientId}', '{path}', '{timestamp}'],
  timestamp: 'seconds',
  query: { partner_id: '{clientId}', timestamp: '{timestamp}', sign: '{signature}' },
};

/** Shop calls sign the token and the shop besides. */
const SHOP: HmacSign = {
  ...PUBLIC,
  message: [...PUBLIC.message, '{accessToken}', '{shopId}'],
  query: { ...PUBLIC.query, access_token: '{accessToken}', shop_id: '{shopId}' },
};

/** Of one shop's refresh token, or of a main account's first one, which works once for each of its shops. */
const REFRESH: TokenRequest = {
  url: `${HOST}/api/v2/auth/access_token/get`,
  method: 'POST',
  format: 'json',
  parameters: { refresh_token: '{refreshToken}', partner_id: '{clientId}', shop_id: '{shopId}' },
  numeric: ['partner_id', 'shop_id'],
  clientAuthentication: 'signed',
  sign: PUBLIC,
};

/** The daily quota is given back at midnight UTC+8; asked again every hour. */
function waitMs({ body }: { readonly body: Json }): number | null {
  return textOf(valueAt(body, 'error')) === 'error_limit' ? 3_600_000 : null;
}

/** What a shop sells in, by the market it is in. */
const CURRENCIES: ReadonlyMap<string, string> = new Map([
  ['SG', 'SGD'],
  ['MY', 'MYR'],
  ['TH', 'THB'],
  ['TW', 'TWD'],
  ['ID', 'IDR'],
  ['VN', 'VND'],
  ['PH', 'PHP'],
  ['BR', 'BRL'],
  ['MX', 'MXN'],
  ['CO', 'COP'],
  ['CL', 'CLP'],
]);

function currencyOf(region: string): Record<string, string> {
  const currency = CURRENCIES.get(region);
  return currency === undefined ? {} : { currency };
}

const DEAD = [
  'refresh_token_expired',
  'error_shop_refresh_token',
  'error_merchant_refresh_token',
  'shop_access_expired',
  'merchant_access_expired',
  'supplier_access_expired',
  'shop_no_linked',
];

const REGISTRATION = [
  'error_sign',
  'error_partner_key_expired',
  'source_ip_undeclared',
  'error_kyc_auth',
  'invalid_partner_id',
  'error_api_call_restricted',
];

export const shopee = {
  id: 'shopee',
  name: 'Shopee',
  certainty: 'vendor',
  documentation: 'https://open.shopee.com/documents',
  shop: [
    {
      name: 'shopId',
      label: 'Shop id',
      pattern: '^[0-9]{1,15}$',
      help: 'Left empty when connecting in the browser: the approval tells it',
      example: '14701711',
      optional: true,
    },
  ],
  baseUrl: `${HOST}/api/v2`,
  apiVersion: { name: 'v2', sunset: null },
  needsRegistration: true,
  auth: [
    {
      credentialKind: 'shop_token',
      obtain: {
        kind: 'authorization_code',
        // The unsigned page that replaced /api/v2/shop/auth_partner.
        authorizeUrl: 'https://open.shopee.com/auth',
        authorizeParameters: {
          partner_id: '{clientId}',
          auth_type: 'seller',
          redirect_uri: '{redirectUri}',
          response_type: 'code',
          state: '{state}',
        },
        // Permissions hang on the app's category.
        scopeSeparator: null,
        pkce: 'unsupported',
        token: {
          url: `${HOST}/api/v2/auth/token/get`,
          method: 'POST',
          format: 'json',
          parameters: { code: '{code}', partner_id: '{clientId}', shop_id: '{shopId}' },
          numeric: ['partner_id', 'shop_id'],
          clientAuthentication: 'signed',
          sign: PUBLIC,
        },
        // A main account approves for all its shops. The first refresh token of its grant gives each shop a pair of its own, once a shop.
        severalShops: {
          kind: 'split',
          when: 'main_account_id',
          token: {
            url: `${HOST}/api/v2/auth/token/get`,
            method: 'POST',
            format: 'json',
            parameters: { code: '{code}', partner_id: '{clientId}', main_account_id: '{main_account_id}' },
            numeric: ['partner_id', 'main_account_id'],
            clientAuthentication: 'signed',
            sign: PUBLIC,
          },
          list: { path: 'shop_id_list', shopField: 'shopId' },
          perShop: REFRESH,
          certainty: 'vendor',
        },
        callback: [
          {
            step: 'callback',
            method: 'GET',
            from: 'browser',
            stateParameter: 'state',
            required: ['code', 'state'],
            requiredOneOf: ['shop_id', 'main_account_id'],
            denied: { parameter: 'error' },
            shopFields: { shopId: 'shop_id' },
            grants: true,
          },
        ],
      },
      renew: {
        kind: 'refresh_token',
        when: 'ahead',
        token: REFRESH,
        rotates: true,
        // Single use; the old access token goes on for five minutes, the old refresh token does not.
        previousUsable: false,
        refreshLifetimeS: 30 * 86_400,
      },
      sign: [SHOP],
      defaultLifetimeS: 4 * 3_600,
      tokenAnswer: {
        accessToken: 'access_token',
        refreshToken: 'refresh_token',
        // Described as seconds; one official sample shows an instant.
        expiresIn: { path: 'expire_in', unit: 'auto' },
        failedWhen: { path: 'error', notIn: ['', '-'] },
      },
    },
  ],
  proof: {
    request: () => ({ method: 'GET', path: '/shop/get_shop_info', endpoint: 'GET /shop/get_shop_info' }),
    read: ({ body }, shop) => {
      // The schema has the fields at the top; other calls wrap theirs in `response`.
      const info =
        valueAt(body, 'response.shop_name') === undefined ? objectAt(body, '') : objectAt(body, 'response');
      const consentUntil = textOf(info['expire_time']);
      const region = textOf(info['region']);
      return {
        // Not in the answer: a call that is signed for another shop than its token's is refused, so the id is proved.
        shopKey: shop['shopId'] ?? null,
        shopName: textOf(info['shop_name']),
        scopes: null,
        facts: {
          ...(region === null ? {} : { region, ...currencyOf(region) }),
          ...(consentUntil === null ? {} : { consentUntil }),
        },
      };
    },
  },
  permissions: {
    'orders:read': [],
    'orders:write': [],
    'products:read': [],
    'products:write': [],
    'inventory:read': [],
    'inventory:write': [],
  },
  answers: [
    { body: { path: 'error', equals: ['error_rate_limit', 'error_limit'] }, means: 'retry_after' },
    { body: { path: 'error', equals: DEAD }, means: 'credential_dead' },
    { at: 'token', body: { path: 'error', equals: ['invalid_code'] }, means: 'credential_dead' },
    { body: { path: 'error', equals: ['shop_banned'] }, means: 'shop_unavailable' },
    { body: { path: 'error', equals: REGISTRATION }, means: 'registration_rejected' },
    // Shopee's own spelling, and the one it may mend it to.
    {
      at: 'api',
      body: { path: 'error', equals: ['invalid_acceess_token', 'invalid_access_token'] },
      means: 'credential_expired',
    },
    { body: { path: 'message', matches: 'invalid refresh[_ ]?token' }, means: 'credential_dead' },
    {
      at: 'api',
      body: { path: 'message', matches: 'invalid access[_ ]?token' },
      means: 'credential_expired',
    },
    {
      body: {
        path: 'message',
        matches:
          'partner_id is invalid|invalid partner_id|app is deleted|permissions for authorizations|wrong sign',
      },
      means: 'registration_rejected',
    },
    { body: { path: 'error', equals: ['error_api_permission'] }, means: 'scope_missing' },
    { at: 'api', body: { path: 'message', matches: '^no permission' }, means: 'scope_missing' },
    {
      at: 'api',
      body: { path: 'error', equals: ['error_not_found', ...ITEM_GONE] },
      means: 'not_found',
    },
    {
      body: {
        path: 'error',
        equals: [
          'error_server',
          'error_network',
          'error_inner',
          'error_system',
          'error_data',
          'error_service',
        ],
      },
      means: 'platform_down',
    },
    // A fault or a limit in a word we do not know yet must not look like a refusal.
    { status: '5xx', means: 'platform_down' },
    { status: 429, means: 'retry_after' },
    {
      body: { path: 'error', matches: '^[a-z]' },
      means: 'rejected',
      note: 'any other word, whatever the status',
    },
  ],
  waitMs,
  // No figure is published.
  rateLimits: [{ scope: 'registration', burst: 20, perSecond: 10, certainty: 'unverified' }],
  resources: RESOURCES,
  notifications: {
    delivery: 'http',
    subscribedBy: 'registration',
    topics: { '2': 'uninstalled', '3': 'orders', '4': 'orders', '8': 'inventory', '12': 'consent_expiring' },
    topicIn: { json: 'code' },
    shopIn: { json: 'shop_id' },
    objectIn: { orders: [{ in: { json: 'data.ordersn' } }] },
    signature: {
      kind: 'hmac',
      in: { header: 'authorization' },
      algorithm: 'sha256',
      encoding: 'hex',
      message: ['{url}', '|', '{body}'],
    },
    answerWithinMs: 3_000,
    note: 'Set up in the console, for all shops. An event has no id of its own; the body’s time tells two apart. Wants an empty answer. Tried again after 300, 1,800 and 10,800 s; pushes are switched off where fewer than 30 % of 600 in six hours are taken.',
  },
  explains: {
    credential_dead: 'The seller ended the approval, or its time ran out (at most 365 days).',
    registration_rejected:
      'The partner key expired, or our address is not on the list in the Shopee console.',
    shop_unavailable: 'Shopee has banned the shop until it is restored.',
  },
  deadlines: [
    {
      kind: 'refresh_token',
      afterS: 30 * 86_400,
      note: 'A refresh token that is not used within 30 days is dead',
    },
    {
      kind: 'consent',
      afterS: 365 * 86_400,
      note: 'The seller approves for at most 365 days; the proof tells the day',
    },
  ],
  demo: { shop: {}, how: 'browser' },
} as const satisfies Platform;
