import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { ConnectionId } from '../../domain/ids.ts';
import { insertConnection } from '../../store/connections.ts';
import { eraseRecords } from '../../store/erase-records.ts';
import { fanOut } from '../../store/fan-out.ts';
import { newId } from '../../store/new-id.ts';
import { tellChanges } from '../../store/told-changes.ts';
import { until } from '../world.ts';
import { type Delivering, startDeliveries } from './delivering.ts';
import { type Receiver, startReceiver } from './receiver.ts';

let world: Delivering;
let target: Receiver;
beforeAll(async () => {
  world = await startDeliveries();
  target = await startReceiver();
  await world.start();
});
afterAll(async () => {
  await world.close();
  await target.close();
});
afterEach(async () => {
  await world.api.database.owner.query('DELETE FROM endpoints; DELETE FROM deliveries');
  target.received.length = 0;
});

async function connection(state: 'active' | 'reauth_required'): Promise<ConnectionId> {
  const id = newId('connection');
  const { tenantId } = world;
  await world.api.database.db.inTenant(tenantId, async (tx) => {
    await insertConnection(tx, {
      ...{ id, tenantId, platform: 'shopify', registrationId: null },
      ...{ shop: { shop: `${id}.example` }, permissions: ['orders:read'] },
    });
    await tx.connection.update({ where: { id }, data: { state, lifecycle: state } });
  });
  return id;
}

/** As a page's writer does. */
async function changeOrders(
  connectionId: ConnectionId,
  ids: readonly string[],
  isDeleted = false,
): Promise<void> {
  await world.api.database.db.sqlInTenant(world.tenantId, async (sql) => {
    for (const platformId of ids)
      await sql.query(
        `WITH head AS (
           INSERT INTO feed_heads (tenant_id, feed, position) VALUES ($1, 'orders', 1)
           ON CONFLICT (tenant_id, feed) DO UPDATE SET position = feed_heads.position + 1 RETURNING position)
         INSERT INTO records (tenant_id, resource, connection_id, platform_id, record, hash, position, deleted_at)
         SELECT $1, 'orders', $2, $3, $4, gen_random_uuid(), position, CASE WHEN $5 THEN now() END FROM head
         ON CONFLICT (resource, connection_id, platform_id) DO UPDATE SET position = excluded.position, deleted_at = excluded.deleted_at`,
        [world.tenantId, connectionId, platformId, JSON.stringify({ number: platformId }), isDeleted],
      );
  });
}

async function carryOn(): Promise<void> {
  await tellChanges(world.api.database.db);
  await fanOut(world.api.database.db);
}

/** As if five seconds had passed. */
async function letTimePass(): Promise<void> {
  await world.api.database.owner.query(`UPDATE told_changes SET told_at = told_at - interval '6 seconds'`);
}

const messages = () => target.received.map(({ body }) => JSON.parse(body));

test('who must be asked again is told with a link that works, and the link is kept nowhere', async () => {
  const connectionId = await connection('reauth_required');
  await world.endpoint({ url: target.url });
  const diagnosis = { action: 'approve', actor: 'merchant', because: 'The grant is dead.' };
  const data = { state: 'reauth_required', from: 'active', because: 'grant_dead', diagnosis };
  await world.tell([{ type: 'connection.reauth_required', connectionId, data }]);
  const [message] = await until('the message', async () => target.received.length > 0 && messages());
  expect(message.data).toMatchObject({ because: 'grant_dead', diagnosis });
  const { reconnectUrl, reconnectUrlExpiresAt } = message.data.diagnosis;
  expect(Date.parse(reconnectUrlExpiresAt)).toBeGreaterThan(Date.now() + 3_600_000);
  const page = await world.api.call('GET', new URL(reconnectUrl).pathname, { key: null });
  expect(page.status).toBe(200);
  const [one] = await until('the attempt', async () => {
    const all = await world.deliveries();
    return all[0]?.state === 'delivered' && all;
  });
  const shown = (await world.delivery(one?.id ?? '')).attemptLog[0]?.request.body ?? '';
  expect(JSON.parse(shown).data.diagnosis.reconnectUrl).toBe('http://127.0.0.1:3000/connect/[link]');
  const token = reconnectUrl.split('/').at(-1);
  const tables = await world.api.database.owner.query<{ dump: string }>(
    `SELECT (SELECT json_agg(d)::text FROM deliveries d) || (SELECT json_agg(a)::text FROM delivery_attempts a)
       || (SELECT json_agg(e)::text FROM events e) || (SELECT json_agg(s)::text FROM connect_sessions s) AS dump`,
  );
  expect(tables.rows[0]?.dump).not.toContain(token);
  expect(world.api.logged.join('\n')).not.toContain(token);
});

test('a receiver that says back what it was sent does not make the link lie about in its answers', async () => {
  const connectionId = await connection('reauth_required');
  await world.endpoint({ url: target.url });
  const diagnosis = { action: 'approve', actor: 'merchant', because: 'The grant is dead.' };
  const tokenIn = (body: string) => /connect\/([\w-]+)/.exec(body)?.[1] ?? '';
  // As a whole, and cut within it by the bound of what is kept.
  const answers = [
    (body: string) => body,
    (body: string) => tokenIn(body).slice(0, 30).padStart(1024, '.') + tokenIn(body).slice(30),
  ];
  for (const answer of answers) {
    target.received.length = 0;
    target.answer = ({ body }, response) => void response.writeHead(200).end(answer(body));
    await world.tell([{ type: 'connection.reauth_required', connectionId, data: { diagnosis } }]);
    await until('all of them', async () => (await world.deliveries('&state=pending')).length === 0);
    const token = tokenIn(target.received[0]?.body ?? '');
    const { rows } = await world.api.database.owner.query('SELECT answer FROM delivery_attempts ORDER BY at');
    expect(rows.at(-1).answer).toContain('[link]');
    expect(rows.at(-1).answer).not.toContain(token.slice(0, 12));
  }
  target.answer = (_got, response) => void response.writeHead(204).end();
});

test('a merchant who approved meanwhile is sent no link', async () => {
  const connectionId = await connection('active');
  await world.endpoint({ url: target.url });
  const diagnosis = { action: 'approve', actor: 'merchant', because: 'The grant is dead.' };
  await world.tell([{ type: 'connection.reauth_required', connectionId, data: { diagnosis } }]);
  const [message] = await until('the message', async () => target.received.length > 0 && messages());
  expect(message.data.diagnosis).toEqual(diagnosis);
});

test('changed records are told once for a connection, with a place in the feed that begins at the first of them', async () => {
  const [first, second] = [await connection('active'), await connection('active')];
  await changeOrders(first, ['before']);
  await carryOn();
  await letTimePass();
  await world.endpoint({ url: target.url, eventTypes: ['records.changed'] });
  await changeOrders(first, ['a', 'b', 'a']);
  await changeOrders(second, ['z'], true);
  await carryOn();
  await until('both', async () => target.received.length === 2);
  const told = messages().sort((a, b) => b.data.changed - a.data.changed);
  expect(told).toMatchObject([
    { connectionId: first, data: { resource: 'orders', changed: 2, deleted: 0 } },
    { connectionId: second, data: { resource: 'orders', changed: 1, deleted: 1 } },
  ]);
  const feed = await world.api.call(
    'GET',
    `/v1/records/orders?tenantId=${world.tenantId}&connectionId=${first}&cursor=${told[0].data.cursor}`,
  );
  expect(feed.body.data.map(({ platformId }: { platformId: string }) => platformId)).toEqual(['b', 'a']);
});

test('what changes again within five seconds waits for them to pass, and is not lost', async () => {
  const connectionId = await connection('active');
  await world.endpoint({ url: target.url, eventTypes: ['records.changed'] });
  await letTimePass();
  await changeOrders(connectionId, ['1']);
  await carryOn();
  await until('the first', async () => target.received.length === 1);
  await changeOrders(connectionId, ['2']);
  await changeOrders(connectionId, ['3']);
  await carryOn();
  expect(await world.deliveries('&state=pending')).toEqual([]);
  await letTimePass();
  await Promise.all([carryOn(), carryOn(), carryOn()]);
  await until('the second', async () => target.received.length === 2);
  expect(messages()[1].data).toMatchObject({ changed: 2 });
});

test('what was sent of records is no more shown once they are erased', async () => {
  const connectionId = await connection('active');
  await world.endpoint({ url: target.url, eventTypes: ['records.changed'], data: 'full' });
  target.answer = ({ body }, response) => void response.writeHead(200).end(body);
  await letTimePass();
  await changeOrders(connectionId, ['canary']);
  await carryOn();
  const [one] = await until('the attempt', async () => {
    const all = await world.deliveries();
    return all[0]?.state === 'delivered' && all;
  });
  const attempts = async () => JSON.stringify((await world.delivery(one?.id ?? '')).attemptLog);
  expect(await attempts()).toContain('canary');
  await world.api.database.db.sqlInTenant(world.tenantId, (sql) => eraseRecords(sql, connectionId));
  expect(await attempts()).not.toContain('canary');
  expect(await attempts()).toContain('[erased]');
  target.answer = (_got, response) => void response.writeHead(204).end();
});

test('an attempt that is under way while its records are erased shows nothing of them', async () => {
  const connectionId = await connection('active');
  await world.endpoint({ url: target.url, eventTypes: ['records.changed'], data: 'full' });
  let answer = (): void => undefined;
  target.answer = ({ body }, response) => {
    answer = () => void response.writeHead(200).end(body);
  };
  await letTimePass();
  await changeOrders(connectionId, ['canary']);
  await carryOn();
  await until('the attempt', async () => target.received.length === 1);
  await world.api.database.db.sqlInTenant(world.tenantId, (sql) => eraseRecords(sql, connectionId));
  answer();
  const [one] = await until('the delivery', async () => {
    const all = await world.deliveries();
    return all[0]?.state === 'delivered' && all;
  });
  const shown = JSON.stringify((await world.delivery(one?.id ?? '')).attemptLog);
  expect(shown).not.toContain('canary');
  expect(shown).toContain('[erased]');
  target.answer = (_got, response) => void response.writeHead(204).end();
});

test('a long message is cut between characters, wherever the cut falls', async () => {
  await world.endpoint({ url: target.url, eventTypes: ['connection.paused'] });
  const said = ['', 'x'].map((before) => `${before}${'😀'.repeat(40_000)}`);
  await world.tell(said.map((because) => ({ type: 'connection.paused', data: { because } })));
  await until(
    'the deliveries',
    async () => (await world.deliveries()).filter(({ state }) => state === 'delivered').length === 2,
  );
  for (const { id } of await world.deliveries())
    expect((await world.delivery(id)).attemptLog[0]?.request.body).toMatch(/^\{.*😀…$/u);
});

test('an endpoint that wants the data is sent the first hundred records and where to go on', async () => {
  const connectionId = await connection('active');
  await world.endpoint({ url: target.url, eventTypes: ['records.changed'], data: 'full' });
  await letTimePass();
  await changeOrders(
    connectionId,
    Array.from({ length: 101 }, (_, n) => `order ${n}`),
  );
  await carryOn();
  const [message] = await until('the message', async () => target.received.length > 0 && messages());
  expect(message.data).toMatchObject({ changed: 101, hasMore: true });
  expect(message.data.records).toHaveLength(100);
  expect(message.data.records[0]).toMatchObject({ platformId: 'order 0', record: { number: 'order 0' } });
  const feed = await world.api.call(
    'GET',
    `/v1/records/orders?tenantId=${world.tenantId}&connectionId=${connectionId}&cursor=${message.data.nextCursor}`,
  );
  expect(feed.body.data.map(({ platformId }: { platformId: string }) => platformId)).toEqual(['order 100']);
});
