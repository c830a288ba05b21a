import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reasonToStop } from '../../domain/fleet-run.ts';
import type { TenantId } from '../../domain/ids.ts';
import type { Platform } from '../../domain/platform.ts';
import { newId } from '../../store/new-id.ts';
import { startApi, type TestApi } from './api.ts';
import { TEST_PLATFORMS } from './platforms.ts';

let api: TestApi;
let tenantId: TenantId;
let registrationId: string;

beforeAll(async () => {
  api = await startApi({ platforms: upgradable() });
  tenantId = await api.tenant();
  const { body } = await api.call('POST', '/v1/client-registrations', {
    body: { platform: 'acorn', clientId: 'app', clientSecret: 'secret-1' },
  });
  registrationId = body.id;
});
afterAll(() => api.close());

/** Acorn with an older kind of token that becomes the one it has. */
function upgradable(): ReadonlyMap<string, Platform> {
  const all = new Map(TEST_PLATFORMS);
  const acorn = all.get('acorn');
  const [method] = acorn?.auth ?? [];
  if (acorn === undefined || method === undefined || method.obtain.kind !== 'authorization_code')
    throw new Error('acorn is not what it was');
  const { token } = method.obtain;
  const renewing = { ...method, renew: { kind: 'login', when: 'ahead', token } } as const;
  const old = {
    ...method,
    credentialKind: 'old_token',
    upgrade: { to: 'token', token, irreversible: true, deadline: '2027-01-01', note: 'it ends' },
  } as const;
  return all.set('acorn', { ...acorn, auth: [renewing, old] });
}

interface Row {
  readonly kind?: string;
  readonly lifecycle?: string;
  readonly health?: string;
  readonly version?: number;
  readonly tenantId?: TenantId;
}

async function connection(row: Row = {}): Promise<string> {
  const id = newId('connection');
  const { kind = 'old_token', lifecycle = 'active', health = 'ok', version = 1 } = row;
  const tenant = row.tenantId ?? tenantId;
  await api.database.owner.query(
    `INSERT INTO connections (id, tenant_id, platform, registration_id, shop, shop_key, lifecycle, state, health, generation)
     VALUES ($1, $2, 'acorn', $3, '{}', $1, $4, $4, $5, 1)`,
    [id, tenant, registrationId, lifecycle, health],
  );
  await api.database.owner.query(
    `INSERT INTO credentials (connection_id, generation, tenant_id, kind, sealed, key_version, registration_version)
     VALUES ($1, 1, $2, $3, '', 1, $4)`,
    [id, tenant, kind, version],
  );
  return id;
}

const plan = (body: Record<string, unknown>, key?: string) =>
  api.call('POST', '/v1/fleet-runs', {
    body: { platform: 'acorn', ...body },
    ...(key === undefined ? {} : { key }),
  });

describe('a plan', () => {
  it('of a tenant that there is not, or that is another’s, is refused, not empty; a revocation too', async () => {
    const [missing, key] = [newId('tenant'), await api.key('admin', tenantId)];
    for (const more of [{}, { key }])
      for (const [path, body] of [
        ['/v1/fleet-runs', { kind: 'token_upgrade', platform: 'acorn', tenantId: missing }],
        ['/v1/revocations', { tenantId: missing }],
      ] as const)
        expect((await api.call('POST', path, { body, ...more })).body).toMatchObject({
          status: 404,
          code: 'not_found',
        });
  });

  it('says of every connection that lives whether it is taken, and why not', async () => {
    const taken = await connection();
    await connection({ kind: 'token' });
    await connection({ kind: 'third' });
    await connection({ lifecycle: 'reauth_required' });
    await connection({ lifecycle: 'revoking' });
    await connection({ lifecycle: 'revoked' });
    await connection({ health: 'degraded' });
    const answer = await plan({ kind: 'token_upgrade', tenantId });
    expect(answer.status, answer.text).toBe(201);
    expect(answer.body).toMatchObject({
      status: 'planned',
      target: { from: 'old_token', to: 'token' },
      counts: { pending: 1, skipped: 5 },
      reasons: { already_upgraded: 1, other_kind: 1, reauth_required: 1, revoking: 1, degraded: 1 },
    });
    expect(api.commands).not.toContain(`start ${answer.body.id}`);
    const { body } = await api.call('GET', `/v1/fleet-runs/${answer.body.id}?outcome=pending`);
    expect(body.items.data).toMatchObject([{ position: 1, connectionId: taken, stage: 'canary' }]);
    const stop = await api.call('POST', `/v1/fleet-runs/${answer.body.id}/stop`);
    expect(stop.body.code).toBe('fleet_run_final');
  });

  it('of a rotation takes what an older secret made, of an API version what was not proved on it', async () => {
    const other = await api.tenant('Rotating');
    await connection({ tenantId: other, kind: 'token' });
    await connection({ tenantId: other, kind: 'token', version: 2 });
    await connection({ tenantId: other });
    await api.call('PATCH', `/v1/client-registrations/${registrationId}`, {
      body: { clientSecret: 'new-2' },
    });
    const rotation = await plan({
      kind: 'secret_rotation',
      platform: undefined,
      clientRegistrationId: registrationId,
      tenantId: other,
    });
    expect(rotation.body, rotation.text).toMatchObject({
      counts: { pending: 1, skipped: 2 },
      reasons: { already_current: 1, not_renewable: 1 },
      target: { version: 2 },
    });
    const version = await plan({ kind: 'api_version', tenantId: other });
    expect(version.body, version.text).toMatchObject({ counts: { pending: 3 }, target: { version: '1' } });
  });

  it('that is started hands the run to its workflow; a second one over the same connections is refused', async () => {
    const other = await api.tenant('Started');
    await connection({ tenantId: other });
    const run = await plan({ kind: 'token_upgrade', tenantId: other, dryRun: false });
    expect(run.body, run.text).toMatchObject({
      status: 'running',
      options: { canary: 1, maxErrorRate: 0.05 },
    });
    expect(api.commands).toContain(`start ${run.body.id}`);
    const second = await plan({ kind: 'token_upgrade', tenantId: other, dryRun: false });
    expect(second.body.code).toBe('fleet_run_active');
    for (const [word, signal] of [
      ['pause', 'pauseRun'],
      ['resume', 'resumeRun'],
      ['stop', 'stopRun'],
    ])
      expect((await api.call('POST', `/v1/fleet-runs/${run.body.id}/${word}`)).status, signal).toBe(202);
    expect(api.commands).toContain(`stopRun ${run.body.id}`);
  });

  it('leaves what another open run of the kind holds to it: of a tenant, of chosen connections, paused; until that run is stopped', async () => {
    const [other, third] = [await api.tenant('Overlapping'), await api.tenant('Beside')];
    const [held, free] = [await connection({ tenantId: other }), await connection({ tenantId: other })];
    const [theirs, foreign] = [await api.key('admin', other), await connection({ tenantId: third })];
    const wish = { kind: 'token_upgrade', connectionIds: [held, free, foreign] };
    const planned = await plan({ kind: 'token_upgrade', connectionIds: [held] }, theirs);
    expect(planned.body.counts, 'a plan holds nothing').toMatchObject({ pending: 1 });
    const first = await plan({ kind: 'token_upgrade', connectionIds: [held], dryRun: false }, theirs);
    expect(first.body, first.text).toMatchObject({ status: 'running', counts: { pending: 1 } });
    await api.database.owner.query("UPDATE fleet_runs SET status = 'paused' WHERE id = $1", [first.body.id]);
    expect((await plan({ kind: 'api_version', connectionIds: [held] })).body.counts.pending).toBe(1);

    const second = await plan({ ...wish, dryRun: false });
    expect(second.body, second.text).toMatchObject({
      status: 'running',
      counts: { pending: 2, skipped: 1 },
      reasons: { in_other_run: 1 },
    });
    const empty = await plan(wish);
    expect(empty.body).toMatchObject({ counts: { pending: 0, skipped: 3 }, reasons: { in_other_run: 3 } });
    const refused = await plan({ ...wish, dryRun: false });
    expect(refused.body, refused.text).toMatchObject({
      status: 409,
      code: 'fleet_run_active',
      facts: { fleetRunIds: [first.body.id, second.body.id].sort() },
    });
    const blind = await plan({ kind: 'token_upgrade', dryRun: false }, theirs);
    expect(blind.body, blind.text).toMatchObject({
      code: 'fleet_run_active',
      facts: { fleetRunIds: [first.body.id] },
    });
    expect(blind.text).not.toContain(second.body.id);

    expect((await api.call('POST', `/v1/fleet-runs/${first.body.id}/stop`)).status).toBe(202);
    expect(api.commands).toContain(`stopRun ${first.body.id}`);
    await api.database.owner.query("UPDATE fleet_runs SET status = 'stopped' WHERE id = $1", [first.body.id]);
    expect((await plan(wish)).body).toMatchObject({ counts: { pending: 1 }, reasons: { in_other_run: 2 } });
  });

  it('takes each connection once where several are begun in one moment', async () => {
    const other = await api.tenant('Racing');
    const ids = [await connection({ tenantId: other }), await connection({ tenantId: other })];
    const answers = await Promise.all(
      [{ tenantId: other }, { connectionIds: ids }, { connectionIds: ids.slice(1) }, { tenantId: other }].map(
        (of) => plan({ kind: 'token_upgrade', dryRun: false, ...of }),
      ),
    );
    const taken = answers.map(({ body }) => (body.code === 'fleet_run_active' ? 0 : body.counts.pending));
    expect(taken.reduce((sum, one) => sum + one, 0)).toBe(ids.length);
  });

  it.each<[string, Record<string, unknown>, number, string]>([
    ['an unknown kind', { kind: 'magic' }, 422, 'invalid_request'],
    ['a revocation, which has an address of its own', { kind: 'revocation' }, 422, 'invalid_request'],
    ['an unknown platform', { kind: 'token_upgrade', platform: 'none' }, 422, 'unknown_platform'],
    ['no platform', { kind: 'api_version', platform: undefined }, 422, 'invalid_request'],
    [
      'a platform without an upgrade',
      { kind: 'token_upgrade', platform: 'cedar' },
      422,
      'upgrade_unavailable',
    ],
    ['a kind that has none', { kind: 'token_upgrade', credentialKind: 'token' }, 422, 'upgrade_unavailable'],
    ['no registration', { kind: 'secret_rotation' }, 422, 'invalid_request'],
    [
      'an unknown registration',
      { kind: 'secret_rotation', clientRegistrationId: newId('clientRegistration') },
      404,
      'not_found',
    ],
    ['a rate above one', { kind: 'token_upgrade', maxErrorRate: 2 }, 422, 'invalid_request'],
    ['no pace', { kind: 'token_upgrade', perMinute: 0 }, 422, 'invalid_request'],
  ])('refuses %s', async (_what, body, status, code) => {
    const answer = await plan(body);
    expect(answer.status, answer.text).toBe(status);
    expect(answer.body.code).toBe(code);
  });

  it("of a tenant's own key is over its own connections, and nobody else's to see", async () => {
    const other = await api.tenant('Own');
    await connection({ tenantId: other });
    const key = await api.key('admin', other);
    const run = await plan({ kind: 'token_upgrade' }, key);
    expect(run.body, run.text).toMatchObject({ tenantId: other, counts: { pending: 1 } });
    const foreign = await api.key('admin', tenantId);
    expect((await api.call('GET', `/v1/fleet-runs/${run.body.id}`, { key: foreign })).status).toBe(404);
    expect((await plan({ kind: 'token_upgrade', tenantId }, key)).status).toBe(404);
  });
});

it.each([
  ['one failed canary stops', 'canary', 0, 1, 'canary_failed'],
  ['a failure below the rate does not', 'batch', 99, 1, null],
  ['at the rate it does not', 'batch', 95, 5, null],
  ['above the rate it does', 'batch', 94, 6, 'error_rate'],
  ['nothing settled is no reason', 'batch', 0, 0, null],
] as const)('the error rate: %s', (_why, stage, done, failed, reason) => {
  const counts = { done, failed, skipped: 0, pending: 1 };
  expect(reasonToStop(stage, counts, { maxErrorRate: 0.05 })).toBe(reason);
});
