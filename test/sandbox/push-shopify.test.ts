// Shopify's pushes, judged by its own library: subscriptions by both APIs, signatures, repetition, faults, duties of privacy.
import '@shopify/shopify-api/adapters/node';
import { ApiVersion, LogSeverity, shopifyApi } from '@shopify/shopify-api';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { appSecret, connectShopify, graphql, SHOP, startWorld, type World } from './calling.ts';
import { change, type Pushed, passS, type Receiver, settled, startReceiver } from './pushed.ts';

let world: World;
let receiver: Receiver;
let library: ReturnType<typeof shopifyApi>;
let token: string;
beforeAll(async () => {
  world = await startWorld();
  library = shopifyApi({
    apiKey: 'mooring-demo',
    apiSecretKey: await appSecret(world, 'shopify'),
    hostName: '127.0.0.1:3000',
    apiVersion: ApiVersion.July26,
    isEmbeddedApp: false,
    logger: { level: LogSeverity.Error },
  });
});
afterAll(() => world.close());
beforeEach(async () => {
  await world.control('/reset', {});
  receiver = await startReceiver();
  await world.control('/shops', { platform: 'shopify', host: SHOP, orders: 10, products: 4 });
  token = (await connectShopify(world)).access_token;
});
afterEach(() => receiver.close());

const CREATE = `mutation($topic: WebhookSubscriptionTopic!, $uri: String!) {
  webhookSubscriptionCreate(topic: $topic, webhookSubscription: { uri: $uri, format: JSON }) {
    webhookSubscription { id topic uri endpoint { __typename ... on WebhookHttpEndpoint { callbackUrl } } }
    userErrors { field message }
  }
}`;

async function subscribe(topic = 'ORDERS_UPDATED', uri = `${receiver.url}/notify`) {
  const { json } = await graphql(world, token, CREATE, { topic, uri });
  return json.data.webhookSubscriptionCreate;
}

async function isGenuine(pushed: Pushed): Promise<boolean> {
  const rawRequest = { method: 'POST', url: pushed.url, headers: pushed.headers };
  return (await library.webhooks.validate({ rawBody: pushed.body, rawRequest })).valid;
}

const rest = (method: string, path: string, body?: unknown) =>
  world.call({
    method,
    host: SHOP,
    path: `/admin/api/2026-07/${path}`,
    headers: { 'x-shopify-access-token': token },
    body,
  });

describe('subscriptions', () => {
  it('are made, listed and removed by GraphQL', async () => {
    const made = await subscribe();
    expect(made.userErrors).toEqual([]);
    expect(made.webhookSubscription).toMatchObject({
      topic: 'ORDERS_UPDATED',
      uri: `${receiver.url}/notify`,
      endpoint: { __typename: 'WebhookHttpEndpoint', callbackUrl: `${receiver.url}/notify` },
    });
    const listed = await graphql(
      world,
      token,
      '{ webhookSubscriptions(first: 50) { nodes { id topic } pageInfo { hasNextPage } } }',
    );
    expect(listed.json.data.webhookSubscriptions.nodes).toHaveLength(1);
    const remove =
      'mutation($id: ID!) { webhookSubscriptionDelete(id: $id) { deletedWebhookSubscriptionId userErrors { message } } }';
    const { id } = made.webhookSubscription;
    const removed = await graphql(world, token, remove, { id });
    expect(removed.json.data.webhookSubscriptionDelete).toEqual({
      deletedWebhookSubscriptionId: id,
      userErrors: [],
    });
    const again = await graphql(world, token, remove, { id });
    expect(again.json.data.webhookSubscriptionDelete.userErrors).toHaveLength(1);
  });

  it('are refused without the scope of their topic, a second time, and on plain http elsewhere', async () => {
    await subscribe();
    expect((await subscribe()).userErrors[0].message).toContain('already been taken');
    expect((await subscribe('ORDERS_CREATE', 'http://elsewhere.example/x')).userErrors).toHaveLength(1);
    const { json } = await world.control(`/shops/${SHOP}/credential`, { scopes: ['read_products'] });
    token = json.access_token;
    expect((await subscribe('ORDERS_CREATE')).userErrors).toHaveLength(1);
    expect((await subscribe('PRODUCTS_UPDATE')).userErrors).toEqual([]);
  });

  it('are made, listed and removed by the legacy API too', async () => {
    const webhook = { topic: 'orders/create', address: `${receiver.url}/rest`, format: 'json' };
    const made = await rest('POST', 'webhooks.json', { webhook });
    expect(made.status).toBe(201);
    expect((await rest('POST', 'webhooks.json', { webhook })).status).toBe(422);
    expect((await rest('GET', 'webhooks.json')).json.webhooks).toMatchObject([{ topic: 'orders/create' }]);
    expect((await rest('DELETE', `webhooks/${made.json.webhook.id}.json`)).status).toBe(200);
    expect((await rest('GET', 'webhooks/count.json')).json).toEqual({ count: 0 });
  });
});

describe('pushes', () => {
  it('tell of a change as Shopify’s library expects it', async () => {
    await subscribe();
    const { id } = await change(world, SHOP, { resource: 'orders', act: 'update' });
    const [pushed] = await receiver.until(1);
    expect(pushed?.json).toMatchObject({ id: Number(id), admin_graphql_api_id: `gid://shopify/Order/${id}` });
    expect(pushed?.headers).toMatchObject({
      'x-shopify-topic': 'orders/updated',
      'x-shopify-shop-domain': SHOP,
    });
    expect(pushed && (await isGenuine(pushed))).toBe(true);
    expect(pushed && (await isGenuine({ ...pushed, body: `${pushed.body} ` }))).toBe(false);
    expect((await settled(world)).data).toMatchObject([
      { topic: 'orders/updated', state: 'taken', status: 200 },
    ]);
  });

  it('come for whatever control does to records, and only to those who asked', async () => {
    await subscribe('ORDERS_CREATE');
    await world.control(`/shops/${SHOP}/add`, { orders: 3, products: 1 });
    await world.control(`/shops/${SHOP}/mutate`, { orders: 2 });
    const got = await receiver.until(3);
    expect((await settled(world)).data).toHaveLength(3);
    expect(new Set(got.map((one) => one.json.id)).size).toBe(3);
  });

  it('are repeated eight times over four hours with the same ids, until the subscription is gone', async () => {
    await subscribe();
    receiver.answer = { status: 500 };
    await change(world, SHOP, { resource: 'orders', act: 'update' });
    for (let attempt = 1; attempt <= 8; attempt += 1) {
      await receiver.until(attempt);
      await settled(world);
      if (attempt < 8) await passS(world, 7_300);
    }
    expect(new Set(receiver.got.map((one) => one.headers['x-shopify-webhook-id'])).size).toBe(1);
    expect((await world.control(`/subscriptions?shop=${SHOP}`)).json.data).toEqual([]);
    await passS(world, 7_300);
    expect((await settled(world)).data).toHaveLength(8);
  });

  it('are taken once our side is well again, which ends the count of failures', async () => {
    await subscribe();
    receiver.answer = { status: 302 };
    await change(world, SHOP, { resource: 'orders', act: 'update' });
    await receiver.until(1);
    await settled(world);
    receiver.answer = { status: 200 };
    await passS(world, 60);
    await receiver.until(2);
    const { data } = await settled(world);
    expect(data).toMatchObject([
      { state: 'repeated', status: 302, attempt: 1 },
      { state: 'taken', status: 200, attempt: 2 },
    ]);
    expect((await world.control(`/subscriptions?shop=${SHOP}`)).json.data).toMatchObject([{ failures: 0 }]);
  });

  it('tell the app’s one address of the duties of privacy, and a subscription of the removal', async () => {
    await subscribe('APP_UNINSTALLED');
    await world.control('/apps/shopify', { notifyUrl: `${receiver.url}/app` }, 'PATCH');
    await world.control(`/shops/${SHOP}/notify`, { topic: 'customers/redact' });
    const [redact] = await receiver.until(1);
    expect(redact).toMatchObject({
      url: '/app',
      json: { shop_domain: SHOP, customer: { id: expect.any(Number) } },
    });
    await world.control(`/shops/${SHOP}/uninstall`, {});
    const [, removed] = await receiver.until(2);
    expect(removed?.headers['x-shopify-topic']).toBe('app/uninstalled');
    expect(removed && (await isGenuine(removed))).toBe(true);
    expect((await world.control(`/subscriptions?shop=${SHOP}`)).json.data).toEqual([]);
  });
});

describe('faults', () => {
  const spoil = (kind: string) => world.control('/faults', { kind, shop: SHOP, path: '^orders/' });

  it('forge, double, delay, reorder and lose pushes', async () => {
    await subscribe();
    await spoil('push_forged');
    await change(world, SHOP, { resource: 'orders' });
    const [forged] = await receiver.until(1);
    expect(forged && (await isGenuine(forged))).toBe(false);

    await spoil('push_duplicate');
    await change(world, SHOP, { resource: 'orders' });
    const [, one, other] = await receiver.until(3);
    expect(other?.headers['x-shopify-event-id']).toBe(one?.headers['x-shopify-event-id']);

    await spoil('push_late');
    await change(world, SHOP, { resource: 'orders' });
    const [, , , late] = await receiver.until(4);
    expect(Date.now() - Date.parse(late?.headers['x-shopify-triggered-at'] ?? '')).toBeGreaterThan(3_500_000);

    await spoil('push_lost');
    await change(world, SHOP, { resource: 'orders' });
    await spoil('push_reordered');
    const first = await change(world, SHOP, { resource: 'orders', id: '6100000000001' });
    const second = await change(world, SHOP, { resource: 'orders', id: '6100000000002' });
    const got = await receiver.until(6);
    expect(got.slice(4).map((pushed) => String(pushed.json.id))).toEqual([second.id, first.id]);
    expect((await settled(world)).data.map((push: { state: string }) => push.state)).toContain('lost');
  });

  it('take subscriptions away without a word', async () => {
    await subscribe();
    await world.control(`/shops/${SHOP}/unsubscribe`, { topic: 'orders/updated' });
    expect(await change(world, SHOP, { resource: 'orders' })).toMatchObject({ pushes: 0 });
  });
});
