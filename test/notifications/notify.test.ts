// Notifications in, at the door: what is proved, what is written, what is answered. Real PostgreSQL; Shopify's and WooCommerce's own data.
import { randomBytes } from 'node:crypto';
import { afterAll, describe, expect, it } from 'vitest';
import { hmac, SECRET, seedSubscription, startReceiving } from './receiving.ts';

const { api, tenantId, registrationId, addressed, shopify, push, pushShopify, named, kept } =
  await startReceiving();
afterAll(() => api.close());

describe('a notification', () => {
  it('that is signed is kept before it is answered, and names its object once however often it comes', async () => {
    const { connectionId, token } = await shopify();
    const body = '{"id":1, "admin_graphql_api_id":"gid://shopify/Order/1","email":"someone@canary.example"}';
    for (let time = 0; time < 5; time++) expect((await pushShopify(token, body)).status).toBe(200);
    expect(await named(connectionId)).toEqual([
      { resource: 'orders', id: 'gid://shopify/Order/1', times: 1 },
    ]);
    const second = '{"id":1,"admin_graphql_api_id":"gid://shopify/Order/1"}';
    await pushShopify(token, second, { 'x-shopify-event-id': 'e2' });
    expect(await named(connectionId)).toEqual([
      { resource: 'orders', id: 'gid://shopify/Order/1', times: 2 },
    ]);
    const rows = await kept(connectionId);
    expect(rows).toHaveLength(2);
    expect(JSON.stringify(rows)).not.toContain('canary');
  });

  it('whose bytes were changed, or that another secret signed, changes nothing', async () => {
    const { connectionId, token } = await shopify();
    const body = '{"id":1}';
    const signature = hmac(SECRET, body);
    for (const [sent, given] of [
      ['{"id":2}', signature],
      [body.replace(':', ': '), signature],
      [`\ufeff${body}`, signature],
      [body, hmac('another', body)],
      [body, ''],
      [body, signature.slice(0, -2)],
      [body, `${signature}, ${signature}`],
    ] as const) {
      const answer = await pushShopify(token, sent, { 'x-shopify-hmac-sha256': given });
      expect(answer.status, sent).toBe(401);
      expect(answer.body.code).toBe('notification_unverified');
    }
    expect(await kept(connectionId)).toEqual([]);
    expect(await named(connectionId)).toEqual([]);
  });

  it('for a token, a platform or an address that nobody has is answered alike', async () => {
    const { token } = await shopify();
    const body = '{"id":1}';
    const answers = [
      await pushShopify(randomBytes(32).toString('base64url'), body),
      await push(`/notify/woocommerce/${token}`, body, {}),
      await push(`/notify/nowhere/${token}`, body, {}),
      await push('/notify/otto', body, {}),
    ];
    for (const answer of answers) {
      expect(answer.status).toBe(404);
      expect({ ...answer.body, instance: '' }).toEqual({ ...answers[0]?.body, instance: '' });
    }
  });

  it('of another connection’s shop, replayed at this address or with changed headers, leads to no more than a reading of what is here', async () => {
    const here = await shopify();
    const there = await shopify();
    const body = '{"admin_graphql_api_id":"gid://shopify/Order/9"}';
    await pushShopify(here.token, body, { 'x-shopify-shop-domain': 'elsewhere.myshopify.com' });
    await pushShopify(here.token, body, { 'x-shopify-topic': 'customers/redact' });
    await pushShopify(here.token, body, { 'x-shopify-topic': 'shop/redact' });
    expect(await named(there.connectionId)).toEqual([]);
    expect((await named(here.connectionId)).map((one) => one.resource)).toEqual(['orders']);
    const { rows } = await api.database.owner.query(
      'SELECT * FROM privacy_requests WHERE connection_id = $1',
      [here.connectionId],
    );
    expect(rows).toEqual([]);
  });

  it('whose object’s id could lead elsewhere asks for a sync instead of a reading', async () => {
    const { connectionId, token } = await shopify();
    await pushShopify(token, '{"admin_graphql_api_id":"gid://shopify/../x","id":"1/../../shop"}');
    expect(await named(connectionId)).toEqual([{ resource: 'orders', id: '', times: 1 }]);
  });

  it('by the former secret counts while it overlaps, and not after', async () => {
    const { token } = await shopify();
    const versions = () =>
      api.database.owner.query('SELECT version FROM client_secrets WHERE registration_id = $1', [
        registrationId,
      ]);
    const next = await api.call('PATCH', `/v1/client-registrations/${registrationId}`, {
      body: { clientSecret: 'shpss_second' },
    });
    expect(next.status, next.text).toBeLessThan(300);
    expect((await versions()).rows).toHaveLength(2);
    api.clock.nowMs += 2_000;
    expect((await pushShopify(token, '{"n":1}', {}, 'shpss_second')).status).toBe(200);
    expect((await pushShopify(token, '{"n":2}', {}, SECRET)).status).toBe(200);
  });

  it('is refused with 503, never answered 2xx, when the database cannot keep it', async () => {
    const { token } = await shopify();
    await api.database.owner.query('ALTER TABLE notifications RENAME TO notifications_away');
    try {
      expect((await pushShopify(token, '{"id":77}')).status).toBeGreaterThanOrEqual(500);
    } finally {
      await api.database.owner.query('ALTER TABLE notifications_away RENAME TO notifications');
    }
    expect((await pushShopify(token, '{"id":77}')).status).toBe(200);
  });

  it('of more than a megabyte is refused', async () => {
    const { token } = await shopify();
    expect((await pushShopify(token, `"${'x'.repeat(1024 * 1024)}"`)).status).toBe(413);
  });
});

describe('an app of its own', () => {
  const registered = async (secret: string): Promise<string> =>
    (
      await api.call('POST', '/v1/client-registrations', {
        body: { tenantId: await api.tenant(), platform: 'shopify', clientId: secret, clientSecret: secret },
      })
    ).body.id;
  const body = '{"admin_graphql_api_id":"gid://shopify/Order/3"}';
  const pushTo = (app: string, secret: string, shop: string, platform = 'shopify') =>
    push(`/notify/${platform}/${app}`, body, {
      'x-shopify-topic': 'orders/updated',
      'x-shopify-shop-domain': shop,
      'x-shopify-hmac-sha256': hmac(secret, body),
    });

  it('is told at its own address, by its own secret, of its own shops', async () => {
    const [mine, theirs] = [await registered('mine'), await registered('theirs')];
    const { connectionId } = await addressed('shopify', { shop: 'own.myshopify.com' }, mine);
    expect((await pushTo(theirs, 'theirs', 'own.myshopify.com')).status).toBe(200);
    expect(await kept(connectionId)).toEqual([]);
    expect((await pushTo(mine, 'mine', 'own.myshopify.com')).status).toBe(200);
    expect(await named(connectionId)).toEqual([
      { resource: 'orders', id: 'gid://shopify/Order/3', times: 1 },
    ]);
    expect((await pushTo(mine, 'theirs', 'own.myshopify.com')).status).toBe(401);
    expect((await pushTo(mine, SECRET, 'own.myshopify.com')).status).toBe(401);
    expect((await pushTo(mine, 'mine', 'own.myshopify.com', 'bigcommerce')).status).toBe(404);
    expect(
      (
        await pushTo(
          mine.replace(/.$/, (last) => (last === 'z' ? 'y' : 'z')),
          'mine',
          'own.myshopify.com',
        )
      ).status,
    ).toBe(404);
  });
});

describe('a form of a hundred thousand names', () => {
  it('is refused within the time of a request', async () => {
    const body = Array.from({ length: 140_000 }, (_, n) => n.toString(36)).join('&');
    const startedMs = performance.now();
    const answer = await push('/notify/shopify', body, {
      'content-type': 'application/x-www-form-urlencoded',
    });
    expect(answer.status).toBe(401);
    expect(performance.now() - startedMs).toBeLessThan(5_000);
  });
});

describe('WooCommerce', () => {
  const woo = async () => {
    const one = await addressed('woocommerce', { url: `https://${randomBytes(4).toString('hex')}.example` });
    await seedSubscription(api, { tenantId, connectionId: one.connectionId }, 'wc-own');
    return one;
  };
  const pushWoo = (token: string, body: string, secret = 'wc-own', delivery = 'd1') =>
    push(`/notify/woocommerce/${token}`, body, {
      'x-wc-webhook-topic': 'order.updated',
      'x-wc-webhook-delivery-id': delivery,
      'x-wc-webhook-signature': hmac(secret, body),
    });

  it('pings without a signature before any secret exists, and is told that we are there', async () => {
    const { token, connectionId } = await addressed('woocommerce', { url: 'https://ping.example' });
    const answer = await api.call('POST', `/notify/woocommerce/${token}`, {
      key: null,
      form: { webhook_id: '7' },
    });
    expect(answer.status).toBe(200);
    expect(await kept(connectionId)).toEqual([]);
    const more = await api.call('POST', `/notify/woocommerce/${token}`, {
      key: null,
      form: { webhook_id: '7', id: '1' },
    });
    expect(more.status).toBe(401);
  });

  it('may give two events one delivery id: both count; the same one twice counts once', async () => {
    const { token, connectionId } = await woo();
    for (const body of ['{"id":1}', '{"id":2}', '{"id":1}'])
      expect((await pushWoo(token, body)).status).toBe(200);
    expect(await named(connectionId)).toEqual([
      { resource: 'orders', id: '1', times: 1 },
      { resource: 'orders', id: '2', times: 1 },
    ]);
  });

  it('is verified by the secret of its own subscription alone', async () => {
    const [one, other] = [await woo(), await woo()];
    await api.database.owner.query('DELETE FROM subscriptions WHERE connection_id = $1', [
      other.connectionId,
    ]);
    expect((await pushWoo(one.token, '{"id":1}', 'another')).status).toBe(401);
    expect((await pushWoo(other.token, '{"id":1}')).status).toBe(401);
  });
});
