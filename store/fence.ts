// The fence: whether a connection's credential may still be used. Read before calls, written by the revoke alone
// (store/connections.ts), which also notifies the channel `fence` with the connection's id.
import type { ConnectionId } from '../domain/ids.ts';
import type { Sql } from './database.ts';

export const FENCE_CHANNEL = 'fence';

export interface FenceState {
  readonly isFenced: boolean;
  /** The newest generation, so that a user of an older one can drop it. */
  readonly generation: number;
}

/** Reads one connection's fence; null when there is no such connection in the tenant. */
export async function readFence(sql: Sql, connectionId: ConnectionId): Promise<FenceState | null> {
  const { rows } = await sql.query<{ is_fenced: boolean; generation: number }>({
    name: 'read-fence',
    text: 'SELECT (fenced_at IS NOT NULL OR revoked_at IS NOT NULL) AS is_fenced, generation FROM connections WHERE id = $1',
    values: [connectionId],
  });
  const [row] = rows;
  return row === undefined ? null : { isFenced: row.is_fenced, generation: row.generation };
}

/** Of these connections, those that are fenced or gone. For the poll behind the notifications, over all tenants. */
export async function readFenced(sql: Sql, connectionIds: readonly string[]): Promise<ReadonlySet<string>> {
  const { rows } = await sql.query<{ id: string }>({
    name: 'read-fenced',
    text: `SELECT wanted.id FROM unnest($1::text[]) AS wanted(id) LEFT JOIN connections AS c ON c.id = wanted.id
           WHERE c.id IS NULL OR c.fenced_at IS NOT NULL OR c.revoked_at IS NOT NULL`,
    values: [connectionIds],
  });
  return new Set(rows.map((row) => row.id));
}
