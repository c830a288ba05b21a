// BigCommerce's hooks, judged by Standard Webhooks' own library: thin bodies, headers of our own, a schedule of two days.
import { Webhook } from 'standardwebhooks';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { appSecret, shopWith, startWorld, type World } from './calling.ts';
import { change, type Pushed, passS, type Receiver, settled, startReceiver } from './pushed.ts';

let world: World;
let receiver: Receiver;
let key: string;
let token: string;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  await world.control('/reset', {});
  receiver = await startReceiver();
  const made = await shopWith(world, { platform: 'bigcommerce', orders: 5 });
  [key, token] = [made.key, made.credential.access_token];
});
afterEach(() => receiver.close());

const call = (method: string, path: string, body?: unknown) =>
  world.call({
    method,
    host: 'api.bigcommerce.com',
    path: `/stores/${key}/v3/hooks${path}`,
    headers: { 'x-auth-token': token },
    body,
  });

const make = (scope = 'store/order/*', destination = `${receiver.url}/notify`) =>
  call('POST', '', { scope, destination, is_active: true, headers: { 'x-own': 'ours' } });

/** The library takes base64; the platform's key is the secret's bytes. */
async function isGenuine(pushed: Pushed): Promise<boolean> {
  const secret = await appSecret(world, 'bigcommerce');
  try {
    new Webhook(Buffer.from(secret).toString('base64')).verify(pushed.body, pushed.headers);
    return true;
  } catch {
    return false;
  }
}

describe('hooks', () => {
  it('are made once, listed, changed and removed', async () => {
    const made = await make();
    expect(made.json.data).toMatchObject({ scope: 'store/order/*', is_active: true, store_hash: key });
    expect((await make()).status).toBe(409);
    expect((await call('GET', '')).json).toMatchObject({
      data: [{ id: made.json.data.id }],
      meta: { pagination: { total: 1 } },
    });
    expect((await call('PUT', `/${made.json.data.id}`, { is_active: false })).json.data.is_active).toBe(
      false,
    );
    expect((await call('DELETE', `/${made.json.data.id}`)).status).toBe(200);
    expect((await call('GET', `/${made.json.data.id}`)).status).toBe(404);
  });

  it('go to https at its usual port alone, and tell what the token may read', async () => {
    expect((await make('store/order/created', 'https://vendor.example:8443/x')).status).toBe(422);
    expect((await make('store/order/created', 'http://vendor.example/x')).status).toBe(422);
    expect((await make('nonsense')).status).toBe(422);
    const { json } = await world.control(`/shops/${key}/credential`, {
      scopes: ['store_v2_products_read_only'],
    });
    token = json.access_token;
    expect((await make('store/order/created')).status).toBe(403);
    expect((await make('store/product/updated')).status).toBe(200);
  });

  it('are no more than ten of a scope', async () => {
    for (let n = 0; n < 10; n += 1) await make('store/order/updated', `${receiver.url}/${n}`);
    expect((await make('store/order/updated', `${receiver.url}/10`)).status).toBe(422);
  });
});

describe('pushes', () => {
  it('say what changed and its id, signed as Standard Webhooks', async () => {
    await make();
    const { id } = await change(world, key, { resource: 'orders' });
    const [pushed] = await receiver.until(1);
    expect(pushed?.json).toMatchObject({
      producer: `stores/${key}`,
      scope: 'store/order/updated',
      data: { type: 'order', id: Number(id) },
      hash: expect.stringMatching(/^[0-9a-f]{40}$/),
    });
    expect(pushed?.headers['x-own']).toBe('ours');
    expect(pushed && (await isGenuine(pushed))).toBe(true);
    expect(pushed && (await isGenuine({ ...pushed, body: `${pushed.body} ` }))).toBe(false);
  });

  it('are refused by the library where they are forged or late', async () => {
    await make();
    for (const kind of ['push_forged', 'push_late']) await world.control('/faults', { kind, shop: key });
    await change(world, key, { resource: 'orders' });
    await change(world, key, { resource: 'orders' });
    for (const pushed of await receiver.until(2)) expect(await isGenuine(pushed)).toBe(false);
  });

  it('are repeated eleven times, after which the hook is inactive', async () => {
    const { json } = await make();
    receiver.answer = { status: 503 };
    await change(world, key, { resource: 'orders' });
    for (const delayS of [60, 180, 300, 600, 900, 1_800, 3_600, 7_200, 21_600, 50_400, 86_400]) {
      await settled(world);
      await passS(world, delayS - 10);
      expect((await settled(world)).waiting).toBe(1);
      await passS(world, 10);
    }
    expect((await settled(world)).data).toHaveLength(12);
    const [first, last] = [receiver.got[0], receiver.got.at(-1)];
    expect(last?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
    expect((await call('GET', `/${json.data.id}`)).json.data.is_active).toBe(false);
  });

  it('end with the app: its hooks are gone', async () => {
    await make();
    await world.control(`/shops/${key}/uninstall`, {});
    expect((await world.control(`/subscriptions?shop=${key}`)).json.data).toEqual([]);
  });
});
