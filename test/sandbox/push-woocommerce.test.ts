// WooCommerce's webhooks: pinged when made, each with a secret of its own, disabled at the seventh failure in a row, never repeated.
import { createHmac } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { basic, shopWith, startWorld, type World } from './calling.ts';
import { change, type Receiver, settled, startReceiver } from './pushed.ts';

const HOST = 'push.woo.example';
let world: World;
let receiver: Receiver;
let keys: { consumer_key: string; consumer_secret: string };
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  await world.control('/reset', {});
  receiver = await startReceiver();
  keys = (await shopWith(world, { platform: 'woocommerce', host: HOST, orders: 5, products: 3 })).credential;
});
afterEach(() => receiver.close());

const call = (method: string, path: string, body?: unknown) =>
  world.call({
    method,
    host: HOST,
    path: `/wp-json/wc/v3${path}`,
    headers: { authorization: basic(keys.consumer_key, keys.consumer_secret) },
    body,
  });

const make = (topic = 'order.updated', secret = 's3cret') =>
  call('POST', '/webhooks', { name: 'n', topic, secret, delivery_url: `${receiver.url}/notify` });

describe('webhooks', () => {
  it('are pinged without a signature, listed without their secret, and removed by force alone', async () => {
    const { status, json } = await make();
    expect([status, json.status, json.topic]).toEqual([201, 'active', 'order.updated']);
    expect(receiver.got[0]).toMatchObject({ method: 'POST', body: `webhook_id=${json.id}` });
    expect(receiver.got[0]?.headers['x-wc-webhook-signature']).toBeUndefined();
    const listed = await call('GET', '/webhooks');
    expect(listed.json).toHaveLength(1);
    expect(listed.text).not.toContain('s3cret');
    expect((await call('DELETE', `/webhooks/${json.id}`)).status).toBe(501);
    expect((await call('DELETE', `/webhooks/${json.id}?force=true`)).status).toBe(200);
    expect((await call('GET', `/webhooks/${json.id}`)).status).toBe(404);
  });

  it('stay disabled where the ping was not answered with 200, until they are made active', async () => {
    receiver.answer = { status: 202 };
    const { json } = await make();
    expect(json.status).toBe('disabled');
    expect(await change(world, HOST, { resource: 'orders' })).toMatchObject({ pushes: 0 });
    await call('PUT', `/webhooks/${json.id}`, { status: 'active' });
    expect(await change(world, HOST, { resource: 'orders' })).toMatchObject({ pushes: 1 });
  });

  it('need a key that may write, and a topic there is', async () => {
    expect((await make('order.moved')).json.code).toBe('woocommerce_rest_webhook_invalid_topic');
    const act = `/shops/${HOST}/credential`;
    keys = (await world.control(act, { permission: 'read' })).json;
    expect((await make()).status).toBe(401);
  });
});

describe('pushes', () => {
  it('hold the record, signed with the webhook’s secret; a deletion holds the id alone', async () => {
    await make();
    await make('order.deleted', 'other');
    const { id } = await change(world, HOST, { resource: 'orders' });
    const pushed = (await receiver.until(3))[2];
    expect(pushed?.json).toMatchObject({
      id: Number(id),
      status: expect.any(String),
      line_items: expect.any(Array),
    });
    expect(pushed?.headers['x-wc-webhook-signature']).toBe(
      createHmac('sha256', 's3cret')
        .update(pushed?.body ?? '')
        .digest('base64'),
    );
    await change(world, HOST, { resource: 'orders', act: 'delete', id });
    const gone = (await receiver.until(4))[3];
    expect(gone?.json).toEqual({ id: Number(id) });
    expect(gone?.headers).toMatchObject({
      'x-wc-webhook-topic': 'order.deleted',
      'x-wc-webhook-source': `https://${HOST}/`,
    });
  });

  it('share a delivery id within a second', async () => {
    await make();
    await world.control(`/shops/${HOST}/mutate`, { orders: 5 });
    const got = (await receiver.until(6)).slice(1);
    const ids = new Set(got.map((one) => one.headers['x-wc-webhook-delivery-id']));
    expect(ids.size).toBeLessThan(5);
  });

  it('are not repeated; the seventh failure in a row disables the webhook', async () => {
    const { json } = await make();
    receiver.answer = { status: 500 };
    for (let n = 1; n <= 7; n += 1) {
      expect((await call('GET', `/webhooks/${json.id}`)).json.status).toBe('active');
      await change(world, HOST, { resource: 'orders' });
      await receiver.until(n + 1);
      await settled(world);
    }
    expect((await call('GET', `/webhooks/${json.id}`)).json.status).toBe('disabled');
    expect((await settled(world)).data.map((push: { state: string }) => push.state)).toEqual(
      Array(7).fill('given_up'),
    );
  });

  it('tell of a change made through the API', async () => {
    await make();
    const [order] = (await call('GET', '/orders')).json;
    await call('PUT', `/orders/${order.id}`, { status: 'completed' });
    expect((await receiver.until(2))[1]?.json.id).toBe(order.id);
  });
});
