// How endpoints fare, as attempts show it: which lane they are in, since when they fail, and their end: disabled, with what was pending given up,
// an event and an audit row, all in the transaction of the attempt that brought it.
import { type DisabledBecause, type EndpointHealth, endpointAfter } from '../domain/delivery.ts';
import type { EndpointId, TenantId } from '../domain/ids.ts';
import { appendAuditBySql } from './audit.ts';
import type { Sql } from './database.ts';
import type { MadeAttempt } from './deliveries.ts';
import { appendEventBySql } from './events.ts';

export interface HealthRow {
  readonly id: EndpointId;
  readonly tenant_id: TenantId;
  readonly url: string;
  readonly status: string;
  readonly lane: string;
  readonly failing_since: Date | null;
  readonly failures_in_a_row: number;
}

const COLUMNS = 'id, tenant_id, url, status, lane, failing_since, failures_in_a_row';

/** Endpoints whose health is another one after these attempts, locked; the usual good news locks none. Before any of their deliveries, or two would wait in a circle. */
export async function lockChangingEndpoints(
  sql: Sql,
  attempts: readonly MadeAttempt[],
): Promise<readonly HealthRow[]> {
  const ids = [...new Set(attempts.map(({ claim }) => claim.endpointId))];
  const seen = await sql.query<HealthRow>({
    name: 'endpoint-health',
    text: `SELECT ${COLUMNS} FROM endpoints WHERE id = ANY ($1)`,
    values: [ids],
  });
  const changing = seen.rows.filter((row) => isOther(healthOf(row), fold(row, attempts).health));
  if (changing.length === 0) return [];
  // By id, as whoever locks several of them does.
  const { rows } = await sql.query<HealthRow>(
    `SELECT ${COLUMNS} FROM endpoints WHERE id = ANY ($1) ORDER BY id FOR UPDATE`,
    [changing.map(({ id }) => id)],
  );
  return rows;
}

/** Writes how the locked endpoints fare, and ends those that are to end. */
export async function settleEndpoints(
  sql: Sql,
  rows: readonly HealthRow[],
  attempts: readonly MadeAttempt[],
): Promise<void> {
  const ends: { row: HealthRow; because: 'gone' | 'failing'; since: number | null; status: number | null }[] =
    [];
  for (const row of rows) {
    const { health, disable, lastStatus } = fold(row, attempts);
    await sql.query(
      `UPDATE endpoints SET lane = $2, failing_since = to_timestamp($3::float8 / 1000), failures_in_a_row = $4 WHERE id = $1`,
      [row.id, health.lane, health.failingSinceMs, health.failuresInARow],
    );
    if (disable !== null && row.status === 'enabled')
      ends.push({ row, because: disable, since: health.failingSinceMs, status: lastStatus });
  }
  // Readers of the feed go by an event's place at once: it must not be forgotten.
  if (ends.length > 0) await sql.query('SET LOCAL synchronous_commit = on');
  for (const { row, because, since, status } of ends.sort(byTenant)) {
    await endDeliveries(sql, row.id, because);
    await tellDisabled(sql, row, { because, since, status });
  }
}

function byTenant(a: { readonly row: HealthRow }, b: { readonly row: HealthRow }): number {
  return a.row.tenant_id < b.row.tenant_id ? -1 : 1;
}

function healthOf(row: HealthRow): EndpointHealth {
  return {
    lane: row.lane === 'slow' ? 'slow' : 'quick',
    failingSinceMs: row.failing_since?.getTime() ?? null,
    failuresInARow: row.failures_in_a_row,
  };
}

function isOther(before: EndpointHealth, after: EndpointHealth): boolean {
  return before.lane !== after.lane || before.failuresInARow !== after.failuresInARow;
}

function fold(row: HealthRow, attempts: readonly MadeAttempt[]) {
  let health = healthOf(row);
  let disable: 'gone' | 'failing' | null = null;
  let lastStatus: number | null = null;
  for (const attempt of attempts) {
    if (attempt.claim.endpointId !== row.id) continue;
    const after = endpointAfter(health, attempt);
    health = after.health;
    disable ??= after.disable;
    lastStatus = 'status' in attempt.outcome ? attempt.outcome.status : null;
  }
  return { health, disable, lastStatus };
}

/** Disables it and gives up what is pending. Nothing is made for it until it is enabled again, from where the feed is then. */
export async function endDeliveries(
  sql: Sql,
  endpointId: string,
  because: DisabledBecause,
): Promise<{ readonly givenUp: number }> {
  await sql.query(
    `UPDATE endpoints SET status = 'disabled', disabled_because = $2, disabled_at = now(), updated_at = now() WHERE id = $1`,
    [endpointId, because],
  );
  const { rowCount } = await sql.query(
    `UPDATE deliveries SET state = 'failed', because = $2, settled_at = now(), leased_until = NULL WHERE endpoint_id = $1 AND state = 'pending'`,
    [endpointId, because === 'gone' ? 'endpoint_gone' : 'endpoint_disabled'],
  );
  return { givenUp: rowCount ?? 0 };
}

async function tellDisabled(
  sql: Sql,
  row: HealthRow,
  { because, since, status }: { because: 'gone' | 'failing'; since: number | null; status: number | null },
): Promise<void> {
  await appendAuditBySql(sql, {
    tenantId: row.tenant_id,
    actor: 'worker',
    action: 'endpoint.disabled',
    target: row.id,
    outcome: 'done',
    reason: because,
  });
  // The address may hold a secret of the receiver's: only its host is told.
  await appendEventBySql(sql, {
    tenantId: row.tenant_id,
    type: 'endpoint.disabled',
    data: {
      endpointId: row.id,
      host: new URL(row.url).host,
      because,
      failingSince: since === null ? null : new Date(since).toISOString(),
      lastStatus: status,
    },
  });
}
