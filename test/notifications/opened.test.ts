// What a wrong signature costs: nothing is opened for it, however often it comes, and a new secret counts as soon as it is there.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PLATFORMS } from '../../platforms/index.ts';
import { seedConnection } from '../egress/seed.ts';
import { startApi, type TestApi } from '../http/api.ts';
import { hmac, seedAddress, seedSubscription } from './receiving.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi({ platforms: PLATFORMS });
});
afterAll(() => api.close());

const BODY = '{"admin_graphql_api_id":"gid://shopify/Order/3"}';

const openings = async (target: string) =>
  Number(
    (
      await api.database.owner.query(
        `SELECT count(*) FROM audit_events WHERE target = $1 AND action LIKE '%secret.opened'`,
        [target],
      )
    ).rows[0].count,
  );

/** Ten wrong ones over twenty seconds, a few at once. */
async function guess(push: (secret: string) => Promise<number>): Promise<void> {
  for (let turn = 0; turn < 10; turn++) {
    api.clock.nowMs += 2_000;
    const statuses = await Promise.all(['guess', 'another', 'third'].map((one) => push(one)));
    expect(statuses).toEqual([401, 401, 401]);
  }
}

test('wrong signatures open the secrets of an app no second time; its next secret counts at once', async () => {
  const { body } = await api.call('POST', '/v1/client-registrations', {
    body: { platform: 'shopify', clientId: 'ours', clientSecret: 'first' },
  });
  const push = async (secret: string) =>
    (
      await api.call('POST', `/notify/shopify/${body.id}`, {
        ...{ key: null, body: BODY },
        headers: { 'x-shopify-topic': 'orders/updated', 'x-shopify-hmac-sha256': hmac(secret, BODY) },
      })
    ).status;
  expect(await push('first')).toBe(200);
  await guess(push);
  expect(await openings(body.id)).toBe(1);
  await api.call('PATCH', `/v1/client-registrations/${body.id}`, { body: { clientSecret: 'second' } });
  const before = await openings(body.id);
  api.clock.nowMs += 2_000;
  expect(await Promise.all([push('second'), push('second')])).toEqual([200, 200]);
  expect(await openings(body.id)).toBe(before + 1);
});

test('nor those of a connection’s subscriptions', async () => {
  const tenantId = await api.tenant();
  const { connectionId } = await seedConnection(
    api.database,
    { platform: 'woocommerce', shop: { url: 'https://woo.example' } },
    tenantId,
  );
  const token = await seedAddress(api, { tenantId, connectionId });
  const subscribe = (secret: string) => seedSubscription(api, { tenantId, connectionId }, secret);
  const push = async (secret: string) =>
    (
      await api.call('POST', `/notify/woocommerce/${token}`, {
        ...{ key: null, body: '{"id":5}' },
        headers: {
          'x-wc-webhook-topic': 'order.updated',
          'x-wc-webhook-resource': 'order',
          'x-wc-webhook-signature': hmac(secret, '{"id":5}'),
        },
      })
    ).status;
  await subscribe('first');
  expect(await push('first')).toBe(200);
  await guess(push);
  expect(await openings(connectionId)).toBe(1);
  await subscribe('second');
  api.clock.nowMs += 2_000;
  expect(await push('second')).toBe(200);
  expect(await openings(connectionId)).toBe(2);
});
