// Kaufland Global Marketplace's Seller API v2, as data. Facts: sellerapi.kaufland.com and its OpenAPI (2.41), as several generated clients print it. A seller has one pair of keys for all
// its storefronts; a connection reads one of them. Nothing names the seller.
import type { AuthMethod, Platform } from '../../domain/platform.ts';
import { factsOf } from '../facts.ts';
import { listAt } from '../json.ts';
import { NOTIFICATIONS } from './notifications.ts';
import { RESOURCES } from './resources.ts';

const WHERE = 'Seller Portal > Settings > API';

const keyPair: AuthMethod = {
  credentialKind: 'api_key_pair',
  obtain: {
    kind: 'pasted',
    fields: [
      { name: 'clientKey', label: 'Client key', secret: false, help: WHERE, pattern: '^[A-Za-z0-9]{32}$' },
      {
        name: 'secretKey',
        label: 'Secret key',
        secret: true,
        help: `${WHERE}, beside the client key`,
        pattern: '^[A-Za-z0-9]{64}$',
      },
    ],
  },
  renew: { kind: 'none' },
  sign: [
    {
      scheme: 'hmac',
      algorithm: 'sha256',
      // One reading says base64; the page's own example and all clients have hex.
      encoding: 'hex',
      // The secret's text, not the bytes it stands for.
      key: '{secretKey}',
      message: ['{method}', '{url}', '{body}', '{timestamp}'],
      separator: '\n',
      timestamp: 'seconds',
      headers: {
        'shop-client-key': '{clientKey}',
        'shop-timestamp': '{timestamp}',
        'shop-signature': '{signature}',
      },
    },
  ],
  defaultLifetimeS: null,
};

const country = (value: string, label: string) => ({ value, label });

/** Where prices are not in euros. */
const CURRENCIES: ReadonlyMap<string, string> = new Map([
  ['cz', 'CZK'],
  ['pl', 'PLN'],
]);

export const kaufland = {
  id: 'kaufland',
  name: 'Kaufland Global Marketplace',
  certainty: 'vendor',
  documentation: 'https://sellerapi.kaufland.com/?page=rest-api',
  shop: [
    {
      name: 'storefront',
      label: 'Storefront',
      pattern: '^(de|cz|sk|pl|at|fr|it|es|nl)$',
      help: 'The country whose shop is read; each is a connection of its own, with the same keys',
      example: 'de',
      normalize: 'lower',
      choices: [
        country('de', 'Germany'),
        country('cz', 'Czechia'),
        country('sk', 'Slovakia'),
        country('pl', 'Poland'),
        country('at', 'Austria'),
        country('fr', 'France'),
        country('it', 'Italy'),
        country('es', 'Spain'),
        country('nl', 'Netherlands'),
      ],
    },
  ],
  baseUrl: 'https://sellerapi.kaufland.com/v2',
  apiVersion: { name: 'v2', sunset: null },
  // Or the name of a registered partner.
  headers: { 'user-agent': 'Inhouse_development' },
  needsRegistration: false,
  auth: [keyPair],
  proof: {
    request: () => ({ method: 'GET', path: '/info/storefront', endpoint: 'GET /info/storefront' }),
    read: ({ body }, shop) => {
      listAt(body, 'data');
      const storefront = shop['storefront'] ?? '';
      // Neither this nor another call that any key may make tells who the seller is.
      return {
        shopKey: null,
        shopName: null,
        scopes: null,
        facts: factsOf({ storefront, currency: CURRENCIES.get(storefront) ?? 'EUR' }),
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
    {
      at: 'api',
      status: 401,
      means: 'credential_dead',
      note: 'keys do not expire: they were renewed in the portal, or copied wrongly; or our clock is more than 5 minutes off',
    },
    {
      at: 'api',
      status: 403,
      means: 'scope_missing',
      note: 'a storefront that the seller does not sell in (unverified)',
    },
  ],
  // 111 requests a second a seller.
  rateLimits: [{ scope: 'connection', burst: 50, perSecond: 50, certainty: 'vendor' }],
  resources: RESOURCES,
  notifications: NOTIFICATIONS,
  explains: {
    credential_dead: 'The keys were renewed in the Seller Portal, or copied wrongly.',
    scope_missing: 'The seller does not sell in this storefront.',
  },
  unsupported: [
    'Customers: Kaufland lists none.',
    'Titles of units, which only a call each tells; a unit’s own note is no title.',
    'The playground, which has the same keys at an address of its own.',
    'Revoking: only the seller can, by renewing the keys in the portal.',
  ],
  unverified: [
    'The form of /info/storefront, of which only that it lists is taken.',
    'How a wrong signature is refused.',
    'That the price of an order unit is for one piece without its shipping_rate, both in the smallest unit of the currency.',
    'How /subscriptions lists, and whether it shows those of another storefront; whose address is told by the address itself.',
    'That the address of a subscription is asked by a challenge first, as at the API before this one: it is answered.',
    'That the fallback address may be notifications@ of our own host.',
    'The form of a notification’s resource: another asks for a sync.',
    'That a change of stock moves a unit’s date_lastchange_iso; every pass reads all.',
  ],
  demo: { shop: { storefront: 'de' }, how: 'pasted' },
} as const satisfies Platform;
