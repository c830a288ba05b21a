// The erasure of a connection's records and of all that a sync kept about them. What a vendor already read from the feed is the vendor's to erase.
import type { ConnectionId } from '../domain/ids.ts';
import type { Sql } from './database.ts';
import { forgetSentRecords } from './delivery-purges.ts';

const ABOUT_RECORDS = ['pass_pages', 'set_aside', 'checkpoints'] as const;

/** Deletes them, tombstones included; how many records. A second call finds none. */
export async function eraseRecords(sql: Sql, connectionId: ConnectionId): Promise<number> {
  for (const table of ABOUT_RECORDS)
    await sql.query(`DELETE FROM ${table} WHERE connection_id = $1`, [connectionId]);
  await forgetSentRecords(sql, connectionId);
  const { rowCount } = await sql.query('DELETE FROM records WHERE connection_id = $1', [connectionId]);
  return rowCount ?? 0;
}
