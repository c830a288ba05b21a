// The worker process: the parts list. Constructs everything, says "ready", and on SIGTERM lets activities end, then closes what it opened.
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Runtime, Worker, type WorkerOptions } from '@temporalio/worker';
import { pino } from 'pino';
import { createFleetActivities } from '../activities/fleet.ts';
import { createPrivacyActivities } from '../activities/fulfil-privacy.ts';
import { createLifecycleActivities } from '../activities/lifecycle.ts';
import { NAMED_TIMINGS } from '../activities/named-deps.ts';
import { createPageActivities } from '../activities/pages.ts';
import { SYNC_DEFAULTS } from '../activities/sync-deps.ts';
import { startDelivering } from '../deliveries/index.ts';
import { MooringError } from '../domain/errors.ts';
import { IMPORT_PACE } from '../domain/import.ts';
import { DEFAULT_TIMINGS } from '../domain/refresh-plan.ts';
import { readSettings } from '../domain/settings.ts';
import {
  createDeliverer,
  createEgress,
  createEndpointKeys,
  createSqs,
  ensureFreshBy,
  parseOriginOverrides,
} from '../egress/index.ts';
import { loadPlatforms } from '../platforms/load.ts';
import { createDataKeyPort, createRewrapPort, listDataKeyUses } from '../store/data-keys.ts';
import { openDatabase } from '../store/database.ts';
import { eraseRecords } from '../store/erase-records.ts';
import { TASK_QUEUES, temporalSettings } from '../temporal.config.ts';
import { createVault, openKeyProvider, rewrapDataKeys } from '../vault/index.ts';
import { keepAuditChain } from './audit-chain.ts';
import { workflowBundle } from './bundle.ts';
import { createFleetWorkflows } from './fleet-workflows.ts';
import { grants } from './grants.ts';
import { createNotifiedClient, keepNotified } from './notified.ts';
import { keepOutbox } from './outbox.ts';
import { keepQueues } from './queues.ts';
import { createReportRun } from './report-run.ts';
import { createSchedules, ensureSweepSchedule } from './schedules.ts';
import { temporalLogger } from './temporal-log.ts';
import { askWorkflow, createLifecycleWorkflows } from './workflows-client.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
const GRACE = '20 seconds';
/** After a kill -9 the workflow's tasks wait this long for the dead worker's cache before another one takes them. */
const STICKY_TIMEOUT = '2 seconds';
/** About 233 KB each, measured. */
const CACHED_WORKFLOWS = 300;
/** Data keys; the rest follow with the next sweep. */
const REWRAPPED_A_SWEEP = 20_000;

// simple-oauth2's debug output prints client secrets.
delete process.env['DEBUG'];
const settings = begin(() => readSettings(process.env));
const temporal = temporalSettings(process.env);
const log = pino({ level: settings.logLevel, base: { part: 'worker' } });
Runtime.install({ logger: temporalLogger(log) });

const platforms = await loadPlatforms(settings.platformsFolder).catch(refuse);
const db = openDatabase({ url: settings.databaseUrl, poolSize: settings.databasePool, log });
const keyProvider = await openKeyProvider(settings, {
  listUses: () => db.sqlAcrossTenants(listDataKeyUses),
  log,
}).catch(refuse);
const vault = createVault({ keyProvider, dataKeys: createDataKeyPort(db) });

const connection = await Connection.connect(temporal.connection ?? {});
const client = new Client({ connection, namespace: temporal.namespace });
const egress = createEgress({
  db,
  vault,
  platforms,
  ensureFresh: ensureFreshBy(db, askWorkflow(client)),
  originOverrides: parseOriginOverrides(settings.originOverrides ?? undefined),
  allowPrivateNetworks: settings.allowPrivateNetworks,
  log,
});
const logActivity = (activity: string, error: unknown): void =>
  log.error({ activity, error: nameOf(error) }, 'an activity failed unexpectedly');

const rewrapping = {
  keyProvider,
  port: createRewrapPort(db, { actor: 'sweep', reason: 'a newer key-encrypting key' }),
  atMost: REWRAPPED_A_SWEEP,
};
const workflows = createLifecycleWorkflows(client);
const lifecycle = createLifecycleActivities({
  db,
  vault,
  platforms,
  exchange: egress.exchange,
  installExchange: egress.installExchange,
  grants,
  schedules: createSchedules(client),
  workflows,
  eraseRecords: (tenantId, connectionId) =>
    db.sqlInTenant(tenantId, (sql) => eraseRecords(sql, connectionId)),
  rewrapDataKeys: async (onPage) => (await rewrapDataKeys({ ...rewrapping, onPage })).moved,
  timings: DEFAULT_TIMINGS,
  connectDeadlineMs: DAY_MS,
  keepRecordsMs: 30 * DAY_MS,
  nowMs: Date.now,
  onSwept: (report) => log.info(report, 'swept'),
  log: logActivity,
});
const fleet = createFleetActivities({
  db,
  platforms,
  exchange: egress.exchange,
  connections: createFleetWorkflows(client),
  importPace: IMPORT_PACE,
  nowMs: Date.now,
  log: logActivity,
});
const privacy = createPrivacyActivities({
  db,
  openPrivacyRequest: egress.openPrivacyRequest,
  nowMs: Date.now,
  log: logActivity,
});
const pages = createPageActivities({
  ...SYNC_DEFAULTS,
  db,
  egress,
  platforms,
  reportRun: createReportRun(client),
  log: logActivity,
});

const native = await NativeConnection.connect(temporal.connection ?? {});
const common: Omit<WorkerOptions, 'taskQueue'> = {
  connection: native,
  namespace: temporal.namespace,
  shutdownGraceTime: GRACE,
  shutdownForceTime: '30 seconds',
  maxHeartbeatThrottleInterval: '1 second',
};
const workers = await Promise.all([
  Worker.create({
    ...common,
    taskQueue: TASK_QUEUES.workflows,
    workflowBundle: await workflowBundle(),
    maxCachedWorkflows: CACHED_WORKFLOWS,
    stickyQueueScheduleToStartTimeout: STICKY_TIMEOUT,
  }),
  Worker.create({
    ...common,
    taskQueue: TASK_QUEUES.lifecycle,
    activities: { ...lifecycle, ...fleet, ...privacy },
    maxConcurrentActivityTaskExecutions: 50,
  }),
  Worker.create({
    ...common,
    taskQueue: TASK_QUEUES.pages,
    activities: { ...pages },
    maxConcurrentActivityTaskExecutions: 8,
  }),
]);
await ensureSweepSchedule(client);
const door = createDeliverer({
  keys: createEndpointKeys({ db, vault, nowMs: Date.now }),
  allowPrivateNetworks: settings.allowPrivateNetworks,
  nowMs: Date.now,
});
const keeping = [
  keepAuditChain(db, log),
  keepOutbox(db, log),
  keepQueues({
    ...{ db, platforms, log, sources: settings.queues.sources },
    sqs: createSqs(settings.queues, Date.now),
  }),
  keepNotified({
    ...createNotifiedClient(client),
    startPrivacy: workflows.startPrivacy,
    ...{ db, vault, egress, platforms, log, publicUrl: settings.publicUrl },
    checkEveryMs: HOUR_MS,
    nowMs: Date.now,
    timings: NAMED_TIMINGS,
  }),
  await startDelivering({
    ...{ db, door, log, publicUrl: settings.publicUrl },
    lifetimeMs: DAY_MS,
    nowMs: Date.now,
  }),
];

for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stop(signal));
const running = Promise.all(workers.map((worker) => worker.run()));
log.info({ namespace: temporal.namespace, platforms: [...platforms.keys()] }, 'ready');
try {
  await running;
} finally {
  await Promise.all(keeping.map((one) => one.stop()));
  await door.close();
  await egress.close();
  await db.close();
  await native.close();
  await connection.close();
}
log.info('stopped');

function stop(signal: string): void {
  log.info({ signal }, 'stopping');
  for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
}

function begin<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    return refuse(error);
  }
}

/** What is wrong is said to whoever starts it; a stack is for faults of the program. */
function refuse(error: unknown): never {
  if (!(error instanceof MooringError)) throw error;
  console.error(error.message);
  process.exit(1);
}

/** The text of an unexpected error may hold anything; its kind and place are enough to find it. */
function nameOf(error: unknown): string {
  return error instanceof Error
    ? `${error.name} ${(error.stack ?? '').split('\n').slice(1, 4).join(' ').trim()}`
    : typeof error;
}
