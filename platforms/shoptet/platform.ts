// Shoptet, as data. Facts: shoptet/developers (its OpenAPI file and the installation samples) and developers.shoptet.com. An add-on is installed from Shoptet's own side: its server brings a
// code, good for seconds. What it is exchanged for never expires, and mints the tokens of half an hour that calls carry.
import type { AuthMethod, Platform } from '../../domain/platform.ts';
import { factsOf } from '../facts.ts';
import { answerInvalid, listAt, textOf, valueAt } from '../json.ts';
import { dataOf } from './listing.ts';
import { NOTIFICATIONS } from './notifications.ts';
import { RESOURCES } from './resources.ts';

/** At the address of our own partner e-shop, not at the merchant's. */
const OAUTH = 'https://{partnerHost}/action/ApiOAuthServer';

const addOn: AuthMethod = {
  credentialKind: 'addon_token',
  obtain: {
    kind: 'authorization_code',
    authorizeUrl: '',
    authorizeParameters: {},
    // What an add-on may call is agreed with Shoptet and approved at the install.
    scopeSeparator: null,
    pkce: 'unsupported',
    mintsAtOnce: true,
    token: {
      url: `${OAUTH}/token`,
      method: 'POST',
      format: 'json',
      parameters: {
        grant_type: 'authorization_code',
        code: '{code}',
        redirect_uri: '{redirectUri}',
        scope: 'api',
      },
      // Older partners have no secret, and send none.
      clientAuthentication: 'body',
      answer: {
        accessToken: 'access_token',
        keep: { oauthToken: 'access_token' },
        shopFields: { eshopId: 'eshopId' },
      },
    },
    callback: [
      {
        // Must be answered with 200 within 5 s, the exchange included, or the install has failed.
        step: 'install',
        method: 'GET',
        from: 'server',
        // Never sent.
        stateParameter: 'state',
        required: ['code'],
        grants: true,
        startsAt: 'platform',
        exchange: 'at_once',
      },
    ],
  },
  renew: {
    kind: 'login',
    when: 'on_use',
    token: {
      url: `${OAUTH}/getAccessToken`,
      method: 'GET',
      format: 'query',
      parameters: {},
      clientAuthentication: 'none',
      headers: { authorization: 'Bearer {oauthToken}' },
    },
  },
  sign: [{ scheme: 'header', name: 'Shoptet-Access-Token', value: '{accessToken}' }],
  defaultLifetimeS: 1_800,
  tokenAnswer: { accessToken: 'access_token', expiresIn: { path: 'expires_in', unit: 'seconds' } },
};

/** Made by a merchant of the Premium plan in the administration. */
const privateToken: AuthMethod = {
  credentialKind: 'private_token',
  obtain: {
    kind: 'pasted',
    fields: [
      {
        name: 'privateToken',
        label: 'Private API token',
        secret: true,
        help: 'Administration > Access to API (Premium); give it the endpoint groups that you share',
        pattern: '^[\\x21-\\x7e]{16,256}$',
      },
    ],
  },
  renew: { kind: 'none' },
  sign: [{ scheme: 'header', name: 'Shoptet-Private-API-Token', value: '{privateToken}' }],
  defaultLifetimeS: null,
  needsRegistration: false,
};

export const shoptet = {
  id: 'shoptet',
  name: 'Shoptet',
  certainty: 'vendor',
  documentation: 'https://developers.shoptet.com/',
  shop: [
    {
      name: 'eshopId',
      label: 'E-shop id',
      pattern: '^[1-9][0-9]{0,9}$',
      help: 'Left empty: the install or the token tells it',
      example: '222651',
      optional: true,
    },
  ],
  baseUrl: 'https://api.myshoptet.com',
  apiVersion: { name: '1', sunset: null },
  auth: [addOn, privateToken],
  needsRegistration: true,
  registration: [
    {
      name: 'partnerHost',
      label: 'Host of the partner e-shop',
      secret: false,
      help: 'Partner e-shop administration > Connections > API partner > Access to API',
      pattern: '^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\\.myshoptet\\.com$',
    },
  ],
  proof: {
    request: () => ({ method: 'GET', path: '/api/eshop', endpoint: 'GET /api/eshop' }),
    read: ({ body }) => {
      const data = dataOf(body);
      const id = textOf(valueAt(data, 'contactInformation.eshopId'));
      if (id === null || id === '') throw answerInvalid('/data/contactInformation/eshopId', 'is not told');
      const main =
        data['currencies'] === undefined
          ? undefined
          : listAt(data, 'currencies').find((one) => valueAt(one, 'isDefault') === true);
      return {
        shopKey: id,
        shopName: textOf(valueAt(data, 'contactInformation.eshopName')),
        scopes: null,
        facts: factsOf({
          currency: textOf(valueAt(main, 'code')),
          timeZone: textOf(valueAt(data, 'settings.timezone')),
        }),
      };
    },
  },
  // An add-on's calls are agreed with Shoptet, a private token's are by groups of endpoints; no answer tells either.
  permissions: {
    'orders:read': [],
    'orders:write': [],
    'products:read': [],
    'products:write': [],
    'customers:read': [],
    'customers:write': [],
    'inventory:read': [],
    'inventory:write': [],
  },
  answers: [
    {
      at: 'api',
      body: { path: 'errors.*.errorCode', equals: ['invalid-token-no-rights'] },
      means: 'scope_missing',
    },
    {
      at: 'api',
      credentialKind: 'private_token',
      body: { path: 'errors.*.errorCode', equals: ['invalid-token', 'expired-token'] },
      means: 'credential_dead',
    },
    {
      at: 'api',
      body: { path: 'errors.*.errorCode', equals: ['expired-token', 'invalid-token'] },
      means: 'credential_expired',
    },
    { at: 'api', status: 401, credentialKind: 'private_token', means: 'credential_dead' },
    { at: 'api', status: 423, means: 'retry_after', note: 'the same write is under way, for 5 s at most' },
    {
      at: 'token',
      body: { path: 'error', equals: ['invalid_client', 'unauthorized_client'] },
      means: 'registration_rejected',
    },
    {
      at: 'token',
      status: [401, 403],
      means: 'credential_dead',
      note: 'the add-on was uninstalled, so that no token is minted (unverified)',
    },
  ],
  rateLimits: [
    {
      // By three calls at once for a token, and a bucket whose filling each answer tells; how fast it empties is not told.
      scope: 'connection',
      burst: 20,
      perSecond: 3,
      observe: ({ headers }) => {
        const [, filled, size] =
          /^(\d{1,6})\/(\d{1,6})$/.exec(headers['x-ratelimit-bucket-filling'] ?? '') ?? [];
        return filled === undefined || size === undefined
          ? null
          : { available: Math.max(0, Number(size) - Number(filled)), burst: Number(size) };
      },
      certainty: 'unverified',
    },
  ],
  resources: RESOURCES,
  notifications: NOTIFICATIONS,
  explains: {
    credential_dead: 'The add-on was uninstalled, or the private token deleted.',
    scope_missing:
      'The e-shop has not approved this call for the add-on, or the private token lacks a group of endpoints.',
  },
  unsupported: [
    'An install that somebody claims by hand: its code is good for seconds, so that the claim comes too late. A private token works.',
    "What an order's status means: statuses are the merchant's own.",
    'Amounts that are no whole pieces: such orders and supplies are set aside.',
    'Snapshots, in which Shoptet prepares a whole list as a file.',
    'Revoking: only the merchant can, by uninstalling the add-on or deleting the token.',
  ],
  unverified: [
    'What the OAuth server answers once the add-on is uninstalled.',
    'Whether itemPrice is of the whole line.',
    'How fast the bucket of calls empties.',
    'That a private token may register webhooks; where it may not, the e-shop is polled.',
  ],
} as const satisfies Platform;
