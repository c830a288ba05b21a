// What anybody may send to an address that everybody knows: it costs little, fills nothing, and keeps nobody else out. Real PostgreSQL; platforms' own data.
import { createHmac } from 'node:crypto';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PLATFORMS } from '../../platforms/index.ts';
import { seedConnection } from '../egress/seed.ts';
import { type Answer, startApi, type TestApi } from '../http/api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi({ platforms: PLATFORMS });
});
afterAll(() => api.close());

const register = async (platform: string, clientSecret: string): Promise<string> => {
  const made = await api.call('POST', '/v1/client-registrations', {
    body: { platform, clientId: `of ${clientSecret}`, clientSecret },
  });
  expect(made.status, made.text).toBe(201);
  return made.body.id;
};
const push = (url: string, body: string, headers: Record<string, string> = {}): Promise<Answer> =>
  api.call('POST', url, { key: null, body, headers });

test('a form of a hundred thousand names is looked at once, where nothing is signed', async () => {
  const body = Array.from({ length: 140_000 }, (_, n) => n.toString(36)).join('&');
  const startedMs = performance.now();
  const answer = await push('/notify/mercadolibre', body, {
    'content-type': 'application/x-www-form-urlencoded',
  });
  expect(answer.status).toBe(200);
  expect(performance.now() - startedMs).toBeLessThan(5_000);
});

test('a shop that no database can hold is nobody’s', async () => {
  const hint = { _id: 'n', resource: '/orders/1', user_id: '4\u00002', topic: 'orders_v2' };
  expect((await push('/notify/mercadolibre', JSON.stringify(hint))).status).toBe(200);
});

test('a flood of hints fills no table', async () => {
  const { connectionId } = await seedConnection(api.database, {
    platform: 'mercadolibre',
    shop: {},
    registrationId: await register('mercadolibre', 'ml'),
  });
  await api.database.owner.query(`UPDATE connections SET shop_key = '78' WHERE id = $1`, [connectionId]);
  const hint = (n: number) =>
    push(
      '/notify/mercadolibre',
      JSON.stringify({ _id: `f${n}`, resource: `/orders/${n}`, user_id: 78, topic: 'orders_v2' }),
    );
  for (let n = 0; n < 400; n++) expect((await hint(n)).status).toBe(200);
  const { rows } = await api.database.owner.query(
    'SELECT count(*)::int AS count FROM notifications WHERE scope = $1',
    [connectionId],
  );
  expect(rows[0].count).toBeLessThan(320);
});

test('an app whose secret cannot be read keeps no other one out', async () => {
  const broken = await register('shopify', 'broken');
  await register('shopify', 'whole');
  await api.database.owner.query(
    `UPDATE client_secrets SET sealed = overlay(sealed PLACING '\\xffff'::bytea FROM 40) WHERE registration_id = $1`,
    [broken],
  );
  const body = '{"shop_id":1,"shop_domain":"nobody.myshopify.com","customer":{"id":1},"orders_to_redact":[]}';
  const by = async (secret: string) =>
    (
      await push('/notify/shopify', body, {
        'x-shopify-topic': 'customers/redact',
        'x-shopify-hmac-sha256': createHmac('sha256', secret).update(body).digest('base64'),
      })
    ).status;
  expect(await by('whole')).toBe(200);
  expect(await by('broken')).not.toBe(200);
});

test('a call that names another host in its first line is of ours', async () => {
  await api.app.listen({ host: '127.0.0.1', port: 0 });
  const at = api.app.server.address();
  const socket = connect(typeof at === 'object' ? (at?.port ?? 0) : 0, '127.0.0.1');
  socket.end(
    'POST http://elsewhere.example/notify/mercadolibre HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}',
  );
  let answer = '';
  for await (const chunk of socket) answer += chunk;
  expect(answer.split('\r\n', 1)).toEqual(['HTTP/1.1 200 OK']);
});
