// Notifications in, at the door: what is proved, what is written, what is answered. Real PostgreSQL; Shopify's and WooCommerce's own data.
import { createHash, createHmac, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ConnectionId, TenantId } from '../../domain/ids.ts';
import { PLATFORMS } from '../../platforms/index.ts';
import { subscriptionBinding } from '../../store/notification-openings.ts';
import { beginSubscription } from '../../store/subscriptions.ts';
import { seedConnection } from '../egress/seed.ts';
import { type Answer, startApi, type TestApi } from '../http/api.ts';

let api: TestApi;
let tenantId: TenantId;
let registrationId: string;
const SECRET = 'shpss_canary_secret';

beforeAll(async () => {
  api = await startApi({ platforms: PLATFORMS });
  tenantId = await api.tenant();
  const made = await api.call('POST', '/v1/client-registrations', {
    body: { platform: 'shopify', clientId: 'ours', clientSecret: SECRET },
  });
  registrationId = made.body.id;
});
afterAll(() => api.close());

/** A connection with an address of its own, of the tenant. */
async function addressed(
  platform: string,
  shop: Record<string, string>,
  registration?: string,
): Promise<{ connectionId: ConnectionId; token: string }> {
  const { connectionId } = await seedConnection(
    api.database,
    { platform, shop, ...(registration === undefined ? {} : { registrationId: registration }) },
    tenantId,
  );
  const token = randomBytes(32).toString('base64url');
  await api.database.owner.query(
    'INSERT INTO notification_addresses (token_hash, tenant_id, connection_id) VALUES ($1, $2, $3)',
    [createHash('sha256').update(token).digest(), tenantId, connectionId],
  );
  return { connectionId, token };
}

const shopify = (name = randomBytes(4).toString('hex')) =>
  addressed('shopify', { shop: `${name}.myshopify.com` }, registrationId);

const hmac = (secret: string, body: string) => createHmac('sha256', secret).update(body).digest('base64');

function push(url: string, body: string, headers: Record<string, string>): Promise<Answer> {
  return api.call('POST', url, { key: null, body, headers });
}

const pushShopify = (token: string, body: string, headers: Record<string, string> = {}, secret = SECRET) =>
  push(`/notify/shopify/${token}`, body, {
    'x-shopify-topic': 'orders/updated',
    'x-shopify-event-id': 'e1',
    'x-shopify-hmac-sha256': hmac(secret, body),
    ...headers,
  });

const named = async (connectionId: string) =>
  (
    await api.database.owner.query(
      'SELECT resource, platform_id AS id, times::int FROM named_objects WHERE connection_id = $1 ORDER BY 1, 2',
      [connectionId],
    )
  ).rows;
const kept = async (connectionId: string) =>
  (await api.database.owner.query('SELECT * FROM notifications WHERE scope = $1', [connectionId])).rows;

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

describe('a duty to erase', () => {
  it('at the address of all is believed by what its signed body holds, and only its counts will stay', async () => {
    const { connectionId } = await shopify('redacted');
    const body = JSON.stringify({
      shop_id: 1,
      shop_domain: 'redacted.myshopify.com',
      customer: { id: 191167, email: 'gone@canary.example' },
      orders_to_redact: [299938, 280263],
    });
    const headers = {
      'x-shopify-topic': 'customers/redact',
      'x-shopify-shop-domain': 'redacted.myshopify.com',
      'x-shopify-hmac-sha256': hmac('shpss_second', body),
    };
    const bad = await push('/notify/shopify', body, {
      ...headers,
      'x-shopify-hmac-sha256': hmac('no', body),
    });
    expect(bad.status).toBe(401);
    for (let time = 0; time < 3; time++)
      expect(
        (await push('/notify/shopify', body, { ...headers, 'x-shopify-event-id': String(time) })).status,
      ).toBe(200);
    const { rows } = await api.database.owner.query(
      'SELECT * FROM privacy_requests WHERE connection_id = $1',
      [connectionId],
    );
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ kind: 'erase_customer', state: 'open', platform: 'shopify' });
    const { rows: all } = await api.database.owner.query(
      'SELECT p::text AS text FROM privacy_requests AS p UNION ALL SELECT n::text FROM notifications AS n',
    );
    const everything = all.map((one) => one.text).join('\n') + api.logged.join('\n');
    for (const canary of ['gone@canary', '191167', Buffer.from('gone@canary').toString('hex')])
      expect(everything).not.toContain(canary);
  });
});

describe('a duty to erase a shop', () => {
  const redact = (name: string, headerSays = name) => {
    const body = JSON.stringify({ shop_id: 954889, shop_domain: `${name}.myshopify.com` });
    return push('/notify/shopify', body, {
      'x-shopify-topic': 'shop/redact',
      'x-shopify-shop-domain': `${headerSays}.myshopify.com`,
      'x-shopify-hmac-sha256': hmac('shpss_second', body),
    });
  };
  const asked = async () =>
    (
      await api.database.owner.query(
        `SELECT connection_id AS id FROM privacy_requests WHERE kind = 'erase_shop' AND state = 'open' ORDER BY received_at`,
      )
    ).rows.map(({ id }) => id);

  it('comes after its connection has ended, and concerns that one alone', async () => {
    const [left, other] = [await shopify('left'), await shopify('other')];
    await api.database.owner.query(
      `UPDATE connections SET lifecycle = 'revoked', state = 'revoked', fenced_at = now() WHERE id = ANY ($1)`,
      [[left.connectionId, other.connectionId]],
    );
    expect((await redact('left')).status).toBe(200);
    expect(await asked()).toEqual([left.connectionId]);
  });

  it('is of the shop that its signed body names, whatever a header says', async () => {
    const before = await asked();
    const [named, victim] = [await shopify('named'), await shopify('victim')];
    await redact('named', 'victim');
    expect(await asked()).toEqual([...before, named.connectionId]);
    expect(await kept(victim.connectionId)).toEqual([]);
  });

  it('at the address of another connection of the app erases nothing there, and is not taken for done', async () => {
    const before = await asked();
    const [named, other] = [await shopify('meant'), await shopify('another')];
    const body = JSON.stringify({ shop_id: 7, shop_domain: 'meant.myshopify.com' });
    const at = (token: string) =>
      pushShopify(token, body, { 'x-shopify-topic': 'shop/redact' }, 'shpss_second');
    expect((await at(other.token)).status).toBe(404);
    expect(await asked()).toEqual(before);
    expect((await at(named.token)).status).toBe(200);
    expect(await asked()).toEqual([...before, named.connectionId]);
  });

  it('concerns each connection that was ever made with it', async () => {
    const before = await asked();
    for (let time = 0; time < 55; time++) await shopify('often');
    expect((await redact('often')).status).toBe(200);
    expect(await asked()).toHaveLength(before.length + 55);
  });

  it('that nobody has here asks for nothing, and leaves one proof that nothing is held', async () => {
    const before = await asked();
    for (let time = 0; time < 3; time++) expect((await redact('nobodys')).status).toBe(200);
    const body = JSON.stringify({ shop_id: 1, shop_domain: 'forged.myshopify.com' });
    const forged = { 'x-shopify-topic': 'shop/redact', 'x-shopify-hmac-sha256': hmac('no', body) };
    expect((await push('/notify/shopify', body, forged)).status).toBe(401);
    expect(await asked()).toEqual(before);
    const { rows } = await api.database.owner.query(
      `SELECT p.*, a.outcome, a.detail FROM privacy_requests AS p LEFT JOIN audit_events AS a ON a.target = p.id AND a.action = 'privacy_request.done'
       WHERE p.connection_id IS NULL AND p.platform = 'shopify'`,
    );
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({
      ...{ kind: 'erase_shop', state: 'done', registration_id: registrationId, tenant_id: null },
      ...{ sealed: null, proof: { erased: { records: 0 } }, outcome: 'done' },
    });
    expect(rows[0]?.finished_at).not.toBeNull();
    expect(JSON.stringify(rows)).not.toContain('nobodys');
  });
});

describe('a request to report', () => {
  it('is fetched by an admin of its tenant alone, by name in the audit trail, until it is over', async () => {
    await shopify('reporting');
    const body = JSON.stringify({
      shop_id: 2,
      shop_domain: 'reporting.myshopify.com',
      customer: { id: 5 },
      data_request: { id: 1 },
    });
    const headers = {
      'x-shopify-topic': 'customers/data_request',
      'x-shopify-hmac-sha256': hmac('shpss_second', body),
    };
    expect((await push('/notify/shopify', body, headers)).status).toBe(200);
    const key = await api.key('admin', tenantId);
    const { body: all } = await api.call('GET', '/v1/privacy-requests', { key });
    const id: string = all.data[0].id;
    const report = (by: string) => api.call('GET', `/v1/privacy-requests/${id}/report`, { key: by });
    expect((await report(await api.key('admin', await api.tenant()))).status).toBe(404);
    expect(await report(key)).toMatchObject({ status: 200, body: { privacyRequestId: id, records: [] } });
    const { rows } = await api.database.owner.query(
      `SELECT actor FROM audit_events WHERE target = $1 AND action = 'privacy_request.opened'`,
      [id],
    );
    expect(rows).toEqual([{ actor: expect.stringMatching(/^key_/) }]);
    await api.database.owner.query(
      `UPDATE privacy_requests SET state = 'done', sealed = NULL, key_version = NULL WHERE id = $1`,
      [id],
    );
    expect((await report(key)).status).toBe(404);
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
    const of = { tenantId, connectionId: one.connectionId };
    const sealed = await api.vault.seal(subscriptionBinding(of, 'order.updated'), {
      notificationSecret: 'wc-own',
    });
    await api.database.db.sqlInTenant(tenantId, (sql) =>
      beginSubscription(sql, of, { topic: 'order.updated', sealed }),
    );
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
