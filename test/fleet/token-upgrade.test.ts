// The fleet migration of non-expiring tokens, by the product's own processes: planned, started by the command line, a worker killed in the
// middle, answers lost, errors, a pause. What cannot be taken back is done once a shop, and the end proves what is left.
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { mooringAt } from '../cli/local-command.ts';
import { dumpDatabase, dumpTemporal, findAll, readLogs } from '../invariants/haystack.ts';
import { type Product, startProduct } from '../invariants/product.ts';
import { until } from '../world.ts';

const TOKENS = 'access_token';

let product: Product;
let tenants = 0;

beforeAll(async () => {
  product = await startProduct({ env: { LOG_LEVEL: 'trace' } });
}, 150_000);

afterAll(async () => {
  await product?.stop();
}, 60_000);

interface Report {
  readonly id: string;
  readonly status: string;
  readonly reason: string | null;
  readonly counts: Readonly<Record<string, number>>;
  readonly reasons: Readonly<Record<string, number>>;
  readonly proof: Readonly<Record<string, number>> | null;
  readonly items: {
    readonly data: readonly { connectionId: string; outcome: string; code: string | null }[];
  };
}

interface Fleet {
  readonly tenantId: string;
  /** In the order in which a run takes them. */
  readonly hosts: readonly string[];
}

/** Shops that were connected elsewhere with tokens that never expire, imported for a tenant of their own. */
async function fleetOf(name: string, count: number): Promise<Fleet> {
  tenants += 1;
  const tenant = await product.api<{ id: string }>('POST', '/v1/tenants', { name: `Tenant ${tenants}` });
  const tenantId = tenant.body.id;
  const lines: string[] = [];
  for (let at = 0; at < count; at++) {
    const host = `${name}${at}.myshopify.com`;
    await product.control('POST', '/shops', {
      platform: 'shopify',
      host,
      orders: 1,
      products: 1,
      customers: 1,
    });
    const { access_token: accessToken } = await product.control<{ access_token: string }>(
      'POST',
      `/shops/${host}/credential`,
      { expiring: false },
    );
    lines.push(
      JSON.stringify({ tenantId, platform: 'shopify', shop: { shop: host }, credential: { accessToken } }),
    );
  }
  const uploaded = await fetch(`${product.apiUrl}/v1/imports`, {
    method: 'POST',
    headers: { authorization: `Bearer ${product.apiKey}`, 'content-type': 'application/x-ndjson' },
    body: lines.join('\n'),
  });
  const { id } = (await uploaded.json()) as { id: string };
  await until(
    `${name} to be imported`,
    async () => {
      const { body } = await product.api<{ counts: Record<string, number> }>('GET', `/v1/imports/${id}`);
      return body.counts['connected'] === count;
    },
    60_000,
  );
  return { tenantId, hosts: await inOrderOfRuns(tenantId) };
}

/** Lines are imported side by side; runs take connections by their ids. */
async function inOrderOfRuns(tenantId: string): Promise<readonly string[]> {
  const { rows } = await product.database.owner.query<{ host: string }>(
    `SELECT shop ->> 'shop' AS host FROM connections WHERE tenant_id = $1 ORDER BY id`,
    [tenantId],
  );
  return rows.map(({ host }) => host);
}

async function start(fleet: Fleet, over: Record<string, unknown> = {}): Promise<string> {
  const answer = await product.api<Report>('POST', '/v1/fleet-runs', {
    kind: 'token_upgrade',
    platform: 'shopify',
    tenantId: fleet.tenantId,
    dryRun: false,
    canaryWaitS: 0,
    perMinute: 6000,
    ...over,
  });
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
  return answer.body.id;
}

const reportOf = async (id: string) =>
  (await product.api<Report>('GET', `/v1/fleet-runs/${id}?limit=500`)).body;

const inStatus = (id: string, ...statuses: string[]) =>
  until(
    `${id} to be ${statuses.join(' or ')}`,
    async () => {
      const report = await reportOf(id);
      return statuses.includes(report.status) ? report : null;
    },
    120_000,
  );

async function kindsOf({ tenantId }: Fleet): Promise<Record<string, number>> {
  const { rows } = await product.database.owner.query<{ kind: string; n: number }>(
    `SELECT c.kind, count(*)::int AS n FROM connections AS n JOIN credentials AS c ON c.connection_id = n.id AND c.generation = n.generation
     WHERE n.tenant_id = $1 GROUP BY 1`,
    [tenantId],
  );
  return Object.fromEntries(rows.map(({ kind, n }) => [kind, n]));
}

const fault = (host: string | undefined, wish: Record<string, unknown>) =>
  product.control('POST', '/faults', { shop: host, path: TOKENS, ...wish });

const mooring = (...args: readonly string[]) => mooringAt(product, args);

test('a fleet is upgraded once a shop through a kill -9 of the worker; the plan before changed nothing', async () => {
  const fleet = await fleetOf('fleet', 8);
  const plan = await product.api<Report>('POST', '/v1/fleet-runs', {
    kind: 'token_upgrade',
    platform: 'shopify',
    tenantId: fleet.tenantId,
  });
  expect(plan.body).toMatchObject({ status: 'planned', counts: { pending: 8, skipped: 0, done: 0 } });
  expect(await kindsOf(fleet)).toEqual({ offline_token_permanent: 8 });

  // The platform has made one exchange, the only one under way, and its answer is coming, when the worker dies.
  await fault(fleet.hosts[4], { kind: 'drip', ms: 500 });
  const id = await start(fleet, { batchSize: 3, concurrency: 1, maxErrorRate: 0.5 });
  await until(
    'the exchange',
    async () => {
      const { data } = await product.control<{ data: { hits: number }[] }>('GET', '/faults');
      return data[0]?.hits === 1;
    },
    60_000,
  );
  product.part('worker').kill();
  await product.startMore('worker', 'worker-2');
  const report = await inStatus(id, 'completed');
  // The one whose answer nobody heard is known for what it is, and the others are not touched by it.
  const grants = await Promise.all(fleet.hosts.map((host) => product.grants(host)));
  for (const [grant] of grants) expect(grant?.exchanges[1]).toBe(1);
  const kinds = await kindsOf(fleet);
  expect(kinds['offline_token'] ?? 0).toBe(report.counts['done']);
  const [lost] = report.items.data.filter(({ outcome }) => outcome === 'failed');
  expect(lost?.code).toBe('refresh_outcome_unknown');
  expect((await product.connection(lost?.connectionId ?? '')).state).toBe('reauth_required');
  expect(report).toMatchObject({ counts: { done: 7, failed: 1 }, proof: { left: 1 } });

  const again = await start(fleet, { maxErrorRate: 1 });
  const second = await inStatus(again, 'completed');
  expect(second.reasons).toEqual({ already_upgraded: 7, reauth_required: 1 });
  for (const [grant] of await Promise.all(fleet.hosts.map((host) => product.grants(host))))
    expect(grant?.exchanges[1]).toBe(1);

  const straws = [
    ...(await dumpDatabase(product.database.owner)),
    ...(await dumpTemporal(product.temporal.client)),
    ...(await readLogs(join(product.folder, 'logs'))),
    { where: 'report', text: JSON.stringify([plan.body, report, second]) },
  ];
  expect(findAll(straws, await product.issuedSecrets())).toEqual([]);
}, 240_000);

test('a canary that fails stops the run before anybody else; a rate of errors stops it in the middle', async () => {
  const fleet = await fleetOf('errors', 7);
  const refusal = { kind: 'status', status: 400, body: '{"error":"invalid_request"}', count: 100 };
  await fault(fleet.hosts[0], refusal);
  const first = await inStatus(await start(fleet), 'stopped');
  expect(first).toMatchObject({ reason: 'canary_failed', counts: { failed: 1, done: 0, pending: 6 } });
  expect(first.proof).toMatchObject({ left: 7 });

  await product.control('DELETE', '/faults');
  for (const host of fleet.hosts.slice(1, 4)) await fault(host, refusal);
  const second = await inStatus(await start(fleet, { batchSize: 3, maxErrorRate: 0.3 }), 'stopped');
  expect(second.reason).toBe('error_rate');
  expect(second.counts).toMatchObject({ failed: 3, done: 1, pending: 3 });
  // A refusal leaves every connection as it was.
  const { rows } = await product.database.owner.query<{ state: string }>(
    'SELECT DISTINCT state FROM connections WHERE tenant_id = $1',
    [fleet.tenantId],
  );
  expect(rows).toEqual([{ state: 'active' }]);
  await product.control('DELETE', '/faults');
}, 180_000);

test('paused, nothing more begins; resumed, it ends; a second run beside it is refused; stopped, the rest is left', async () => {
  const fleet = await fleetOf('paused', 5);
  const id = await start(fleet, { batchSize: 1, perMinute: 30, concurrency: 1, canary: 0 });
  await until('the first', async () => ((await reportOf(id)).counts['done'] ?? 0) >= 1);
  const beside = await product.api<{ code: string }>('POST', '/v1/fleet-runs', {
    kind: 'token_upgrade',
    platform: 'shopify',
    tenantId: fleet.tenantId,
    dryRun: false,
  });
  expect(beside).toMatchObject({ status: 409, body: { code: 'fleet_run_active' } });
  await product.api('POST', `/v1/fleet-runs/${id}/pause`);
  const paused = await inStatus(id, 'paused');
  expect(paused.counts['pending']).toBeGreaterThan(0);
  await product.api('POST', `/v1/fleet-runs/${id}/resume`);
  await until(
    'one more',
    async () => ((await reportOf(id)).counts['done'] ?? 0) > (paused.counts['done'] ?? 0),
    30_000,
  );
  await product.api('POST', `/v1/fleet-runs/${id}/stop`);
  const stopped = await inStatus(id, 'stopped', 'completed');
  expect((stopped.counts['done'] ?? 0) + (stopped.proof?.['left'] ?? 0)).toBe(5);
  const late = await product.api<{ code: string }>('POST', `/v1/fleet-runs/${id}/pause`);
  expect(late).toMatchObject({ status: 409, body: { code: 'fleet_run_final' } });
}, 120_000);

test('a rotated client secret is what every credential is made with at the end, and an API version is proved shop by shop', async () => {
  const fleet = await fleetOf('rotated', 3);
  await inStatus(await start(fleet), 'completed');
  const { body } = await product.api<{ data: { id: string; platform: string }[] }>(
    'GET',
    '/v1/client-registrations?platform=shopify',
  );
  const [registration] = body.data;
  const secret = `rotated-${Date.now()}`;
  await product.control('PATCH', '/apps/shopify', { secret });
  await product.api('PATCH', `/v1/client-registrations/${registration?.id}`, { clientSecret: secret });
  const rotation = await start(fleet, {
    kind: 'secret_rotation',
    platform: undefined,
    clientRegistrationId: registration?.id,
  });
  const rotated = await inStatus(rotation, 'completed', 'stopped');
  expect(rotated).toMatchObject({ status: 'completed', counts: { done: 3 }, proof: { left: 0 } });
  const { rows } = await product.database.owner.query<{ v: number }>(
    `SELECT DISTINCT c.registration_version AS v FROM connections AS n
     JOIN credentials AS c ON c.connection_id = n.id AND c.generation = n.generation WHERE n.tenant_id = $1`,
    [fleet.tenantId],
  );
  expect(rows).toEqual([{ v: 2 }]);

  const versions = await inStatus(await start(fleet, { kind: 'api_version' }), 'completed');
  expect(versions).toMatchObject({ counts: { done: 3 }, proof: { left: 0 } });
  const again = await inStatus(await start(fleet, { kind: 'api_version' }), 'completed');
  expect(again.reasons).toEqual({ already_current: 3 });
}, 120_000);

test('a fleet that must go is fenced at once, ended at the platform, and its secrets destroyed', async () => {
  const fleet = await fleetOf('leaked', 3);
  const answer = await product.api<Report>('POST', '/v1/revocations', {
    tenantId: fleet.tenantId,
    credentialKind: 'offline_token_permanent',
    dryRun: false,
  });
  expect(answer.body).toMatchObject({ kind: 'revocation', counts: { pending: 3 } });
  const { rows } = await product.database.owner.query(
    'SELECT 1 FROM connections WHERE tenant_id = $1 AND fenced_at IS NULL',
    [fleet.tenantId],
  );
  expect(rows).toEqual([]);
  expect((await inStatus(answer.body.id, 'completed')).counts).toMatchObject({ done: 3 });
  await until(
    'all to be revoked',
    async () => {
      const left = await product.database.owner.query(
        "SELECT 1 FROM connections WHERE tenant_id = $1 AND state <> 'revoked'",
        [fleet.tenantId],
      );
      return left.rows.length === 0;
    },
    60_000,
  );
  expect(await kindsOf(fleet)).toEqual({});
  for (const host of fleet.hosts) expect((await product.grants(host))[0]?.state).toBe('uninstalled');
}, 120_000);

test('the command line plans, starts with progress, and ends with the proof', async () => {
  const fleet = await fleetOf('cli', 2);
  const of = ['token_upgrade', '--platform', 'shopify', '--tenant', fleet.tenantId];
  const plan = await mooring('fleet', 'plan', ...of);
  expect(plan.code, plan.err).toBe(0);
  expect(plan.out).toContain('Nothing was changed');
  const done = await mooring('fleet', 'start', ...of, '--canary-wait', '0', '--yes');
  expect(done.code, done.err).toBe(0);
  expect(done.out).toContain('completed');
  expect(done.out).toContain('0 on the old form');
  const [id = ''] = /flt_\w+/.exec(done.out) ?? [];
  expect((await mooring('fleet', 'status', id, '--json')).out).toContain('"completed"');
  expect((await mooring('fleet', 'stop', id)).code).toBe(1);
}, 120_000);
