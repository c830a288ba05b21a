// Three ways to a connection that the demo's first platforms do not have, through the product as it runs: a key pair pasted on our page, an install begun at a
// marketplace, an integration that the shop's own server activates; the latter two claimed by a tenant afterwards.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createMerchant } from '../../scripts/stack/merchant.ts';
import { until } from '../world.ts';
import { type Product, startProduct } from './product.ts';

let product: Product;
beforeAll(async () => {
  product = await startProduct();
}, 150_000);
afterAll(async () => {
  await product?.stop();
}, 60_000);

const SIZE = { orders: 6, products: 3, customers: 3 };

const make = async (platform: string, wish: object = {}) =>
  (await product.control<{ key: string }>('POST', '/shops', { platform, ...wish, ...SIZE })).key;

async function activeAt(platform: string): Promise<string> {
  const path = `/v1/connections?tenantId=${product.tenantId}&platform=${platform}`;
  return await until(`${platform} to be connected`, async () => {
    const { body } = await product.api<{ data: { id: string; state: string }[] }>('GET', path);
    return body.data.find(({ state }) => state === 'active')?.id;
  });
}

/** The first sync has read the shop's six orders. */
async function syncs(connectionId: string): Promise<void> {
  await until('the orders', async () => {
    const { body } = await product.api<{ data: { progress: { orders?: { seen?: number } } }[] }>(
      'GET',
      `/v1/connections/${connectionId}/runs`,
    );
    return body.data.some(({ progress }) => progress.orders?.seen === SIZE.orders) ? true : undefined;
  });
}

/** An operator finds the install that waits, and claims it for the tenant. */
async function claimed(platform: string): Promise<void> {
  const id = await until(`an install of ${platform}`, async () => {
    const { body } = await product.api<{ data: { id: string; platform: string }[] }>('GET', '/v1/installs');
    return body.data.find((one) => one.platform === platform)?.id;
  });
  const answer = await product.api('POST', '/v1/installs/claim', { id, tenantId: product.tenantId });
  expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300);
}

test('a key pair is pasted, proved and synced with', async () => {
  const key = await make('kaufland');
  const keys = await product.control<Record<string, string>>('POST', `/shops/${key}/credential`, {});
  const { body } = await product.api<{ url: string }>('POST', '/v1/connect-sessions', {
    tenantId: product.tenantId,
    platform: 'kaufland',
  });
  const merchant = createMerchant();
  const form = await merchant.open(body.url);
  const entered = {
    storefront: 'de',
    clientKey: keys['client_key'] ?? '',
    secretKey: keys['secret_key'] ?? '',
  };
  await merchant.send(form, entered, /^connect/i);
  await syncs(await activeAt('kaufland'));
});

test('an install begun at the marketplace is claimed, and synced', async () => {
  const key = await make('bigcommerce');
  const { url } = await product.control<{ url: string }>('POST', `/shops/${key}/install`, {
    callbackUrl: `${product.apiUrl}/oauth/bigcommerce/auth`,
  });
  await createMerchant().open(url);
  await claimed('bigcommerce');
  await syncs(await activeAt('bigcommerce'));
});

test('an integration that the shop activates is claimed, and synced', async () => {
  const host = 'whole.magento.example';
  await make('magento', { host });
  await product.control('POST', `/shops/${host}/install`, {
    callbackUrl: `${product.apiUrl}/oauth/magento/activate`,
    identityUrl: `${product.apiUrl}/oauth/magento/identity`,
  });
  await claimed('magento');
  await syncs(await activeAt('magento'));
});
