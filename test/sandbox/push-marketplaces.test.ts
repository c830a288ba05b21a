// Marketplaces that a seller is subscribed to at, as the sandbox judges them: what each refuses, and how it proves what it pushes, judged by its own documented recipe.
import { createHmac, createPublicKey, createVerify } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Answer, basic, formBody, shopWith, startWorld, type World } from './calling.ts';
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
  // biome-ignore lint/suspicious/noExplicitAny: each platform's credential has its own parts
  readonly ask: (key: string, credential: any) => Promise<Ask>;
  readonly wish: (url: string) => unknown;
  readonly path: string;
  readonly made: number;
  readonly refused: readonly [why: string, status: number, path: string, wish: (url: string) => unknown][];
  // biome-ignore lint/suspicious/noExplicitAny: as above
  readonly isGenuine: (pushed: Pushed, ask: Ask, credential: any) => Promise<boolean>;
  readonly act: 'create' | 'update';
  /** How often it is tried, and what its subscription is then. */
  readonly attempts: number;
  readonly end: 'active' | 'disabled';
}

const HTTP = 'http://elsewhere.example/n';
const MEDIA = 'application/vnd.retailer.v10+json';

/** A token by the seller's own keys, asked for as the platform has it. */
async function minted(host: string, path: string, id: string, secret: string, more = {}): Promise<string> {
  const asked = formBody({ grant_type: 'client_credentials' });
  const headers = { ...asked.headers, authorization: basic(id, secret), ...more };
  const { json } = await world.call({ method: 'POST', host, path, headers, body: asked.body });
  return json.access_token;
}

const BOL: Way = {
  platform: 'bolcom',
  ask: async (_key, { client_id, client_secret }) => {
    const token = await minted('login.bol.com', '/token', client_id, client_secret);
    const headers = { authorization: `Bearer ${token}`, accept: MEDIA, 'content-type': MEDIA };
    return (method, path, body) =>
      world.call({
        method,
        host: 'api.bol.com',
        path: `/retailer/subscriptions${path}`,
        headers,
        body: body === undefined ? undefined : JSON.stringify(body),
      });
  },
  path: '',
  wish: (url) => ({ resources: ['ORDER'], url, subscriptionType: 'WEBHOOK' }),
  made: 202,
  refused: [
    ['an event there is not', 400, '', (url) => ({ resources: ['X'], url, subscriptionType: 'WEBHOOK' })],
    [
      'an address without TLS',
      400,
      '',
      () => ({ resources: ['ORDER'], url: HTTP, subscriptionType: 'WEBHOOK' }),
    ],
  ],
  isGenuine: async ({ headers, body }, ask) => {
    const { signatureKeys } = (await ask('GET', '/signature-keys')).json;
    const [, keyId, signature] = /keyId=(\d+), .*signature=(\S+)$/.exec(headers['signature'] ?? '') ?? [];
    const known = signatureKeys.find((one: { id: string }) => one.id === keyId);
    const key = createPublicKey({
      key: Buffer.from(known.publicKey, 'base64'),
      format: 'der',
      type: 'spki',
    });
    return createVerify('RSA-SHA256')
      .update(body)
      .verify(key, signature ?? '', 'base64');
  },
  act: 'create',
  attempts: 10,
  end: 'disabled',
};

const KAUFLAND: Way = {
  platform: 'kaufland',
  ask:
    async (_key, { client_key, secret_key }) =>
    (method, path, body) => {
      const at = String(Math.floor(Date.now() / 1000));
      const text = body === undefined ? '' : JSON.stringify(body);
      const url = `https://sellerapi.kaufland.com/v2/subscriptions${path}`;
      const headers = {
        accept: 'application/json',
        'user-agent': 'Inhouse_development',
        'content-type': 'application/json',
        'shop-client-key': client_key,
        'shop-timestamp': at,
        'shop-signature': createHmac('sha256', secret_key)
          .update([method, url, text, at].join('\n'))
          .digest('hex'),
      };
      const { pathname, search } = new URL(url);
      const sent = { method, host: 'sellerapi.kaufland.com', path: `${pathname}${search}`, headers };
      return world.call(body === undefined ? sent : { ...sent, body: text });
    },
  path: '?storefront=de',
  wish: (url) => ({ callback_url: url, fallback_email: 'us@us.example', event_name: 'order_new' }),
  made: 201,
  refused: [
    [
      'an event there is not',
      400,
      '?storefront=de',
      (url) => ({ callback_url: url, fallback_email: 'us@us.example', event_name: 'order_old' }),
    ],
    ['nobody to write to', 400, '?storefront=de', (url) => ({ callback_url: url, event_name: 'order_new' })],
    [
      'no storefront',
      400,
      '',
      (url) => ({ callback_url: url, fallback_email: 'us@us.example', event_name: 'order_new' }),
    ],
  ],
  isGenuine: async ({ headers, body, url }, _ask, { secret_key }) => {
    const message = ['POST', `${receiver.url}${url}`, body, headers['shop-timestamp']].join('\n');
    return createHmac('sha256', secret_key).update(message).digest('hex') === headers['shop-signature'];
  },
  act: 'create',
  attempts: 7,
  end: 'disabled',
};

const OWN = { authHeaderName: 'X-Own', authMethod: 'BASIC_AUTH', userName: 'us', password: 'p4ss' };
const event = (more: object) => ({
  events: [{ eventType: 'PO_CREATED', eventVersion: 'V1', resourceName: 'ORDER', status: 'ACTIVE', ...more }],
});

const WALMART: Way = {
  platform: 'walmart',
  ask: async (_key, { client_id, client_secret }) => {
    const known = { 'wm_qos.correlation_id': 'c', 'wm_svc.name': 'us' };
    const host = 'marketplace.walmartapis.com';
    const token = await minted(host, '/v3/token', client_id, client_secret, known);
    const headers = { ...known, 'wm_sec.access_token': token };
    return (method, path, body) => world.call({ method, host, path: `/v3/webhooks${path}`, headers, body });
  },
  path: '/subscriptions',
  wish: (eventUrl) => event({ eventUrl, authDetails: OWN }),
  made: 200,
  refused: [
    ['another resource', 400, '/subscriptions', (eventUrl) => event({ eventUrl, resourceName: 'ITEM' })],
    ['an event there is not', 400, '/subscriptions', (eventUrl) => event({ eventUrl, eventType: 'PO' })],
  ],
  isGenuine: async ({ headers }) => headers['x-own'] === Buffer.from('us:p4ss').toString('base64'),
  act: 'create',
  attempts: 3,
  end: 'active',
};

const VTEX: Way = {
  platform: 'vtex',
  ask:
    async (key, { app_key, app_token }) =>
    (method, path, body) =>
      world.call({
        method,
        host: key,
        path: `/api/orders/hook/config${path}`,
        headers: { 'x-vtex-api-appkey': app_key, 'x-vtex-api-apptoken': app_token },
        body,
      }),
  path: '',
  wish: (url) => ({
    filter: { type: 'FromWorkflow', status: ['handling'] },
    hook: { url, headers: { 'x-own': 'p4ss' } },
  }),
  made: 200,
  refused: [
    ['no states', 400, '', (url) => ({ filter: { type: 'FromWorkflow', status: [] }, hook: { url } })],
    ['no address', 400, '', () => ({ filter: { type: 'FromWorkflow', status: ['handling'] }, hook: {} })],
  ],
  isGenuine: async ({ headers }) => headers['x-own'] === 'p4ss',
  act: 'update',
  attempts: 5,
  end: 'active',
};

const TRENDYOL: Way = {
  platform: 'trendyol',
  ask:
    async (key, { api_key, api_secret }) =>
    (method, path, body) =>
      world.call({
        method,
        host: 'apigw.trendyol.com',
        path: `/integration/webhook/sellers/${key}/webhooks${path}`,
        headers: { authorization: basic(api_key, api_secret), 'user-agent': `${key} - SelfIntegration` },
        body,
      }),
  path: '',
  wish: (url) => ({ url, authenticationType: 'API_KEY', apiKey: 'p4ss', subscribedStatuses: [] }),
  made: 200,
  refused: [
    ['no key', 400, '', (url) => ({ url, authenticationType: 'API_KEY' })],
    [
      'a status there is not',
      400,
      '',
      (url) => ({ url, authenticationType: 'API_KEY', apiKey: 'k', subscribedStatuses: ['SOLD'] }),
    ],
  ],
  isGenuine: async ({ headers }) => headers['x-api-key'] === 'p4ss',
  act: 'update',
  attempts: 13,
  end: 'disabled',
};

describe.each([BOL, KAUFLAND, WALMART, VTEX, TRENDYOL])('$platform', (way) => {
  async function connected() {
    const made = await shopWith(world, { platform: way.platform, orders: 5 });
    const ask = await way.ask(made.key, made.credential);
    // An address that is asked first answers with what it is asked.
    const echo = ({ url }: Pushed) => new URL(url, 'http://x').searchParams.get('challenge') ?? '';
    receiver.answer = { status: 200, body: echo };
    return { ...made, ask };
  }
  const ofShop = async (key: string) => (await world.control(`/subscriptions?shop=${key}`)).json.data;

  it.each(way.refused)('refuses %s', async (_why, status, path, wish) => {
    const { key, ask } = await connected();
    expect((await ask('POST', path, wish(`${receiver.url}/n`))).status).toBe(status);
    expect(await ofShop(key)).toEqual([]);
  });

  it('proves what it tells, and another does not', async () => {
    const { key, credential, ask } = await connected();
    const made = await ask('POST', way.path, way.wish(`${receiver.url}/n`));
    expect(made.status, made.text).toBe(way.made);
    const before = receiver.got.length;
    await change(world, key, { resource: 'orders', act: way.act });
    const told = (await receiver.until(before + 1))[before];
    expect(told && (await way.isGenuine(told, ask, credential))).toBe(true);
    await world.control('/faults', { kind: 'push_forged' });
    await change(world, key, { resource: 'orders', act: way.act });
    const forged = (await receiver.until(before + 2))[before + 1];
    expect(forged && (await way.isGenuine(forged, ask, credential))).toBe(false);
  });

  it('tries again as often as it does, and then leaves its subscription as it does', async () => {
    const { key, ask } = await connected();
    await ask('POST', way.path, way.wish(`${receiver.url}/n`));
    const before = receiver.got.length;
    receiver.answer = { status: 503 };
    await change(world, key, { resource: 'orders', act: way.act });
    for (let n = 1; n <= way.attempts; n += 1) {
      await receiver.until(before + n);
      await settled(world);
      await passS(world, 28_800);
    }
    expect((await settled(world)).waiting).toBe(0);
    expect(receiver.got.length).toBe(before + way.attempts);
    expect((await ofShop(key))[0]?.state).toBe(way.end);
  });
});

describe('the role of a key at VTEX', () => {
  it('may leave no hook to set up', async () => {
    const made = await shopWith(world, { platform: 'vtex', orders: 1 }, { scopes: ['noHook'] });
    const ask = await VTEX.ask(made.key, made.credential);
    expect((await ask('POST', '', VTEX.wish(`${receiver.url}/n`))).status).toBe(403);
  });
});
