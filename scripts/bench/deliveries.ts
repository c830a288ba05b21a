// What deliveries cost: events of the outbox to an endpoint (fan-out, claims, keys from the vault, signature, guard, attempts and states written) against
// a bare loop that signs the same bodies and posts them by undici to the same receiver, as many at a time. Then how late a message comes when events
// are written at a pace. Linux only: it reads /proc.
import { createHmac, randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Table from 'cli-table3';
import { Agent } from 'undici';
import { LANES, startDelivering } from '../../deliveries/index.ts';
import type { EndpointId, TenantId } from '../../domain/ids.ts';
import { createDeliverer, createEndpointKeys, newWebhookKey } from '../../egress/index.ts';
import { createDataKeyPort } from '../../store/data-keys.ts';
import { type Database, openDatabase } from '../../store/database.ts';
import { addEndpointSecret, endpointSecretBinding } from '../../store/endpoint-secrets.ts';
import { insertEndpoint } from '../../store/endpoints.ts';
import { appendEventBySql } from '../../store/events.ts';
import { newId } from '../../store/new-id.ts';
import { createTenant } from '../../store/tenants.ts';
import { createVault, localKey, localKeyProvider, type Vault } from '../../vault/index.ts';
import { keepOutbox } from '../../worker/outbox.ts';
import { migrate } from '../stack/migrate.ts';
import { freePort } from '../stack/ports.ts';
import { startPostgres } from '../stack/postgres.ts';
import { startServer } from './child-server.ts';
import type { BenchOptions } from './main.ts';
import { median, postgresCpuSeconds, watchMemory } from './measure.ts';

type Name = 'bare loop' | 'mooring one endpoint' | 'mooring four endpoints';

interface Cost {
  readonly perS: number;
  /** CPU milliseconds of this process, and of PostgreSQL, a message. */
  readonly cpuMs: number;
  readonly dbCpuMs: number;
}

const ENDPOINTS = 4;
const PACED_PER_S = 200;
const PACED_S = 10;
const SETTLED_WITHIN_MS = 300_000;
const DATA = {
  runId: newId('syncRun'),
  status: 'completed',
  error: null,
  progress: { orders: { pages: 1, written: 3 } },
};

export async function run(options: BenchOptions): Promise<void> {
  const closings: (() => Promise<unknown>)[] = [];
  try {
    const bench = await prepare(closings);
    const memory = watchMemory(process.pid);
    const costs = new Map<Name, Cost[]>();
    // Not counted: the first round is spent on connections and compiled code.
    for (let round = 0; round <= options.rounds; round++) {
      for (const [name, contest] of contests(bench, options.messages)) {
        const cost = await contest();
        if (round === 0) continue;
        costs.set(name, [...(costs.get(name) ?? []), cost]);
        if (!options.json)
          console.error(
            `round ${round}/${options.rounds}  ${name.padEnd(24)} ${Math.round(cost.perS)} messages/s`,
          );
      }
    }
    const late = await paced(bench);
    report(costs, { options, late, peakMb: memory.stop() });
  } finally {
    for (const close of closings.reverse()) await close();
  }
}

interface Bench {
  readonly db: Database;
  readonly vault: Vault;
  readonly folder: string;
  readonly url: string;
  readonly tenants: readonly TenantId[];
}

async function prepare(closings: (() => Promise<unknown>)[]): Promise<Bench> {
  const folder = await mkdtemp(join(tmpdir(), 'mooring-bench-'));
  closings.push(() => rm(folder, { recursive: true, force: true }));
  await chmod(folder, 0o755);
  const postgres = await startPostgres({ folder: join(folder, 'postgres'), port: await freePort() });
  closings.push(() => postgres.stop());
  await postgres.createDatabase('mooring');
  await migrate(postgres.urlOf('mooring'));
  const db = openDatabase({ url: postgres.urlOf('mooring'), poolSize: 8 });
  closings.push(() => db.close());
  const receiver = await startServer('./receiver.ts');
  closings.push(async () => receiver.child.kill());
  const vault = createVault({
    keyProvider: localKeyProvider(localKey(randomBytes(32))),
    dataKeys: createDataKeyPort(db),
  });
  const tenants: TenantId[] = [];
  for (let n = 0; n < ENDPOINTS; n++) {
    const tenantId = newId('tenant');
    await db.acrossTenants((tx) => createTenant(tx, { id: tenantId, name: 'bench', settings: {} }));
    await makeEndpoint({ db, vault, tenantId, url: `${receiver.url}/${n}` });
    tenants.push(tenantId);
  }
  return { db, vault, folder, url: receiver.url, tenants };
}

async function makeEndpoint(of: {
  readonly db: Database;
  readonly vault: Vault;
  readonly tenantId: TenantId;
  readonly url: string;
}): Promise<void> {
  const { tenantId } = of;
  const id: EndpointId = newId('endpoint');
  const { kind, secret, publicKey } = newWebhookKey('hmac');
  const sealed = await of.vault.seal(endpointSecretBinding(tenantId, id, 1), { secret });
  await of.db.inTenant(tenantId, async (tx) => {
    await insertEndpoint(tx, {
      ...{ id, tenantId, url: of.url, name: '', eventTypes: [] },
      ...{ data: 'thin', ordered: null },
    });
    await addEndpointSecret(tx, { endpointId: id, version: 1, tenantId, kind, publicKey, sealed });
  });
}

function contests(bench: Bench, messages: number): readonly (readonly [Name, () => Promise<Cost>])[] {
  const [first] = bench.tenants;
  return [
    ['bare loop', () => measured(bench, messages, () => bareLoop(bench.url, messages))],
    [
      'mooring one endpoint',
      () => delivered(bench, { messages, tenants: first === undefined ? [] : [first] }),
    ],
    ['mooring four endpoints', () => delivered(bench, { messages, tenants: bench.tenants })],
  ];
}

async function measured(bench: Bench, messages: number, contest: () => Promise<void>): Promise<Cost> {
  const [startedAtMs, cpu, dbCpuS] = [
    performance.now(),
    process.cpuUsage(),
    postgresCpuSeconds(bench.folder),
  ];
  await contest();
  const { user, system } = process.cpuUsage(cpu);
  return {
    perS: messages / ((performance.now() - startedAtMs) / 1000),
    cpuMs: (user + system) / 1000 / messages,
    dbCpuMs: ((postgresCpuSeconds(bench.folder) - dbCpuS) * 1000) / messages,
  };
}

/** What a team writes first: no memory of what was sent. */
async function bareLoop(url: string, messages: number): Promise<void> {
  const atOnce = LANES.quick.atOneEndpoint;
  const agent = new Agent({ connections: atOnce });
  const key = randomBytes(32);
  let next = 0;
  const post = async (): Promise<void> => {
    while (next < messages) {
      const id = `evt_${next++}`;
      const timestamp = String(Math.floor(Date.now() / 1000));
      const body = JSON.stringify({
        id,
        type: 'sync.completed',
        timestamp: new Date().toISOString(),
        data: DATA,
      });
      const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
      const answer = await agent.request({
        origin: url,
        path: '/',
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'webhook-id': id,
          'webhook-timestamp': timestamp,
          'webhook-signature': `v1,${signature}`,
        },
        body,
      });
      await answer.body.dump();
    }
  };
  await Promise.all(Array.from({ length: atOnce }, post));
  await agent.close();
}

interface Load {
  readonly messages: number;
  readonly tenants: readonly TenantId[];
}

async function delivered(bench: Bench, { messages, tenants }: Load): Promise<Cost> {
  await fetch(`${bench.url}/stats`);
  await writeEvents(bench.db, messages, tenants);
  const cost = await measured(bench, messages, async () => {
    const parts = await startParts(bench);
    await settled(bench.db);
    await parts.stop();
  });
  const { different } = await stats(bench.url);
  if (different !== messages) throw new Error(`${different} of ${messages} messages arrived`);
  await bench.db.sqlAcrossTenants((sql) => sql.query('DELETE FROM delivery_attempts'));
  await bench.db.sqlAcrossTenants((sql) => sql.query('DELETE FROM deliveries'));
  return cost;
}

async function startParts({ db, vault }: Bench): Promise<{ stop(): Promise<void> }> {
  const log = { warn: (facts: object, message: string) => console.error(message, facts) };
  const door = createDeliverer({
    ...{
      keys: createEndpointKeys({ db, vault, nowMs: Date.now }),
      allowPrivateNetworks: true,
      nowMs: Date.now,
    },
  });
  const outbox = keepOutbox(db, log);
  const deliverer = await startDelivering({
    ...{ db, door, log, publicUrl: 'http://127.0.0.1', lifetimeMs: 86_400_000, nowMs: Date.now },
  });
  return {
    stop: async () => {
      await outbox.stop();
      await deliverer.stop();
      await door.close();
    },
  };
}

/** In turns over the tenants, a few hundred a transaction. */
async function writeEvents(db: Database, messages: number, tenants: readonly TenantId[]): Promise<void> {
  for (const [at, tenantId] of tenants.entries()) {
    const share = Math.floor(messages / tenants.length) + (at < messages % tenants.length ? 1 : 0);
    await db.sqlInTenant(tenantId, async (sql) => {
      for (let n = 0; n < share; n++)
        await appendEventBySql(sql, { tenantId, type: 'sync.completed', data: DATA });
    });
  }
}

async function settled(db: Database): Promise<void> {
  const deadline = Date.now() + SETTLED_WITHIN_MS;
  for (;;) {
    const { rows } = await db.sqlAcrossTenants((sql) =>
      sql.query<{ left: number }>(
        `SELECT ((SELECT count(*) FROM endpoints e JOIN feed_heads h ON h.tenant_id = e.tenant_id AND h.feed = 'events' WHERE e.position < h.position)
          + (SELECT count(*) FROM (SELECT FROM deliveries WHERE state = 'pending' LIMIT 1) AS one))::int AS left`,
      ),
    );
    if (rows[0]?.left === 0) return;
    if (Date.now() > deadline) throw new Error('the deliveries do not end');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

interface Late {
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** From the commit of an event to the receiver, while events are written at a pace. */
async function paced(bench: Bench): Promise<Late> {
  await stats(bench.url);
  const parts = await startParts(bench);
  const startMs = performance.now();
  for (let n = 0; n < PACED_PER_S * PACED_S; n++) {
    const dueMs = startMs + (n * 1000) / PACED_PER_S;
    const waitMs = dueMs - performance.now();
    if (waitMs > 1) await new Promise((resolve) => setTimeout(resolve, waitMs));
    const tenantId = bench.tenants[n % bench.tenants.length];
    if (tenantId === undefined) continue;
    await bench.db.sqlInTenant(tenantId, (sql) =>
      appendEventBySql(sql, { tenantId, type: 'sync.completed', data: DATA, atMs: Date.now() }),
    );
  }
  await settled(bench.db);
  await parts.stop();
  const { lateMs } = await stats(bench.url);
  const sorted = lateMs.sort((a, b) => a - b);
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { p50Ms: at(0.5), p99Ms: at(0.99) };
}

async function stats(url: string): Promise<{ taken: number; different: number; lateMs: number[] }> {
  const answer = await fetch(`${url}/stats`);
  return (await answer.json()) as { taken: number; different: number; lateMs: number[] };
}

function report(
  costs: ReadonlyMap<Name, readonly Cost[]>,
  { options, late, peakMb }: { readonly options: BenchOptions; readonly late: Late; readonly peakMb: number },
): void {
  const rows = [...costs].map(([name, all]) => ({
    name,
    perS: Math.round(median(all.map((cost) => cost.perS))),
    cpuMs: Number(median(all.map((cost) => cost.cpuMs)).toFixed(2)),
    dbCpuMs: Number(median(all.map((cost) => cost.dbCpuMs)).toFixed(2)),
  }));
  const bare = costs.get('bare loop') ?? [];
  const over = (name: Name): number => {
    const pairs = (costs.get(name) ?? []).map((cost, index) => cost.perS / (bare[index]?.perS ?? Number.NaN));
    return Number(median(pairs).toFixed(3));
  };
  const ratios = {
    'mooring one endpoint / bare loop': over('mooring one endpoint'),
    'mooring four endpoints / bare loop': over('mooring four endpoints'),
  };
  if (options.json) {
    console.log(JSON.stringify({ rows, ratios, late, peakMb: Math.round(peakMb) }));
    return;
  }
  const table = new Table({ head: ['', 'messages/s', 'CPU ms a message', 'PostgreSQL CPU ms'] });
  table.push(...rows.map((row) => [row.name, row.perS, row.cpuMs, row.dbCpuMs]));
  console.log(`${options.messages} messages, medians of ${options.rounds} rounds\n${table.toString()}`);
  for (const [name, value] of Object.entries(ratios)) console.log(`${name.padEnd(36)} ${value}`);
  console.log(
    `at ${PACED_PER_S} events/s a message comes ${late.p50Ms} ms (p50) to ${late.p99Ms} ms (p99) after its event`,
  );
  console.log(`peak memory of this process ${Math.round(peakMb)} MB`);
}
