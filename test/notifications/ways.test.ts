// Each platform's own way to be believed, at the door: keys that are fetched, JWTs, URLs that are signed, hints that nothing signs. The signatures are made here.
import { createHash, createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createNotificationKeys } from '../../egress/notification-keys.ts';
import { PLATFORMS } from '../../platforms/index.ts';
import { seedConnection } from '../egress/seed.ts';
import { type Answer, startApi, type TestApi } from '../http/api.ts';

const EC = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const RSA = generateKeyPairSync('rsa', { modulusLength: 2048 });
const SECRET = 'the-secret-of-our-app-there';
const TOKEN = 'verification-token-of-thirty-two-chars';
const KID = '9936261a-7d7b-4621-a0f1-96ccb428af49';

let api: TestApi;
const fetched: string[] = [];

beforeAll(async () => {
  const pem = EC.publicKey.export({ type: 'spki', format: 'pem' }).toString();
  api = await startApi({
    platforms: PLATFORMS,
    notificationKeys: {
      send: () => Promise.reject(new Error('no key set is read here')),
      read: (...asked) => keys.read(...asked),
    },
  });
  const keys = createNotificationKeys({
    db: api.database.db,
    sender: { send: () => Promise.reject(new Error('unused')), close: async () => undefined },
    clock: { nowMs: () => api.clock.nowMs },
    withCredential: (_use, closure) =>
      closure(async (request) => {
        fetched.push(request.path);
        expect(request.asApp).toBe(true);
        const isThere = request.path.endsWith(KID);
        return {
          classification: isThere ? ('ok' as const) : ('not_found' as const),
          status: isThere ? 200 : 404,
          headers: {},
          body: isThere ? { key: pem, algorithm: 'ECDSA', digest: 'SHA1' } : null,
          bodyText: '',
        };
      }),
  });
  const register = async (platform: string, fields: Record<string, string> = {}) => {
    const made = await api.call('POST', '/v1/client-registrations', {
      body: {
        platform,
        clientId: 'ours',
        clientSecret: SECRET,
        ...(Object.keys(fields).length === 0 ? {} : { fields }),
      },
    });
    expect(made.status, made.text).toBe(201);
    registrations.set(platform, made.body.id);
  };
  await register('ebay', { ruName: 'Ours-Ours-abc', verificationToken: TOKEN });
  await register('square', { webhookSignatureKey: 'square-signature-key' });
  await register('wix', {
    webhookPublicKey: RSA.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  });
  await register('bigcommerce');
  await register('mercadolibre');
  await register('ecwid');
  await register('shopee');
});
afterAll(() => api.close());

const registrations = new Map<string, string>();

async function shopOf(platform: string, shopKey: string, shop: Record<string, string> = {}): Promise<string> {
  const registrationId = registrations.get(platform) ?? '';
  const { connectionId } = await seedConnection(api.database, { platform, shop, registrationId });
  await api.database.owner.query('UPDATE connections SET shop_key = $2 WHERE id = $1', [
    connectionId,
    shopKey,
  ]);
  return connectionId;
}

const push = (platform: string, body: string, headers: Record<string, string> = {}): Promise<Answer> =>
  api.call('POST', `/notify/${platform}`, { key: null, body, headers });
const told = async (connectionId: string) =>
  (
    await api.database.owner.query(
      'SELECT means, object_id AS id FROM notifications WHERE scope = $1 ORDER BY 1, 2',
      [connectionId],
    )
  ).rows;
const hmac = (text: string, encoding: 'hex' | 'base64', key = SECRET) =>
  createHmac('sha256', key).update(text).digest(encoding);

describe('eBay', () => {
  const body = JSON.stringify({
    metadata: { topic: 'MARKETPLACE_ACCOUNT_DELETION' },
    notification: { notificationId: 'n1', data: { username: 'canary_user', userId: 'ma8vp1jySJC' } },
  });
  const signed = (text: string, kid = KID, digest = 'SHA1') =>
    Buffer.from(
      JSON.stringify({
        alg: 'ecdsa',
        kid,
        digest,
        signature: sign(digest, Buffer.from(text), EC.privateKey).toString('base64'),
      }),
    ).toString('base64');

  it('asks an address first, and is answered by the digest that it and we alone can make', async () => {
    const answer = await api.call('GET', '/notify/ebay?challenge_code=a1b2', { key: null });
    expect(answer.status).toBe(200);
    const address = 'http://127.0.0.1:3000/notify/ebay';
    expect(answer.body).toEqual({
      challengeResponse: createHash('sha256').update(`a1b2${TOKEN}${address}`).digest('hex'),
    });
  });

  it('is believed by its own key, which is fetched once; the person concerned is in no row', async () => {
    await shopOf('ebay', 'seller');
    for (let time = 0; time < 5; time++)
      expect((await push('ebay', body, { 'x-ebay-signature': signed(body) })).status).toBe(200);
    expect(fetched).toEqual([`/commerce/notification/v1/public_key/${KID}`]);
    const { rows } = await api.database.owner.query(`SELECT * FROM privacy_requests WHERE platform = 'ebay'`);
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({
      kind: 'erase_customer',
      connection_id: null,
      registration_id: registrations.get('ebay'),
    });
    expect(JSON.stringify(rows)).not.toContain('canary_user');
    expect((await push('ebay', body, { 'x-ebay-signature': signed(body, KID, 'SHA256') })).status).toBe(200);
  });

  it('is a duty at the address of one connection too, over all shops of its app', async () => {
    const connectionId = await shopOf('ebay', 'another-seller');
    await api.database.owner.query(
      `INSERT INTO notification_addresses (token_hash, tenant_id, connection_id) SELECT $1, tenant_id, id FROM connections WHERE id = $2`,
      [createHash('sha256').update('of-one-seller').digest(), connectionId],
    );
    const other = body.replace('ma8vp1jySJC', 'somebody-else').replace('n1', 'n2');
    expect((await push('ebay/of-one-seller', other, { 'x-ebay-signature': signed(other) })).status).toBe(200);
    const { rows } = await api.database.owner.query(
      `SELECT registration_id FROM privacy_requests WHERE platform = 'ebay' ORDER BY received_at`,
    );
    expect(rows).toEqual(Array(2).fill({ registration_id: registrations.get('ebay') }));
  });

  it('by a key id that leads elsewhere, or by many that are nobody’s, has nothing fetched, or little', async () => {
    const before = fetched.length;
    for (const kid of ['../../x', 'https://evil.example/key', 'a/b', '', 'x'.repeat(200)])
      expect((await push('ebay', body, { 'x-ebay-signature': signed(body, kid) })).status).toBe(401);
    expect(fetched.length).toBe(before);
    const statuses = new Set<number>();
    for (let n = 0; n < 40; n++)
      statuses.add((await push('ebay', body, { 'x-ebay-signature': signed(body, `unknown-${n}`) })).status);
    expect([...statuses].every((status) => status >= 400)).toBe(true);
    expect(fetched.length - before).toBeLessThan(9);
  });
});

describe('in its own way', () => {
  it('Square signs our address and the body', async () => {
    const connection = await shopOf('square', 'MERCHANT1');
    const body = JSON.stringify({
      merchant_id: 'MERCHANT1',
      type: 'order.updated',
      event_id: 'e1',
      data: { id: 'ORDER1' },
    });
    const over = (url: string) => ({
      'x-square-hmacsha256-signature': hmac(url + body, 'base64', 'square-signature-key'),
    });
    expect((await push('square', body, over('http://127.0.0.1:3000/notify/square'))).status).toBe(200);
    expect((await push('square', body, over('http://elsewhere/notify/square'))).status).toBe(401);
    expect(await told(connection)).toEqual([{ means: 'orders', id: 'ORDER1' }]);
  });

  it('Wix sends a JWT with JSON in its claims, and texts of JSON in that', async () => {
    const connection = await shopOf('wix', '0c9a8b7f-instance');
    const order = '5d1f3ad4-1b9c-4d2f-9c3f-7a0f6f1f2b11';
    const data = JSON.stringify({
      eventType: 'wix.ecom.v1.order_updated',
      instanceId: '0c9a8b7f-instance',
      data: JSON.stringify({ id: 'ev1', entityId: order }),
    });
    const jwt = (key = RSA.privateKey, at = api.clock.nowMs) =>
      new SignJWT({ data })
        .setProtectedHeader({ alg: 'RS256' })
        .setIssuedAt(Math.floor(at / 1000))
        .setExpirationTime(Math.floor(at / 1000) + 60)
        .sign(key);
    expect((await push('wix', await jwt(), { 'content-type': 'text/plain' })).status).toBe(200);
    const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
    expect((await push('wix', await jwt(stranger))).status).toBe(401);
    expect((await push('wix', await jwt(RSA.privateKey, api.clock.nowMs - 3_600_000))).status).toBe(401);
    expect(await told(connection)).toEqual([{ means: 'orders', id: order }]);
  });

  it('BigCommerce signs id, time and body, and an uninstall as a JWT in the address', async () => {
    const connection = await shopOf('bigcommerce', 'abc123', { storeHash: 'abc123' });
    const body = JSON.stringify({
      scope: 'store/order/updated',
      producer: 'stores/abc123',
      data: { type: 'order', id: 173331 },
    });
    const at = (seconds: number) => {
      const time = String(Math.floor(api.clock.nowMs / 1000) + seconds);
      return {
        'webhook-id': 'm1',
        'webhook-timestamp': time,
        'webhook-signature': `v1,${hmac(`m1.${time}.${body}`, 'base64')}`,
      };
    };
    expect((await push('bigcommerce', body, at(0))).status).toBe(200);
    expect((await push('bigcommerce', body, { ...at(0), 'webhook-id': 'm2' })).status).toBe(401);
    expect((await push('bigcommerce', body, at(-301))).status).toBe(401);
    const now = Math.floor(api.clock.nowMs / 1000);
    const jwt = await new SignJWT({
      iss: 'bc',
      aud: 'ours',
      sub: 'stores/abc123',
      jti: 'j',
      iat: now,
      nbf: now - 5,
      exp: now + 60,
    })
      .setProtectedHeader({ alg: 'HS256' })
      .sign(Buffer.from(SECRET));
    expect(
      (await api.call('GET', `/notify/bigcommerce?signed_payload_jwt=${jwt}`, { key: null })).status,
    ).toBe(200);
    expect(
      (await api.call('GET', `/notify/bigcommerce?signed_payload_jwt=${jwt}x`, { key: null })).status,
    ).toBe(401);
    expect(await told(connection)).toEqual([
      { means: 'orders', id: '173331' },
      { means: 'uninstalled', id: null },
    ]);
  });

  it('Shopee signs our address and the body, and wants an empty answer', async () => {
    const connection = await shopOf('shopee', '14701711');
    const body = JSON.stringify({
      shop_id: 14701711,
      code: 3,
      timestamp: 1,
      data: { ordersn: '220620ABC', status: 'READY_TO_SHIP' },
    });
    const authorization = hmac(`http://127.0.0.1:3000/notify/shopee|${body}`, 'hex');
    const answer = await push('shopee', body, { authorization });
    expect([answer.status, answer.text]).toEqual([200, '']);
    expect((await push('shopee', body, { authorization: authorization.toUpperCase() })).status).toBe(401);
    expect(await told(connection)).toEqual([{ means: 'orders', id: '220620ABC' }]);
  });

  it('Mercado Libre signs nothing: a hint, which names what is read again and nothing more', async () => {
    const connection = await shopOf('mercadolibre', '468424240');
    const hint = (resource: string, topic = 'orders_v2', user = 468424240) =>
      push('mercadolibre', JSON.stringify({ _id: `${resource}${topic}`, resource, user_id: user, topic }));
    expect((await hint('/orders/2195160686')).status).toBe(200);
    expect((await hint('/orders/../users/1')).status).toBe(200);
    expect((await hint('/orders/1', 'orders_v2', 999)).status).toBe(200);
    expect((await hint('/anything', 'unheard_of')).status).toBe(200);
    expect(await told(connection)).toEqual([
      { means: 'orders', id: '2195160686' },
      { means: 'orders', id: null },
    ]);
  });

  it('a flood of hints that nobody signed is one sync, and not thousands of readings', async () => {
    const connection = await shopOf('mercadolibre', '77');
    for (let n = 0; n < 310; n++)
      await push(
        'mercadolibre',
        JSON.stringify({ _id: `f${n}`, resource: `/orders/${n}`, user_id: 77, topic: 'orders_v2' }),
      );
    const { rows } = await api.database.owner.query(
      `SELECT count(*) FILTER (WHERE platform_id <> '')::int AS named, count(*) FILTER (WHERE platform_id = '')::int AS whole FROM named_objects WHERE connection_id = $1`,
      [connection],
    );
    expect(rows).toEqual([{ named: 300, whole: 1 }]);
  });

  it('Ecwid signs an id and a time: an uninstall that it tells is a hint too', async () => {
    const connection = await shopOf('ecwid', '1003');
    const body = JSON.stringify({
      eventId: 'e1',
      eventCreated: 1234567,
      storeId: 1003,
      entityId: 5,
      eventType: 'application.uninstalled',
    });
    const headers = { 'x-ecwid-webhook-signature': hmac('1234567.e1', 'base64') };
    expect((await push('ecwid', body, headers)).status).toBe(200);
    expect((await push('ecwid', body.replace('e1', 'e2'), headers)).status).toBe(401);
    expect(await told(connection)).toEqual([{ means: 'maybe_uninstalled', id: null }]);
  });
});
