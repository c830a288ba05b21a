// What the sweep clears away, against a real database: what is past its time goes, what is not stays.
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { purge } from '../../activities/purge.ts';
import { formatId } from '../../domain/ids.ts';
import { newId } from '../../store/new-id.ts';
import { createTestDatabase, type TestDatabase } from '../world.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
let world: TestDatabase;
const nowMs = Date.now();
const tenantId = newId('tenant');
const at = (agoMs: number) => new Date(nowMs - agoMs);

beforeAll(async () => {
  world = await createTestDatabase();
});
afterAll(() => world.close());
beforeEach(async () => {
  for (const table of ['idempotency_keys', 'client_secrets', 'connect_sessions', 'authorizations'])
    await world.owner.query(`DELETE FROM ${table}`);
});

const clear = () => purge({ db: world.db, nowMs: () => nowMs });
const list = async (sql: string) => (await world.owner.query({ text: sql, rowMode: 'array' })).rows.flat();

test('a saved answer and a claim go after 24 hours, whoever’s they are', async () => {
  const insert = (key: string, owner: string | null, status: string, agoMs: number) =>
    world.owner.query(
      "INSERT INTO idempotency_keys (scope, key, tenant_id, request_hash, status, created_at) VALUES ('s', $1, $2, '', $3, $4)",
      [key, owner, status, at(agoMs)],
    );
  await insert('old', tenantId, 'answered', DAY_MS + 1000);
  await insert('old claim of an operator', null, 'running', DAY_MS + 1000);
  await insert('young', tenantId, 'answered', DAY_MS - 1000);
  expect(await clear()).toMatchObject({ idempotencyKeysPurged: 2 });
  expect(await list('SELECT key FROM idempotency_keys')).toEqual(['young']);
});

test('a backlog larger than a batch is worked off, by two sweeps at once too', async () => {
  await world.owner.query(
    `INSERT INTO idempotency_keys (scope, key, request_hash, status, created_at)
     SELECT 's', n::text, '', 'answered', $1 FROM generate_series(1, 1300) AS n`,
    [at(2 * DAY_MS)],
  );
  const [a, b] = await Promise.all([clear(), clear()]);
  const rest = await clear();
  expect(a.idempotencyKeysPurged + b.idempotencyKeysPurged + rest.idempotencyKeysPurged).toBe(1300);
  expect(await list('SELECT 1 FROM idempotency_keys')).toEqual([]);
});

test('a client secret is destroyed when its overlap is over, with an audit row, and the newest one never', async () => {
  const registrationId = newId('clientRegistration');
  const insert = (version: number, retiresAt: Date | null) =>
    world.owner.query(
      'INSERT INTO client_secrets (registration_id, version, tenant_id, sealed, key_version, retires_at) VALUES ($1, $2, $3, $4, 1, $5)',
      [registrationId, version, tenantId, randomBytes(40), retiresAt],
    );
  await insert(1, at(1000));
  await insert(2, at(-HOUR_MS));
  await insert(3, null);
  expect(await clear()).toMatchObject({ clientSecretsDestroyed: 1 });
  expect(await list('SELECT version FROM client_secrets ORDER BY 1')).toEqual([2, 3]);
  const { rows } = await world.owner.query('SELECT * FROM audit_events WHERE target = $1', [registrationId]);
  expect(rows).toMatchObject([
    { tenant_id: tenantId, actor: 'sweep', action: 'registration.secret_destroyed', detail: { version: 1 } },
  ]);
});

test('a secret whose destruction cannot be audited is kept', async () => {
  await world.owner.query(
    "INSERT INTO client_secrets (registration_id, version, sealed, key_version, retires_at) VALUES ($1, 1, 'x', 1, $2)",
    [newId('clientRegistration'), at(1000)],
  );
  await world.owner.query('REVOKE INSERT ON audit_events FROM mooring_system');
  await expect(clear()).rejects.toMatchObject({ code: 'audit_unavailable' });
  expect(await list('SELECT version FROM client_secrets')).toEqual([1]);
  await world.owner.query('GRANT INSERT ON audit_events TO mooring_system');
  expect(await clear()).toMatchObject({ clientSecretsDestroyed: 1 });
});

test('a link goes a week after it expired; until then its page says that it did', async () => {
  const insert = (name: string, agoMs: number) =>
    world.owner.query(
      'INSERT INTO connect_sessions (id, tenant_id, token_hash, permissions, platform, expires_at) VALUES ($1, $2, $3, $4, $5, $6)',
      [newId('connectSession'), tenantId, randomBytes(32), [], name, at(agoMs)],
    );
  await insert('gone', 7 * DAY_MS + 1000);
  await insert('expired', 7 * DAY_MS - 1000);
  await insert('valid', -1000);
  expect(await clear()).toMatchObject({ connectSessionsPurged: 1 });
  expect(await list('SELECT platform FROM connect_sessions ORDER BY 1')).toEqual(['expired', 'valid']);
});

test('an approval that nobody finished is ended a day after it expired, and what it sealed is destroyed', async () => {
  const insert = (obtain: string, status: string, agoMs: number) =>
    world.owner.query(
      `INSERT INTO authorizations (id, tenant_id, connection_id, platform, obtain, status, sealed, key_version, expires_at)
       VALUES ($1, $2, $3, 'p', $4, $5, 'x', 1, $6)`,
      [newId('authorization'), tenantId, newId('connection'), obtain, status, at(agoMs)],
    );
  await insert('a never came back', 'started', DAY_MS + 1000);
  await insert('b came back, never exchanged', 'received', DAY_MS + 1000);
  await insert('c waits for an operator', 'proved', DAY_MS + 1000);
  await insert('d may still be settled', 'received', DAY_MS - 1000);
  expect(await clear()).toMatchObject({ authorizationsExpired: 2 });
  expect(await clear()).toMatchObject({ authorizationsExpired: 0 });
  const { rows } = await world.owner.query(
    'SELECT status, sealed IS NULL AS destroyed FROM authorizations ORDER BY obtain',
  );
  expect(rows).toEqual([
    { status: 'expired', destroyed: true },
    { status: 'expired', destroyed: true },
    { status: 'proved', destroyed: false },
    { status: 'received', destroyed: false },
  ]);
});

test('a delivery goes 30 days after it ended, with its attempts; one that is pending stays', async () => {
  const old = at(40 * DAY_MS);
  const idAt = (instant: Date) => {
    const bytes = Buffer.alloc(16, 7);
    bytes.writeUIntBE(instant.getTime(), 0, 6);
    return formatId('delivery', bytes);
  };
  const insert = async (id: string, state: string, endedAgoMs: number | null) => {
    await world.owner.query(
      `INSERT INTO deliveries (id, tenant_id, endpoint_id, event_id, event_type, position, state, settled_at)
       VALUES ($1, $2, 'end_1', $1, 'sync.failed', 1, $3, $4)`,
      [id, tenantId, state, endedAgoMs === null ? null : at(endedAgoMs)],
    );
    await world.owner.query(
      `INSERT INTO delivery_attempts (delivery_id, number, tenant_id, at, took_ms, headers, body) VALUES ($1, 1, $2, now(), 1, '{}', '')`,
      [id, tenantId],
    );
  };
  const [gone, waits, replayed] = [idAt(old), idAt(at(41 * DAY_MS)), idAt(at(42 * DAY_MS))];
  await insert(gone, 'delivered', 31 * DAY_MS);
  await insert(waits, 'pending', null);
  await insert(replayed, 'delivered', 2 * DAY_MS);
  expect(await clear()).toMatchObject({ deliveriesPurged: 1 });
  expect(await list('SELECT id FROM deliveries ORDER BY id')).toEqual([replayed, waits]);
  expect(await list('SELECT delivery_id FROM delivery_attempts ORDER BY 1')).toEqual([replayed, waits]);
});

test('a retired secret of an endpoint is destroyed when its overlap is over, with an audit row', async () => {
  const insert = (version: number, retiresAt: Date | null) =>
    world.owner.query(
      `INSERT INTO endpoint_secrets (endpoint_id, version, tenant_id, kind, sealed, key_version, retires_at) VALUES ('end_1', $1, $2, 'hmac', '', 1, $3)`,
      [version, tenantId, retiresAt],
    );
  await insert(1, at(1000));
  await insert(2, at(-HOUR_MS));
  await insert(3, null);
  expect(await clear()).toMatchObject({ endpointSecretsDestroyed: 1 });
  expect(await list('SELECT version FROM endpoint_secrets ORDER BY version')).toEqual([2, 3]);
  expect(
    await list("SELECT detail->>'version' FROM audit_events WHERE action = 'endpoint.secret_destroyed'"),
  ).toEqual(['1']);
});
