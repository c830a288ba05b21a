// Surroundings of a lifecycle test: a Temporal whose clock skips, real Postgres, the real workflows and activities, and a simulated
// platform's edge. Close it when the file ends.
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { Context } from '@temporalio/activity';
import type { WorkflowHandle } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { bundleWorkflowCode, DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { createLifecycleActivities } from '../../activities/lifecycle.ts';
import type { LifecycleActivities } from '../../activities/lifecycle-contract.ts';
import type { LifecycleWorkflows, Schedules } from '../../activities/lifecycle-deps.ts';
import type { Timings } from '../../domain/connection.ts';
import type { ConnectionId, TenantId } from '../../domain/ids.ts';
import { DEFAULT_TIMINGS } from '../../domain/refresh-plan.ts';
import { insertAuthorization } from '../../store/authorizations.ts';
import { type ConnectionRow, findConnection, insertConnection } from '../../store/connections.ts';
import { newId } from '../../store/new-id.ts';
import { createSchedules } from '../../worker/schedules.ts';
import { createLifecycleWorkflows } from '../../worker/workflows-client.ts';
import {
  type AuthorizeInput,
  type AuthorizeOutcome,
  type ConnectionInput,
  connectionWorkflowId,
  type DecideMoveInput,
  type EnsureFreshOutcome,
  ensureFreshUpdateId,
  SIGNALS,
  TASK_QUEUES,
  UPDATES,
  WORKFLOW_TYPES,
} from '../../workflows/messages.ts';
import {
  connectTemporal,
  createTestDatabase,
  startTimeSkipping,
  type TestDatabase,
  until,
} from '../world.ts';
import { type FakeOptions, type FakePlatform, fakePlatform } from './fake-platform.ts';
import { recordHistories } from './record-histories.ts';

interface AuthorizeOptions {
  readonly discardOnRefusal?: boolean;
  /** how late the callback came, against the deadline */
  readonly lateMs?: number;
  /** another address than the connection's */
  readonly shop?: Readonly<Record<string, string>>;
}

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

let bundle: ReturnType<typeof bundleWorkflowCode> | undefined;

/** Built once a process; `failing` lines of the bundler only. */
export function workflowBundle() {
  bundle ??= bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('./lifecycle-workflows.ts', import.meta.url)),
    logger: new DefaultLogger('ERROR'),
  });
  return bundle;
}

export async function startLifecycleWorld(options: WorldOptions = {}): Promise<LifecycleWorld> {
  Runtime.install({
    logger: new DefaultLogger('ERROR'),
  });
  const [env, database, workflows] = await Promise.all([
    startTemporal(options.temporal ?? 'skipping'),
    createTestDatabase(),
    workflowBundle(),
  ]);
  const { timings, temporal: server, ...fakeOptions } = options;
  const fake = fakePlatform({ ...fakeOptions, db: database.db, nowMs: virtualNowMs });
  const schedules = new Map<ConnectionId, string | null>();
  const activities = createLifecycleActivities({
    db: database.db,
    vault: fake.vault,
    platforms: new Map([[fake.platform.id, fake.platform]]),
    exchange: fake.exchange,
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

async function startTemporal(kind: 'skipping' | 'dev'): Promise<TestWorkflowEnvironment> {
  if (kind === 'skipping') {
    const env = await startTimeSkipping();
    await registerAttributes(env);
    return env;
  }
  const { address, namespace, close } = await connectTemporal();
  await close();
  return TestWorkflowEnvironment.createFromExistingServer({ address, namespace });
}

/** The names that a set-up registers; this server wants them too. */
async function registerAttributes(env: TestWorkflowEnvironment): Promise<void> {
  const { INDEXED_VALUE_TYPE_KEYWORD: keyword, INDEXED_VALUE_TYPE_DATETIME: datetime } =
    temporal.api.enums.v1.IndexedValueType;
  await env.connection.operatorService.addSearchAttributes({
    namespace: env.namespace ?? 'default',
    searchAttributes: {
      TenantId: keyword,
      Platform: keyword,
      ConnectionState: keyword,
      ReauthReason: keyword,
      CredentialExpiresAt: datetime,
    },
  });
}

type Parts = Pick<LifecycleWorld, 'env' | 'database' | 'tenantId'> & { readonly left: Set<ConnectionId> };

async function newConnection(
  { env, database, tenantId, left }: Parts,
  shop: Readonly<Record<string, string>>,
): Promise<ConnectionId> {
  const id = newId('connection');
  await database.db.inTenant(tenantId, (tx) =>
    insertConnection(tx, {
      id,
      tenantId,
      platform: 'a-platform',
      registrationId: null,
      shop,
      permissions: ['orders:read'],
    }),
  );
  // The row's own clock is the database's, which does not skip.
  const now = new Date(await env.currentTimeMs());
  await database.owner.query('UPDATE connections SET created_at = $2, state_since = $2 WHERE id = $1', [
    id,
    now,
  ]);
  left.add(id);
  return id;
}

async function authorize(
  { env, database, tenantId }: Parts,
  connectionId: ConnectionId,
  { lateMs, shop, ...how }: AuthorizeOptions,
): Promise<AuthorizeOutcome> {
  const authorizationId = newId('authorization');
  const nowMs = await env.currentTimeMs();
  await database.db.inTenant(tenantId, (tx) =>
    insertAuthorization(tx, {
      id: authorizationId,
      tenantId,
      connectionId,
      sessionId: null,
      platform: 'a-platform',
      obtain: 'pasted',
      stateHash: null,
      browserHash: null,
      sealed: Uint8Array.from(randomBytes(8)),
      keyVersion: 1,
      redirectUri: null,
      ...(shop === undefined ? {} : { shop }),
      expiresAt: new Date(nowMs + 600_000),
    }),
  );
  if (lateMs !== undefined) {
    const callbackAt = new Date(nowMs + 600_000 + lateMs);
    await database.owner.query('UPDATE authorizations SET callback_at = $2 WHERE id = $1', [
      authorizationId,
      callbackAt,
    ]);
  }
  const input: ConnectionInput = { tenantId, connectionId };
  // The time-skipping server has no update-with-start.
  const handle = await env.client.workflow.start(WORKFLOW_TYPES.connection, {
    workflowId: connectionWorkflowId(connectionId),
    taskQueue: TASK_QUEUES.workflows,
    args: [input],
    workflowIdConflictPolicy: 'USE_EXISTING',
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
  });
  return handle.executeUpdate<AuthorizeOutcome, [AuthorizeInput]>(UPDATES.authorize, {
    args: [{ authorizationId, ...how }],
    updateId: authorizationId,
  });
}

async function endByRevoking({ env }: Parts, id: ConnectionId): Promise<void> {
  const handle = env.client.workflow.getHandle(connectionWorkflowId(id));
  const isOver = () =>
    handle.describe().then(
      ({ status }) => status.name !== 'RUNNING',
      () => true,
    );
  if (await isOver()) return;
  await handle.signal(SIGNALS.revoke, { by: 'test', upstream: false, erase: false });
  await until(`${id} to end`, isOver);
}

/** The time-skipping server has no schedules: their wished state is what counts here. */
function schedulesIn(known: Map<ConnectionId, string | null>): Schedules {
  return {
    ensure: async ({ connectionId, pausedNote }) => {
      const outcome = known.has(connectionId) ? 'set' : 'created';
      known.set(connectionId, pausedNote);
      return outcome;
    },
    remove: async (connectionId) => known.delete(connectionId),
    cancelRuns: async () => 0,
    list: async function* () {
      for (const [connectionId, pausedNote] of [...known]) yield { connectionId, pausedNote };
    },
  };
}

function workflowsIn(env: TestWorkflowEnvironment): LifecycleWorkflows {
  const handle = (id: ConnectionId) => env.client.workflow.getHandle(connectionWorkflowId(id));
  const isRunning = (id: ConnectionId) =>
    handle(id)
      .describe()
      .then(({ status }) => status.name === 'RUNNING')
      .catch(() => false);
  return {
    start: async (ref) => {
      await env.client.workflow.start(WORKFLOW_TYPES.connection, {
        workflowId: connectionWorkflowId(ref.connectionId),
        taskQueue: TASK_QUEUES.workflows,
        args: [ref],
        workflowIdConflictPolicy: 'USE_EXISTING',
      });
    },
    isRunning,
    listRunning: async function* () {},
    signal: async (id, signal) => {
      if (!(await isRunning(id))) return false;
      await handle(id).signal(SIGNALS[signal]);
      return true;
    },
    startBreaker: async (platform) => {
      await env.client.workflow.start(WORKFLOW_TYPES.breaker, {
        workflowId: `breaker/${platform}`,
        taskQueue: TASK_QUEUES.workflows,
        args: [{ platform }],
        workflowIdConflictPolicy: 'USE_EXISTING',
      });
    },
  };
}
