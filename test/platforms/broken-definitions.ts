// A good definition of a platform, and what may be wrong in one: why, where, with which value, and the field and rule that a finding names.
import type { CheckRule } from '../../platforms/check-shape.ts';
import { platform as kiosk } from '../cli/platforms/kiosk.ts';

type Loose = Record<string, unknown>;

/** A copy with the value at a dotted place replaced; undefined takes it away. */
export function broken(place: string, value: unknown): unknown {
  const copy = deepCopy(GOOD);
  const names = place.split('.');
  const last = names.pop() ?? '';
  const parent = names.reduce<Loose>((at, name) => Object(at)[name], copy as Loose);
  if (value === undefined) delete parent[last];
  else parent[last] = value;
  return copy;
}

function deepCopy(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(deepCopy);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, deepCopy(one)]));
}

const TOKEN = {
  url: 'https://{shop}.kiosk.example/token',
  method: 'POST',
  format: 'form',
  parameters: { grant_type: 'authorization_code', code: '{code}', code_verifier: '{codeVerifier}' },
  clientAuthentication: 'basic',
};

/** A platform that is subscribed to. */
const TOLD = {
  delivery: 'http',
  subscribedBy: 'shop',
  topics: { 'order/changed': 'orders' },
  signature: null,
  subscribe: {
    secret: 'none',
    create: () => null,
    created: () => null,
    list: () => null,
    listed: () => null,
    remove: () => null,
  },
};

export const GOOD = {
  ...kiosk,
  shop: [
    ...kiosk.shop,
    { name: 'shop', label: 'Shop', pattern: '^[a-z0-9-]{1,40}$', help: 'Its name', example: 'corner' },
  ],
  permissions: { 'orders:read': ['read'], 'orders:write': ['read', 'write'] },
  resources: {
    orders: {
      resource: 'orders',
      requires: 'orders:read',
      pageSize: { default: 50, max: 100 },
      filter: 'updated_at',
      overlapS: 60,
      windowS: null,
      request: () => null,
      read: () => null,
      map: () => [],
      idOf: () => null,
      mapperVersion: 1,
    },
  },
  answers: [{ status: 401, means: 'credential_dead' }],
  rateLimits: [{ scope: 'connection', burst: 10, perSecond: 1, certainty: 'vendor' }],
  auth: [
    ...kiosk.auth,
    {
      credentialKind: 'token',
      obtain: {
        kind: 'authorization_code',
        authorizeUrl: 'https://{shop}.kiosk.example/authorize',
        authorizeParameters: {
          client_id: '{clientId}',
          state: '{state}',
          code_challenge: '{codeChallenge}',
        },
        scopeSeparator: ' ',
        pkce: 'S256',
        token: TOKEN,
        callback: [
          {
            step: 'callback',
            method: 'GET',
            from: 'browser',
            stateParameter: 'state',
            required: ['code', 'state'],
            grants: true,
          },
        ],
      },
      renew: { kind: 'none' },
      sign: [{ scheme: 'bearer' }],
      defaultLifetimeS: 3600,
      tokenAnswer: { accessToken: 'access_token' },
    },
  ],
};

const SIGNATURE = {
  kind: 'jwt',
  in: { header: 'x-jwt' },
  jwt: {
    algorithms: ['HS256', 'RS256'],
    key: { kind: 'secret', secret: '{clientSecret}' },
    issuer: null,
    audience: null,
  },
};

const KEY_SET = {
  ...SIGNATURE.jwt,
  algorithms: ['RS256'],
  key: { kind: 'jwks', url: 'http://keys.kiosk.example/jwks' },
};

export const ROWS: readonly (readonly [string, string, unknown, string, CheckRule])[] = [
  ['no address of the API', 'baseUrl', undefined, 'baseUrl', 'missing'],
  ['no token address', 'auth.1.obtain.token.url', undefined, 'auth[1].obtain.token.url', 'missing'],
  ['an empty name', 'name', '', 'name', 'empty'],
  ['a number for text', 'name', 7, 'name', 'wrong_type'],
  ['an object for a list', 'auth', {}, 'auth', 'wrong_type'],
  ['no way to connect', 'auth', [], 'auth', 'empty'],
  ['a text for a function', 'proof.read', 'data.shop', 'proof.read', 'wrong_type'],
  ['a misspelt field', 'baseURL', 'https://x.example', 'baseURL', 'unknown_field'],
  ['a misspelt field deep inside', 'auth.1.obtain.pkcs', 'S256', 'auth[1].obtain.pkcs', 'unknown_field'],
  ['a scheme nobody knows', 'auth.0.sign.0.scheme', 'rot13', 'auth[0].sign[0].scheme', 'unknown_scheme'],
  ['no scheme', 'auth.0.sign.0.scheme', undefined, 'auth[0].sign[0].scheme', 'missing'],
  ['a way to obtain nobody knows', 'auth.0.obtain.kind', 'guess', 'auth[0].obtain.kind', 'unknown_value'],
  ['PKCE by plain', 'auth.1.obtain.pkce', 'plain', 'auth[1].obtain.pkce', 'unknown_value'],
  ['a meaning nobody knows', 'answers.0.means', 'gone', 'answers[0].means', 'unknown_value'],
  [
    'a permission nobody knows',
    'permissions.refunds:read',
    [],
    'permissions["refunds:read"]',
    'unknown_permission',
  ],
  [
    'a resource nobody knows',
    'resources.refunds',
    GOOD.resources.orders,
    'resources.refunds',
    'unknown_resource',
  ],
  [
    'a resource in another place',
    'resources.products',
    GOOD.resources.orders,
    'resources.products.resource',
    'unknown_resource',
  ],
  ['a negative rate', 'rateLimits.0.perSecond', -1, 'rateLimits[0].perSecond', 'out_of_range'],
  ['a header of what is not there', 'headers', { 'x-app': '{appName}' }, 'headers["x-app"]', 'unknown_name'],
  ['a header that breaks its line', 'headers', { 'x-a\r\nb': 'c' }, 'headers["x-a\\r\\nb"]', 'unknown_value'],
  ['a rate of nothing', 'rateLimits.0.burst', 0, 'rateLimits[0].burst', 'out_of_range'],
  ['a rate that is no number', 'rateLimits.0.burst', Number.NaN, 'rateLimits[0].burst', 'wrong_type'],
  [
    'a scheme that is no text',
    'auth.0.sign.0.scheme',
    Object.create(null),
    'auth[0].sign[0].scheme',
    'unknown_scheme',
  ],
  [
    'a page of none',
    'resources.orders.pageSize.default',
    0,
    'resources.orders.pageSize.default',
    'out_of_range',
  ],
  [
    'a page beyond the largest',
    'resources.orders.pageSize.default',
    200,
    'resources.orders.pageSize',
    'page_size',
  ],
  ['an id with a slash', 'id', 'my/shop', 'id', 'bad_id'],
  ['an http API', 'baseUrl', 'http://api.kiosk.example', 'baseUrl', 'not_https'],
  [
    'an http token address',
    'auth.1.obtain.token.url',
    'http://a.example/t',
    'auth[1].obtain.token.url',
    'not_https',
  ],
  [
    'an http approval',
    'auth.1.obtain.authorizeUrl',
    'http://a.example',
    'auth[1].obtain.authorizeUrl',
    'not_https',
  ],
  [
    'keys over http',
    'auth.1.tokenAnswer.idToken',
    { path: 'id_token', jwt: KEY_SET },
    'auth[1].tokenAnswer.idToken.jwt.key.url',
    'not_https',
  ],
  [
    'keys of notifications over http',
    'notifications',
    {
      delivery: 'http',
      subscribedBy: 'shop',
      topics: {},
      signature: { kind: 'jwt', in: 'body', jwt: KEY_SET },
    },
    'notifications.signature.jwt.key.url',
    'not_https',
  ],
  ['documentation over http', 'documentation', 'http://kiosk.example', 'documentation', 'not_https'],
  ['a shop name as the whole address', 'baseUrl', '{shop}/api', 'baseUrl', 'not_https'],
  ['a user name in the address', 'baseUrl', 'https://{shop}@evil.example', 'baseUrl', 'hostile_address'],
  ['a fragment in the address', 'baseUrl', 'https://a.example/#{shop}', 'baseUrl', 'hostile_address'],
  ['an expression for a name', 'baseUrl', 'https://{shop.host}.example', 'baseUrl', 'hostile_address'],
  ['a name out of the prototype', 'baseUrl', 'https://{__proto__}.example', 'baseUrl', 'unknown_name'],
  ['a name of the constructor', 'baseUrl', 'https://{constructor}.example', 'baseUrl', 'unknown_name'],
  ['a name nobody gives', 'baseUrl', 'https://{region}.example', 'baseUrl', 'unknown_name'],
  ['a secret in an address', 'baseUrl', 'https://a.example/{apiKey}', 'baseUrl', 'secret_in_address'],
  [
    'the client secret for the browser',
    'auth.1.obtain.authorizeParameters.s',
    '{clientSecret}',
    'auth[1].obtain.authorizeParameters',
    'secret_in_address',
  ],
  ['a header of a value nobody has', 'auth.0.sign.0.value', '{apikey}', 'auth[0].sign[0]', 'unknown_name'],
  ['a pattern that does not compile', 'shop.1.pattern', '^[a-z$', 'shop[1].pattern', 'bad_pattern'],
  [
    'a pattern open at its end',
    'shop.1.pattern',
    '^[a-z0-9-]{1,40}',
    'shop[1].pattern',
    'unanchored_pattern',
  ],
  ['a pattern open at its beginning', 'shop.1.pattern', '[a-z]+$', 'shop[1].pattern', 'unanchored_pattern'],
  [
    'a pattern open in an alternative',
    'shop.1.pattern',
    '^corner|shop$',
    'shop[1].pattern',
    'unanchored_pattern',
  ],
  ['an escaped end', 'shop.1.pattern', '^corner\\$', 'shop[1].pattern', 'unanchored_pattern'],
  [
    'an unanchored credential field',
    'auth.0.obtain.fields.0.pattern',
    'sk_.*',
    'auth[0].obtain.fields[0].pattern',
    'unanchored_pattern',
  ],
  ['an example of another form', 'shop.1.example', 'Corner Shop', 'shop[1].pattern', 'example_mismatch'],
  ['a shop name that may hold anything', 'shop.1.pattern', '^.+$', 'shop[1].pattern', 'hostile_template'],
  ['a shop name that may end the host', 'shop.1.pattern', '^[a-z/]+$', 'shop[1].pattern', 'hostile_template'],
  [
    'a shop name that may be a user name',
    'shop.1.pattern',
    '^[a-z@.]+$',
    'shop[1].pattern',
    'hostile_template',
  ],
  [
    'a shop name that may end the host in its midst alone',
    'shop.1.pattern',
    '^[a-z]{3}#?[a-z]{3}$',
    'shop[1].pattern',
    'hostile_template',
  ],
  ['a shop name that may be dots', 'shop.1.pattern', '^[a-z.]+$', 'shop[1].pattern', 'hostile_template'],
  [
    'a shop address that may hold a query',
    'shop.0.pattern',
    '^https://.+$',
    'shop[0].pattern',
    'hostile_template',
  ],
  ...['__proto__', 'constructor', 'prototype'].flatMap((name) => [
    [`a shop field called ${name}`, 'shop.1.name', name, 'shop[1].name', 'bad_name'] as const,
    [
      `a credential field called ${name}`,
      'auth.0.obtain.fields.0.name',
      name,
      'auth[0].obtain.fields[0].name',
      'bad_name',
    ] as const,
    [
      `a choice that gives ${name}`,
      'shop.1.choices',
      JSON.parse(`[{"value":"eu","label":"Europe","gives":{"${name}":"x"}}]`),
      `shop[1].choices[0].gives.${name}`,
      'bad_name',
    ] as const,
  ]),
  ...['^(a+)+$', '^([a-z]+-?)*$', '^[A-Z]{2}(a|aa)+$', '^(.*)(.*)(.*)(.*)$', '^x(?:[a-z0-9]+[.]?)+!$'].map(
    (pattern) =>
      [
        `a pattern that takes for ever, ${pattern}`,
        'shop.1.pattern',
        pattern,
        'shop[1].pattern',
        'pattern_slow',
      ] as const,
  ),
  [
    'an answer’s pattern that takes for ever',
    'answers.0.body',
    { path: 'error', matches: '(\\w+\\s?)+:$' },
    'answers[0].body.matches',
    'pattern_slow',
  ],
  ['an answer that is every one', 'answers.0.status', undefined, 'answers[0]', 'no_condition'],
  [
    'an exchange of what is not there',
    'auth.1.obtain.token.parameters.code',
    '{cod}',
    'auth[1].obtain.token.parameters.code',
    'unknown_name',
  ],
  [
    'an exchange with a header of what is not there',
    'auth.1.obtain.token.headers',
    { 'x-app': '{clientID}' },
    'auth[1].obtain.token.headers["x-app"]',
    'unknown_name',
  ],
  [
    'an approval of what is not there',
    'auth.1.obtain.authorizeParameters.scope',
    '{scope}',
    'auth[1].obtain.authorizeParameters.scope',
    'unknown_name',
  ],
  ['two fields of one name', 'shop.1.name', 'url', 'shop', 'duplicate'],
  ['two credentials of one kind', 'auth.1.credentialKind', 'api_key', 'auth', 'duplicate'],
  ['a date that is none', 'apiVersion.sunset', '2026-02-30', 'apiVersion.sunset', 'bad_date'],
  [
    'an approval without a state',
    'auth.1.obtain.authorizeParameters',
    { client_id: '{clientId}' },
    'auth[1].obtain.authorizeParameters',
    'no_state',
  ],
  [
    'a callback without a state',
    'auth.1.obtain.callback.0.required',
    ['code'],
    'auth[1].obtain.callback[0].required',
    'no_state',
  ],
  [
    'a callback that grants nothing',
    'auth.1.obtain.callback.0.grants',
    false,
    'auth[1].obtain.callback',
    'no_granting_step',
  ],
  ['an exchange nobody reads', 'auth.1.tokenAnswer', undefined, 'auth[1].tokenAnswer', 'no_token_answer'],
  [
    'a resource that may not be read',
    'permissions',
    {},
    'resources.orders.requires',
    'permission_not_offered',
  ],
  [
    'writing without reading',
    'permissions',
    { 'orders:read': ['read'], 'orders:write': ['write'] },
    'permissions["orders:write"]',
    'write_covers_read',
  ],
  [
    'alg none',
    'notifications.signature',
    { ...SIGNATURE, jwt: { ...SIGNATURE.jwt, algorithms: ['none'] } },
    'notifications.signature.jwt.algorithms[0]',
    'unknown_value',
  ],
  [
    'a secret that verifies RS256',
    'notifications.signature',
    SIGNATURE,
    'notifications.signature.jwt.algorithms',
    'key_confusion',
  ],
  [
    'PKCE that is never sent',
    'auth.1.obtain.authorizeParameters.code_challenge',
    'x',
    'auth[1].obtain.authorizeParameters',
    'no_pkce',
  ],
  [
    'PKCE that is never proved',
    'auth.1.obtain.token.parameters.code_verifier',
    'x',
    'auth[1].obtain.token.parameters',
    'no_pkce',
  ],
  [
    'an exchange that nothing signs',
    'auth.1.obtain.token.clientAuthentication',
    'signed',
    'auth[1].obtain.token.sign',
    'missing',
  ],
  [
    'a client that proves itself by nothing',
    'auth.1.obtain.token.clientAuthentication',
    'private_key_jwt',
    'auth[1].obtain.token.clientAssertion',
    'missing',
  ],
  [
    'an assertion about what is not there',
    'auth.1.obtain.token.assertion',
    { algorithm: 'RS256', key: '{clientSecret}', claims: { iss: '{who}' }, lifetimeS: 60 },
    'auth[1].obtain.token.assertion.claims.iss',
    'unknown_name',
  ],
  [
    'an exchange signed with what is not there',
    'auth.1.obtain.token.sign',
    { scheme: 'bearer', token: '{tokn}' },
    'auth[1].obtain.token.sign',
    'unknown_name',
  ],
  ['a certificate nobody has', 'auth.1.transport', { pfx: '{pfxx}' }, 'auth[1].transport', 'unknown_name'],
  [
    'a scheme over http of what is not there',
    'auth.1.signOverHttp',
    [{ scheme: 'bearer', token: '{tokn}' }],
    'auth[1].signOverHttp[0]',
    'unknown_name',
  ],
  [
    'a renewal without a refresh token',
    'auth.1.renew',
    { kind: 'refresh_token', when: 'ahead', token: TOKEN, rotates: true, previousUsable: false },
    'auth[1].tokenAnswer.refreshToken',
    'no_token_answer',
  ],
  [
    'an upgrade to nothing',
    'auth.0.upgrade',
    { to: 'gold', token: TOKEN, irreversible: true, deadline: null, note: 'n' },
    'auth[0].upgrade.to',
    'unknown_value',
  ],
  [
    'subscriptions with a credential of no kind',
    'notifications',
    { ...TOLD, subscribe: { ...TOLD.subscribe, credentialKinds: ['gold'] } },
    'notifications.subscribe.credentialKinds[0]',
    'unknown_value',
  ],
  [
    'subscriptions without a topic that there is not',
    'notifications',
    { ...TOLD, subscribe: { ...TOLD.subscribe, except: ['gone'] } },
    'notifications.subscribe.except[0]',
    'unknown_value',
  ],
  ['an answer of no kind', 'answers.0.credentialKind', 'gold', 'answers[0].credentialKind', 'unknown_value'],
  [
    'a callback that fills no field',
    'auth.1.obtain.callback.0.shopFields',
    { store: 'shop' },
    'auth[1].obtain.callback[0].shopFields.store',
    'unknown_name',
  ],
  [
    'an answer that fills no field',
    'auth.1.tokenAnswer.shopFields',
    { store: 'shop' },
    'auth[1].tokenAnswer.shopFields.store',
    'unknown_name',
  ],
  [
    'a demo of another shop',
    'demo',
    { shop: { store: 'a' }, how: 'pasted' },
    'demo.shop.store',
    'unknown_name',
  ],
  ['words for no code', 'explains', { gone: 'It went.' }, 'explains.gone', 'unknown_value'],
  [
    'a step that is a path',
    'auth.1.obtain.callback.0.step',
    'a/b',
    'auth[1].obtain.callback[0].step',
    'bad_id',
  ],
  [
    'a scheme’s header that breaks its line',
    'auth.0.sign.0',
    { scheme: 'header', name: 'a\r\nb', value: '{apiKey}' },
    'auth[0].sign[0].name',
    'unknown_value',
  ],
  [
    'two forms that look alike',
    'auth.1',
    { ...GOOD.auth[0], credentialKind: 'other' },
    'auth[1].obtain.fields',
    'duplicate',
  ],
];
