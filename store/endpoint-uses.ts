// How often each endpoint was called, per connection and day. Counts are added, so that a batch may come late or alone.
import type { Sql } from './database.ts';

export interface EndpointCount {
  readonly tenantId: string;
  readonly connectionId: string;
  readonly endpoint: string;
  /** UTC day, "2026-11-21". */
  readonly day: string;
  readonly calls: number;
  readonly failures: number;
  readonly lastCalledAtMs: number;
}

/** Adds the counts in one statement, in key order so that two workers never wait for each other in a ring. */
export async function addEndpointUses(sql: Sql, counts: readonly EndpointCount[]): Promise<void> {
  if (counts.length === 0) return;
  const rows = counts.map((count) => ({
    tenant_id: count.tenantId,
    connection_id: count.connectionId,
    endpoint: count.endpoint,
    day: count.day,
    calls: count.calls,
    failures: count.failures,
    last_called_at: new Date(count.lastCalledAtMs).toISOString(),
  }));
  await sql.query({
    name: 'add-endpoint-uses',
    text: `INSERT INTO endpoint_uses AS e (tenant_id, connection_id, endpoint, day, calls, failures, last_called_at)
           SELECT * FROM jsonb_to_recordset($1::jsonb) AS n(tenant_id text, connection_id text, endpoint text, day date, calls bigint, failures bigint, last_called_at timestamptz)
           ORDER BY connection_id, endpoint, day
           ON CONFLICT (connection_id, endpoint, day) DO UPDATE SET calls = e.calls + excluded.calls,
             failures = e.failures + excluded.failures, last_called_at = greatest(e.last_called_at, excluded.last_called_at)`,
    values: [JSON.stringify(rows)],
  });
}
