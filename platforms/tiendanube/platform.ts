// Tiendanube, Nuvemshop in Brazil, as data. Facts: TiendaNube/api-docs (January 2023, since moved) and what could be read of tiendanube.github.io/api-documentation and
// dev.nuvemshop.com.br (2026). One grant gives one token, which lives until the next one is issued or the app is removed.
import type { Platform } from '../../domain/platform.ts';
import { factsOf } from '../facts.ts';
import { answerInvalid, objectAt, textOf, valueAt } from '../json.ts';
import { NOTIFICATIONS } from './notifications.ts';
import { RESOURCES } from './resources.ts';

export const tiendanube = {
  id: 'tiendanube',
  name: 'Tiendanube / Nuvemshop',
  certainty: 'vendor',
  documentation: 'https://tiendanube.github.io/api-documentation/intro',
  shop: [
    {
      name: 'storeId',
      label: 'Store id',
      pattern: '^[0-9]{1,12}$',
      help: 'Left empty when connecting in the browser: the approval tells it',
      example: '1234',
      optional: true,
    },
  ],
  baseUrl: 'https://api.tiendanube.com/2025-03/{storeId}',
  apiVersion: { name: '2025-03', sunset: null },
  // Without it every call is answered with 400.
  headers: { 'user-agent': '{userAgent}' },
  auth: [
    {
      credentialKind: 'store_token',
      obtain: {
        kind: 'authorization_code',
        // The same is at nuvemshop.com.br.
        authorizeUrl: 'https://www.tiendanube.com/apps/{clientId}/authorize',
        // Redirect and scopes are set on the app.
        authorizeParameters: { state: '{state}' },
        scopeSeparator: null,
        pkce: 'unsupported',
        token: {
          url: 'https://www.tiendanube.com/apps/authorize/token',
          method: 'POST',
          format: 'json',
          parameters: { grant_type: 'authorization_code', code: '{code}' },
          clientAuthentication: 'body',
        },
        callback: [
          {
            step: 'callback',
            method: 'GET',
            from: 'browser',
            stateParameter: 'state',
            required: ['code'],
            denied: { parameter: 'error' },
            grants: true,
            // The merchant may press «install» in the Admin.
            startsAt: 'either',
            // 30 s by the older documentation, 5 minutes by a newer page.
            exchange: 'at_once',
          },
        ],
      },
      renew: { kind: 'none' },
      // "Authentication", as documented, not "Authorization".
      sign: [{ scheme: 'header', name: 'Authentication', value: 'bearer {accessToken}' }],
      defaultLifetimeS: null,
      tokenAnswer: {
        accessToken: 'access_token',
        scope: { path: 'scope', separator: ',' },
        shopFields: { storeId: 'user_id' },
      },
    },
  ],
  needsRegistration: true,
  registration: [
    {
      name: 'userAgent',
      label: 'Name and contact of the app',
      secret: false,
      help: 'Tiendanube wants to know whom to write to: My app (dev@example.com)',
      pattern: '^[\\x20-\\x7e]{3,200}$',
    },
  ],
  proof: {
    request: () => ({
      method: 'GET',
      path: '/store',
      endpoint: 'GET /store',
      query: { fields: 'id,name,main_currency,main_language,country' },
    }),
    read: ({ body }) => {
      const store = objectAt(body, '');
      const id = textOf(store['id']);
      if (id === null) throw answerInvalid('/id', 'is not told');
      const language = textOf(store['main_language']);
      return {
        shopKey: id,
        shopName: textOf(valueAt(store, `name.${language}`)) ?? textOf(store['name']),
        scopes: null,
        facts: factsOf({
          currency: textOf(store['main_currency']),
          language,
          country: textOf(store['country']),
        }),
      };
    },
  },
  // "If you ask for any write scope, the read scope is implied."
  permissions: {
    'orders:read': ['read_orders'],
    'orders:write': ['write_orders'],
    'products:read': ['read_products'],
    'products:write': ['write_products'],
    'customers:read': ['read_customers'],
    'customers:write': ['write_customers'],
    'inventory:read': ['read_products'],
    'inventory:write': ['write_products'],
  },
  impliedScopes: {
    write_orders: ['read_orders'],
    write_products: ['read_products'],
    write_customers: ['read_customers'],
  },
  answers: [
    {
      at: 'api',
      status: 401,
      means: 'credential_dead',
      note: 'a token has no end: a newer one was issued, or the app was removed',
    },
    {
      at: 'api',
      status: 402,
      means: 'shop_unavailable',
      note: 'the store, or the app in it, is not paid for',
    },
    { at: 'api', status: [400, 415, 422], means: 'rejected' },
  ],
  // Milliseconds until the bucket is empty again.
  retryAfter: { header: 'x-rate-limit-reset', unit: 'milliseconds' },
  rateLimits: [
    {
      scope: 'connection',
      burst: 40,
      perSecond: 2,
      observe: ({ headers }) => {
        const [left, size] = ['remaining', 'limit'].map(
          (name) => headers[`x-rate-limit-${name}`]?.trim() ?? '',
        );
        const isTold = /^\d+$/.test(left ?? '') && /^[1-9]\d*$/.test(size ?? '');
        return isTold ? { available: Number(left), burst: Number(size) } : null;
      },
      certainty: 'vendor',
    },
  ],
  resources: RESOURCES,
  notifications: NOTIFICATIONS,
  explains: {
    credential_dead:
      'The app was removed from the store, or a newer approval issued another token: each ends the one before it.',
    shop_unavailable:
      'The store has not paid its subscription, or the app’s own, and its API is closed until it does.',
    scope_missing:
      'The scope was not set on the app when the store installed it; the store must install it again.',
  },
  unsupported: [
    'Asking for scopes by approval: they are set on the app.',
    'Stock by location.',
    'Sessions of embedded apps (Nexo).',
    'Revoking: only the merchant can, by removing the app.',
  ],
  unverified: [
    'That a page past the end, and a list of nothing, are a 404 whose description says "Last page is …".',
    'The fields of version 2025-03 where they differ from the older documentation.',
    'That newer pages name the header Authorization instead of Authentication.',
    'How a refused approval comes back.',
    'That a list of no subscriptions is such a 404, and that there are none for customers in version 2025-03.',
  ],
} as const satisfies Platform;
