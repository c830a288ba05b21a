// A request with an Idempotency-Key whose process died after the effect and before the answer: the same request again gives the same thing.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { TenantId } from '../../domain/ids.ts';
import { startApi, type TestApi } from './api.ts';

let api: TestApi;
let tenantId: TenantId;

beforeAll(async () => {
  api = await startApi();
  tenantId = await api.tenant();
  // What stands for death: no answer is saved, so all that is left is the effect and a claim that nobody answers.
  await api.database.owner.query(`
    CREATE FUNCTION no_answer() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'died'; END $$;
    CREATE TRIGGER dies BEFORE UPDATE ON idempotency_keys FOR EACH ROW WHEN (NEW.status = 'answered') EXECUTE FUNCTION no_answer();
    ALTER TABLE idempotency_keys DISABLE TRIGGER dies`);
});
afterAll(() => api.close());
beforeEach(() => death(false));

const death = (isOn: boolean) =>
  api.database.owner.query(`ALTER TABLE idempotency_keys ${isOn ? 'ENABLE' : 'DISABLE'} TRIGGER dies`);
const post = (path: string, body: unknown, key: string) =>
  api.call('POST', path, { body, headers: { 'idempotency-key': key } });
const count = async (table: string) =>
  Number((await api.database.owner.query(`SELECT count(*) FROM ${table}`)).rows[0].count);

/** Sends it, dies before the answer, and lets the claim grow old. */
async function dieAfter(path: string, body: unknown, key: string): Promise<void> {
  await death(true);
  const first = await post(path, body, key);
  expect(first.status, first.text).toBe(500);
  await death(false);
  expect((await post(path, body, key)).body.code).toBe('idempotency_in_progress');
  await api.database.owner.query(
    "UPDATE idempotency_keys SET created_at = created_at - interval '91 seconds' WHERE key = $1",
    [key],
  );
}

const credential = { apiKey: 'sk_abcd1234' };

describe('a request whose process died after the effect', () => {
  it.each<readonly [what: string, table: string, request: () => readonly [path: string, body: unknown]]>([
    ['a tenant', 'tenants', () => ['/v1/tenants', { name: 'Once' }]],
    ['an API key', 'api_keys', () => ['/v1/api-keys', { tenantId, role: 'read', name: 'once' }]],
    [
      'a client registration',
      'client_registrations',
      () => ['/v1/client-registrations', { tenantId, platform: 'acorn', clientId: 'a', clientSecret: 'b' }],
    ],
    ['a connect session', 'connect_sessions', () => ['/v1/connect-sessions', { tenantId }]],
    [
      'a connection',
      'connections',
      () => [
        '/v1/connections',
        { tenantId, platform: 'cedar', shop: { url: 'https://once.example' }, credential },
      ],
    ],
  ])('makes %s once: the next one, and one more, gives the same', async (_what, table, request) => {
    const [path, body] = request();
    const key = `dies ${table}`;
    await dieAfter(path, body, key);
    const made = await count(table);
    const again = await Promise.all(Array.from({ length: 5 }, () => post(path, body, key)));
    const answered = again.filter(({ status }) => status === 201);
    expect(answered.length, again[0]?.text).toBeGreaterThan(0);
    const replay = await post(path, body, key);
    expect(new Set([...answered, replay].map(({ text }) => text)).size).toBe(1);
    expect(replay.headers['idempotent-replayed']).toBe('true');
    expect(await count(table)).toBe(made);
    expect(replay.body.id).toBe((await lastIn(table)).id);
  });

  it('gives a registration one next secret, not a further one', async () => {
    const made = await api.call('POST', '/v1/client-registrations', {
      body: { tenantId, platform: 'acorn', clientId: 'rotated', clientSecret: 'first' },
    });
    const path = `/v1/client-registrations/${made.body.id}`;
    const headers = { 'idempotency-key': 'a next secret' };
    const patch = () => api.call('PATCH', path, { body: { clientSecret: 'second', overlapS: 60 }, headers });
    await death(true);
    expect((await patch()).status).toBe(500);
    await death(false);
    await api.database.owner.query(
      "UPDATE idempotency_keys SET created_at = created_at - interval '91 seconds' WHERE key = 'a next secret'",
    );
    const again = await patch();
    expect([again.status, again.body.version], again.text).toEqual([200, 2]);
    const { rows } = await api.database.owner.query(
      'SELECT version, retires_at IS NULL AS lasts FROM client_secrets WHERE registration_id = $1 ORDER BY version',
      [made.body.id],
    );
    expect(rows).toEqual([
      { version: 1, lasts: false },
      { version: 2, lasts: true },
    ]);
  });

  it('tells a secret that works, and only that one', async () => {
    const body = { tenantId, role: 'read', name: 'secret' };
    await dieAfter('/v1/api-keys', body, 'a secret');
    const { body: made } = await post('/v1/api-keys', body, 'a secret');
    expect((await api.call('GET', '/v1/connections', { key: made.secret })).status).toBe(200);
    const link = { tenantId, platform: 'cedar' };
    await dieAfter('/v1/connect-sessions', link, 'a link');
    const { body: session } = await post('/v1/connect-sessions', link, 'a link');
    expect((await api.call('GET', `/connect/${session.token}`, { key: null })).status).toBe(200);
  });

  it('goes on with a connection that was proved, and proves one that was not', async () => {
    const body = { tenantId, platform: 'cedar', shop: { url: 'https://proved.example' }, credential };
    await dieAfter('/v1/connections', body, 'proved');
    const { id } = await lastIn('connections');
    const proofs = () => api.commands.filter((one) => one === `authorize ${id}`).length;
    expect(proofs()).toBe(1);
    await api.database.owner.query('UPDATE connections SET generation = 1 WHERE id = $1', [id]);
    expect((await post('/v1/connections', body, 'proved')).body.id).toBe(id);
    expect(proofs()).toBe(1);
    const other = { ...body, shop: { url: 'https://unproved.example' } };
    await dieAfter('/v1/connections', other, 'unproved');
    const unproved = await lastIn('connections');
    await post('/v1/connections', other, 'unproved');
    expect(api.commands.filter((one) => one === `authorize ${unproved.id}`)).toHaveLength(2);
  });
});

async function lastIn(table: string): Promise<{ id: string }> {
  return (await api.database.owner.query(`SELECT id FROM ${table} ORDER BY id DESC LIMIT 1`)).rows[0];
}
