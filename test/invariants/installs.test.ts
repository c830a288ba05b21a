// Installs that begin at the platform, through the product as it runs: a code that lives for seconds is exchanged before anybody claims it, what was issued
// waits sealed, and a claim proves it.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../world.ts';
import { type ConnectionView, type Product, startProduct } from './product.ts';

let product: Product;

beforeAll(async () => {
  product = await startProduct();
}, 150_000);
afterAll(async () => {
  await product?.stop();
}, 60_000);

interface Waiting {
  readonly id: string;
  readonly platform: string;
  readonly shop: Readonly<Record<string, string>>;
}

const waiting = async (platform: string) =>
  (await product.api<{ data: Waiting[] }>('GET', '/v1/installs')).body.data.find(
    (one) => one.platform === platform,
  );

async function installed(key: string): Promise<{ key: string; token: string }> {
  const shop = await product.control<{ key: string }>('POST', '/shops', {
    platform: 'bigcommerce',
    key,
    orders: 2,
    products: 1,
    customers: 1,
  });
  const { url } = await product.control<{ url: string }>(
    'POST',
    `/shops/${encodeURIComponent(shop.key)}/install`,
    {
      callbackUrl: `${product.apiUrl}/oauth/bigcommerce/auth`,
    },
  );
  const page = await fetch(url, { redirect: 'manual' });
  const text = await page.text();
  const token = /<code id="install">([^<]+)</.exec(text)?.[1];
  if (token === undefined) throw new Error(`${page.status} ${text.slice(0, 400)}`);
  return { key: shop.key, token };
}

test('a code that lives for seconds is exchanged before the claim, which proves what was issued', async () => {
  const { key, token } = await installed('firsthash1');
  const { rows } = await product.database.owner.query(
    'SELECT id, exchange, issued, sealed IS NOT NULL AS kept FROM installs',
  );
  expect(rows).toMatchObject([{ exchange: 'exchanged', kept: true }]);
  const before = await product.grants(key);
  expect(before).toMatchObject([{ state: 'live' }]);
  const made = await product.api<ConnectionView>('POST', '/v1/installs/claim', {
    token,
    tenantId: product.tenantId,
    permissions: ['orders:read'],
  });
  expect([made.status, made.body.state], JSON.stringify(made.body)).toEqual([201, 'active']);
  const after = await product.grants(key);
  expect(after.map(({ id, generation, refusedExchanges }) => ({ id, generation, refusedExchanges }))).toEqual(
    before.map(({ id, generation }) => ({ id, generation, refusedExchanges: 0 })),
  );
  const history = await product.temporal.client.workflow.getHandle(`install/${rows[0].id}`).fetchHistory();
  const said = JSON.stringify(history);
  for (const secret of [...(await product.issuedSecrets()), token])
    for (const form of [secret, Buffer.from(secret).toString('base64').replaceAll('=', '')])
      expect(said).not.toContain(form);
}, 60_000);

test('an operator claims one for a tenant by its id', async () => {
  await installed('secondhash1');
  const install = await until('the install', () => waiting('bigcommerce'));
  const made = await product.api<ConnectionView>('POST', `/v1/authorizations/${install.id}/claim`, {
    tenantId: product.tenantId,
    permissions: ['orders:read'],
  });
  expect([made.status, made.body.state], JSON.stringify(made.body)).toEqual([201, 'active']);
}, 60_000);

interface Told {
  readonly registered: boolean;
  readonly step?: string;
  readonly status: number | null;
}

async function shopware(host: string) {
  const shop = await product.control<{ key: string }>('POST', '/shops', {
    platform: 'shopware6',
    host,
    orders: 2,
    products: 1,
    customers: 1,
  });
  const registrationUrl = `${product.apiUrl}/oauth/shopware6/register`;
  return {
    register: (forge?: string) =>
      product.control<Told>('POST', `/shops/${encodeURIComponent(shop.key)}/install`, {
        registrationUrl,
        ...(forge === undefined ? {} : { forge }),
      }),
  };
}

test('a shop that registers us is answered, and is a connection once it is claimed; registering again it proves that it is the same shop', async () => {
  const { data } = await product.control<{ data: { platform: string; secret: string }[] }>('GET', '/apps');
  const clientSecret = data.find(({ platform }) => platform === 'shopware6')?.secret;
  await product.api('POST', '/v1/client-registrations', {
    platform: 'shopware6',
    clientId: 'Mooring',
    clientSecret,
  });
  const { register } = await shopware('registers.shopware.example');
  expect(await register('signature')).toMatchObject({ registered: false, step: 'proof', status: 400 });
  expect(await waiting('shopware6')).toBeUndefined();

  expect(await register()).toMatchObject({ registered: true });
  const install = await until('the install', () => waiting('shopware6'));
  expect(install.shop['url']).toBe('https://registers.shopware.example');
  const made = await product.api<ConnectionView>('POST', `/v1/authorizations/${install.id}/claim`, {
    tenantId: product.tenantId,
    permissions: ['orders:read'],
  });
  expect([made.status, made.body.state], JSON.stringify(made.body)).toEqual([201, 'active']);
  const { id } = made.body;
  const generation = async () => (await product.connection(id)).credential.generation;
  const before = await generation();

  for (const forge of ['first', 'previous'])
    expect(await register(forge), forge).toMatchObject({ registered: false, step: 'proof', status: 400 });
  expect(await generation()).toBe(before);

  // Twice: the second is signed by the secret that the first one brought.
  for (const next of [before + 1, before + 2]) {
    expect(await register()).toMatchObject({ registered: true });
    await until('the new keys', async () => (await generation()) === next);
  }
  expect((await product.connection(id)).state).toBe('active');
  expect(await waiting('shopware6')).toBeUndefined();

  const secrets = await shopSecrets();
  expect(secrets.length).toBeGreaterThanOrEqual(3);
  const said: string[] = [];
  for await (const { workflowId } of product.temporal.client.workflow.list())
    said.push(JSON.stringify(await product.temporal.client.workflow.getHandle(workflowId).fetchHistory()));
  expect(said.join()).toContain('shopRegistration');
  for (const secret of secrets)
    for (const form of [secret, Buffer.from(secret).toString('base64').replaceAll('=', '')])
      expect(said.join()).not.toContain(form);
}, 90_000);

/** The secrets that the shop was given, as the sandbox keeps them. */
async function shopSecrets(): Promise<readonly string[]> {
  const text = await readFile(join(product.folder, 'sandbox', 'sandbox.json'), 'utf8');
  return [...text.matchAll(/"shopSecret": ?"([^"]+)"/g)].map(([, secret = '']) => secret);
}
