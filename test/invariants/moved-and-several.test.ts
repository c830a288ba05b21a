// A shop that moved, and an approval for several shops: the product as it runs, against the sandbox's own judgement of every call.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createMerchant, type Page } from '../../scripts/stack/merchant.ts';
import { until } from '../world.ts';
import { type ConnectionView, type Product, startProduct } from './product.ts';

interface Moving extends ConnectionView {
  readonly shop: { readonly values: Readonly<Record<string, string>>; readonly key: string | null };
  readonly move: { readonly authorizationId: string; readonly shop: { readonly url: string } } | null;
}

let product: Product;

beforeAll(async () => {
  product = await startProduct();
}, 150_000);
afterAll(async () => {
  await product?.stop();
}, 60_000);

const view = async (id: string) => (await product.api<Moving>('GET', `/v1/connections/${id}`)).body;
const all = async (platform: string) =>
  (
    await product.api<{ data: Moving[] }>(
      'GET',
      `/v1/connections?tenantId=${product.tenantId}&platform=${platform}&limit=100`,
    )
  ).body.data;
const session = async (wish: object) =>
  (await product.api<{ id: string; url: string }>('POST', '/v1/connect-sessions', wish)).body;

async function newShop(platform: string, wish: object): Promise<void> {
  await product.control('POST', '/shops', { platform, orders: 4, products: 2, customers: 2, ...wish });
}

/** From the link to the page that says how it went, with what the merchant enters here and picks there. */
async function approve(link: string, entered: Record<string, string>, picked = {}): Promise<Page> {
  const merchant = createMerchant();
  const asked = await merchant.send(await merchant.open(link), entered, /continue/i);
  return /approve/i.test(asked.text) ? merchant.send(asked, picked, /^approve/i) : asked;
}

test('one approval by main account connects every shop, each with a pair of its own that it goes on renewing', async () => {
  const ids = [330_001, 330_002, 330_003];
  for (const id of ids) await newShop('shopee', { id });
  const { tenantId } = product;
  const made = await session({ tenantId, platform: 'shopee' });
  const page = await approve(made.url, {}, { shop: 'main' });
  expect(page.text).toContain('More shops of the same approval');
  const connected = await until('three shops', async () => {
    const found = (await all('shopee')).filter(({ state }) => state === 'active');
    return found.length === ids.length ? found : undefined;
  });
  expect(connected.map(({ shop }) => shop.key).sort()).toEqual(ids.map(String));
  const told = await product.api<{ connections: { connectionId: string; outcome: string }[] }>(
    'GET',
    `/v1/connect-sessions/${made.id}`,
  );
  expect(told.body.connections.map(({ outcome }) => outcome)).toEqual([
    'connected',
    'connected',
    'connected',
  ]);
  for (const { id, shop } of connected) {
    const renewed = await product.api<{ outcome: string }>('POST', `/v1/connections/${id}/refresh`);
    expect(renewed.body).toMatchObject({ outcome: 'fresh', generation: 2 });
    const [grant] = await product.grants(shop.key ?? '');
    expect(grant).toMatchObject({ refusedExchanges: 0, generation: 2 });
  }
  // Again, with one shop more: what works is told and stays as it is.
  await newShop('shopee', { id: 330_004 });
  const again = await session({ tenantId, platform: 'shopee' });
  await approve(again.url, {}, { shop: 'main' });
  const results = await until('the new one', async () => {
    const { body } = await product.api<{ connections: { outcome: string }[] }>(
      'GET',
      `/v1/connect-sessions/${again.id}`,
    );
    return body.connections.some(({ outcome }) => outcome === 'connected') ? body.connections : undefined;
  });
  expect(results.map(({ outcome }) => outcome).sort()).toEqual([
    'already_connected',
    'already_connected',
    'already_connected',
    'connected',
  ]);
  expect(await all('shopee')).toHaveLength(4);
}, 90_000);

test('a shop without a key that is approved at another address waits; confirmed, it works there with the new keys', async () => {
  const [from, to] = ['https://old-address.woo.example', 'https://new-address.woo.example'];
  await newShop('woocommerce', { host: 'old-address.woo.example' });
  await newShop('woocommerce', { host: 'new-address.woo.example' });
  const { id } = await product.connect('woocommerce', { url: from });
  const { url } = await session({ connectionId: id });
  const page = await approve(`${url}?again=1`, { url: to });
  expect(page.text).toContain('your provider confirms it');
  const waiting = await until('the move', async () => {
    const found = await view(id);
    return found.move === null ? undefined : found;
  });
  expect(waiting).toMatchObject({
    state: 'active',
    shop: { values: { url: from } },
    credential: { generation: 1 },
  });
  const why = await product.api<{ action: string }>('GET', `/v1/connections/${id}/diagnosis`);
  expect(why.body.action).toBe('confirm_move');
  const { authorizationId } = waiting.move ?? {};
  const done = await product.api<Moving>('POST', `/v1/connections/${id}/confirm-move`, { authorizationId });
  expect(done.body).toMatchObject({
    shop: { values: { url: to } },
    move: null,
    credential: { generation: 2 },
  });
  const used = await product.api('GET', `/v1/connections/${id}/proxy/orders?per_page=1`);
  expect(used.status).toBe(200);
  const [grant] = await product.grants('new-address.woo.example');
  expect(grant).toMatchObject({ state: 'live' });
}, 60_000);
