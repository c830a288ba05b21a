// What a sync run must know before it works, read in one transaction by the database's own clock.
import type { ConnectionId, TenantId } from '../domain/ids.ts';
import type { CheckpointState } from '../domain/sync.ts';
import { listCheckpoints } from './checkpoints.ts';
import type { Database, Sql } from './database.ts';

/** The connection as its projection and its proof left it. */
export interface SyncedConnection {
  readonly platform: string;
  readonly shop: Readonly<Record<string, string>>;
  readonly facts: Readonly<Record<string, string>>;
  readonly permissions: readonly string[];
  readonly grantedScopes: readonly string[];
  readonly stopped: Readonly<Record<string, string>>;
  readonly lifecycle: string;
  readonly isFenced: boolean;
  readonly isPaused: boolean;
  /** Held back until then by its own or its platform's troubles; null: not held. */
  readonly heldUntilMs: number | null;
  readonly intervalMs: number;
  readonly generation: number;
}

export interface SyncFacts {
  readonly nowMs: number;
  readonly connection: SyncedConnection;
  readonly checkpoints: readonly CheckpointState[];
}

interface Row {
  now: Date;
  platform: string;
  shop: Record<string, string>;
  facts: Record<string, string>;
  permissions: string[];
  granted_scopes: string[];
  stopped_resources: Record<string, string>;
  lifecycle: string;
  fenced_at: Date | null;
  paused_by: string | null;
  health: string;
  next_try_at: Date | null;
  sync_interval_s: number;
  generation: number;
}

/** Null when there is no such connection. */
export async function readSyncFacts(
  db: Pick<Database, 'sqlInTenant'>,
  tenantId: TenantId,
  connectionId: ConnectionId,
): Promise<SyncFacts | null> {
  return db.sqlInTenant(tenantId, async (sql) => {
    const row = await readRow(sql, connectionId);
    if (row === undefined) return null;
    return {
      nowMs: row.now.getTime(),
      connection: {
        platform: row.platform,
        shop: row.shop,
        facts: row.facts,
        permissions: row.permissions,
        grantedScopes: row.granted_scopes,
        stopped: row.stopped_resources,
        lifecycle: row.lifecycle,
        isFenced: row.fenced_at !== null,
        isPaused: row.paused_by !== null,
        heldUntilMs: row.health === 'ok' ? null : (row.next_try_at?.getTime() ?? null),
        intervalMs: row.sync_interval_s * 1000,
        generation: row.generation,
      },
      checkpoints: await listCheckpoints(sql, connectionId),
    };
  });
}

async function readRow(sql: Sql, connectionId: ConnectionId): Promise<Row | undefined> {
  const { rows } = await sql.query<Row>(
    `SELECT now() AS now, platform, shop, facts, permissions, granted_scopes, stopped_resources, lifecycle, fenced_at, paused_by, health,
       next_try_at, sync_interval_s, generation
     FROM connections WHERE id = $1`,
    [connectionId],
  );
  return rows[0];
}
