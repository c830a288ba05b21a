// Invariant 8 on the product as it runs: what a platform's sandbox pushes by its own rules is read again and nothing else; subscriptions are made, mended and removed;
// and while processes are killed, what was acknowledged is there once, and converges to what the shop holds.
import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../world.ts';
import { type Product, startProduct } from './product.ts';

let product: Product;
let secret: string;

beforeAll(async () => {
  product = await startProduct();
  const { data } = await product.control<{ data: { platform: string; secret: string }[] }>('GET', '/apps');
  secret = data.find(({ platform }) => platform === 'shopify')?.secret ?? '';
}, 180_000);
afterAll(() => product?.stop());

interface Subscriptions {
  readonly data: { readonly topic: string; readonly state: string; readonly recreated: number }[];
  readonly lag: { readonly waiting: number };
  readonly gaps: { readonly cause: string; readonly closedAt: string | null }[];
}

interface Shop {
  readonly id: string;
  readonly key: string;
}

const rows = async <T extends object>(sql: string, ...values: unknown[]): Promise<T[]> =>
  (await product.database.owner.query<T>(sql, values)).rows;
const subscriptions = async ({ id }: Shop) =>
  (await product.api<Subscriptions>('GET', `/v1/connections/${id}/subscriptions`)).body;
const act = <T>({ key }: Shop, name: string, body: object = {}) =>
  product.control<T>('POST', `/shops/${encodeURIComponent(key)}/${name}`, body);
const runsOf = ({ id }: Shop) =>
  rows<{ id: string }>('SELECT id FROM sync_runs WHERE connection_id = $1', id);

/** Its first sync done, its subscriptions made. */
async function settled(one: Shop): Promise<Shop> {
  const isDone = async () =>
    (await rows('SELECT 1 FROM sync_runs WHERE connection_id = $1 AND finished_at IS NOT NULL', one.id))
      .length > 0;
  await until('the first sync to end', isDone, 60_000);
  await until('its subscriptions', async () => {
    const { data } = await subscriptions(one);
    return data.length > 0 && data.every(({ state }) => state === 'active');
  });
  return one;
}

const SIZE = { orders: 30, products: 3, customers: 3 };

async function shopify(): Promise<Shop> {
  const host = 'told.myshopify.com';
  await product.control('POST', '/shops', { platform: 'shopify', host, ...SIZE });
  const { id } = await product.connect('shopify', { shop: host });
  return settled({ id, key: host });
}

/** With a key that may write: one that may read alone cannot subscribe. */
async function woocommerce(): Promise<Shop> {
  const host = 'told.woo.example';
  const { key } = await product.control<{ key: string }>('POST', '/shops', {
    platform: 'woocommerce',
    host,
    ...SIZE,
  });
  const credential = await product.control<Record<string, string>>(
    'POST',
    `/shops/${encodeURIComponent(key)}/credential`,
    {},
  );
  const { consumerKey = credential['consumer_key'], consumerSecret = credential['consumer_secret'] } =
    credential;
  const made = await product.api<{ id: string }>('POST', '/v1/connections', {
    tenantId: product.tenantId,
    platform: 'woocommerce',
    shop: { url: `https://${host}` },
    credential: { consumerKey, consumerSecret },
  });
  expect(made.status, JSON.stringify(made.body)).toBe(201);
  return settled({ id: made.body.id, key });
}

const recordOf = async (shop: Shop, resource: string, id: string) =>
  (
    await rows<{ position: string; deleted_at: Date | null; updated: Date }>(
      `SELECT position::text, deleted_at, platform_updated_at AS updated FROM records
       WHERE connection_id = $1 AND resource = $3 AND (platform_id = $2 OR platform_id LIKE '%/' || $2)`,
      shop.id,
      id,
      resource,
    )
  )[0];

let told: Shop;

test.each([
  ['Shopify', shopify],
  ['WooCommerce', woocommerce],
])('what %s pushes is read again by itself, at once and without a sync', async (name, connect) => {
  const one = await connect();
  if (name === 'Shopify') told = one;
  const runs = (await runsOf(one)).length;
  const changed = await act<{ id: string; pushes: number }>(one, 'changes', {
    resource: 'orders',
    act: 'update',
  });
  expect(changed.pushes).toBeGreaterThan(0);
  const isNew = async () =>
    ((await recordOf(one, 'orders', changed.id))?.updated.getTime() ?? 0) > Date.now() - 120_000;
  await until('the change', isNew, 30_000);
  const gone = await act<{ id: string }>(one, 'changes', { resource: 'products', act: 'delete' });
  await until(
    'the tombstone',
    async () => (await recordOf(one, 'products', gone.id))?.deleted_at != null,
    30_000,
  );
  expect((await runsOf(one)).length).toBe(runs);
  await until('nothing to wait', async () => (await subscriptions(one)).lag.waiting === 0);
});

test('subscriptions that the platform dropped are made again, and the gap is closed by a sync', async () => {
  const one = told;
  await act(one, 'unsubscribe', { topic: 'orders/updated' });
  await rows('UPDATE subscription_checks SET next_check_at = now() WHERE connection_id = $1', one.id);
  const seen = await until(
    'the gap to close',
    async () => {
      const now = await subscriptions(one);
      return now.gaps.some(({ closedAt }) => closedAt !== null) ? now : null;
    },
    60_000,
  );
  expect(seen.data.every(({ state }) => state === 'active')).toBe(true);
  expect(seen.data.find(({ topic }) => topic === 'orders/updated')?.recreated).toBe(1);
});

const TOLD = 600;

test(`of ${TOLD} notifications none is lost and none counts twice while HTTP and worker are killed`, async () => {
  const one = told;
  const { body } = await product.api<{ url: string }>(
    'POST',
    `/v1/connections/${one.id}/notification-address`,
    {},
  );
  const { pathname } = new URL(body.url);
  const orders = await rows<{ id: string }>(
    `SELECT platform_id AS id FROM records WHERE connection_id = $1 AND resource = 'orders' ORDER BY 1`,
    one.id,
  );
  await act(one, 'mutate', { orders: 30 });
  const known = (await rows('SELECT 1 FROM notifications WHERE scope = $1', one.id)).length;
  const doomed = await product.startMore('http', 'http-told');
  let { url } = doomed;
  const first = product.part('worker');
  let acknowledged = 0;
  /** As a platform does: the same again until it is acknowledged, and sometimes once more. */
  const push = async (n: number): Promise<void> => {
    const text = JSON.stringify({ n, admin_graphql_api_id: orders[n % orders.length]?.id });
    const headers = {
      'content-type': 'application/json',
      'x-shopify-topic': 'orders/updated',
      'x-shopify-event-id': `killed-${n}`,
      'x-shopify-hmac-sha256': createHmac('sha256', secret).update(text).digest('base64'),
    };
    for (let again = n % 7 === 0 ? 2 : 1; again > 0; ) {
      const answer = await fetch(url + pathname, { method: 'POST', headers, body: text }).catch(() => null);
      if (answer?.status === 200) again -= 1;
      else await new Promise((resolve) => setTimeout(resolve, 50));
    }
    acknowledged += 1;
  };
  let next = 0;
  const pushing = Promise.all(
    Array.from({ length: 12 }, async () => {
      while (next < TOLD) await push(next++);
    }),
  );
  await until('a third', async () => acknowledged > TOLD / 3, 60_000);
  const [second] = await Promise.all([
    product.startMore('worker', 'worker-told'),
    Promise.resolve(first.kill()),
  ]);
  expect(second.pid).toBeDefined();
  await until('two thirds', async () => acknowledged > (2 * TOLD) / 3, 60_000);
  doomed.kill();
  url = product.apiUrl;
  await pushing;
  expect(acknowledged).toBe(TOLD);
  const kept = await rows<{ count: string }>(
    `SELECT count(*) FROM notifications WHERE scope = $1 AND object_id = ANY ($2)`,
    one.id,
    orders.map(({ id }) => id),
  );
  expect(Number(kept[0]?.count)).toBeGreaterThanOrEqual(TOLD);
  expect(Number(kept[0]?.count)).toBeLessThanOrEqual(TOLD + known + 30);
  // What the dead worker had claimed would come free after a minute.
  await rows('UPDATE named_objects SET next_try_at = now() WHERE connection_id = $1', one.id);
  await until(
    'all to be read',
    async () => (await rows('SELECT 1 FROM named_objects WHERE connection_id = $1', one.id)).length === 0,
    120_000,
  );
  const late = await rows(
    `SELECT 1 FROM records WHERE connection_id = $1 AND resource = 'orders' AND platform_updated_at < now() - interval '10 minutes'`,
    one.id,
  );
  expect(late).toEqual([]);
}, 240_000);

test('an uninstall that is pushed ends the connection, and its addresses with it', async () => {
  const one = told;
  await act(one, 'uninstall');
  await until('the end', async () => (await product.connection(one.id)).state === 'revoked', 60_000);
  expect(await rows('SELECT 1 FROM notification_addresses WHERE connection_id = $1', one.id)).toEqual([]);
});
