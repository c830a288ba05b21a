// The main job on real input: a Medusa shop that nobody here wrote, connected, synced, changed, its key revoked, and the diagnosis read. HTTP and
// worker are processes of their own, as in production.
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { freePort } from '../../scripts/stack/ports.ts';
import type { Stack } from '../../scripts/stack/stack.ts';
import { readersFolder, runPage } from '../docs/blocks.ts';
import { createTestDatabase, type TestDatabase, until } from '../world.ts';
import { fillShop, type Goods } from './medusa-goods.ts';
import { installMedusa, type MedusaShop, startMedusa } from './medusa-shop.ts';

const SHOP = 'https://shop.medusa.example';
const WANTED = { products: 5, customers: 4, orders: 12 };
/** Long enough to connect and sync with, short enough to expire under the test. */
const SESSION_LIFETIME = '10s';

interface Listed<T> {
  readonly data: readonly T[];
  readonly nextCursor: string | null;
}
interface FeedItem {
  readonly platformId: string;
  readonly record: Record<string, unknown> | null;
  readonly deletedAt: string | null;
}
interface Connection {
  readonly id: string;
  readonly state: string;
  readonly shop: { readonly name: string | null; readonly key: string | null };
  readonly credential: { readonly generation: number };
}

let folder: string;
let database: TestDatabase;
let shop: MedusaShop;
let goods: Goods;
let stack: Stack;
let tenantId: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mooring-real-'));
  await chmod(folder, 0o755);
  const medusaFolder = await installMedusa((line) => console.log(line));
  const admin = await createTestDatabase();
  await admin.owner.query('CREATE DATABASE medusa_real');
  await admin.close();
  const medusaUrl = new URL(inject('postgresUrl'));
  medusaUrl.pathname = '/medusa_real';
  shop = await startMedusa({
    folder: medusaFolder,
    databaseUrl: medusaUrl.href,
    port: await freePort(),
    sessionLifetime: SESSION_LIFETIME,
  });
  goods = await fillShop(shop, WANTED);

  database = await createTestDatabase();
  process.env['MOORING_FOLDER'] = folder;
  process.env['DATABASE_URL'] = database.url;
  process.env['TEMPORAL_ADDRESS'] = inject('temporalAddress');
  process.env['PORT'] = String(await freePort());
  const { planStack } = await import('../../scripts/stack/stack.ts');
  stack = planStack({ origins: { [SHOP]: shop.url } });
  for (const step of stack.steps) await step.run();
  tenantId = (await api<{ id: string }>('POST', '/v1/tenants', { name: 'Real' })).body.id;
});

afterAll(async () => {
  await stack?.stop(() => undefined);
  await shop?.stop();
  await database?.close();
  await rm(folder, { recursive: true, force: true });
});

async function api<T>(method: string, path: string, body?: unknown): Promise<{ status: number; body: T }> {
  const { apiUrl, apiKey } = stack.addresses();
  const answer = await fetch(apiUrl + path, {
    method,
    headers: {
      authorization: `Bearer ${apiKey}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: answer.status, body: (await answer.json()) as T };
}

async function makeKey(title: string): Promise<{ id: string; token: string }> {
  const made = await shop.admin<{ api_key: { id: string; token: string } }>('POST', '/admin/api-keys', {
    title,
    type: 'secret',
  });
  return made.api_key;
}

const connect = (credential: Record<string, string>) =>
  api<Connection & { code?: string }>('POST', '/v1/connections', {
    tenantId,
    platform: 'medusa',
    shop: { url: SHOP },
    credential,
  });
const connectionOf = async (id: string) => (await api<Connection>('GET', `/v1/connections/${id}`)).body;

async function feed(resource: string, connectionId: string): Promise<ReadonlyMap<string, FeedItem>> {
  const seen = new Map<string, FeedItem>();
  let cursor = '';
  for (;;) {
    const query = new URLSearchParams({
      tenantId,
      connectionId,
      limit: '5',
      ...(cursor === '' ? {} : { cursor }),
    });
    const { body } = await api<Listed<FeedItem>>('GET', `/v1/records/${resource}?${query}`);
    for (const item of body.data) seen.set(item.platformId, item);
    if (body.data.length === 0 || body.nextCursor === null || body.nextCursor === cursor) return seen;
    cursor = body.nextCursor;
  }
}

test('a wrong key is refused with what the shop said, and leaves nothing', async () => {
  const refused = await connect({ apiKey: 'sk_0123456789abcdef0123456789abcdef' });
  expect(refused).toMatchObject({ status: 422, body: { code: 'credential_rejected' } });
  expect(JSON.stringify(refused.body)).not.toContain('sk_0123456789');
  expect((await api<Listed<Connection>>('GET', `/v1/connections?tenantId=${tenantId}`)).body.data).toEqual(
    [],
  );
});

test('the shop is connected, synced, followed, lost and found again', async () => {
  const key = await makeKey('mooring');
  const { status, body: connected } = await connect({ apiKey: key.token });
  expect(status, JSON.stringify(connected)).toBe(201);
  expect(connected).toMatchObject({ state: 'active', shop: { name: 'Medusa Store' } });

  const counts = {
    orders: WANTED.orders,
    products: WANTED.products,
    customers: WANTED.customers,
    inventory: WANTED.products,
  };
  for (const [resource, count] of Object.entries(counts)) {
    const records = await until(
      `${count} ${resource}`,
      async () => {
        const all = await feed(resource, connected.id);
        return all.size >= count && all;
      },
      60_000,
    );
    expect(records.size).toBe(count);
  }
  const orders = await feed('orders', connected.id);
  expect([...orders.keys()].sort()).toEqual([...goods.orderIds].sort());
  const [orderId = ''] = goods.orderIds;
  expect(orders.get(orderId)?.record).toMatchObject({
    platformId: orderId,
    number: '#1',
    currency: 'EUR',
    total: { amount: '39.98', currency: 'EUR' },
    email: 'customer1@example.com',
    shippingAddress: { city: 'Berlin', countryCode: 'DE', name: 'Ána Ødegård' },
    lineItems: [{ sku: 'MUG-1', quantity: 2, unitPrice: { amount: '19.99', currency: 'EUR' } }],
  });

  // What changes at the shop arrives with the next sync, a stock level too, although Medusa leaves its item's own time as it was.
  const newOrder = await goods.placeOrder();
  const [productId = ''] = goods.productIds;
  const [itemId = ''] = goods.inventoryItemIds;
  await shop.admin('POST', `/admin/products/${productId}`, { title: 'Mug, renamed' });
  await shop.admin('POST', `/admin/inventory-items/${itemId}/location-levels/${goods.locationId}`, {
    stocked_quantity: 407,
  });
  await api('POST', `/v1/connections/${connected.id}/sync`, { mode: 'incremental' });
  await until('the new order', async () => (await feed('orders', connected.id)).has(newOrder), 60_000);
  await until(
    'the renamed product',
    async () => (await feed('products', connected.id)).get(productId)?.record?.['title'] === 'Mug, renamed',
    60_000,
  );
  await until(
    'the new stock level',
    async () =>
      [...(await feed('inventory', connected.id)).values()].some((level) => level.record?.['onHand'] === 407),
    60_000,
  );

  // The merchant revokes the key.
  await shop.admin('POST', `/admin/api-keys/${key.id}/revoke`, {});
  await api('POST', `/v1/connections/${connected.id}/sync`, {});
  await until(
    'reauth_required',
    async () => (await connectionOf(connected.id)).state === 'reauth_required',
    60_000,
  );
  const diagnosis = await api<Record<string, unknown>>('GET', `/v1/connections/${connected.id}/diagnosis`);
  expect(diagnosis.body).toMatchObject({ state: 'reauth_required', action: 'approve', actor: 'merchant' });
  expect(diagnosis.body['reconnectUrl']).toEqual(expect.stringContaining('/connect/'));
  const events = await api<Listed<{ type: string }>>('GET', `/v1/events?tenantId=${tenantId}&limit=100`);
  expect(events.body.data.map((event) => event.type)).toContain('connection.reauth_required');

  // A new key takes the connection back to work where it stopped.
  const next = await makeKey('mooring again');
  const replaced = await api('PUT', `/v1/connections/${connected.id}/credential`, {
    credential: { apiKey: next.token },
  });
  expect(replaced.status).toBe(200);
  const missed = await goods.placeOrder();
  await api('POST', `/v1/connections/${connected.id}/sync`, {});
  await until(
    'the order placed meanwhile',
    async () => (await feed('orders', connected.id)).has(missed),
    60_000,
  );
  expect((await connectionOf(connected.id)).state).toBe('active');

  // Disconnect: the plan beforehand, then the act.
  expect((await api('GET', `/v1/connections/${connected.id}/revocation`)).status).toBe(200);
  expect((await api('DELETE', `/v1/connections/${connected.id}`)).status).toBe(202);
  await until('revoked', async () => (await connectionOf(connected.id)).state === 'revoked', 60_000);
});

test('a session login expires and is renewed without anybody noticing', async () => {
  const { status, body: connected } = await connect({ email: shop.email, password: shop.password });
  expect(status, JSON.stringify(connected)).toBe(201);
  await until('the orders', async () => (await feed('orders', connected.id)).size >= WANTED.orders, 60_000);
  const before = (await connectionOf(connected.id)).credential.generation;
  const order = await until(
    'the session to expire, and a sync after it',
    async () => {
      const placed = await goods.placeOrder();
      await api('POST', `/v1/connections/${connected.id}/sync`, {});
      await until('that order', async () => (await feed('orders', connected.id)).has(placed), 60_000);
      return (await connectionOf(connected.id)).credential.generation > before && placed;
    },
    90_000,
  );
  expect(order).toContain('order_');
  expect((await connectionOf(connected.id)).state).toBe('active');
});

test('no key and no password is in the database, the histories or the logs', async () => {
  const { rows } = await database.owner.query<{ text: string }>(
    `SELECT query_to_xml(format('SELECT * FROM %I', table_name), true, true, '')::text AS text
     FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'`,
  );
  const everything = rows.map((row) => row.text).join('\n');
  expect(everything).toContain('MUG-1');
  for (const secret of [shop.password, Buffer.from(shop.password).toString('base64')])
    expect(everything).not.toContain(secret);
  expect(everything).not.toMatch(/sk_[0-9a-f]{32}/);
});

test('the how-to reads a page of it, as it is written', async () => {
  const key = await makeKey('how-to');
  const reader = readersFolder('my-platforms');
  await writeFile(join(reader, 'real.json'), JSON.stringify({ credential: { apiKey: key.token } }));
  const env = { MOORING_ORIGIN_OVERRIDES: JSON.stringify({ [SHOP]: shop.url }) };
  await runPage('docs/how-to/add-a-platform.md', reader, { real: true, env });
}, 60_000);
