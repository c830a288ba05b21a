import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { warnOfDeadlines } from '../../activities/warn-of-deadlines.ts';
import type { TenantId } from '../../domain/ids.ts';
import type { Platform } from '../../domain/platform.ts';
import { newId } from '../../store/new-id.ts';
import { startApi, type TestApi } from './api.ts';
import { TEST_PLATFORMS } from './platforms.ts';

let api: TestApi;
let platforms: ReadonlyMap<string, Platform>;
let tenantId: TenantId;
let other: TenantId;
let mine: string;
let theirs: string;
let key: string;
let registrationId: string;

const DAY_MS = 86_400_000;
const NOW = Date.parse('2026-11-21T12:00:00Z');
const dateOf = (days: number) => new Date(NOW + days * DAY_MS).toISOString().slice(0, 10);

beforeAll(async () => {
  platforms = ending();
  api = await startApi({ platforms });
  api.clock.nowMs = NOW;
  tenantId = await api.tenant('Mine');
  other = await api.tenant('Other');
  key = await api.key('read', tenantId);
  const registration = await api.call('POST', '/v1/client-registrations', {
    body: { platform: 'acorn', clientId: 'app', clientSecret: 'secret' },
  });
  registrationId = registration.body.id;
  await api.database.owner.query('UPDATE client_secrets SET created_at = $1', [new Date(NOW - 170 * DAY_MS)]);
  mine = await connection(tenantId, 400);
  theirs = await connection(other, 100);
});
afterAll(() => api.close());

/** Acorn, of which everything ends. */
function ending(): ReadonlyMap<string, Platform> {
  const all = new Map(TEST_PLATFORMS);
  const acorn = all.get('acorn');
  const [method] = acorn?.auth ?? [];
  if (acorn === undefined || method === undefined || method.obtain.kind !== 'authorization_code')
    throw new Error('acorn is not what it was');
  const { token } = method.obtain;
  const upgrade = { to: 'other', token, irreversible: true, deadline: dateOf(5), note: 'the old kind ends' };
  return all.set('acorn', {
    ...acorn,
    apiVersion: { name: '2026-07', sunset: dateOf(20) },
    endpoints: [{ endpoint: 'GET /v2/things', version: 'v2', sunset: dateOf(200) }],
    deadlines: [
      { kind: 'consent', afterS: 402 * 86_400, note: 'approved yearly' },
      { kind: 'client_secret', afterS: 180 * 86_400, note: 'renewed twice a year' },
    ],
    auth: [{ ...method, upgrade }],
  });
}

/** Approved so many days ago; its refresh token ends in two days. */
async function connection(tenant: TenantId, approvedDaysAgo: number): Promise<string> {
  const id = newId('connection');
  const { owner } = api.database;
  await owner.query(
    `INSERT INTO connections (id, tenant_id, platform, registration_id, shop, shop_key, lifecycle, state, generation)
     VALUES ($1, $2, 'acorn', $3, '{}', $1, 'active', 'active', 1)`,
    [id, tenant, registrationId],
  );
  await owner.query(
    `INSERT INTO credentials (connection_id, generation, tenant_id, kind, sealed, key_version, created_at)
     VALUES ($1, 1, $2, 'token', '', 1, $3)`,
    [id, tenant, new Date(NOW - approvedDaysAgo * DAY_MS)],
  );
  await owner.query(
    "INSERT INTO deadlines (tenant_id, subject, kind, at) VALUES ($1, $2, 'refresh_token', $3)",
    [tenant, id, new Date(NOW + 2 * DAY_MS)],
  );
  return id;
}

interface Entry {
  readonly kind: string;
  readonly subject: string;
  readonly connections: number;
  readonly tenantId: string | null;
}

const EXPECTED = (id: string) => [
  ['refresh_token', id],
  ['consent', id],
  ['credential_upgrade', 'acorn/token'],
  ['client_secret', registrationId],
  ['api_version', 'acorn/2026-07'],
  ['api_version', 'acorn/GET /v2/things'],
];

describe('the calendar', () => {
  it('tells a tenant what of its own ends, earliest first, each with its date', async () => {
    const { body, text } = await api.call('GET', '/v1/calendar', { key });
    const found = body.data.map(({ kind, subject }: Entry) => [kind, subject]);
    expect(found.sort(), text).toEqual(EXPECTED(mine).sort());
    const dates = body.data.map(({ at }: { at: string }) => at);
    expect(dates).toEqual([...dates].sort());
    expect(text).not.toContain(theirs);
    expect(body.data.every(({ connections }: Entry) => connections === 1)).toBe(true);
  });

  it('sums what stops several tenants for an operator, and pages in order', async () => {
    const all: Entry[] = [];
    for (let cursor = ''; ; ) {
      const { body } = await api.call('GET', `/v1/calendar?limit=3${cursor}`);
      all.push(...body.data);
      if (body.nextCursor === null) break;
      cursor = `&cursor=${encodeURIComponent(body.nextCursor)}`;
    }
    expect(new Set(all.map(({ kind, subject }) => `${kind} ${subject}`)).size).toBe(all.length);
    const version = all.find(({ subject }) => subject === 'acorn/2026-07');
    expect(version).toMatchObject({ connections: 2, tenantId: null });
    expect(all.filter(({ kind }) => kind === 'refresh_token')).toHaveLength(2);
  });

  it('shows one kind, up to a date', async () => {
    const until = new Date(NOW + 30 * DAY_MS).toISOString();
    const { body } = await api.call('GET', `/v1/calendar?kind=api_version&until=${until}`, { key });
    expect(body.data).toMatchObject([{ subject: 'acorn/2026-07', daysLeft: 19 }]);
  });

  it("warns each tenant once a step by events, and never of another tenant's", async () => {
    const { db } = api.database;
    const warn = (days: number) => warnOfDeadlines({ db, platforms, nowMs: () => NOW + days * DAY_MS });
    expect(await warn(0)).toBe(9);
    expect(await warn(0)).toBe(0);
    const { body } = await api.call('GET', '/v1/events', { key });
    const warned = body.data.filter(({ type }: { type: string }) => type === 'calendar.warning');
    const steps = warned.map(({ data }: { data: { kind: string; days: number } }) => [data.kind, data.days]);
    expect(steps.sort()).toEqual([
      ['api_version', 30],
      ['client_secret', 30],
      ['consent', 7],
      ['credential_upgrade', 7],
      ['refresh_token', 3],
    ]);
    expect(JSON.stringify(warned)).not.toContain(theirs);
    // A day before the refresh tokens end, and the consent.
    expect(await warn(1.2)).toBe(3);
    expect(await warn(1.2)).toBe(0);
  });
});
