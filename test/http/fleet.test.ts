import { afterAll, beforeAll, expect, test } from 'vitest';
import { seedToldConnection } from '../notifications/told-connection.ts';
import { startApi, type TestApi } from './api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

async function connect(tenantId: string, url: string): Promise<string> {
  const { body } = await api.call('POST', '/v1/connections', {
    body: { tenantId, platform: 'cedar', shop: { url }, credential: { apiKey: 'sk_abcd1234' } },
  });
  return body.id;
}

const total = (fleet: { connections: { count: number }[] }) =>
  fleet.connections.reduce((sum, { count }) => sum + count, 0);

test('the fleet is counted by platform and state: a tenant sees its own, an operator all', async () => {
  const [mine, theirs] = [await api.tenant('Mine'), await api.tenant('Theirs')];
  await connect(mine, 'https://one.example');
  await connect(mine, 'https://two.example');
  await connect(theirs, 'https://three.example');
  const own = await api.call('GET', '/v1/fleet', { key: await api.key('read', mine) });
  expect(own.body).toMatchObject({ stuck: 0, drifted: 0, openBreakers: 0 });
  expect(own.body.connections).toEqual([{ platform: 'cedar', state: 'connecting', count: 2 }]);
  const all = await api.call('GET', '/v1/fleet');
  expect(total(all.body)).toBe(3);
});

test('what was noted by a clock ahead of ours waits since now', async () => {
  await seedToldConnection(api.database);
  await api.database.owner.query(`UPDATE named_objects SET first_named_at = now() + interval '1 minute'`);
  const { status, body } = await api.call('GET', '/v1/fleet');
  expect({ status, notifications: body.notifications }).toMatchObject({
    status: 200,
    notifications: { waiting: 1, oldestWaitingS: 0 },
  });
});

test('endpoints that fail are counted, each tenant its own', async () => {
  const [mine, theirs] = [await api.tenant('Told'), await api.tenant('Told too')];
  for (const [tenantId, failing] of [
    [mine, null],
    [mine, 'now()'],
    [theirs, 'now()'],
  ]) {
    const { body } = await api.call('POST', '/v1/endpoints', {
      body: { tenantId, url: 'https://hooks.vendor.example/mooring' },
    });
    await api.database.owner.query(`UPDATE endpoints SET failing_since = ${failing} WHERE id = $1`, [
      body.id,
    ]);
  }
  const own = await api.call('GET', '/v1/fleet', { key: await api.key('read', mine) });
  expect(own.body.deliveries).toEqual({
    ...{ pending: 0, oldestPendingS: 0 },
    ...{ endpointsFailing: 1, endpointsDisabled: 0 },
  });
  const all = await api.call('GET', '/v1/fleet');
  expect(all.body.deliveries).toMatchObject({ endpointsFailing: 2 });
});

test('a search finds a shop by part of its address in any case, or by the start of its id, and nothing of another tenant', async () => {
  const tenantId = await api.tenant('Searched');
  const id = await connect(tenantId, 'https://Blue-Shoes.example');
  const found = async (search: string, key = api.operatorKey) =>
    (
      await api.call('GET', `/v1/connections?search=${encodeURIComponent(search)}&limit=1`, { key })
    ).body.data.map((one: { id: string }) => one.id);
  expect(await found('blue-SHOES')).toEqual([id]);
  expect(await found(id)).toEqual([id]);
  expect(await found('%')).toEqual([]);
  expect(await found('blue-shoes', await api.key('read', await api.tenant('Stranger')))).toEqual([]);
});
