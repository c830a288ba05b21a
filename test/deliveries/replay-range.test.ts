// Sending a range again that is larger than one call takes: real HTTP, real PostgreSQL.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createMooringClient } from '../../client/index.ts';
import { replayAll } from '../../client/replay.ts';
import { startApi, type TestApi } from '../http/api.ts';

/** More than one call takes, all of one instant. */
const EVENTS = 10_003;

let api: TestApi;
let url: string;
let endpointId: string;
let key: string;

beforeAll(async () => {
  api = await startApi({ allowPrivateNetworks: true });
  url = await api.app.listen({ host: '127.0.0.1', port: 0 });
  const tenantId = await api.tenant();
  key = await api.key('admin', tenantId);
  await api.database.owner.query(
    `INSERT INTO events (id, tenant_id, position, type, data, at)
     SELECT 'evt_' || lpad(n::text, 26, '0'), $1, n, 'sync.completed', '{}', now() FROM generate_series(1, ${EVENTS}) AS n`,
    [tenantId],
  );
  const body = { url: 'http://127.0.0.1:9/hooks', eventTypes: ['sync.completed'] };
  endpointId = (await api.call('POST', '/v1/endpoints', { key, body })).body.id;
});
afterAll(() => api?.close());

const replay = (body: object) => api.call('POST', `/v1/endpoints/${endpointId}/replay`, { key, body });

test('the rest of a range follows by its cursor, although all of it is of one instant', async () => {
  const first = await replay({ state: 'all' });
  expect(first).toMatchObject({
    status: 202,
    body: { deliveries: 10_000, nextCursor: expect.any(String) },
  });
  const { nextCursor: cursor } = first.body;
  expect(await replay({ state: 'failed', cursor })).toMatchObject({
    status: 422,
    body: { code: 'invalid_cursor' },
  });
  expect(await replay({ state: 'all', cursor })).toMatchObject({
    status: 202,
    body: { deliveries: 3, nextCursor: null },
  });
  const { rows } = await api.database.owner.query(
    'SELECT count(DISTINCT event_id)::int AS n FROM deliveries',
  );
  expect(rows).toEqual([{ n: EVENTS }]);
});

test('the client goes on by itself', async () => {
  await api.database.owner.query(`UPDATE deliveries SET state = 'failed', because = 'exhausted'`);
  const client = createMooringClient({ baseUrl: url, apiKey: key });
  const told: number[] = [];
  expect(await replayAll(client, endpointId, { state: 'failed' }, (some) => told.push(some))).toBe(EVENTS);
  expect(told).toEqual([10_000]);
});
