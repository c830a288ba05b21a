// What merchants do at their platform, and what becomes of the connection: a scope taken away and given back, an app removed, a shop that is
// connected already. Against the product as it runs, and the sandbox's own judgement of what was granted.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../world.ts';
import { type ConnectionView, type Product, startProduct } from './product.ts';

const ALL = ['read_orders', 'read_products', 'read_customers', 'read_inventory'];

let product: Product;

beforeAll(async () => {
  product = await startProduct();
}, 150_000);

afterAll(async () => {
  await product?.stop();
}, 60_000);

interface Run {
  readonly id: string;
  readonly status: string;
  readonly finishedAt: string | null;
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly progress: Readonly<Record<string, { readonly failed?: string; readonly done: boolean }>>;
}

interface Shop {
  readonly id: string;
  readonly host: string;
}

const acts = ({ host }: Shop, act: string, fields: unknown = {}) =>
  product.control('POST', `/shops/${host}/${act}`, fields);
const view = async ({ id }: Shop) =>
  (
    await product.api<
      ConnectionView & { sync: { stoppedResources: Record<string, string> }; grantedScopes: string[] }
    >('GET', `/v1/connections/${id}`)
  ).body;
const diagnosis = async ({ id }: Shop) =>
  (
    await product.api<{ action: string; because: string; evidence: { what: string; detail?: string }[] }>(
      'GET',
      `/v1/connections/${id}/diagnosis`,
    )
  ).body;

/** Connected, and its first sync done. */
async function connected(name: string): Promise<Shop> {
  const host = `${name}.myshopify.com`;
  await product.control('POST', '/shops', {
    platform: 'shopify',
    host,
    orders: 6,
    products: 3,
    customers: 3,
  });
  const { id } = await product.connect('shopify', { shop: host });
  const shop = { id, host };
  await ended(shop, new Set());
  return shop;
}

const runsOf = async ({ id }: Shop) =>
  (await product.api<{ data: Run[] }>('GET', `/v1/connections/${id}/runs?limit=50`)).body.data;

/** The newest run that is not one of these, once it ended. */
const ended = (shop: Shop, known: ReadonlySet<string>) =>
  until(
    'a run to end',
    async () => (await runsOf(shop)).find(({ id, finishedAt }) => !known.has(id) && finishedAt !== null),
    60_000,
  );

async function sync(shop: Shop): Promise<Run> {
  const known = new Set((await runsOf(shop)).map(({ id }) => id));
  const asked = await product.api('POST', `/v1/connections/${shop.id}/sync`, {});
  expect(asked.status).toBe(202);
  return ended(shop, known);
}

async function approveAgain(shop: Shop): Promise<void> {
  const { tenantId } = product;
  const session = await product.api<{ url: string }>('POST', '/v1/connect-sessions', {
    tenantId,
    connectionId: shop.id,
  });
  expect((await product.approve(session.body.url, { shop: shop.host })).status).toBe(200);
}

test('scopes taken away stop what needs them and nothing else; given back by a new approval, all runs again', async () => {
  const shop = await connected('narrowed');
  await acts(shop, 'narrow', { scopes: ['read_orders', 'read_products'] });
  await acts(shop, 'add', { orders: 2 });
  const run = await sync(shop);
  expect(run).toMatchObject({
    status: 'partial',
    error: { code: 'scope_missing' },
    progress: {
      orders: { done: true },
      products: { done: true },
      inventory: { failed: 'scope_missing' },
      customers: { failed: 'scope_missing' },
    },
  });
  await until(
    'the connection to tell',
    async () => Object.keys((await view(shop)).sync.stoppedResources).length === 2,
  );
  expect(await view(shop)).toMatchObject({
    state: 'active',
    grantedScopes: ['read_orders', 'read_products'],
    sync: { stoppedResources: { inventory: 'scope_missing', customers: 'scope_missing' } },
  });
  const found = await diagnosis(shop);
  expect(found.action).toBe('widen_scopes');
  expect(found.evidence).toContainEqual(
    expect.objectContaining({
      what: `sync run ${run.id} partial`,
      detail: expect.stringContaining('no longer holds "read_'),
    }),
  );
  await acts(shop, 'widen');
  await approveAgain(shop);
  expect(await view(shop)).toMatchObject({ state: 'active', sync: { stoppedResources: {} } });
  expect([...(await view(shop)).grantedScopes].sort()).toEqual([...ALL].sort());
  expect(await sync(shop)).toMatchObject({ status: 'completed' });
}, 120_000);

test('no scope left needs a wider approval', async () => {
  const shop = await connected('stripped');
  await acts(shop, 'narrow', { scopes: [] });
  expect(await sync(shop)).toMatchObject({ status: 'failed', error: { code: 'scope_missing' } });
  await until('reauth', async () => (await view(shop)).state === 'reauth_required');
  expect(await view(shop)).toMatchObject({ reauthReason: 'scope_missing' });
  expect((await diagnosis(shop)).action).toBe('widen_scopes');
}, 90_000);

test('an app removed is told as such where the platform says so, and as what it can mean where it does not', async () => {
  const [told, untold] = [await connected('told'), await connected('untold')];
  await product.control('POST', '/faults', {
    kind: 'status',
    shop: told.host,
    path: 'access_token',
    status: 400,
    body: JSON.stringify({ error: 'app_not_installed', error_description: 'The app is not installed' }),
  });
  const refreshed = await product.api<{ outcome: string }>('POST', `/v1/connections/${told.id}/refresh`);
  expect(refreshed.body).toEqual({ outcome: 'revoked' });
  await until('the end', async () => (await view(told)).state === 'revoked');
  expect(await view(told)).toMatchObject({ revocation: { upstream: 'confirmed' } });

  // What the platform pushes of it never arrives: the next exchange is the first to tell.
  await product.control('POST', '/faults', {
    kind: 'push_lost',
    shop: untold.host,
    path: '^app/uninstalled$',
  });
  await acts(untold, 'uninstall');
  await product.api('POST', `/v1/connections/${untold.id}/refresh`);
  expect(await view(untold)).toMatchObject({ state: 'reauth_required', reauthReason: 'grant_dead' });
  expect((await diagnosis(untold)).because).toContain('removed the app');
}, 90_000);

test('a shop that is connected already ends the second approval at once, and leaves the first alone', async () => {
  const first = await connected('taken');
  const { tenantId } = product;
  const session = await product.api<{ url: string }>('POST', '/v1/connect-sessions', {
    tenantId,
    platform: 'shopify',
  });
  const page = await product.approve(session.body.url, { shop: first.host });
  expect(page.status).toBe(409);
  const list = await product.api<{ data: ConnectionView[] }>(
    'GET',
    `/v1/connections?tenantId=${tenantId}&platform=shopify&state=abandoned&limit=100`,
  );
  expect(list.body.data).toHaveLength(1);
  expect((await view(first)).state).toBe('active');
  // The same link serves the next try, for another shop.
  await product.control('POST', '/shops', { platform: 'shopify', host: 'free.myshopify.com', orders: 1 });
  const again = await product.approve(session.body.url, { shop: 'free.myshopify.com' });
  expect(again.text).toContain('Connected');
}, 90_000);
