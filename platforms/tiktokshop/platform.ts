// TikTok Shop, as data. Facts: the Partner Center's guide "Sign your API request", EcomPHP/tiktokshop-php, and answers recorded by clients in 2026. One approval may be good for
// several shops, which only a call with the token tells; what a call is for is said by the shop's cipher. Success is code 0, whatever HTTP says.
import type { HmacSign, Platform, TokenRequest } from '../../domain/platform.ts';
import { factsOf } from '../facts.ts';
import { answerInvalid, listAt, textOf, valueAt } from '../json.ts';
import { NOTIFICATIONS } from './notifications.ts';
import { RESOURCES } from './resources.ts';

/** The secret stands before and behind path, sorted query and body. The token is a header, and never signed. */
const SIGN: HmacSign = {
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
  // These are refused with a cipher.
  exceptPath: {
    shop_cipher: '^/(authorization|seller)/|/compliance(/|$)|/global_products(/|$)|/(files|images)/upload$',
  },
};

/** A GET with the app secret in its query: every log of ours hides it. */
function tokenRequest(step: 'get' | 'refresh', parameters: Readonly<Record<string, string>>): TokenRequest {
  return {
    url: `https://auth.tiktok-shops.com/api/v2/token/${step}`,
    method: 'GET',
    format: 'query',
    parameters: { app_key: '{clientId}', app_secret: '{clientSecret}', ...parameters },
    clientAuthentication: 'none',
  };
}

const SHOPS = {
  method: 'GET',
  path: '/authorization/202309/shops',
  endpoint: 'GET /authorization/202309/shops',
} as const;

const VERSION = { version: '202309', sunset: null } as const;

export const tiktokshop = {
  id: 'tiktokshop',
  name: 'TikTok Shop',
  certainty: 'secondary',
  documentation: 'https://partner.tiktokshop.com/docv2',
  shop: [
    {
      name: 'shopId',
      label: 'Shop id',
      pattern: '^[0-9]{5,25}$',
      help: 'Left empty where the approval is for one shop; with several, the one that is meant',
      example: '7494049642642441621',
      optional: true,
    },
  ],
  baseUrl: 'https://open-api.tiktokglobalshop.com',
  // Each call has a dated version of its own in its path.
  apiVersion: { name: '202309', sunset: null },
  endpoints: [
    { endpoint: SHOPS.endpoint, ...VERSION },
    { endpoint: 'POST /order/202309/orders/search', ...VERSION },
    { endpoint: 'POST /product/202309/products/search', ...VERSION, note: '202502 exists besides' },
    { endpoint: 'POST /product/202309/inventory/search', ...VERSION },
    { endpoint: 'GET /order/202309/orders', ...VERSION },
    { endpoint: 'GET /product/202309/products/{id}', ...VERSION },
    { endpoint: 'GET /event/202309/webhooks', ...VERSION },
    { endpoint: 'PUT /event/202309/webhooks', ...VERSION },
    { endpoint: 'DELETE /event/202309/webhooks', ...VERSION },
  ],
  needsRegistration: true,
  registration: [
    {
      name: 'serviceId',
      label: 'Service id',
      secret: false,
      help: 'Of the app in the Partner Center, where its authorization link is; it is not the app key',
      pattern: '^[0-9]{5,25}$',
    },
    {
      name: 'serviceHost',
      label: 'Host of the authorization link',
      secret: false,
      help: 'services.tiktokshop.com, or services.tiktokshops.us for an app of the US',
      pattern: '^services\\.(tiktokshop\\.com|tiktokshops\\.us)$',
    },
  ],
  auth: [
    {
      credentialKind: 'shop_token',
      obtain: {
        kind: 'authorization_code',
        authorizeUrl: 'https://{serviceHost}/open/authorize',
        // No redirect address: it is the one in the Partner Center.
        authorizeParameters: { service_id: '{serviceId}', state: '{state}' },
        // What is granted is what the app has in the Partner Center.
        scopeSeparator: null,
        pkce: 'unsupported',
        token: tokenRequest('get', { auth_code: '{code}', grant_type: 'authorized_code' }),
        callback: [
          {
            step: 'callback',
            method: 'GET',
            from: 'browser',
            stateParameter: 'state',
            required: ['code'],
            grants: true,
            // An approval renewed inside Seller Center comes without a state.
            startsAt: 'either',
            // A code lives for 30 minutes.
            claimWithinS: 1_500,
          },
        ],
        discover: {
          request: () => SHOPS,
          brings: ['shopCipher'],
          read: ({ body }) =>
            listAt(body, 'data.shops').flatMap((shop) => {
              const [id, cipher] = [textOf(valueAt(shop, 'id')), textOf(valueAt(shop, 'cipher'))];
              if (id === null || cipher === null)
                throw answerInvalid('/data/shops', 'has no id or no cipher');
              const name = textOf(valueAt(shop, 'name')) ?? id;
              return [{ name, shop: { shopId: id }, parts: { shopCipher: cipher } }];
            }),
        },
      },
      renew: {
        kind: 'refresh_token',
        when: 'ahead',
        token: tokenRequest('refresh', { refresh_token: '{refreshToken}', grant_type: 'refresh_token' }),
        // Whether the previous one goes on is not documented (unverified): what is told last is kept.
        rotates: true,
        previousUsable: false,
      },
      sign: [SIGN],
      defaultLifetimeS: 7 * 86_400,
      tokenAnswer: {
        accessToken: 'data.access_token',
        refreshToken: 'data.refresh_token',
        // Instants, despite their names.
        expiresIn: { path: 'data.access_token_expire_in', unit: 'epoch_seconds' },
        refreshExpiresIn: { path: 'data.refresh_token_expire_in', unit: 'epoch_seconds' },
        scope: { path: 'data.granted_scopes', separator: ',' },
        failedWhen: { path: 'code', notIn: ['0'] },
      },
    },
  ],
  proof: {
    request: () => SHOPS,
    read: ({ body }, shop) => {
      const shops = listAt(body, 'data.shops');
      const named = shops.find((one) => textOf(valueAt(one, 'id')) === shop['shopId']);
      if (named === undefined) throw answerInvalid('/data/shops', 'does not have the shop');
      const facts = {
        region: textOf(valueAt(named, 'region')),
        sellerType: textOf(valueAt(named, 'seller_type')),
      };
      return {
        shopKey: textOf(valueAt(named, 'id')),
        shopName: textOf(valueAt(named, 'name')),
        scopes: null,
        facts: factsOf(facts),
      };
    },
  },
  permissions: {
    'orders:read': ['seller.order.info'],
    'orders:write': ['seller.order.info', 'seller.fulfillment.basic'],
    'products:read': ['seller.product.basic'],
    'products:write': ['seller.product.write', 'seller.product.basic'],
    'inventory:read': ['seller.product.basic'],
    'inventory:write': ['seller.product.write', 'seller.product.basic'],
  },
  alwaysScopes: ['seller.authorization.info'],
  impliedScopes: {
    'seller.fs.order&fufillment.management': ['seller.order.info', 'seller.fulfillment.basic'],
  },
  answers: [
    { body: { path: 'code', equals: ['36009002'] }, means: 'retry_after' },
    {
      body: { path: 'code', equals: ['106001'] },
      means: 'registration_rejected',
      note: 'the signature is wrong, so our app secret is',
    },
    {
      body: { path: 'code', equals: ['36009033'] },
      means: 'registration_rejected',
      note: 'our address is not on the list in the Partner Center',
    },
    {
      at: 'token',
      body: { path: 'code', equals: ['36004004'] },
      means: 'credential_dead',
      note: 'code or refresh token',
    },
    {
      at: 'api',
      body: { path: 'code', equals: ['105001', '105002', '105003', '105004'] },
      means: 'credential_expired',
      note: '105002 is documented; of the others, whether the grant is dead a refresh tells',
    },
    { body: { path: 'code', equals: ['105005'] }, means: 'scope_missing' },
    {
      at: 'api',
      body: { path: 'code', equals: ['101000'] },
      means: 'credential_dead',
      note: 'the token of a creator or a partner, not of a seller',
    },
    // 36009004 stands for anything that is wrong with a call.
    { body: { path: 'message', matches: 'invalid app_key' }, means: 'registration_rejected' },
    {
      at: 'api',
      body: { path: 'message', matches: 'x-tts-access-token|access_token.*invalid|invalid.*access_token' },
      means: 'credential_expired',
      note: 'unverified',
    },
    { body: { path: 'code', equals: ['36009003', '36009007'] }, means: 'platform_down' },
    // A fault or a limit in a number we do not know yet must not look like a refusal.
    { status: '5xx', means: 'platform_down' },
    { status: 429, means: 'retry_after' },
    {
      body: { path: 'code', matches: '^(?!0$)' },
      means: 'rejected',
      note: 'any other number, whatever the status',
    },
  ],
  // A bucket an app and shop; its size is told nowhere (50 a second is said of orders).
  rateLimits: [{ scope: 'connection', burst: 20, perSecond: 10, certainty: 'unverified' }],
  resources: RESOURCES,
  notifications: NOTIFICATIONS,
  explains: {
    credential_dead: 'The seller ended the approval in Seller Center, or its time ran out.',
    registration_rejected:
      'The app secret is not the one in the Partner Center, or our address is not on its list.',
    scope_missing:
      'The app does not have this scope in the Partner Center; sellers approve again once it has.',
    shop_ambiguous: 'The approval is for several shops: name the one that is meant.',
  },
  unsupported: [
    'Customers: TikTok Shop lists none.',
    'Creators and partners: their tokens are of another side.',
    'Custom apps, whose shops are told by /seller/202309/shops.',
    'Descriptions and brands of products, which only a call each tells.',
    'Revoking: only the seller can, in Seller Center.',
  ],
  unverified: [
    'That a refresh token is replaced when it is used, and how long it lives; each answer tells an instant, one recorded one in the year 2123.',
    'Names of scopes: seen in answers and in other clients’ set-up, not in a list of TikTok’s.',
    'Numbers of errors: read in clients, not in TikTok’s own list.',
    'What a declined approval comes back with.',
    'That a second approval, for another shop of the same seller, leaves the first as it was.',
    'That a page is at most 100, and that products can not be asked for by update time in 202309.',
    'Calls a second.',
    'The names of event types and their numbers (read in clients), the scope that subscribing needs, and that a product by itself has the fields that the list has.',
  ],
} as const satisfies Platform;
