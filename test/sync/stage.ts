// A shop connected to the real thing: PostgreSQL, vault, egress and the sync's activities, run as Temporal would run one.
import { MockActivityEnvironment } from '@temporalio/testing';
import { createPageActivities } from '../../activities/pages.ts';
import type { PageActivities, SyncPagesResult } from '../../activities/sync-contract.ts';
import { SYNC_DEFAULTS, type SyncDeps } from '../../activities/sync-deps.ts';
import type { Json } from '../../domain/platform.ts';
import type { Resource } from '../../domain/resource.ts';
import type { PassMode } from '../../domain/sync.ts';
import { requestSync } from '../../store/sync-requests.ts';
import type { RunReportedInput } from '../../workflows/messages.ts';
import type { Door } from '../egress/door.ts';
import type { SeededConnection } from '../egress/seed.ts';
import { createShop, SHELF, type Shop } from './shelf.ts';

export interface StoredRecord {
  readonly platform_id: string;
  readonly position: string;
  readonly record: Json;
  readonly deleted_at: Date | null;
}

export interface Stage extends SeededConnection {
  readonly door: Door;
  readonly shop: Shop;
  readonly reports: RunReportedInput[];
  /** Runs the workflow's loop: stretches of one run until it ends. */
  sync(options?: { deps?: Partial<SyncDeps>; stretches?: number }): Promise<SyncPagesResult>;
  /** One stretch of a run of this name. */
  stretch(
    run: string,
    options?: { deps?: Partial<SyncDeps>; environment?: MockActivityEnvironment },
  ): Promise<SyncPagesResult>;
  request(mode: PassMode, ...resources: Resource[]): Promise<void>;
  records(resource: Resource): Promise<StoredRecord[]>;
  runs(): Promise<
    {
      id: string;
      status: string;
      progress: Record<string, Record<string, number>>;
      error: { code: string } | null;
      held_deletions: Record<string, number> | null;
    }[]
  >;
  events(): Promise<string[]>;
}

/** A connection of a new tenant; `permissions` decide what is synced. */
export async function createStage(door: Door, ...resources: Resource[]): Promise<Stage> {
  const shop = createShop();
  door.answer((asked, response) => shop.answer(asked.url, response));
  const connection = await door.connect({});
  await door.world.owner.query('UPDATE connections SET permissions = $2 WHERE id = $1', [
    connection.connectionId,
    resources.map((one) => `${one}:read`),
  ]);
  const reports: RunReportedInput[] = [];
  const egress = door.open();
  const activities = (deps: Partial<SyncDeps> = {}): PageActivities =>
    createPageActivities({
      ...SYNC_DEFAULTS,
      timings: { ...SYNC_DEFAULTS.timings, pageRetryMs: [20] },
      db: door.world.db,
      egress,
      platforms: new Map([[SHELF.id, SHELF]]),
      reportRun: async (_tenantId, _connectionId, report) => {
        reports.push(report);
        return true;
      },
      log: (activity, error) => console.error(activity, error),
      ...deps,
    });
  const ask = async <Row>(sql: string): Promise<Row[]> =>
    (await door.world.owner.query(sql, [connection.connectionId])).rows;
  let started = 0;
  const stretch: Stage['stretch'] = async (run, options = {}) => {
    const environment = options.environment ?? new MockActivityEnvironment();
    const { syncPages } = activities(options.deps);
    return environment.run(syncPages, { ...connection, workflowId: 'sync/test', firstExecutionRunId: run });
  };
  return {
    ...connection,
    door,
    shop,
    reports,
    stretch,
    sync: async (options = {}) => {
      const run = `${connection.connectionId}-${started++}`;
      for (let left = options.stretches ?? 100; ; left--) {
        const result = await stretch(run, { deps: options.deps ?? {} });
        if (result.outcome !== 'more' || left === 1) return result;
      }
    },
    request: async (mode, ...wanted) => {
      await door.world.db.inTenant(connection.tenantId, (tx) =>
        requestSync(tx, { ...connection, resources: wanted, mode, requestedBy: 'test' }),
      );
    },
    records: (resource) =>
      ask(
        `SELECT platform_id, position, record, deleted_at FROM records WHERE connection_id = $1 AND resource = '${resource}' ORDER BY platform_id`,
      ),
    runs: () =>
      ask(
        'SELECT id, status, progress, error, held_deletions FROM sync_runs WHERE connection_id = $1 ORDER BY id',
      ),
    events: async () =>
      (await ask<{ type: string }>('SELECT type FROM events WHERE connection_id = $1 ORDER BY position')).map(
        (row) => row.type,
      ),
  };
}
