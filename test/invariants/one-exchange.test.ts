// One exchange at a time, whatever happens: over two workers and two API processes, 200 callers find a token expired and the platform sees
// one exchange; lost answers, races and killed workers end with one living grant, or with a reason.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { isId } from '../../domain/ids.ts';
import { ensureFreshBy } from '../../egress/index.ts';
import type { Part } from '../../scripts/stack/process.ts';
import { askWorkflow } from '../../worker/workflows-client.ts';
import { until } from '../world.ts';
import { type ConnectionView, type GrantView, type Product, startProduct } from './product.ts';

const TOKENS = 'access_token';

let product: Product;
let secondApi: string;
/** The two that run now. */
let workers: Part[];

beforeAll(async () => {
  product = await startProduct();
  workers = [product.part('worker'), await product.startMore('worker', 'worker-2')];
  secondApi = (await product.startMore('http', 'http-2')).url;
}, 150_000);

afterEach(async () => {
  await product.control('DELETE', '/faults');
});

afterAll(async () => {
  await product?.stop();
}, 60_000);

interface Shop {
  readonly id: string;
  readonly host: string;
}

/** Paused, so that nobody but the test uses its credential. */
async function connected(name: string): Promise<Shop> {
  const host = `${name}.myshopify.com`;
  await product.control('POST', '/shops', {
    platform: 'shopify',
    host,
    orders: 2,
    products: 1,
    customers: 1,
  });
  const { id } = await product.connect('shopify', { shop: host });
  await product.api('POST', `/v1/connections/${id}/pause`);
  await until('the pause', async () => (await product.connection(id)).state === 'paused');
  return { id, host };
}

async function use(apiUrl: string, { id }: Shop): Promise<number> {
  const answer = await fetch(`${apiUrl}/v1/connections/${id}/proxy/api/2026-07/graphql.json`, {
    method: 'POST',
    headers: { authorization: `Bearer ${product.apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ shop { id } }' }),
  });
  await answer.text();
  return answer.status;
}

const shopPath = ({ host }: Shop, act: string) => `/shops/${host}/${act}`;
const fault = (shop: Shop, wish: Record<string, unknown>) =>
  product.control('POST', '/faults', { shop: shop.host, path: TOKENS, ...wish });
/** Asked again where the answer says so (503): a worker that is killed leaves its callers without one. */
const refresh = ({ id }: Shop) =>
  until(
    'an answer to the refresh',
    async () => {
      const { status, body } = await product.api<{ outcome: string }>(
        'POST',
        `/v1/connections/${id}/refresh`,
      );
      if (status !== 503) expect(status, JSON.stringify(body)).toBe(200);
      return status === 200 && body.outcome;
    },
    90_000,
  );

async function onlyGrant(shop: Shop): Promise<GrantView> {
  const live = (await product.grants(shop.host)).filter(({ state }) => state === 'live');
  expect(live).toHaveLength(1);
  const [grant] = live;
  if (grant === undefined) throw new Error('no live grant');
  return grant;
}

/** It ends in a state that can be explained; where it is usable, with the newest tokens of the only live grant. */
async function endsWell(shop: Shop): Promise<ConnectionView> {
  const ended = await until(
    `${shop.host} to settle`,
    async () => {
      const connection = await product.connection(shop.id);
      if (connection.state === 'reauth_required') return connection;
      const { generation } = connection.credential;
      return connection.state === 'paused' && generation > 1 && connection;
    },
    90_000,
  );
  if (ended.state === 'reauth_required') expect(ended.reauthReason).toEqual(expect.any(String));
  else {
    expect(await use(product.apiUrl, shop)).toBe(200);
    // The refresh token is the grant's newest too: another family would be refused.
    expect(await refresh(shop)).toBe('fresh');
    expect(await use(secondApi, shop)).toBe(200);
  }
  return ended;
}

const sent = () =>
  until('the refresh to be sent', async () => {
    const { data } = await product.control<{ data: { hits: number }[] }>('GET', '/faults');
    return data[0]?.hits === 1;
  });

test('200 callers at expiry, from several processes, share one exchange', async () => {
  const shop = await connected('crowd');
  await product.control('POST', shopPath(shop, 'expire-access'));
  // Slow enough for every caller to come while it is under way.
  await fault(shop, { kind: 'slow', ms: 3_000 });
  const { tenantId } = product;
  const { id } = shop;
  if (!isId('tenant', tenantId) || !isId('connection', id)) throw new Error(`"${id}" is no connection`);
  const ensureFresh = ensureFreshBy(product.database.db, askWorkflow(product.temporal.client));
  const proxied = Array.from({ length: 100 }, (_, at) =>
    use(at % 2 === 0 ? product.apiUrl : secondApi, shop),
  );
  const asked = Array.from({ length: 100 }, () => ensureFresh(id, tenantId, 1));
  const [statuses, outcomes] = await Promise.all([Promise.all(proxied), Promise.all(asked)]);
  expect(new Set(statuses)).toEqual(new Set([200]));
  expect(outcomes.every(({ outcome }) => outcome === 'fresh')).toBe(true);
  expect(await onlyGrant(shop)).toMatchObject({ exchanges: { 1: 1 }, refusedExchanges: 0, generation: 2 });
}, 60_000);

test('an answer lost after the token rotated ends with a working connection and one family', async () => {
  const shop = await connected('lost');
  await fault(shop, { kind: 'lose_answer' });
  expect(await refresh(shop)).toBe('retry_later');
  expect((await onlyGrant(shop)).exchanges).toEqual({ 1: 1 });
  expect((await endsWell(shop)).state).toBe('paused');
  expect((await onlyGrant(shop)).exchanges).toEqual({ 1: 2, 2: 1 });
}, 120_000);

test('an invalid_grant that comes while a new approval was stored is a lost race, not a dead grant', async () => {
  const shop = await connected('raced');
  await fault(shop, { kind: 'slow', ms: 6_000 });
  const refreshing = refresh(shop);
  await sent();
  await product.control('POST', shopPath(shop, 'reject-grant'));
  const session = await product.api<{ url: string }>('POST', '/v1/connect-sessions', {
    tenantId: product.tenantId,
    connectionId: shop.id,
  });
  const page = await product.approve(session.body.url, { shop: shop.host });
  expect(page.status).toBe(200);
  await refreshing;
  const ended = await endsWell(shop);
  expect(ended.state).toBe('paused');
  const rejected = (await product.grants(shop.host)).find(({ state }) => state === 'rejected');
  expect(rejected).toMatchObject({ generation: 1, exchanges: {} });
}, 120_000);

for (const [name, when] of [
  ['before', 'slow'],
  ['after', 'drip'],
] as const) {
  test(`kill -9 of the workers ${name} the platform rotated the token leaves one family, or a reason`, async () => {
    const shop = await connected(`killed-${name}`);
    await fault(shop, { kind: when, ms: when === 'slow' ? 4_000 : 500 });
    const refreshing = refresh(shop);
    await sent();
    const killed = workers;
    for (const worker of killed) worker.kill();
    await Promise.all(killed.map(({ ended }) => ended));
    workers = [await product.startMore('worker', `worker-${name}`)];
    await refreshing;
    await endsWell(shop);
    await onlyGrant(shop);
  }, 150_000);
}
