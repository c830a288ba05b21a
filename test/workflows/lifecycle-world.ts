// Surroundings of a lifecycle test: a Temporal whose clock skips, real Postgres, the real workflows and activities, and a simulated
// platform's edge. Close it when the file ends.
import { fileURLToPath } from 'node:url';
import { Context } from '@temporalio/activity';
import type { WorkflowHandle } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { createLifecycleActivities } from '../../activities/lifecycle.ts';
import type { LifecycleActivities } from '../../activities/lifecycle-contract.ts';
import type { Timings } from '../../domain/connection.ts';
import type { ConnectionId, TenantId } from '../../domain/ids.ts';
import { DEFAULT_TIMINGS } from '../../domain/refresh-plan.ts';
import { type ConnectionRow, findConnection } from '../../store/connections.ts';
import { newId } from '../../store/new-id.ts';
import { workflowBundle } from '../../worker/bundle.ts';
import { createSchedules } from '../../worker/schedules.ts';
import { createLifecycleWorkflows } from '../../worker/workflows-client.ts';
import {
  type AuthorizeOutcome,
  connectionWorkflowId,
  type DecideMoveInput,
  type EnsureFreshOutcome,
  ensureFreshUpdateId,
  TASK_QUEUES,
  UPDATES,
} from '../../workflows/messages.ts';
import { createTestDatabase, type TestDatabase } from '../world.ts';
import { type FakeOptions, type FakePlatform, fakePlatform } from './fake-platform.ts';
import { type AuthorizeOptions, authorize, endByRevoking, newConnection } from './lifecycle-acts.ts';
import { schedulesIn, startTemporal, workflowsIn } from './lifecycle-ports.ts';
import { quietRuntime } from './quiet-runtime.ts';
import { recordHistories } from './record-histories.ts';

export interface LifecycleWorld {
  readonly env: TestWorkflowEnvironment;
  readonly database: TestDatabase;
  readonly fake: FakePlatform;
  readonly activities: LifecycleActivities;
  /** connection → note, null while it syncs */
  readonly schedules: Map<ConnectionId, string | null>;
  readonly tenantId: TenantId;
  /** A row that waits for its approval. */
  newConnection(shop?: Readonly<Record<string, string>>): Promise<ConnectionId>;
  authorize(id: ConnectionId, options?: AuthorizeOptions): Promise<AuthorizeOutcome>;
  /** A connection that is active. */
  connect(shop?: Readonly<Record<string, string>>): Promise<ConnectionId>;
  /** Somebody's word on the move that waits. */
  decideMove(id: ConnectionId, input: DecideMoveInput): Promise<AuthorizeOutcome>;
  ensureFresh(id: ConnectionId, after: { generation: number; epoch: number }): Promise<EnsureFreshOutcome>;
  handle(id: ConnectionId): WorkflowHandle;
  row(id: ConnectionId): Promise<ConnectionRow>;
  events(id: ConnectionId): Promise<readonly string[]>;
  /** Ends what the test left running, so that its timers do not slow the next one's clock. */
  endAll(): Promise<void>;
  close(): Promise<void>;
}

export interface WorldOptions extends Omit<FakeOptions, 'db' | 'nowMs'> {
  /** dev: real time, schedules and lists; skipping (the default): a clock that skips */
  readonly temporal?: 'skipping' | 'dev';
  readonly timings?: Partial<Timings>;
}

/** Activities share the workflows' clock: it runs ahead of ours whenever everybody waits. */
function virtualNowMs(): number {
  return Context.current().info.currentAttemptScheduledTimestampMs;
}

/** What every lifecycle test runs. */
export const lifecycleBundle = () =>
  workflowBundle(fileURLToPath(new URL('./lifecycle-workflows.ts', import.meta.url)));

export async function startLifecycleWorld(options: WorldOptions = {}): Promise<LifecycleWorld> {
  quietRuntime();
  const [env, database, workflows] = await Promise.all([
    startTemporal(options.temporal ?? 'skipping'),
    createTestDatabase(),
    lifecycleBundle(),
  ]);
  const { timings, temporal: server, ...fakeOptions } = options;
  const fake = fakePlatform({ ...fakeOptions, db: database.db, nowMs: virtualNowMs });
  const schedules = new Map<ConnectionId, string | null>();
  const activities = createLifecycleActivities({
    db: database.db,
    vault: fake.vault,
    platforms: new Map([[fake.platform.id, fake.platform]]),
    exchange: fake.exchange,
    installExchange: () => Promise.reject(new Error('no install is exchanged in this test')),
    grants: fake.grants,
    schedules: server === 'dev' ? createSchedules(env.client) : schedulesIn(schedules),
    workflows: server === 'dev' ? createLifecycleWorkflows(env.client) : workflowsIn(env),
    eraseRecords: async () => 0,
    rewrapDataKeys: async () => 0,
    timings: { ...DEFAULT_TIMINGS, ...timings },
    connectDeadlineMs: 24 * 3_600_000,
    keepRecordsMs: 30 * 24 * 3_600_000,
    nowMs: virtualNowMs,
    onSwept: () => undefined,
    log: (activity, error) => console.error(activity, error),
  });
  const common = { connection: env.nativeConnection, namespace: env.namespace ?? 'default' };
  const workers = await Promise.all([
    Worker.create({ ...common, taskQueue: TASK_QUEUES.workflows, workflowBundle: workflows }),
    Worker.create({ ...common, taskQueue: TASK_QUEUES.lifecycle, activities: { ...activities } }),
  ]);
  const running = Promise.all(workers.map((worker) => worker.run()));
  const tenantId = newId('tenant');
  await database.owner.query('INSERT INTO tenants (id, name) VALUES ($1, $2)', [tenantId, 'a tenant']);
  const left = new Set<ConnectionId>();
  const parts = { env, database, tenantId, left };
  return {
    env,
    database,
    fake,
    activities,
    schedules,
    tenantId,
    newConnection: (shop = {}) => newConnection(parts, shop),
    authorize: (id, how = {}) => authorize(parts, id, how),
    decideMove: (id, input) =>
      env.client.workflow
        .getHandle(connectionWorkflowId(id))
        .executeUpdate<AuthorizeOutcome, [DecideMoveInput]>(UPDATES.decideMove, { args: [input] }),
    connect: async (shop = {}) => {
      const id = await newConnection(parts, shop);
      const outcome = await authorize(parts, id, {});
      if (outcome.outcome !== 'authorized') throw new Error(JSON.stringify(outcome));
      return id;
    },
    ensureFresh: (id, after) =>
      env.client.workflow
        .getHandle(connectionWorkflowId(id))
        .executeUpdate<EnsureFreshOutcome, [{ afterGeneration: number }]>(UPDATES.ensureFresh, {
          args: [{ afterGeneration: after.generation }],
          updateId: ensureFreshUpdateId(after.generation, after.epoch),
        }),
    handle: (id) => env.client.workflow.getHandle(connectionWorkflowId(id)),
    row: async (id) => {
      const row = await database.db.inTenant(tenantId, (tx) => findConnection(tx, id));
      if (row === null) throw new Error(`no connection "${id}"`);
      return row;
    },
    events: async (id) => {
      const { rows } = await database.owner.query<{ type: string }>(
        'SELECT type FROM events WHERE connection_id = $1 ORDER BY position',
        [id],
      );
      return rows.map(({ type }) => type);
    },
    endAll: async () => {
      // Revoked rather than terminated: a terminated run's activity would keep this server's clock from skipping.
      await Promise.all([...left].map((id) => endByRevoking(parts, id)));
      await recordHistories(env.client, [...left].map(connectionWorkflowId));
      left.clear();
    },
    close: async () => {
      for (const worker of workers) worker.shutdown();
      await running;
      await env.teardown();
      await database.close();
    },
  };
}
