import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TenantId } from '../../domain/ids.ts';
import type { Platform } from '../../domain/platform.ts';
import { newId } from '../../store/new-id.ts';
import { startApi, type TestApi } from './api.ts';
import { TEST_PLATFORMS } from './platforms.ts';

let api: TestApi;
let tenantId: TenantId;
let key: string;

const DAY_MS = 86_400_000;
const inDays = (days: number) => new Date(Date.now() + days * DAY_MS);
const dateOf = (days: number) => inDays(days).toISOString().slice(0, 10);

beforeAll(async () => {
  const all = new Map(TEST_PLATFORMS);
  const acorn = all.get('acorn');
  const [method] = acorn?.auth ?? [];
  if (acorn === undefined || method === undefined || method.obtain.kind !== 'authorization_code')
    throw new Error('acorn is not what it was');
  const ending: Platform = {
    ...acorn,
    impliedScopes: { write_orders: ['read_orders'] },
    apiVersion: { name: '2026-07', sunset: dateOf(20) },
    endpoints: [{ endpoint: 'GET /v2/things', version: 'v2', sunset: null }],
    deadlines: [{ kind: 'consent', afterS: 365 * 86_400, note: 'approved yearly' }],
    auth: [
      {
        ...method,
        upgrade: {
          to: 'other',
          token: method.obtain.token,
          irreversible: true,
          deadline: dateOf(5),
          note: 'the old kind ends',
        },
      },
    ],
  };
  api = await startApi({ platforms: all.set('acorn', ending) });
  tenantId = await api.tenant();
  key = await api.key('read', tenantId);
});
afterAll(() => api.close());

interface Row {
  readonly scopes?: readonly string[];
  readonly permissions?: readonly string[];
  readonly lifecycle?: string;
  readonly tenant?: TenantId;
  readonly refreshEnds?: Date;
}

async function connection(row: Row = {}): Promise<string> {
  const id = newId('connection');
  const { scopes = [], permissions = ['orders:read'], lifecycle = 'active', tenant = tenantId } = row;
  await api.database.owner.query(
    `INSERT INTO connections (id, tenant_id, platform, shop, shop_key, lifecycle, state, generation, permissions, granted_scopes)
     VALUES ($1, $2, 'acorn', '{}', $1, $3, $3, 1, $4, $5)`,
    [id, tenant, lifecycle, permissions, scopes],
  );
  await api.database.owner.query(
    `INSERT INTO credentials (connection_id, generation, tenant_id, kind, sealed, key_version, refresh_expires_at)
     VALUES ($1, 1, $2, 'token', 'sealed', 1, $3)`,
    [id, tenant, row.refreshEnds ?? null],
  );
  return id;
}

const get = (path: string, by = key) => api.call('GET', path, { key: by });
interface Item {
  readonly connectionId: string;
  readonly endpoint: string;
}

describe('the inventory', () => {
  it.each<[string, Row, string | null, readonly string[], readonly string[]]>([
    ['as asked for', { scopes: ['read_orders'] }, null, [], []],
    ['implied by a wider one', { scopes: ['write_orders'] }, 'more', [], ['write_orders']],
    [
      'fewer',
      { scopes: ['read_products'], permissions: ['orders:read', 'products:read'] },
      'fewer',
      ['read_orders'],
      [],
    ],
    ['more', { scopes: ['read_orders', 'read_all'] }, 'more', [], ['read_all']],
    ['others', { scopes: ['read_all'] }, 'changed', ['read_orders'], ['read_all']],
    ['not told', { scopes: [] }, null, [], []],
  ])('tells drift of scopes: %s', async (_what, row, drift, missing, surplus) => {
    const id = await connection(row);
    const { body } = await get('/v1/inventory/credentials?limit=500');
    const item = body.data.find((one: Item) => one.connectionId === id);
    expect(item).toMatchObject({ drift, missingScopes: missing, surplusScopes: surplus });
    expect(item).toMatchObject({ kind: 'token', generation: 1, upgrade: { to: 'other' } });
    expect(JSON.stringify(item)).not.toContain('sealed"');
    const drifted = await get('/v1/inventory/credentials?drift=true&limit=500');
    expect(drifted.body.data.some((one: Item) => one.connectionId === id)).toBe(drift !== null);
  });

  it('pages through drift, and shows a tenant its own alone', async () => {
    const first = await get('/v1/inventory/credentials?drift=true&limit=2');
    expect(first.body.data).toHaveLength(2);
    const next = await get(`/v1/inventory/credentials?drift=true&limit=2&cursor=${first.body.nextCursor}`);
    const ids = [...first.body.data, ...next.body.data].map((one: Item) => one.connectionId);
    expect(new Set(ids).size).toBe(ids.length);
    const other = await api.tenant('Other');
    const id = await connection({ tenant: other });
    const mine = await get('/v1/inventory/credentials?limit=500');
    expect(mine.text).not.toContain(id);
    expect((await get(`/v1/inventory/credentials?tenantId=${other}`)).status).toBe(404);
  });

  it('pages through drift to the last row, where the last page is short and holds more than was asked for', async () => {
    const tenant = await api.tenant('Drifting');
    const by = await api.key('read', tenant);
    const drifting: string[] = [];
    for (let at = 0; at < 11; at++) {
      const id = await connection({ tenant, scopes: at === 8 ? ['read_orders'] : ['read_all'] });
      if (at !== 8) drifting.push(id);
    }
    const first = await get('/v1/inventory/credentials?drift=true&limit=9', by);
    const rest = `/v1/inventory/credentials?drift=true&limit=9&cursor=${first.body.nextCursor}`;
    const next = await get(rest, by);
    const ids = [...first.body.data, ...next.body.data].map((one: Item) => one.connectionId);
    expect(ids, next.text).toEqual(drifting.sort());
    expect(next.body.nextCursor).toBeNull();
  });

  it('holds each connection against its workflow and schedule', async () => {
    const tenant = await api.tenant('Workflows');
    const running = await connection({ tenant });
    const reauth = await connection({ tenant, lifecycle: 'reauth_required' });
    const revoked = await connection({ tenant, lifecycle: 'revoked' });
    const by = await api.key('read', tenant);
    const { body, text } = await get('/v1/inventory/workflows', by);
    const of = (id: string) => body.data.find((one: Item) => one.connectionId === id);
    expect(of(running), text).toMatchObject({ workflow: 'running', schedule: 'running', drift: [] });
    expect(of(reauth)).toMatchObject({ wanted: 'paused', drift: ['schedule_state'] });
    expect(of(revoked)).toMatchObject({ wanted: 'none', drift: ['schedule_left_over'] });
  });

  it('tells endpoints that are declared, called without being declared, and ending', async () => {
    const id = await connection();
    await api.database.owner.query(
      `INSERT INTO endpoint_uses (tenant_id, connection_id, endpoint, day, calls, failures, last_called_at)
       VALUES ($1, $2, 'GET /shop', now(), 3, 1, now()), ($1, $2, 'GET /odd', now(), 2, 0, now())`,
      [tenantId, id],
    );
    const { body } = await get('/v1/inventory/endpoints');
    const of = (endpoint: string) => body.data.find((one: Item) => one.endpoint === endpoint);
    expect(of('GET /shop')).toMatchObject({ standing: 'deprecated', by: 'proof', calls: 3, failures: 1 });
    expect(of('GET /odd')).toMatchObject({ standing: 'undeclared', calls: 2 });
    expect(of('GET /v2/things')).toMatchObject({ standing: 'declared', version: 'v2', calls: 0 });
  });
});

describe('the revocation of many', () => {
  it('is planned first, then fences all at once with an audit row each, and hands them to a run', async () => {
    const tenant = await api.tenant('Leaving');
    const ids = [await connection({ tenant }), await connection({ tenant })];
    await connection({ tenant, lifecycle: 'revoked' });
    const wish = { tenantId: tenant, platform: 'acorn' };
    const plan = await api.call('POST', '/v1/revocations', { body: wish });
    expect(plan.status, plan.text).toBe(201);
    expect(plan.body).toMatchObject({ kind: 'revocation', status: 'planned', counts: { pending: 2 } });
    const fences = async () =>
      (
        await api.database.owner.query(
          'SELECT 1 FROM connections WHERE tenant_id = $1 AND fenced_at IS NOT NULL',
          [tenant],
        )
      ).rows.length;
    expect(await fences()).toBe(0);
    const act = await api.call('POST', '/v1/revocations', { body: { ...wish, dryRun: false } });
    expect(act.body, act.text).toMatchObject({
      status: 'running',
      options: { upstream: true, erase: false },
    });
    expect(api.commands).toContain(`start ${act.body.id}`);
    expect(await fences()).toBe(2);
    const audit = await api.call(
      'GET',
      `/v1/audit?tenantId=${tenant}&action=connection.revocation_requested`,
    );
    expect(audit.body.data.map((one: { target: string }) => one.target).sort()).toEqual(ids.sort());
    const again = await api.call('POST', '/v1/revocations', { body: { ...wish, dryRun: false } });
    expect(again.body).toMatchObject({ counts: { pending: 0, skipped: 2 }, reasons: { revoking: 2 } });
  });

  it.each<[string, (ids: readonly string[]) => object, number]>([
    ['connection', ([id]) => ({ connectionIds: [id] }), 1],
    ['kind of credential', () => ({ credentialKind: 'token' }), 2],
    ['another kind', () => ({ credentialKind: 'none' }), 0],
    ['instant, all', () => ({ grantedBefore: inDays(1).toISOString() }), 2],
    ['instant, none', () => ({ grantedBefore: inDays(-1).toISOString() }), 0],
  ])('goes by %s', async (_what, by, count) => {
    const tenant = await api.tenant('By');
    const ids = [await connection({ tenant }), await connection({ tenant })];
    const body = { tenantId: tenant, ...by(ids) };
    const plan = await api.call('POST', '/v1/revocations', { body });
    expect(plan.body.counts, plan.text).toMatchObject({ pending: count });
  });

  it('of what there is not, or is another tenant’s, is refused by name, as a plan and as an act', async () => {
    const tenant = await api.tenant('Slipping');
    const [own, other] = [await connection({ tenant }), await connection()];
    const registration = await api.call('POST', '/v1/client-registrations', {
      body: { tenantId, platform: 'acorn', clientId: 'app', clientSecret: 'secret-1' },
    });
    const [noConnection, noRegistration] = [newId('connection'), newId('clientRegistration')];
    for (const [by, code, told] of [
      [{ platform: 'shopfy' }, 'unknown_platform', 'shopfy'],
      [{ clientRegistrationId: noRegistration }, 'not_found', noRegistration],
      [{ tenantId: tenant, clientRegistrationId: registration.body.id }, 'not_found', registration.body.id],
      [{ connectionIds: [own, noConnection] }, 'not_found', noConnection],
      [{ tenantId: tenant, connectionIds: [own, other] }, 'not_found', other],
    ] as const)
      for (const dryRun of [true, false]) {
        const { status, body } = await api.call('POST', '/v1/revocations', { body: { ...by, dryRun } });
        expect([code === 'not_found' ? 404 : 422, code], JSON.stringify(body)).toEqual([status, body.code]);
        expect(body.detail).toContain(`"${told}"`);
      }
    const { rows } = await api.database.owner.query(
      'SELECT 1 FROM connections WHERE id = $1 AND fenced_at IS NULL',
      [own],
    );
    expect(rows).toHaveLength(1);
  });

  it('of everything has to be said', async () => {
    const answer = await api.call('POST', '/v1/revocations', { body: { dryRun: false } });
    expect(answer.body.code).toBe('invalid_request');
  });
});
