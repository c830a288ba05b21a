// Approvals that are not what they seem, against the product as it runs: nothing of them is exchanged, and no connection becomes active by them.
// And a key-encrypting key that is rotated while all of it works.
import { createHmac, randomBytes } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createMerchant, type Merchant } from '../../scripts/stack/merchant.ts';
import { until } from '../world.ts';
import { type ConnectionView, type Product, startProduct } from './product.ts';

let product: Product;
let secret: string;

beforeAll(async () => {
  product = await startProduct();
  const { data } = await product.control<{ data: { platform: string; secret: string }[] }>('GET', '/apps');
  secret = data.find(({ platform }) => platform === 'shopify')?.secret ?? '';
}, 120_000);
afterAll(async () => {
  await product?.stop();
}, 60_000);

interface Begun {
  readonly merchant: Merchant;
  readonly connectionId: string;
  /** What the platform would send back, unsigned. */
  readonly parameters: Readonly<Record<string, string>>;
}

async function shopOf(name: string): Promise<string> {
  const host = `${name}.myshopify.com`;
  await product.control('POST', '/shops', {
    platform: 'shopify',
    host,
    orders: 1,
    products: 1,
    customers: 1,
  });
  return host;
}

const connections = async () =>
  (
    await product.api<{ data: ConnectionView[] }>(
      'GET',
      `/v1/connections?tenantId=${product.tenantId}&limit=100`,
    )
  ).body.data;

/** Up to the platform's own page, where the merchant would approve. */
async function begin(host: string): Promise<Begun> {
  const before = new Set((await connections()).map(({ id }) => id));
  const session = await product.api<{ url: string }>('POST', '/v1/connect-sessions', {
    tenantId: product.tenantId,
    platform: 'shopify',
  });
  const merchant = createMerchant();
  const asked = await merchant.send(await merchant.open(session.body.url), { shop: host }, /continue/i);
  const state = new URL(asked.url).searchParams.get('state') ?? '';
  expect(state).not.toBe('');
  const connectionId = (await connections()).find(({ id }) => !before.has(id))?.id ?? '';
  const timestamp = String(Math.floor(Date.now() / 1000));
  return { merchant, connectionId, parameters: { code: 'c0de', shop: host, state, timestamp } };
}

/** As the platform signs: every parameter but the signature, sorted by name. */
function signed(parameters: Readonly<Record<string, string>>, key = secret): string {
  const query = new URLSearchParams(parameters);
  query.sort();
  const hmac = createHmac('sha256', key).update(query.toString()).digest('hex');
  return `${query}&hmac=${hmac}`;
}

const old = (parameters: Readonly<Record<string, string>>) => ({
  ...parameters,
  timestamp: String(Math.floor(Date.now() / 1000) - 3600),
});
const HOSTILE: readonly [string, (parameters: Readonly<Record<string, string>>) => string][] = [
  ['with a signature of another key', (all) => signed(all, 'not our secret')],
  ['with a signature of something else', (all) => signed(all).replace('code=c0de', 'code=other')],
  ['without a signature', (all) => new URLSearchParams(all).toString()],
  ['with an empty signature', (all) => `${new URLSearchParams(all)}&hmac=`],
  ['with a signature that is a list', (all) => signed(all).replace('&hmac=', '&hmac[]=')],
  ['with its parameters as lists', (all) => signed(all).replace('shop=', 'shop[]=')],
  ['with a parameter twice', (all) => `${signed(all)}&code=another`],
  ['signed long ago', (all) => signed(old(all))],
  ['without an instant', ({ timestamp: _, ...all }) => signed(all)],
];

test.each(HOSTILE)(
  'a callback %s is 400, nothing is exchanged, and nothing becomes active',
  async (why, query) => {
    const host = await shopOf(`hostile-${HOSTILE.findIndex(([one]) => one === why)}`);
    const { merchant, connectionId, parameters } = await begin(host);
    const page = await merchant.open(`${product.apiUrl}/oauth/shopify/callback?${query(parameters)}`);
    expect(page.status, page.text).toBe(400);
    expect(page.text).toContain('invalid_callback');
    expect((await product.connection(connectionId)).state).not.toBe('active');
    expect(await product.grants(host)).toEqual([]);
    const asked = await product.control<{ data: unknown[] }>(
      'GET',
      `/requests?path=access_token&shop=${host}`,
    );
    expect(asked.data).toEqual([]);
  },
);

test('a well signed callback with a code the platform never gave is refused by the platform, not active', async () => {
  const host = await shopOf('forged-code');
  const { merchant, connectionId, parameters } = await begin(host);
  const page = await merchant.open(`${product.apiUrl}/oauth/shopify/callback?${signed(parameters)}`);
  expect(page.status).toBeGreaterThanOrEqual(400);
  expect((await product.connection(connectionId)).state).not.toBe('active');
  const asked = await product.control<{ data: unknown[] }>('GET', `/requests?path=access_token&shop=${host}`);
  expect(asked.data).toHaveLength(1);
});

test('a merchant who grants less than was asked is shown so, and the connection waits for a wider approval', async () => {
  const host = await shopOf('narrow');
  await product.control('POST', `/shops/${host}/narrow`, { scopes: [] });
  const session = await product.api<{ url: string }>('POST', '/v1/connect-sessions', {
    tenantId: product.tenantId,
    platform: 'shopify',
    permissions: ['orders:read'],
  });
  await product.approve(session.body.url, { shop: host });
  const found = await until('the connection', async () =>
    (await connections()).find(({ state }) => state === 'reauth_required'),
  );
  expect(found).toMatchObject({ state: 'reauth_required', reauthReason: 'scope_missing' });
  const { body } = await product.api<{ action: string; actor: string }>(
    'GET',
    `/v1/connections/${found.id}/diagnosis`,
  );
  expect(body).toMatchObject({ action: 'widen_scopes', actor: 'merchant' });
});

test('a key-encrypting key is rotated while the product works, and what it sealed is used on', async () => {
  const host = await shopOf('rotated');
  const { id } = await product.connect('shopify', { shop: host });
  const file = join(product.folder, 'kek');
  const former = (await readFile(file, 'utf8')).trim();
  await writeFile(`${file}.next`, `${randomBytes(32).toString('base64')}\n${former}\n`, { mode: 0o600 });
  await rename(`${file}.next`, file);
  type Uses = { keyId: string; dataKeys: number; underFormer: number };
  const before = await product.api<Uses>('GET', '/v1/data-keys');
  expect(before.body.underFormer).toBe(before.body.dataKeys);
  const { body } = await product.api<{ moved: number; left: number }>('POST', '/v1/data-keys/rewrap');
  expect(body).toMatchObject({ moved: before.body.dataKeys, left: 0 });
  // Another worker that knows the new key alone opens what was sealed before.
  await product.part('worker').stop();
  await writeFile(file, `${(await readFile(file, 'utf8')).split('\n')[0]}\n`, { mode: 0o600 });
  await product.startMore('worker', 'worker-2');
  const refreshed = await product.api<{ outcome: string }>('POST', `/v1/connections/${id}/refresh`);
  expect(refreshed.status, JSON.stringify(refreshed.body)).toBeLessThan(300);
  expect((await product.connection(id)).credential.generation).toBe(2);
}, 60_000);
