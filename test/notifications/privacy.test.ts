// Requests to erase or to report: carried out on real rows, with a proof that names nobody; and their workflow, in a Temporal whose clock skips.
import { MockActivityEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPrivacyActivities, type PrivacyActivities } from '../../activities/fulfil-privacy.ts';
import type { ClientRegistrationId, ConnectionId, PrivacyRequestId, TenantId } from '../../domain/ids.ts';
import { newId } from '../../store/new-id.ts';
import { addPrivacyRequest, type PrivacyKind, privacyBinding } from '../../store/privacy-requests.ts';
import { putRecords } from '../../store/records.ts';
import { privacyWorkflowId, TASK_QUEUES, WORKFLOW_TYPES } from '../../workflows/messages.ts';
import { createDoor, type Door } from '../egress/door.ts';
import { lifecycleBundle } from '../workflows/lifecycle-world.ts';
import { startTimeSkipping } from '../world.ts';

const CANARY = 'canary-191167';
let door: Door;
let activities: PrivacyActivities;

beforeAll(async () => {
  door = await createDoor();
  activities = createPrivacyActivities({
    db: door.world.db,
    openPrivacyRequest: door.open().openPrivacyRequest,
    nowMs: Date.now,
    log: (name, error) => console.error(name, error),
  });
});
afterAll(() => door.close());

interface Held {
  readonly tenantId: TenantId;
  readonly connectionId: ConnectionId;
}

/** A connection with one customer, two orders of theirs, and somebody else's. */
async function hold(): Promise<Held> {
  const of = await door.connect({});
  const rows = [
    ['customers', CANARY, { email: `${CANARY}@example.com` }],
    [
      'orders',
      'o1',
      {
        email: `${CANARY}@example.com`,
        customerPlatformId: CANARY,
        shippingAddress: { name: CANARY },
        billingAddress: null,
      },
    ],
    [
      'orders',
      'o2',
      { email: null, customerPlatformId: null, shippingAddress: { name: CANARY }, billingAddress: null },
    ],
    [
      'orders',
      'o3',
      {
        email: 'other@example.com',
        customerPlatformId: 'other',
        shippingAddress: null,
        billingAddress: null,
      },
    ],
  ] as const;
  for (const [resource, id, record] of rows) {
    await door.world.owner.query(
      `INSERT INTO feed_heads (tenant_id, feed, position) VALUES ($1, $2, 10) ON CONFLICT DO NOTHING`,
      [of.tenantId, resource],
    );
    await door.world.owner.query(
      `INSERT INTO records (tenant_id, connection_id, resource, platform_id, position, hash, record) VALUES ($1, $2, $3, $4, 1, $5, $6)`,
      [
        of.tenantId,
        of.connectionId,
        resource,
        id,
        '00000000-0000-0000-0000-000000000001',
        JSON.stringify(record),
      ],
    );
  }
  return of;
}

async function ask(of: Held | ClientRegistrationId, kind: PrivacyKind): Promise<PrivacyRequestId> {
  const id = newId('privacyRequest');
  const scope =
    typeof of === 'string'
      ? { tenantId: null, connectionId: null, registrationId: of }
      : { ...of, registrationId: null };
  const sealed = await door.vault.seal(privacyBinding(scope.tenantId, id), {
    subject: JSON.stringify({ customer: CANARY, orders: ['o2'] }),
  });
  await door.world.db.sqlAcrossTenants((sql) =>
    addPrivacyRequest(sql, {
      ...scope,
      id,
      platform: 'plain',
      kind,
      topic: 'told',
      dueAt: new Date(Date.now() + 86_400_000),
      sealed,
    }),
  );
  return id;
}

const run = (id: PrivacyRequestId) =>
  new MockActivityEnvironment().run(activities.fulfilPrivacy, { privacyRequestId: id });
const rowsOf = async (sql: string, ...values: unknown[]) => (await door.world.owner.query(sql, values)).rows;

describe('a request to erase a customer', () => {
  it('takes the customer and what is personal in their orders, tells readers, and leaves a proof of counts', async () => {
    const of = await hold();
    const id = await ask(of, 'erase_customer');
    expect(await run(id)).toBe('done');
    expect(await run(id)).toBe('done');
    const records = await rowsOf(
      'SELECT platform_id, record, deleted_at, position::int FROM records WHERE connection_id = $1 ORDER BY platform_id',
      of.connectionId,
    );
    expect(records.find(({ platform_id }) => platform_id === CANARY)).toMatchObject({ record: null });
    const orders = records.filter(({ platform_id }) => platform_id !== CANARY);
    expect(JSON.stringify(orders)).not.toContain(CANARY);
    expect(orders[2]?.record.email).toBe('other@example.com');
    expect(orders.map(({ position }) => position > 10)).toEqual([true, true, false]);
    const [request] = await rowsOf('SELECT * FROM privacy_requests WHERE id = $1', id);
    expect(request).toMatchObject({
      state: 'done',
      sealed: null,
      proof: { erased: { connections: 1, customers: 1, orders: 2 } },
    });
    const told = await rowsOf(
      'SELECT type, data::text AS text FROM events WHERE tenant_id = $1',
      of.tenantId,
    );
    expect(told.map(({ type }) => type)).toEqual(['privacy.done']);
    const audit = await rowsOf(
      `SELECT action, a::text AS text FROM audit_events AS a WHERE target = $1 ORDER BY at`,
      id,
    );
    expect(audit.map(({ action }) => action)).toEqual(['privacy_request.opened', 'privacy_request.done']);
    expect(JSON.stringify([told, audit, request])).not.toContain(CANARY);
  });

  it('is not done before its event can be told', async () => {
    const of = await hold();
    const id = await ask(of, 'erase_customer');
    const stateOf = async () =>
      (await rowsOf('SELECT state FROM privacy_requests WHERE id = $1', id))[0].state;
    await door.world.owner.query('ALTER TABLE events RENAME TO events_away');
    try {
      await expect(run(id)).rejects.toThrow();
    } finally {
      await door.world.owner.query('ALTER TABLE events_away RENAME TO events');
    }
    expect(await stateOf()).toBe('open');
    await run(id);
    expect(await stateOf()).toBe('done');
    const told = await rowsOf('SELECT type FROM events WHERE tenant_id = $1', of.tenantId);
    expect(told).toEqual([{ type: 'privacy.done' }]);
    // What the first attempt erased is in the proof of the second, and nothing else is kept of it.
    const [{ proof }] = await rowsOf('SELECT proof FROM privacy_requests WHERE id = $1', id);
    expect(proof).toEqual({ erased: { connections: 1, customers: 1, orders: 2 } });
    expect(await rowsOf('SELECT 1 FROM privacy_erasures WHERE request_id = $1', id)).toEqual([]);
  });

  it('empties what attempts show of a record that was deleted before', async () => {
    const of = await hold();
    await door.world.owner.query(
      `UPDATE records SET record = NULL, deleted_at = now() WHERE connection_id = $1 AND resource = 'customers'`,
      [of.connectionId],
    );
    await door.world.owner.query('DELETE FROM records WHERE connection_id = $1 AND resource = $2', [
      of.connectionId,
      'orders',
    ]);
    const delivery = `del_${of.connectionId}`;
    await door.world.owner.query(
      `INSERT INTO deliveries (id, tenant_id, endpoint_id, event_id, event_type, connection_id, position, attempts, state)
       VALUES ($1, $2, 'end_1', $1, 'records.changed', $3, 1, 1, 'delivered')`,
      [delivery, of.tenantId, of.connectionId],
    );
    await door.world.owner.query(
      `INSERT INTO delivery_attempts (delivery_id, number, tenant_id, at, took_ms, headers, body) VALUES ($1, 1, $2, now(), 1, '{}', $3)`,
      [delivery, of.tenantId, `{"records":[{"email":"${CANARY}"}]}`],
    );
    await run(await ask(of, 'erase_customer'));
    const [shown] = await rowsOf('SELECT body FROM delivery_attempts WHERE delivery_id = $1', delivery);
    expect(shown).toEqual({ body: '[erased]' });
  });

  it('is not undone by a page that was read before it, or by reading the same once more', async () => {
    const of = await hold();
    const [{ hash: before }] = await rowsOf(
      `SELECT hash FROM records WHERE connection_id = $1 AND resource = 'customers'`,
      of.connectionId,
    );
    await run(await ask(of, 'erase_customer'));
    const write = (hash: string) =>
      door.world.db.sqlInTenant(of.tenantId, (sql) =>
        putRecords(sql, { ...of, resource: 'customers' }, [
          { id: CANARY, hash, json: JSON.stringify({ email: CANARY }), updatedAt: null },
        ]),
      );
    expect(await write(before)).toBe(0);
    // What became another customer at the platform since is one.
    expect(await write('00000000-0000-0000-0000-000000000009')).toBe(1);
    const [{ hash }] = await rowsOf(
      `SELECT hash FROM records WHERE connection_id = $1 AND platform_id = 'o1'`,
      of.connectionId,
    );
    expect(hash).toBe('00000000-0000-0000-0000-000000000001');
  });
});

describe('a request to erase a shop', () => {
  it('erases what is kept of a connection that has ended or waits for a new approval, and nothing of one that is connected again', async () => {
    const [ended, waiting, again] = [await hold(), await hold(), await hold()];
    await door.world.owner.query(
      `UPDATE connections SET lifecycle = 'revoked', fenced_at = now() WHERE id = $1`,
      [ended.connectionId],
    );
    // The platform sends it two days after an uninstall, which leaves a connection so.
    await door.world.owner.query(`UPDATE connections SET lifecycle = 'reauth_required' WHERE id = $1`, [
      waiting.connectionId,
    ]);
    const asked = [
      await ask(ended, 'erase_shop'),
      await ask(waiting, 'erase_shop'),
      await ask(again, 'erase_shop'),
    ];
    for (const id of asked) await run(id);
    for (const { connectionId } of [ended, waiting])
      expect(await rowsOf('SELECT 1 FROM records WHERE connection_id = $1', connectionId)).toEqual([]);
    expect(await rowsOf('SELECT 1 FROM records WHERE connection_id = $1', again.connectionId)).toHaveLength(
      4,
    );
    const states = await rowsOf('SELECT state, proof FROM privacy_requests WHERE id = ANY ($1) ORDER BY id', [
      asked,
    ]);
    expect(states).toEqual([
      { state: 'done', proof: { erased: { records: 4 } } },
      { state: 'done', proof: { erased: { records: 4 } } },
      { state: 'refused', proof: { erased: { records: 0 }, stillConnected: 1 } },
    ]);
  });
});

describe('a request that names a whole app', () => {
  it('erases a person everywhere, and never a shop', async () => {
    const registrationId = await door.register();
    const held = [await hold(), await hold()];
    await door.world.owner.query(
      `UPDATE connections SET registration_id = $1, lifecycle = 'revoked', fenced_at = now() WHERE id = ANY ($2)`,
      [registrationId, held.map(({ connectionId }) => connectionId)],
    );
    await run(await ask(registrationId, 'erase_shop'));
    const left = () =>
      rowsOf(
        'SELECT record FROM records WHERE connection_id = ANY ($1) AND deleted_at IS NULL',
        held.map(({ connectionId }) => connectionId),
      );
    expect(await left()).toHaveLength(8);
    await run(await ask(registrationId, 'erase_customer'));
    expect(await left()).toHaveLength(6);
    const told = await rowsOf(
      `SELECT type, connection_id AS id, data -> 'proof' AS proof FROM events WHERE tenant_id = ANY ($1) ORDER BY connection_id`,
      held.map(({ tenantId }) => tenantId),
    );
    const proof = { erased: { customers: 1, orders: 2 } };
    expect(told).toEqual(held.map(({ connectionId }) => ({ type: 'privacy.done', id: connectionId, proof })));
  });
});

describe('a request for a report', () => {
  it('is told of once, however often it is carried out', async () => {
    const of = await hold();
    const id = await ask(of, 'customer_data');
    expect(await run(id)).toBe('report');
    expect(await run(id)).toBe('report');
    const told = await rowsOf('SELECT type FROM events WHERE tenant_id = $1', of.tenantId);
    expect(told).toEqual([{ type: 'privacy.data_requested' }]);
    const [request] = await rowsOf('SELECT state, proof FROM privacy_requests WHERE id = $1', id);
    expect(request).toEqual({
      state: 'open',
      proof: { held: { connections: 1, customers: 1, orders: 2 } },
    });
  });
});

describe('the workflow of a request for a report', () => {
  it('counts at once, waits until the deadline, and then forgets whom it was about', async () => {
    const of = await hold();
    const id = await ask(of, 'customer_data');
    const env = await startTimeSkipping();
    const [bundle, { lifecycle, workflows }] = [await lifecycleBundle(), TASK_QUEUES];
    const workers = await Promise.all([
      Worker.create({ connection: env.nativeConnection, taskQueue: workflows, workflowBundle: bundle }),
      Worker.create({
        connection: env.nativeConnection,
        taskQueue: lifecycle,
        activities: { ...activities },
      }),
    ]);
    const running = workers.map((worker) => worker.run());
    try {
      const startedAtMs = await env.currentTimeMs();
      await env.client.workflow.execute(WORKFLOW_TYPES.privacy, {
        workflowId: privacyWorkflowId(id),
        taskQueue: workflows,
        args: [{ privacyRequestId: id, dueAtMs: startedAtMs + 3 * 86_400_000 }],
      });
      expect((await env.currentTimeMs()) - startedAtMs).toBeGreaterThanOrEqual(3 * 86_400_000);
      const [request] = await rowsOf('SELECT * FROM privacy_requests WHERE id = $1', id);
      expect(request).toMatchObject({
        state: 'done',
        sealed: null,
        proof: { reported: { customers: 1, orders: 2 } },
      });
      const told = await rowsOf(
        'SELECT type FROM events WHERE tenant_id = $1 ORDER BY position',
        of.tenantId,
      );
      expect(told.map(({ type }) => type)).toEqual(['privacy.data_requested', 'privacy.done']);
      const history = await env.client.workflow.getHandle(privacyWorkflowId(id)).fetchHistory();
      expect(JSON.stringify(history)).not.toContain(CANARY);
    } finally {
      for (const worker of workers) worker.shutdown();
      await Promise.all(running);
      await env.teardown();
    }
  });
});
