// The other ways platforms tell of changes: over address and body, by an elliptic key, in a JWT, of an id alone, unsigned, into a queue.
import { createHash, createHmac, createVerify } from 'node:crypto';
import { importSPKI, jwtVerify } from 'jose';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { appOf, basic, formBody, shopWith, startWorld, type World } from './calling.ts';
import { change, type Pushed, passS, type Receiver, settled, startReceiver } from './pushed.ts';

let world: World;
let receiver: Receiver;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  await world.control('/reset', {});
  receiver = await startReceiver();
});
afterEach(() => receiver.close());

const spoil = (kind: string) => world.control('/faults', { kind });
const toApp = (platform: string) =>
  world.control(`/apps/${platform}`, { notifyUrl: `${receiver.url}/app` }, 'PATCH');

describe('Square', () => {
  async function connected(scopes?: string[]) {
    const made = await shopWith(
      world,
      { platform: 'square', orders: 5 },
      scopes === undefined ? {} : { scopes },
    );
    const { names } = await appOf(world, 'square');
    const call = (method: string, path: string, body?: unknown, token = names['personalToken']) =>
      world.call({
        method,
        host: 'connect.squareup.com',
        path,
        headers: { authorization: `Bearer ${token}` },
        body,
      });
    const subscription = {
      name: 'ours',
      event_types: ['order.updated', 'oauth.authorization.revoked'],
      notification_url: `${receiver.url}/notify`,
    };
    return { ...made, call, wish: { idempotency_key: 'k1', subscription } };
  }
  const isGenuine = (pushed: Pushed, key: string) =>
    createHmac('sha256', key).update(`${receiver.url}/notify${pushed.body}`).digest('base64') ===
    pushed.headers['x-square-hmacsha256-signature'];

  it('signs over the configured address and the body, with the subscription’s key', async () => {
    const { key, call, wish, credential } = await connected();
    const path = '/v2/webhooks/subscriptions';
    expect((await call('POST', path, wish, credential.access_token)).status).toBe(401);
    const { subscription } = (await call('POST', path, wish)).json;
    expect((await call('POST', path, wish)).json.subscription.id).toBe(subscription.id);
    const { id } = await change(world, key, { resource: 'orders' });
    const [pushed] = await receiver.until(1);
    expect(pushed?.json).toMatchObject({
      merchant_id: key,
      type: 'order.updated',
      data: { id, object: { order_updated: { order_id: id } } },
    });
    expect(pushed && isGenuine(pushed, subscription.signature_key)).toBe(true);
    const read = await call('GET', `/v2/orders/${id}`, undefined, credential.access_token);
    expect(read.json.order.id).toBe(id);

    await spoil('push_forged');
    await change(world, key, { resource: 'orders' });
    const forged = (await receiver.until(2))[1];
    expect(forged && isGenuine(forged, subscription.signature_key)).toBe(false);
    const fresh = (await call('POST', `${path}/${subscription.id}/signature-key`)).json.signature_key;
    await change(world, key, { resource: 'orders' });
    const rotated = (await receiver.until(3))[2];
    expect(rotated && isGenuine(rotated, fresh)).toBe(true);
    expect((await call('DELETE', `${path}/${subscription.id}`)).status).toBe(200);
    expect((await call('GET', path)).json).toEqual({});
  });

  it('tells of what the seller let us read alone, repeats it eleven times, and tells of the end', async () => {
    const { key, call, wish } = await connected(['ITEMS_READ']);
    await call('POST', '/v2/webhooks/subscriptions', wish);
    expect(await change(world, key, { resource: 'orders' })).toMatchObject({ pushes: 0 });
    receiver.answer = { status: 500 };
    await world.control(`/shops/${key}/uninstall`, {});
    for (let n = 1; n <= 12; n += 1) {
      await receiver.until(n);
      await settled(world);
      await passS(world, 28_800);
    }
    expect((await settled(world)).data).toHaveLength(12);
    expect(receiver.got[11]?.headers['square-retry-number']).toBe('11');
    expect(receiver.got[11]?.json.event_id).toBe(receiver.got[0]?.json.event_id);
  });
});

describe('eBay', () => {
  const NOTIFICATION = '/commerce/notification/v1';
  const TOKEN = 'verification-token-of-thirty-two-letters-or-more';

  async function connected() {
    const scopes = [
      'https://api.ebay.com/oauth/api_scope/sell.fulfillment.readonly',
      'https://api.ebay.com/oauth/api_scope/commerce.notification.subscription',
    ];
    const made = await shopWith(world, { platform: 'ebay', orders: 5 }, { scopes });
    const app = await appOf(world, 'ebay');
    const asked = formBody({
      grant_type: 'client_credentials',
      scope: 'https://api.ebay.com/oauth/api_scope',
    });
    const headers = { ...asked.headers, authorization: basic(app.clientId, app.secret) };
    const path = '/identity/v1/oauth2/token';
    const minted = await world.call({
      method: 'POST',
      host: 'api.ebay.com',
      path,
      headers,
      body: asked.body,
    });
    const call = (token: string, method: string, at: string, body?: unknown) =>
      world.call({
        method,
        host: 'api.ebay.com',
        path: `${NOTIFICATION}${at}`,
        headers: { authorization: `Bearer ${token}` },
        body,
      });
    return {
      ...made,
      call,
      application: String(minted.json.access_token),
      seller: made.credential.access_token,
    };
  }

  const answering = (url: string) => (pushed: Pushed) => {
    const code = new URL(pushed.url, 'http://x').searchParams.get('challenge_code') ?? '';
    const challengeResponse = createHash('sha256')
      .update(code + TOKEN + url)
      .digest('hex');
    return JSON.stringify({ challengeResponse });
  };

  it('makes a destination of an address that answers its challenge, and signs with a key that is asked for', async () => {
    const { key, call, application, seller } = await connected();
    const url = `${receiver.url}/notify`;
    const destination = {
      name: 'd',
      status: 'ENABLED',
      deliveryConfig: { endpoint: url, verificationToken: TOKEN },
    };
    expect((await call(application, 'POST', '/destination', destination)).status).toBe(409);
    receiver.answer = { status: 200, body: answering(url) };
    const made = await call(application, 'POST', '/destination', destination);
    expect(made.status).toBe(201);
    const destinationId = made.headers['location']?.split('/').at(-1);
    const wish = { topicId: 'ORDER_CONFIRMATION', status: 'ENABLED', destinationId };
    expect((await call(application, 'POST', '/subscription', wish)).status).toBe(403);
    expect((await call(seller, 'POST', '/subscription', wish)).status).toBe(201);
    expect((await call(seller, 'POST', '/subscription', wish)).status).toBe(409);
    expect((await call(seller, 'GET', '/subscription')).json).toMatchObject({ total: 1 });

    const before = receiver.got.length;
    const { id, pushes } = await change(world, key, { resource: 'orders', act: 'create' });
    const got = (await receiver.until(before + pushes)).slice(before);
    for (const pushed of got) {
      expect(pushed.json).toMatchObject({
        metadata: { topic: 'ORDER_CONFIRMATION' },
        notification: { data: { orderId: id } },
      });
      const header = JSON.parse(Buffer.from(pushed.headers['x-ebay-signature'] ?? '', 'base64').toString());
      const { key: pem, digest } = (await call(application, 'GET', `/public_key/${header.kid}`)).json;
      expect(createVerify(digest).update(pushed.body).verify(pem, header.signature, 'base64')).toBe(true);
      expect(createVerify(digest).update(`${pushed.body} `).verify(pem, header.signature, 'base64')).toBe(
        false,
      );
    }
    expect(new Set(got.map((one) => one.json.notification.notificationId)).size).toBe(pushes);
  });

  it('counts its attempts in the body, and tells of a revoked authorization', async () => {
    const { key, call, application } = await connected();
    const url = `${receiver.url}/notify`;
    receiver.answer = { status: 200, body: answering(url) };
    const destination = { name: 'd', deliveryConfig: { endpoint: url, verificationToken: TOKEN } };
    const made = await call(application, 'POST', '/destination', destination);
    const destinationId = made.headers['location']?.split('/').at(-1);
    await call(application, 'POST', '/subscription', { topicId: 'AUTHORIZATION_REVOCATION', destinationId });
    receiver.answer = { status: 503 };
    await world.control(`/shops/${key}/uninstall`, {});
    await receiver.until(2);
    await settled(world);
    await passS(world, 60);
    const [, one, again] = await receiver.until(3);
    expect(one?.json.notification).toMatchObject({ publishAttemptCount: 1, data: { username: key } });
    expect(again?.json.notification).toMatchObject({
      publishAttemptCount: 2,
      notificationId: one?.json.notification.notificationId,
    });
  });
});

describe('Mercado Libre', () => {
  it('sends a path without a signature, waits half a second, and keeps what was missed', async () => {
    const { key, credential } = await shopWith(world, { platform: 'mercadolibre', orders: 5 });
    await toApp('mercadolibre');
    const { id } = await change(world, key, { resource: 'orders' });
    const [pushed] = await receiver.until(1);
    expect(pushed).toMatchObject({
      url: '/app',
      json: { topic: 'orders_v2', resource: `/orders/${id}`, user_id: Number(key), attempts: 1 },
    });
    receiver.answer = { status: 200, waitMs: 1_000 };
    await change(world, key, { resource: 'products' });
    for (let n = 2; n <= 9; n += 1) {
      await receiver.until(n);
      expect((await settled(world)).data.at(-1)).toMatchObject({ status: null, attempt: n - 1 });
      await passS(world, 1_710);
    }
    const missed = await world.call({
      host: 'api.mercadolibre.com',
      path: '/missed_feeds?app_id=7410000000000001',
      headers: { authorization: `Bearer ${credential.access_token}` },
    });
    expect(missed.json.messages).toMatchObject([{ topic: 'items', attempts: 8 }]);
  });
});

describe('Wix', () => {
  it('sends a JWT whose data is JSON twice over', async () => {
    const { key } = await shopWith(world, { platform: 'wix', orders: 5 });
    await toApp('wix');
    const { id } = await change(world, key, { resource: 'orders' });
    await spoil('push_forged');
    await change(world, key, { resource: 'orders' });
    await spoil('push_late');
    await change(world, key, { resource: 'orders' });
    const [pushed, forged, late] = await receiver.until(3);
    const publicKey = await importSPKI((await world.control('/keys/wix')).json.publicKey, 'RS256');
    const { payload } = await jwtVerify(pushed?.body ?? '', publicKey);
    const event = JSON.parse(String(payload['data']));
    expect(event).toMatchObject({ instanceId: key, eventType: 'wix.ecom.v1.order_updated' });
    expect(JSON.parse(event.data)).toMatchObject({ entityId: id, slug: 'updated' });
    await expect(jwtVerify(forged?.body ?? '', publicKey)).rejects.toThrow('signature verification failed');
    await expect(jwtVerify(late?.body ?? '', publicKey)).rejects.toThrow('"exp" claim');
  });
});

describe('Ecwid', () => {
  it('signs the event’s id and time, and neither its type nor what it is about', async () => {
    const { key } = await shopWith(world, { platform: 'ecwid', orders: 5 });
    const { secret } = await appOf(world, 'ecwid');
    await toApp('ecwid');
    const { id } = await change(world, key, { resource: 'orders' });
    const [pushed] = await receiver.until(1);
    const { eventId, eventCreated } = pushed?.json ?? {};
    expect(pushed?.url).toBe('/app?eventtype=order.updated');
    expect(pushed?.json).toMatchObject({
      storeId: Number(key),
      entityId: Number(id),
      eventType: 'order.updated',
    });
    const signature = createHmac('sha256', secret).update(`${eventCreated}.${eventId}`).digest('base64');
    expect(pushed?.headers['x-ecwid-webhook-signature']).toBe(signature);
  });
});

describe('commercetools', () => {
  it('puts what changed into a queue of ours, signed for it, and posts nothing to an address', async () => {
    const made = await shopWith(
      world,
      { platform: 'commercetools', orders: 3 },
      { scopes: ['view_orders', 'manage_subscriptions'] },
    );
    const host = 'auth.europe-west1.gcp.commercetools.com';
    const asked = formBody({ grant_type: 'client_credentials' });
    const authorization = basic(made.credential.client_id, made.credential.client_secret);
    const headers = { ...asked.headers, authorization };
    const token = await world.call({ method: 'POST', host, path: '/oauth/token', headers, body: asked.body });
    const call = (method: string, path: string, body?: unknown) =>
      world.call({
        method,
        host: 'api.europe-west1.gcp.commercetools.com',
        path: `/${made.key}${path}`,
        headers: { authorization: `Bearer ${token.json.access_token}` },
        body,
      });
    const queueUrl = `${receiver.url}/000000000000/mooring`;
    const destination = {
      type: 'SQS',
      queueUrl,
      region: 'eu-central-1',
      accessKey: 'AKIDEXAMPLE',
      accessSecret: 's',
    };
    const changes = [{ resourceTypeId: 'order' }];
    const http = { type: 'HTTP', url: receiver.url };
    expect((await call('POST', '/subscriptions', { destination: http, changes })).status).toBe(400);
    const { id, version } = (await call('POST', '/subscriptions', { destination, changes })).json;
    const changed = await change(world, made.key, { resource: 'orders' });
    const [pushed] = await receiver.until(1);
    expect(pushed?.headers).toMatchObject({
      'x-amz-target': 'AmazonSQS.SendMessage',
      authorization: expect.stringContaining('Credential=AKIDEXAMPLE/'),
    });
    expect(pushed?.json.QueueUrl).toBe(queueUrl);
    expect(JSON.parse(pushed?.json.MessageBody)).toMatchObject({
      notificationType: 'ResourceUpdated',
      resource: { typeId: 'order', id: changed.id },
    });
    expect((await call('DELETE', `/subscriptions/${id}?version=9`)).status).toBe(409);
    expect((await call('DELETE', `/subscriptions/${id}?version=${version}`)).status).toBe(200);
  });
});
