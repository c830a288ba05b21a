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

/** Writes them and what they name in one statement; for each whether it is new. Those of one transaction are of one tenant, or of none. */
export async function takeNotifications(
  sql: Sql,
  some: readonly NewNotification[],
): Promise<readonly boolean[]> {
  const scopes = some.map(({ scope }) =>
    'connectionId' in scope ? scope.connectionId : scope.registrationId,
  );
  const keys = some.map(({ dedupeKey }) => Buffer.from(dedupeKey).toString('hex'));
  const { rows } = await sql.query<{ scope: string; key: string }>({
    name: 'take-notifications',
    text: `WITH told AS (
        SELECT DISTINCT ON (scope, key) * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::boolean[], $10::text[], $11::text[])
          AS t(scope, key, tenant_id, connection_id, platform, topic, means, object_id, is_to_be_told, resource, platform_id)
      ), put AS (
        INSERT INTO notifications (scope, dedupe_key, tenant_id, connection_id, platform, topic, means, object_id, handled_at)
        SELECT scope, decode(key, 'hex'), tenant_id, connection_id, platform, topic, means, object_id, CASE WHEN is_to_be_told THEN NULL ELSE now() END FROM told
        ON CONFLICT DO NOTHING RETURNING scope, encode(dedupe_key, 'hex') AS key
      ), named AS (
        INSERT INTO named_objects AS n (connection_id, resource, platform_id, tenant_id, times)
        SELECT connection_id, resource, platform_id, tenant_id, count(*) FROM told JOIN put USING (scope, key) WHERE resource IS NOT NULL
        GROUP BY connection_id, resource, platform_id, tenant_id ORDER BY 1, 2, 3
        ON CONFLICT (connection_id, resource, platform_id) DO UPDATE SET seen_at = now(), times = n.times + excluded.times
      )
      SELECT scope, key FROM put`,
    values: [
      scopes,
      keys,
      some.map(({ scope }) => scope.tenantId),
      some.map(({ scope }) => ('connectionId' in scope ? scope.connectionId : null)),
      some.map((one) => one.platform),
      some.map((one) => one.topic),
      some.map((one) => one.means),
      some.map((one) => one.objectId),
      some.map((one) => one.isToBeTold),
      some.map((one) => one.named?.resource ?? null),
      some.map((one) => one.named?.platformId ?? null),
    ],
  });
  const put = new Set(rows.map(({ scope, key }) => `${scope} ${key}`));
  return scopes.map((scope, at) => put.has(`${scope} ${keys[at]}`));
}

/** False: it was there already, and nothing changed. */
export async function takeNotification(sql: Sql, one: NewNotification): Promise<boolean> {
  const [isNew] = await takeNotifications(sql, [one]);
  return isNew === true;
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
