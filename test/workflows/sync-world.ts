// Syncs as users run them: worker processes of their own, Temporal, PostgreSQL and a shop over HTTP. A test may kill any worker.
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import type { WorkflowHandle } from '@temporalio/client';
import { credentialBinding } from '../../store/credentials.ts';
import { createDataKeyPort } from '../../store/data-keys.ts';
import { createVault, localKey, localKeyProvider, type Vault } from '../../vault/index.ts';
import { ensureSweepSchedule } from '../../worker/schedules.ts';
import { SWEEP_SCHEDULE_ID, TASK_QUEUES, WORKFLOW_TYPES } from '../../workflows/messages.ts';
import { type SeededConnection, seedConnection } from '../egress/seed.ts';
import { createShop, type Shop } from '../sync/shelf.ts';
import { connectTemporal, createTestDatabase, type TestDatabase, type TestTemporal } from '../world.ts';

export interface SyncWorld {
  readonly database: TestDatabase;
  readonly temporal: TestTemporal;
  readonly shop: Shop;
  /** How often the shop was asked. */
  asked(): number;
  /** Before each answer; a test may make the shop slow. */
  slowness(waitMs: number): void;
  startWorker(): Promise<ChildProcess>;
  connect(): Promise<SeededConnection>;
  startSync(connection: SeededConnection, name: string): Promise<WorkflowHandle>;
  close(): Promise<void>;
}

export async function createSyncWorld(): Promise<SyncWorld> {
  const [database, temporal] = await Promise.all([createTestDatabase(), connectTemporal()]);
  // These connections have no workflow of their own: the sweep would start one, and that a sync beside the test's.
  await ensureSweepSchedule(temporal.client);
  await temporal.client.schedule.getHandle(SWEEP_SCHEDULE_ID).pause('only what a test starts');
  const kek = randomBytes(32);
  const vault = createVault({
    keyProvider: localKeyProvider(localKey(kek)),
    dataKeys: createDataKeyPort(database.db),
  });
  const source = await serve();
  const workers: ChildProcess[] = [];
  return {
    database,
    temporal,
    shop: source.shop,
    asked: source.asked,
    slowness: source.slowness,
    connect: () => connect(database, vault),
    startWorker: async () => {
      const worker = await startWorker({
        DATABASE_URL: database.url,
        TEMPORAL_ADDRESS: temporal.address,
        TEMPORAL_NAMESPACE: temporal.namespace,
        MOORING_KEK: kek.toString('base64'),
        MOORING_PLATFORMS: fileURLToPath(new URL('../sync/platforms', import.meta.url)),
        MOORING_ORIGIN_OVERRIDES: JSON.stringify({ 'https://api.plain.example': source.url }),
        LOG_LEVEL: 'info',
      });
      workers.push(worker);
      return worker;
    },
    startSync: ({ tenantId, connectionId }, name) =>
      temporal.client.workflow.start(WORKFLOW_TYPES.syncStore, {
        taskQueue: TASK_QUEUES.workflows,
        workflowId: `sync/${connectionId}/${name}`,
        args: [{ tenantId, connectionId }],
      }),
    close: async () => {
      await Promise.all(workers.map((worker) => stopWorker(worker)));
      await source.close();
      await temporal.close();
      await database.close();
    },
  };
}

async function connect(database: TestDatabase, vault: Vault): Promise<SeededConnection> {
  const connection = await seedConnection(database);
  const { tenantId, connectionId } = connection;
  await database.owner.query("UPDATE connections SET permissions = '{orders:read}' WHERE id = $1", [
    connectionId,
  ]);
  const issue = { kind: 'plain_token', generation: 1 };
  const sealed = await vault.seal(credentialBinding(tenantId, connectionId, issue), { accessToken: 'token' });
  await database.owner.query(
    'INSERT INTO credentials (connection_id, generation, tenant_id, kind, sealed, key_version) VALUES ($1, 1, $2, $3, $4, $5)',
    [connectionId, tenantId, issue.kind, sealed.bytes, sealed.keyVersion],
  );
  return connection;
}

async function serve() {
  const shop = createShop();
  let asked = 0;
  let waitMs = 0;
  const server = createServer((request, response) => {
    asked++;
    setTimeout(() => shop.answer(request.url ?? '', response), waitMs);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    shop,
    url: `http://127.0.0.1:${port}`,
    asked: () => asked,
    slowness: (ms: number) => {
      waitMs = ms;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

async function startWorker(env: Readonly<Record<string, string>>): Promise<ChildProcess> {
  const main = fileURLToPath(new URL('../../worker/main.ts', import.meta.url));
  const worker = spawn(process.execPath, ['scripts/run.mjs', main], {
    env: { ...process.env, NODE_ENV: 'test', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  await new Promise<void>((resolve, reject) => {
    const listen = (chunk: Buffer): void => {
      said = (said + chunk.toString()).slice(-8_000);
      if (/"msg":\s*"ready"/.test(said)) resolve();
    };
    worker.stdout.on('data', listen);
    worker.stderr.on('data', listen);
    worker.once('exit', (code) => reject(new Error(`the worker ended with ${String(code)}: ${said}`)));
  });
  return worker;
}

export async function stopWorker(worker: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  if (worker.exitCode !== null || worker.signalCode !== null) return;
  const ended = new Promise((resolve) => worker.once('exit', resolve));
  worker.kill(signal);
  await ended;
}
