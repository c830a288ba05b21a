// Objects that platforms named and that are to be read again: one row each, however often it was named. A claim lasts a while and is counted, so that a reader
// who was given up for dead cannot write after the next one did; what is named while it is read is read once more.
import type { ConnectionId, TenantId } from '../domain/ids.ts';
import type { Resource } from '../domain/resource.ts';
import type { Sql } from './database.ts';

export interface NamedObject {
  readonly tenantId: TenantId;
  readonly connectionId: ConnectionId;
  readonly resource: Resource;
  /** '' is all that changed of the resource. */
  readonly platformId: string;
  /** How often it had been named when it was claimed. */
  readonly times: string;
  readonly attempts: number;
  /** Beside `attempts`, which begin anew when it is named after it was settled: tells this claim from any other. */
  readonly firstNamedAt: Date;
}

/** Claims what is due, of a few connections at most. Run across tenants. */
export async function claimNamed(
  sql: Sql,
  claim: { readonly limit: number; readonly leaseMs: number },
): Promise<readonly NamedObject[]> {
  const { rows } = await sql.query<NamedObject>({
    name: 'claim-named',
    text: `WITH due AS (
        SELECT connection_id, resource, platform_id FROM named_objects WHERE next_try_at <= now()
        ORDER BY next_try_at LIMIT $1 FOR UPDATE SKIP LOCKED
      )
      UPDATE named_objects AS n SET attempts = n.attempts + 1, next_try_at = now() + $2::int * interval '1 millisecond'
      FROM due WHERE n.connection_id = due.connection_id AND n.resource = due.resource AND n.platform_id = due.platform_id
      RETURNING n.tenant_id AS "tenantId", n.connection_id AS "connectionId", n.resource, n.platform_id AS "platformId", n.times::text, n.attempts, n.first_named_at AS "firstNamedAt"`,
    values: [claim.limit, claim.leaseMs],
  });
  return rows;
}

const THIS_CLAIM =
  'connection_id = $1 AND resource = $2 AND platform_id = $3 AND attempts = $4 AND first_named_at = $5';

function claimOf(one: NamedObject) {
  return [one.connectionId, one.resource, one.platformId, one.attempts, one.firstNamedAt];
}

/** Holds the claim until the commit. False: another reader has taken it over. */
export async function holdClaim(sql: Sql, one: NamedObject): Promise<boolean> {
  const { rowCount } = await sql.query({
    name: 'hold-named',
    text: `SELECT 1 FROM named_objects AS o JOIN connections AS n ON n.id = o.connection_id
           WHERE o.connection_id = $1 AND o.resource = $2 AND o.platform_id = $3 AND o.attempts = $4 AND o.first_named_at = $5
             AND n.fenced_at IS NULL FOR UPDATE OF o`,
    values: claimOf(one),
  });
  return rowCount === 1;
}

/** Done. Where it was named again meanwhile it stays, to be read at once. */
export async function settleNamed(sql: Sql, one: NamedObject): Promise<void> {
  const key = claimOf(one);
  const { rowCount } = await sql.query({
    name: 'settle-named',
    text: `DELETE FROM named_objects WHERE ${THIS_CLAIM} AND times = $6`,
    values: [...key, one.times],
  });
  if (rowCount === 1) return;
  await sql.query({
    name: 'read-named-again',
    text: `UPDATE named_objects SET attempts = 0, next_try_at = now(), first_named_at = seen_at, code = NULL
           WHERE ${THIS_CLAIM}`,
    values: key,
  });
}

/** Waits before it is tried again. */
export async function postponeNamed(
  sql: Sql,
  one: NamedObject,
  because: { readonly code: string; readonly waitMs: number },
): Promise<void> {
  await sql.query({
    name: 'postpone-named',
    text: `UPDATE named_objects SET next_try_at = now() + $6::bigint * interval '1 millisecond', code = $7
           WHERE ${THIS_CLAIM}`,
    values: [...claimOf(one), Math.round(because.waitMs), because.code],
  });
}

/** Gives a claim back that was not used. */
export async function releaseNamed(sql: Sql, one: NamedObject): Promise<void> {
  await sql.query(
    `UPDATE named_objects SET attempts = attempts - 1, next_try_at = now()
     WHERE ${THIS_CLAIM}`,
    claimOf(one),
  );
}

/** Nothing of a connection that has ended is read any more. */
export async function dropNamed(sql: Sql, connectionId: ConnectionId): Promise<void> {
  await sql.query('DELETE FROM named_objects WHERE connection_id = $1', [connectionId]);
}
