// What taking a notification costs: verified, kept once, its object named, acknowledged; against a bare Fastify that checks an HMAC and inserts a row, on the same
// PostgreSQL, in the same run. First at a pace (how late the answer is), then as many as it takes. Linux only: it reads /proc.
import { type ChildProcess, fork } from 'node:child_process';
import { createHash, createHmac, randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import Table from 'cli-table3';
import { Agent } from 'undici';
import { createDataKeyPort } from '../../store/data-keys.ts';
import { openDatabase } from '../../store/database.ts';
import { newId } from '../../store/new-id.ts';
import { addAddress } from '../../store/notification-addresses.ts';
import { clientSecretBinding } from '../../store/opening-rows.ts';
import { createTenant } from '../../store/tenants.ts';
import { createVault, localKey, localKeyProvider } from '../../vault/index.ts';
import { migrate } from '../stack/migrate.ts';
import { freePort } from '../stack/ports.ts';
import { startPostgres } from '../stack/postgres.ts';
import type { BenchOptions } from './main.ts';
import { cpuSeconds, median, postgresCpuSeconds, watchMemory } from './measure.ts';

const PACED_PER_S = 500;
const AT_ONCE = 32;
const SECRET = 'bench-secret';

interface Cost {
  /** Of the answer, at the pace, milliseconds. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly perS: number;
  /** CPU milliseconds a notification, of the server and of PostgreSQL, at full speed. */
  readonly cpuMs: number;
  readonly dbCpuMs: number;
  readonly peakMb: number;
}

type Name = 'bare Fastify + HMAC + insert' | 'mooring';
const NAMES: readonly Name[] = ['bare Fastify + HMAC + insert', 'mooring'];

export async function run(options: BenchOptions): Promise<void> {
  const closings: (() => Promise<unknown>)[] = [];
  try {
    const bench = await prepare(closings);
    const costs = new Map<Name, Cost[]>();
    // Not counted: the first round is spent on connections and compiled code.
    for (let round = 0; round <= options.rounds; round++)
      for (const name of NAMES) {
        const cost = await contest(bench, name, round === 0 ? 500 : options.messages);
        if (round === 0) continue;
        costs.set(name, [...(costs.get(name) ?? []), cost]);
        if (!options.json)
          console.error(
            `round ${round}/${options.rounds}  ${name.padEnd(30)} ${Math.round(cost.perS)}/s, at ${PACED_PER_S}/s p99 ${cost.p99Ms.toFixed(1)} ms`,
          );
      }
    report(costs, options);
  } finally {
    for (const close of closings.reverse()) await close();
  }
}

interface Server {
  readonly child: ChildProcess;
  readonly url: string;
}

interface Bench {
  readonly folder: string;
  readonly path: string;
  readonly servers: ReadonlyMap<Name, Server>;
}

async function prepare(closings: (() => Promise<unknown>)[]): Promise<Bench> {
  const folder = await mkdtemp(join(tmpdir(), 'mooring-bench-'));
  closings.push(() => rm(folder, { recursive: true, force: true }));
  await chmod(folder, 0o755);
  const postgres = await startPostgres({ folder: join(folder, 'postgres'), port: await freePort() });
  closings.push(() => postgres.stop());
  await postgres.createDatabase('mooring');
  const url = postgres.urlOf('mooring');
  await migrate(url);
  const kek = randomBytes(32);
  const token = await seed(url, kek);
  const env = { ...process.env, DATABASE_URL: url, BENCH_KEK: kek.toString('base64'), BENCH_SECRET: SECRET };
  const servers = new Map<Name, Server>();
  for (const name of NAMES) {
    const server = await start(name === 'mooring' ? 'mooring' : 'bare', env);
    closings.push(async () => server.child.kill('SIGKILL'));
    servers.set(name, server);
  }
  return { folder, path: `/notify/shopify/${token}`, servers };
}

/** One connection with an address; the token of it. */
async function seed(url: string, kek: Buffer): Promise<string> {
  const db = openDatabase({ url, poolSize: 2 });
  const vault = createVault({
    keyProvider: localKeyProvider(localKey(kek)),
    dataKeys: createDataKeyPort(db),
  });
  const [tenantId, registrationId, connectionId] = [
    newId('tenant'),
    newId('clientRegistration'),
    newId('connection'),
  ];
  const sealed = await vault.seal(clientSecretBinding(null, registrationId, 1), { clientSecret: SECRET });
  const token = randomBytes(32).toString('base64url');
  await db.acrossTenants((tx) => createTenant(tx, { id: tenantId, name: 'bench', settings: {} }));
  await db.sqlAcrossTenants(async (sql) => {
    await sql.query(
      `INSERT INTO client_registrations (id, platform, name, client_id, updated_at) VALUES ($1, 'shopify', 'bench', 'bench', now())`,
      [registrationId],
    );
    await sql.query(
      'INSERT INTO client_secrets (registration_id, version, sealed, key_version) VALUES ($1, 1, $2, $3)',
      [registrationId, Buffer.from(sealed.bytes), sealed.keyVersion],
    );
    await sql.query(
      `INSERT INTO connections (id, tenant_id, platform, registration_id, shop, markets, permissions, granted_scopes, lifecycle, state)
       VALUES ($1, $2, 'shopify', $3, '{"shop":"bench.myshopify.com"}', '{}', '{orders:read}', '{}', 'active', 'active')`,
      [connectionId, tenantId, registrationId],
    );
    const tokenHash = createHash('sha256').update(token).digest();
    await addAddress(sql, { tenantId, connectionId, tokenHash });
  });
  await db.close();
  return token;
}

async function start(kind: 'mooring' | 'bare', env: NodeJS.ProcessEnv): Promise<Server> {
  const child = fork(fileURLToPath(new URL('./notified-server.ts', import.meta.url)), [kind], {
    env,
    execArgv: ['--import', 'tsx/esm'],
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  if (child.stdout === null) throw new Error('the server has no output');
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /^ready (\S+)/.exec(line)?.[1];
    if (url !== undefined) return { child, url };
  }
  throw new Error(`the server "${kind}" did not start`);
}

let told = 0;

/** A body of the size that Shopify's orders have at least, each of another object. */
function nextMessage(): { readonly body: string; readonly headers: Record<string, string> } {
  told += 1;
  const body = JSON.stringify({
    id: told,
    admin_graphql_api_id: `gid://shopify/Order/${told}`,
    updated_at: '2026-11-21T08:00:00Z',
    note: 'x'.repeat(2_000),
  });
  return {
    body,
    headers: {
      'content-type': 'application/json',
      'x-shopify-topic': 'orders/updated',
      'x-shopify-event-id': `${process.pid}-${told}`,
      'x-shopify-hmac-sha256': createHmac('sha256', SECRET).update(body).digest('base64'),
    },
  };
}

async function contest(bench: Bench, name: Name, messages: number): Promise<Cost> {
  const server = bench.servers.get(name);
  const pid = server?.child.pid;
  if (server === undefined || pid === undefined) throw new Error(`"${name}" does not run`);
  const agent = new Agent({ connections: AT_ONCE });
  const push = async (): Promise<number> => {
    const { body, headers } = nextMessage();
    const startedAtMs = performance.now();
    const answer = await agent.request({
      origin: server.url,
      path: bench.path,
      method: 'POST',
      headers,
      body,
    });
    await answer.body.dump();
    if (answer.statusCode !== 200) throw new Error(`"${name}" answered ${answer.statusCode}`);
    return performance.now() - startedAtMs;
  };
  const memory = watchMemory(pid);
  const late = await paced(push, messages);
  const [cpuS, dbCpuS, startedAtMs] = [cpuSeconds(pid), postgresCpuSeconds(bench.folder), performance.now()];
  let left = messages;
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      while (left-- > 0) await push();
    }),
  );
  const tookS = (performance.now() - startedAtMs) / 1_000;
  await agent.close();
  return {
    p50Ms: late[Math.floor(late.length * 0.5)] ?? 0,
    p99Ms: late[Math.floor(late.length * 0.99)] ?? 0,
    perS: messages / tookS,
    cpuMs: ((cpuSeconds(pid) - cpuS) * 1_000) / messages,
    dbCpuMs: ((postgresCpuSeconds(bench.folder) - dbCpuS) * 1_000) / messages,
    peakMb: memory.stop(),
  };
}

/** Open loop: each is sent when it is due, whatever became of those before. Sorted. */
async function paced(push: () => Promise<number>, messages: number): Promise<readonly number[]> {
  const startedAtMs = performance.now();
  const sent: Promise<number>[] = [];
  while (sent.length < messages) {
    const due = Math.min(messages, Math.floor(((performance.now() - startedAtMs) / 1_000) * PACED_PER_S) + 1);
    while (sent.length < due) sent.push(push());
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  return (await Promise.all(sent)).sort((a, b) => a - b);
}

function report(costs: ReadonlyMap<Name, readonly Cost[]>, options: BenchOptions): void {
  const of = (name: Name, field: keyof Cost): number =>
    median((costs.get(name) ?? []).map((cost) => cost[field]));
  const [bare, ours] = ['bare Fastify + HMAC + insert', 'mooring'] as const;
  const ratio = of(ours, 'perS') / of(bare, 'perS');
  if (options.json) {
    const all = Object.fromEntries(
      NAMES.map((name) => [name, Object.fromEntries(FIELDS.map(([field]) => [field, of(name, field)]))]),
    );
    console.log(JSON.stringify({ pacedPerS: PACED_PER_S, ratio, contestants: all }));
    return;
  }
  const table = new Table({ head: ['', ...FIELDS.map(([, title]) => title)] });
  for (const name of NAMES)
    table.push([name, ...FIELDS.map(([field]) => of(name, field).toFixed(field === 'perS' ? 0 : 2))]);
  console.log(table.toString());
  console.log(`throughput of mooring against the bare server: ${ratio.toFixed(2)}`);
}

const FIELDS: readonly (readonly [keyof Cost, string])[] = [
  ['p50Ms', `p50 at ${PACED_PER_S}/s, ms`],
  ['p99Ms', 'p99, ms'],
  ['perS', 'most a second'],
  ['cpuMs', 'CPU ms'],
  ['dbCpuMs', 'PostgreSQL CPU ms'],
  ['peakMb', 'peak MB'],
];
