// Platforms that are subscribed to shop by shop, as the sandbox judges them: what each refuses, how each signs, judged by its own documented recipe, how often it comes again.
import { createHmac } from 'node:crypto';
import { createLocalJWKSet, flattenedVerify } from 'jose';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Answer, appOf, hexHmac, shopWith, startWorld, type World } from './calling.ts';
import { change, type Pushed, passS, type Receiver, settled, startReceiver } from './pushed.ts';

let world: World;
let receiver: Receiver;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  await world.control('/reset', {});
  receiver = await startReceiver();
});
afterEach(() => receiver.close());

type Ask = (method: string, path: string, body?: unknown) => Promise<Answer>;

interface Way {
  readonly platform: string;
  readonly wish: Record<string, unknown>;
  readonly credential?: Record<string, unknown>;
  /** Who asks, with the shop's credential. */
  // biome-ignore lint/suspicious/noExplicitAny: each platform's credential has its own parts
  ask(key: string, credential: any): Ask;
  subscribe(ask: Ask, url: string): Promise<Answer>;
  readonly made: number;
  readonly refused: readonly [why: string, status: number, how: (ask: Ask, url: string) => Promise<Answer>][];
  isGenuine(pushed: Pushed, made: Answer): Promise<boolean>;
  readonly names: (pushed: Pushed) => unknown;
  readonly resource: string;
  readonly attempts: number;
  /** Whether the subscription is there after the last of them. */
  readonly stays: boolean;
}

const bearer = (host: string, base: string) => (_key: string, credential: { access_token: string }) =>
  ((method, path, body) =>
    world.call({
      method,
      host,
      path: `${base}${path}`,
      headers: { authorization: `Bearer ${credential.access_token}`, 'user-agent': 'us' },
      body,
    })) satisfies Ask;

const secretOf = async (platform: string) => (await appOf(world, platform)).secret;
const HTTP = 'http://elsewhere.example/n';

const TIENDANUBE: Way = {
  platform: 'tiendanube',
  wish: {},
  ask: (key, credential) => (method, path, body) =>
    world.call({
      method,
      host: 'api.tiendanube.com',
      path: `/2025-03/${key}${path}`,
      headers: { authentication: `bearer ${credential.access_token}`, 'user-agent': 'us (a@b.example)' },
      body,
    }),
  subscribe: (ask, url) => ask('POST', '/webhooks', { event: 'order/updated', url }),
  made: 201,
  refused: [
    ['an event there is not', 422, (ask, url) => ask('POST', '/webhooks', { event: 'order/moved', url })],
    ['an address without TLS', 422, (ask) => ask('POST', '/webhooks', { event: 'order/paid', url: HTTP })],
    ['a list of nothing', 404, (ask) => ask('GET', '/webhooks')],
    ['what is not there', 404, (ask) => ask('DELETE', '/webhooks/1')],
  ],
  isGenuine: async ({ headers, body }) =>
    headers['x-linkedstore-hmac-sha256'] === hexHmac(await secretOf('tiendanube'), body),
  names: ({ json }) => String(json.id),
  resource: 'orders',
  attempts: 18,
  stays: true,
};

const SQUARESPACE: Way = {
  platform: 'squarespace',
  wish: {},
  credential: { oauth: true },
  ask: bearer('api.squarespace.com', '/1.0/webhook_subscriptions'),
  subscribe: (ask, endpointUrl) => ask('POST', '', { endpointUrl, topics: ['order.update'] }),
  made: 201,
  refused: [
    ['no topic', 400, (ask, endpointUrl) => ask('POST', '', { endpointUrl, topics: [] })],
    [
      'an address without TLS',
      400,
      (ask) => ask('POST', '', { endpointUrl: HTTP, topics: ['order.create'] }),
    ],
    ['what is not there', 404, (ask) => ask('DELETE', '/1')],
    [
      'a 26th',
      400,
      async (ask, endpointUrl) => {
        const wish = { endpointUrl, topics: ['extension.uninstall'] };
        for (let n = 0; n < 25; n += 1) await ask('POST', '', wish);
        return await ask('POST', '', wish);
      },
    ],
  ],
  isGenuine: async ({ headers, body }, { json }) =>
    headers['squarespace-signature'] ===
    createHmac('sha256', Buffer.from(json.secret, 'hex')).update(body).digest('hex'),
  names: ({ json }) => json.data.orderId,
  resource: 'orders',
  attempts: 10,
  stays: false,
};

const SHOPTET: Way = {
  platform: 'shoptet',
  wish: {},
  ask: (_key, credential) => (method, path, body) =>
    world.call({
      method,
      host: 'api.myshoptet.com',
      path: `/api/webhooks${path}`,
      headers: { 'shoptet-private-api-token': credential.private_token },
      body,
    }),
  subscribe: async (ask, url) => {
    await ask('POST', '', { data: [{ event: 'order:update', url }] });
    return await ask('POST', '/renew-signature-key');
  },
  made: 200,
  refused: [
    [
      'an add-on’s own event',
      422,
      (ask, url) => ask('POST', '', { data: [{ event: 'addon:uninstall', url }] }),
    ],
    [
      'a second address of an event',
      422,
      async (ask, url) => {
        const wish = { data: [{ event: 'order:create', url }] };
        await ask('POST', '', wish);
        return await ask('POST', '', wish);
      },
    ],
    [
      'a part beside the whole',
      409,
      (ask, url) =>
        ask('POST', '', {
          data: [
            { event: 'order:update', url },
            { event: 'order:cancel', url },
          ],
        }),
    ],
    ['what is not there', 404, (ask) => ask('DELETE', '/1')],
  ],
  isGenuine: async ({ headers, body }, { json }) =>
    headers['shoptet-webhook-signature'] ===
    createHmac('sha1', json.data.signatureKey).update(body).digest('hex'),
  names: ({ json }) => json.eventInstance,
  resource: 'orders',
  attempts: 3,
  stays: true,
};

const TIKTOK_PATH = '/event/202309/webhooks';
const TIKTOK: Way = {
  platform: 'tiktokshop',
  wish: {},
  ask: (_key, credential) => async (method, _path, body) => {
    const { clientId, secret } = await appOf(world, 'tiktokshop');
    const text = body === undefined ? '' : JSON.stringify(body);
    const signed = {
      app_key: clientId,
      shop_cipher: String(credential.shop_cipher),
      timestamp: String(Math.floor(Date.now() / 1000)),
    };
    const joined = Object.entries(signed).flat().join('');
    const sign = hexHmac(secret, `${secret}${TIKTOK_PATH}${joined}${text}${secret}`);
    return world.call({
      method,
      host: 'open-api.tiktokglobalshop.com',
      path: `${TIKTOK_PATH}?${new URLSearchParams({ ...signed, sign })}`,
      headers: { 'x-tts-access-token': credential.access_token, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: text }),
    });
  },
  subscribe: (ask, address) => ask('PUT', '', { address, event_type: 'ORDER_STATUS_CHANGE' }),
  made: 200,
  refused: [
    ['a type there is not', 400, (ask, address) => ask('PUT', '', { address, event_type: 'ORDER' })],
    [
      'an address without TLS',
      400,
      (ask) => ask('PUT', '', { address: HTTP, event_type: 'ORDER_STATUS_CHANGE' }),
    ],
  ],
  isGenuine: async ({ headers, body }) => {
    const { clientId, secret } = await appOf(world, 'tiktokshop');
    return headers['authorization'] === hexHmac(secret, clientId + body);
  },
  names: ({ json }) => json.data.order_id,
  resource: 'orders',
  attempts: 4,
  stays: true,
};

const LIGHTSPEED: Way = {
  platform: 'lightspeed',
  wish: { host: 'push.retail.lightspeed.app' },
  ask: bearer('push.retail.lightspeed.app', '/api/2026-04'),
  subscribe: (ask, url) => ask('POST', '/webhooks', { active: true, type: 'customer.update', url }),
  made: 201,
  refused: [
    ['no word of being on', 422, (ask, url) => ask('POST', '/webhooks', { type: 'sale.update', url })],
    [
      'the same type and address again',
      409,
      async (ask, url) => {
        const wish = { active: true, type: 'sale.update', url };
        await ask('POST', '/webhooks', wish);
        return await ask('POST', '/webhooks', wish);
      },
    ],
    ['what is not there', 404, (ask) => ask('DELETE', '/webhooks/1')],
  ],
  isGenuine: async ({ headers, body }) =>
    headers['x-signature'] ===
    `signature=${hexHmac(await secretOf('lightspeed'), body)},algorithm=HMAC-SHA256`,
  names: ({ body }) => JSON.parse(new URLSearchParams(body).get('payload') ?? '{}').id,
  resource: 'customers',
  attempts: 21,
  stays: true,
};

const CREATE =
  'mutation M($input: WebhookCreateInput!) { webhookCreate(input: $input) { webhook { id } errors { code } } }';
const SALEOR: Way = {
  platform: 'saleor',
  wish: { host: 'push.saleor.cloud' },
  ask: (_key, credential) => (_method, path, body) =>
    world.call({
      host: 'push.saleor.cloud',
      path: '/graphql/',
      headers: { authorization: `Bearer ${credential.token}` },
      body: { query: path, variables: { input: body } },
    }),
  subscribe: (ask, targetUrl) =>
    ask('POST', CREATE, {
      targetUrl,
      isActive: true,
      query: 'subscription { event { ... on OrderUpdated { order { id number } } } }',
    }),
  made: 200,
  refused: [
    [
      'an event there is not',
      400,
      (ask, url) =>
        ask(
          'POST',
          `mutation { webhookCreate(input: { targetUrl: "${url}", asyncEvents: [ORDER_MOVED] }) { webhook { id } } }`,
        ),
    ],
  ],
  isGenuine: async ({ headers, body }) => {
    const { json } = await world.call({ host: 'push.saleor.cloud', path: '/.well-known/jwks.json' });
    const [head = '', , signature = ''] = (headers['saleor-signature'] ?? '').split('.');
    const whole = { protected: head, payload: Buffer.from(body), signature };
    return await flattenedVerify(whole, createLocalJWKSet(json)).then(
      () => true,
      () => false,
    );
  },
  names: ({ json }) => json.order.id,
  resource: 'orders',
  attempts: 6,
  stays: true,
};

describe.each([TIENDANUBE, SQUARESPACE, SHOPTET, TIKTOK, LIGHTSPEED, SALEOR])('$platform', (way) => {
  let ask: Ask;
  let key: string;
  beforeEach(async () => {
    const wish = { platform: way.platform, orders: 5, products: 3, customers: 3, ...way.wish };
    const shop = await shopWith(world, wish, way.credential);
    key = shop.key;
    ask = way.ask(key, shop.credential);
  });
  const url = () => `${receiver.url}/notify`;

  it.each(way.refused)('refuses %s with %i', async (_, status, how) => {
    expect((await how(ask, url())).status).toBe(status);
  });

  it('tells who subscribed, signed as it documents, and a forged one is not', async () => {
    const made = await way.subscribe(ask, url());
    expect(made.status, made.text).toBe(way.made);
    const { id } = await change(world, key, { resource: way.resource });
    await world.control('/faults', { kind: 'push_forged' });
    await change(world, key, { resource: way.resource });
    const [pushed, forged] = await receiver.until(2);
    if (pushed === undefined || forged === undefined) throw new Error('two pushes');
    expect(way.names(pushed)).toBe(id);
    expect(await way.isGenuine(pushed, made)).toBe(true);
    expect(await way.isGenuine(forged, made)).toBe(false);
  });

  it(`comes ${way.attempts} times to who does not take it`, async () => {
    await way.subscribe(ask, url());
    receiver.answer = { status: 500 };
    await change(world, key, { resource: way.resource });
    for (let n = 1; n <= way.attempts; n += 1) {
      await receiver.until(n);
      await settled(world);
      await passS(world, 86_400);
    }
    const { data } = await settled(world);
    expect(data).toHaveLength(way.attempts);
    expect(data.at(-1)).toMatchObject({ state: 'given_up' });
    const left = (await world.control(`/subscriptions?shop=${encodeURIComponent(key)}`)).json.data;
    expect(left).toHaveLength(way.stays ? 1 : 0);
  });
});

it.each([
  ['no address of TLS', { targetUrl: HTTP, asyncEvents: ['ORDER_CREATED'] }, 'INVALID'],
  ['no event', { targetUrl: 'https://us.example/n' }, 'MISSING_EVENT'],
  ['a query that is none', { targetUrl: 'https://us.example/n', query: 'subscription {' }, 'SYNTAX'],
  [
    'a query of another kind',
    { targetUrl: 'https://us.example/n', query: '{ app { id } }' },
    'MISSING_SUBSCRIPTION',
  ],
  [
    'a query of a field there is not',
    {
      targetUrl: 'https://us.example/n',
      query: 'subscription { event { ... on OrderUpdated { orders { id } } } }',
    },
    'GRAPHQL_ERROR',
  ],
])('Saleor says of %s which it is, with 200', async (_, input, code) => {
  const { key, credential } = await shopWith(world, { platform: 'saleor', ...SALEOR.wish });
  const answer = await SALEOR.ask(key, credential)('POST', CREATE, input);
  expect(answer.status).toBe(200);
  expect(answer.json.data.webhookCreate).toMatchObject({ webhook: null, errors: [{ code }] });
});

it.each([
  ['squarespace', SQUARESPACE, {}, 403],
  ['lightspeed', LIGHTSPEED, { scopes: ['customers:read', 'products:read'] }, 403],
  ['shoptet', SHOPTET, { scopes: ['orders'] }, 403],
  ['tiendanube', TIENDANUBE, { scopes: ['read_products'] }, 403],
])('%s refuses who may not subscribe', async (_, way, grant, status) => {
  const { key, credential } = await shopWith(world, { platform: way.platform, ...way.wish }, grant);
  const asked = way.ask(key, { ...credential, access_token: credential.access_token ?? credential.api_key });
  const { status: told } = await way.subscribe(asked, `${receiver.url}/notify`);
  expect(told).toBe(status);
});
