// Writes events as the product's own parts do, through a database that goes away: each number once, whether or not the answer to its commit was lost.
import { setTimeout as pause } from 'node:timers/promises';
import type { TenantId } from '../../domain/ids.ts';
import type { Database } from '../../store/database.ts';
import { appendEvent } from '../../store/events.ts';

const AGAIN_MS = 100;

/** As many as `upTo` says by now; ends when `total` are written. */
export async function writeEvents(
  db: Database,
  wish: { readonly tenantId: TenantId; readonly total: number; readonly upTo: () => number },
): Promise<void> {
  const { tenantId } = wish;
  let isUnsure = false;
  for (let n = 0; n < wish.total; ) {
    if (n >= wish.upTo()) {
      await pause(AGAIN_MS);
      continue;
    }
    try {
      const isThere = isUnsure && (await hasEvent(db, tenantId, n));
      const event = { tenantId, type: 'sync.completed', data: { n } };
      if (!isThere) await db.inTenant(tenantId, (tx) => appendEvent(tx, event));
      isUnsure = false;
      n += 1;
    } catch {
      isUnsure = true;
      await pause(AGAIN_MS);
    }
  }
}

async function hasEvent(db: Database, tenantId: TenantId, n: number): Promise<boolean> {
  return db.sqlInTenant(tenantId, async (sql) => {
    const { rowCount } = await sql.query(`SELECT 1 FROM events WHERE data->>'n' = $1`, [String(n)]);
    return rowCount !== 0;
  });
}
