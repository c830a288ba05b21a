// What a usable credential costs: calls through the door (opened with its audit row, fence, budget, signature, classification, counting) against the same
// calls by bare undici, one after another, in one process. No Temporal is near: the hot path must not need it, so none is started.
import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Table from 'cli-table3';
import { Agent } from 'undici';
import type { ConnectionId, TenantId } from '../../domain/ids.ts';
import type { Platform, PlatformRequest } from '../../domain/platform.ts';
import { createEgress, type Egress, parseOriginOverrides } from '../../egress/index.ts';
import { insertConnection } from '../../store/connections.ts';
import { credentialBinding, saveGeneration } from '../../store/credentials.ts';
import { createDataKeyPort } from '../../store/data-keys.ts';
import { type Database, openDatabase } from '../../store/database.ts';
import { newId } from '../../store/new-id.ts';
import { createTenant } from '../../store/tenants.ts';
import { createVault, localKey, localKeyProvider } from '../../vault/index.ts';
import { migrate } from '../stack/migrate.ts';
import { freePort } from '../stack/ports.ts';
import { startPostgres } from '../stack/postgres.ts';
import { startServer } from './child-server.ts';
import type { BenchOptions } from './main.ts';
import { median } from './measure.ts';
import { platform as bench } from './platforms/bench.ts';

const REQUEST: PlatformRequest = {
  method: 'GET',
  path: '/orders',
  query: { status: 'open' },
  endpoint: 'GET /orders',
};

/** Every call signed: a canonical text and its HMAC besides the token. */
const SIGNED: Platform = {
  ...bench,
  auth: bench.auth.map((method) => ({
    ...method,
    sign: [
      { scheme: 'bearer' },
      {
        scheme: 'hmac',
        algorithm: 'sha256',
        encoding: 'hex',
        key: '{accessToken}',
        message: ['{method}', '{path}', '{query}', '{timestamp}'],
        separator: '\n',
        timestamp: 'seconds',
        headers: { 'x-timestamp': '{timestamp}', 'x-signature': '{signature}' },
      },
    ],
  })),
};

type Name = 'bare undici' | 'mooring one opening' | 'mooring an opening per call';

/** Milliseconds and CPU milliseconds a call. */
interface PerCall {
  readonly ms: number;
  readonly cpuMs: number;
}

export async function run(options: BenchOptions): Promise<void> {
  const closings: (() => Promise<unknown>)[] = [];
  try {
    const contests = await prepare(closings, options.calls);
    const costs = new Map<Name, PerCall[]>();
    // Not counted: the first round is spent on connections and compiled code.
    for (let round = 0; round <= options.rounds; round++) {
      for (const [name, contest] of contests) {
        const cost = await measured(options.calls, contest);
        if (round === 0) continue;
        costs.set(name, [...(costs.get(name) ?? []), cost]);
        if (!options.json)
          console.error(
            `round ${round}/${options.rounds}  ${name.padEnd(28)} ${cost.ms.toFixed(2)} ms a call`,
          );
      }
    }
    report(costs, options);
  } finally {
    for (const close of closings.reverse()) await close();
  }
}

type Contests = readonly (readonly [Name, () => Promise<void>])[];

async function prepare(closings: (() => Promise<unknown>)[], calls: number): Promise<Contests> {
  const folder = await mkdtemp(join(tmpdir(), 'mooring-bench-'));
  closings.push(() => rm(folder, { recursive: true, force: true }));
  await chmod(folder, 0o755);
  const postgres = await startPostgres({ folder: join(folder, 'postgres'), port: await freePort() });
  closings.push(() => postgres.stop());
  await postgres.createDatabase('mooring');
  await migrate(postgres.urlOf('mooring'));
  const db = openDatabase({ url: postgres.urlOf('mooring'), poolSize: 4 });
  closings.push(() => db.close());
  const source = await startServer('./slow-server.ts');
  closings.push(async () => source.child.kill());
  const vault = createVault({
    keyProvider: localKeyProvider(localKey(randomBytes(32))),
    dataKeys: createDataKeyPort(db),
  });
  const egress = createEgress({
    db,
    vault,
    platforms: new Map([[SIGNED.id, SIGNED]]),
    ensureFresh: () => Promise.reject(new Error('the hot path must not ask Temporal')),
    originOverrides: parseOriginOverrides(JSON.stringify({ 'https://*.bench.example': source.url })),
    allowPrivateNetworks: true,
    log: { debug: () => {}, info: () => {}, warn: () => {} },
  });
  closings.push(() => egress.close());
  const agent = new Agent({ connections: 1 });
  closings.push(() => agent.close());
  const connection = await connect(db, vault);
  return [
    ['bare undici', () => repeat(calls, () => callBare(agent, source.url))],
    ['mooring one opening', () => lend(egress, connection, (call) => repeat(calls, () => call(REQUEST)))],
    [
      'mooring an opening per call',
      () => repeat(calls, () => lend(egress, connection, (call) => call(REQUEST))),
    ],
  ];
}

interface Connected {
  readonly tenantId: TenantId;
  readonly connectionId: ConnectionId;
}

async function connect(db: Database, vault: ReturnType<typeof createVault>): Promise<Connected> {
  const [tenantId, connectionId] = [newId('tenant'), newId('connection')];
  const kind = 'api_key';
  await db.acrossTenants((tx) => createTenant(tx, { id: tenantId, name: 'bench', settings: {} }));
  const sealed = await vault.seal(credentialBinding(tenantId, connectionId, { kind, generation: 1 }), {
    accessToken: 'bench',
  });
  await db.inTenant(tenantId, async (tx) => {
    await insertConnection(tx, {
      id: connectionId,
      tenantId,
      platform: SIGNED.id,
      registrationId: null,
      shop: { shop: 'one.bench.example' },
      permissions: ['orders:read'],
    });
    await saveGeneration(tx, {
      tenantId,
      connectionId,
      expectedGeneration: 0,
      kind,
      sealed,
      expiresAtMs: null,
      lifetimeS: null,
      refreshExpiresAtMs: null,
    });
    await tx.connection.update({
      where: { id: connectionId },
      data: { lifecycle: 'active', state: 'active' },
    });
  });
  return { tenantId, connectionId };
}

function lend<T>(
  egress: Egress,
  connection: Connected,
  use: Parameters<typeof egress.withCredential<T>>[1],
): Promise<T> {
  return egress.withCredential({ ...connection, purpose: 'sync', reason: 'bench' }, use);
}

async function repeat(times: number, call: () => Promise<unknown>): Promise<void> {
  for (let time = 0; time < times; time++) await call();
}

async function callBare(agent: Agent, origin: string): Promise<void> {
  const answer = await agent.request({
    origin,
    path: '/orders?status=open',
    method: 'GET',
    headers: { authorization: 'Bearer bench' },
  });
  await answer.body.json();
}

async function measured(calls: number, contest: () => Promise<void>): Promise<PerCall> {
  const [startedAtMs, cpuBefore] = [performance.now(), process.cpuUsage()];
  await contest();
  const cpu = process.cpuUsage(cpuBefore);
  return {
    ms: (performance.now() - startedAtMs) / calls,
    cpuMs: (cpu.user + cpu.system) / 1000 / calls,
  };
}

function report(costs: ReadonlyMap<Name, readonly PerCall[]>, options: BenchOptions): void {
  const rows = [...costs].map(([name, all]) => ({
    name,
    msPerCall: Number(median(all.map((cost) => cost.ms)).toFixed(2)),
    cpuMsPerCall: Number(median(all.map((cost) => cost.cpuMs)).toFixed(2)),
  }));
  const bare = costs.get('bare undici') ?? [];
  const over = (name: Name): number => {
    const pairs = (costs.get(name) ?? []).map((cost, index) => cost.ms / (bare[index]?.ms ?? Number.NaN));
    return Number(median(pairs).toFixed(3));
  };
  const ratios = {
    'mooring one opening / bare undici': over('mooring one opening'),
    'mooring an opening per call / bare undici': over('mooring an opening per call'),
  };
  if (options.json) {
    console.log(JSON.stringify({ rows, ratios }));
    return;
  }
  const table = new Table({ head: ['', 'ms a call', 'CPU ms a call'] });
  table.push(...rows.map((row) => [row.name, row.msPerCall, row.cpuMsPerCall]));
  console.log(
    `${options.calls} calls to a server that takes 20 ms, medians of ${options.rounds} rounds\n${table.toString()}`,
  );
  for (const [name, value] of Object.entries(ratios)) console.log(`${name.padEnd(44)} ${value}`);
}
