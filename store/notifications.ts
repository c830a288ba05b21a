// What platforms told us. Written before they are answered, once for all repeats; what it names is collapsed into one row an object, which the worker reads.
import type { ClientRegistrationId, ConnectionId, TenantId } from '../domain/ids.ts';
import type { Sql } from './database.ts';

/** Where a notification belongs: one connection, or one of our registrations where it concerns none. */
export type NotificationScope =
  | { readonly tenantId: TenantId; readonly connectionId: ConnectionId }
  | { readonly tenantId: TenantId | null; readonly registrationId: ClientRegistrationId };

export interface NewNotification {
  readonly scope: NotificationScope;
  /** SHA-256 of what is unique of it. */
  readonly dedupeKey: Uint8Array;
  readonly platform: string;
  readonly topic: string;
  readonly means: string;
  readonly objectId: string | null;
  /** To be read again: '' is all that changed of the resource. null: nothing. */
  readonly named: { readonly resource: string; readonly platformId: string } | null;
  /** Somebody has still to be told: the worker does. */
  readonly isToBeTold: boolean;
}

/** Writes it and what it names in one statement. False: it was there already, and nothing changed. */
export async function takeNotification(sql: Sql, one: NewNotification): Promise<boolean> {
  const { scope, named } = one;
  const connectionId = 'connectionId' in scope ? scope.connectionId : null;
  const { rows } = await sql.query<{ put: string }>({
    name: 'take-notification',
    text: `WITH put AS (
        INSERT INTO notifications (scope, dedupe_key, tenant_id, connection_id, platform, topic, means, object_id, handled_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, CASE WHEN $9::boolean THEN NULL ELSE now() END)
        ON CONFLICT DO NOTHING RETURNING 1
      ), named AS (
        INSERT INTO named_objects AS n (connection_id, resource, platform_id, tenant_id)
        SELECT $4, $10::text, $11::text, $3 FROM put WHERE $10::text IS NOT NULL
        ON CONFLICT (connection_id, resource, platform_id) DO UPDATE SET seen_at = now(), times = n.times + 1
      )
      SELECT count(*) AS put FROM put`,
    values: [
      'connectionId' in scope ? scope.connectionId : scope.registrationId,
      one.dedupeKey,
      scope.tenantId,
      connectionId,
      one.platform,
      one.topic,
      one.means,
      one.objectId,
      one.isToBeTold,
      named?.resource ?? null,
      named?.platformId ?? null,
    ],
  });
  return rows[0]?.put === '1';
}

export interface WaitingNotification {
  readonly scope: string;
  readonly dedupeKey: Uint8Array;
  readonly tenantId: TenantId | null;
  readonly connectionId: ConnectionId | null;
  readonly means: string;
  readonly receivedAtMs: number;
}

/** Those that somebody has to be told of, each for one taker for a minute. */
export async function claimToTell(sql: Sql, limit: number): Promise<readonly WaitingNotification[]> {
  const { rows } = await sql.query<{
    scope: string;
    dedupe_key: Buffer;
    tenant_id: TenantId | null;
    connection_id: ConnectionId | null;
    means: string;
    received_at: Date;
  }>({
    name: 'claim-to-tell',
    text: `UPDATE notifications SET attempts = attempts + 1, next_try_at = now() + least(interval '10 minutes', interval '15 seconds' * power(2, least(attempts, 8)))
      WHERE (scope, dedupe_key) IN (SELECT scope, dedupe_key FROM notifications WHERE handled_at IS NULL AND next_try_at <= now()
        ORDER BY next_try_at LIMIT $1 FOR UPDATE SKIP LOCKED)
      RETURNING scope, dedupe_key, tenant_id, connection_id, means, received_at`,
    values: [limit],
  });
  return rows.map((row) => ({
    scope: row.scope,
    dedupeKey: row.dedupe_key,
    tenantId: row.tenant_id,
    connectionId: row.connection_id,
    means: row.means,
    receivedAtMs: row.received_at.getTime(),
  }));
}

export async function noteTold(
  sql: Sql,
  { scope, dedupeKey }: Pick<WaitingNotification, 'scope' | 'dedupeKey'>,
): Promise<void> {
  await sql.query('UPDATE notifications SET handled_at = now() WHERE scope = $1 AND dedupe_key = $2', [
    scope,
    dedupeKey,
  ]);
}

/** Longer than any platform repeats what was not answered; how many went. */
export async function purgeNotifications(sql: Sql, now: Date, limit: number): Promise<number> {
  const { rowCount } = await sql.query(
    `DELETE FROM notifications WHERE ctid = ANY (ARRAY(SELECT ctid FROM notifications
       WHERE received_at < $1::timestamptz - interval '7 days' AND handled_at IS NOT NULL ORDER BY received_at LIMIT $2 FOR UPDATE SKIP LOCKED))`,
    [now, limit],
  );
  return rowCount ?? 0;
}
