// What we have subscribed to at platforms, when it is compared with what they say, and the times in which something may have been missed.
import type { ConnectionId, SyncRequestId, TenantId } from '../domain/ids.ts';
import type { Resource } from '../domain/resource.ts';
import type { Sealed } from '../domain/sealing.ts';
import type { Sql, Tx } from './database.ts';
import { rowId } from './row-ids.ts';
import { requestSync } from './sync-requests.ts';

export interface SubscriptionOwner {
  readonly tenantId: TenantId;
  readonly connectionId: ConnectionId;
}

/** Beginning of the topic of one that somebody set up by hand: we know its secret alone. */
export const BY_HAND = 'by hand/';

export type SubscriptionState = 'creating' | 'active' | 'refused';

export interface SubscriptionRow {
  readonly topic: string;
  readonly platformRef: string | null;
  readonly state: SubscriptionState;
  readonly code: string | null;
  readonly hasSecret: boolean;
  readonly createdAt: Date;
  readonly checkedAt: Date | null;
  readonly recreated: number;
}

/** The connection is to be looked at now. Safe to repeat. */
export async function checkSoon(tx: Tx, of: SubscriptionOwner): Promise<void> {
  await tx.$executeRaw`INSERT INTO subscription_checks (connection_id, tenant_id) VALUES (${of.connectionId}, ${of.tenantId})
    ON CONFLICT (connection_id) DO UPDATE SET next_check_at = least(subscription_checks.next_check_at, now())`;
}

/** Those that are due, each for one taker. Run across tenants. */
export async function claimChecks(
  sql: Sql,
  claim: { readonly limit: number; readonly leaseMs: number },
): Promise<readonly SubscriptionOwner[]> {
  const { rows } = await sql.query<SubscriptionOwner>(
    `UPDATE subscription_checks SET lease_until = now() + $2::int * interval '1 millisecond'
     WHERE connection_id IN (SELECT connection_id FROM subscription_checks WHERE next_check_at <= now()
       AND (lease_until IS NULL OR lease_until < now()) ORDER BY next_check_at LIMIT $1 FOR UPDATE SKIP LOCKED)
     RETURNING tenant_id AS "tenantId", connection_id AS "connectionId"`,
    [claim.limit, claim.leaseMs],
  );
  return rows;
}

export async function noteChecked(
  sql: Sql,
  connectionId: ConnectionId,
  at: { readonly nextInMs: number; readonly code: string | null },
): Promise<void> {
  await sql.query(
    `UPDATE subscription_checks SET lease_until = NULL, code = $3, next_check_at = now() + $2::bigint * interval '1 millisecond',
       checked_at = CASE WHEN $3::text IS NULL THEN now() ELSE checked_at END WHERE connection_id = $1`,
    [connectionId, Math.round(at.nextInMs), at.code],
  );
}

/** Nothing to look after: the platform takes no subscriptions, or the connection has ended. */
export async function endChecks(sql: Sql, connectionId: ConnectionId): Promise<void> {
  await sql.query('DELETE FROM subscription_checks WHERE connection_id = $1', [connectionId]);
}

export async function listSubscriptions(
  sql: Sql,
  connectionId: ConnectionId,
): Promise<readonly SubscriptionRow[]> {
  const { rows } = await sql.query<SubscriptionRow>(
    `SELECT topic, platform_ref AS "platformRef", state, code, sealed IS NOT NULL AS "hasSecret", created_at AS "createdAt", checked_at AS "checkedAt", recreated
     FROM subscriptions WHERE connection_id = $1 ORDER BY topic`,
    [connectionId],
  );
  return rows;
}

/** What our app's registration has beside its secrets; nothing where the connection is of none. Run across tenants. */
export async function fieldsOfApp(
  sql: Sql,
  connectionId: ConnectionId,
): Promise<Readonly<Record<string, string>>> {
  const { rows } = await sql.query<{ fields: Record<string, string> }>(
    `SELECT r.fields FROM connections AS n JOIN client_registrations AS r ON r.id = n.registration_id WHERE n.id = $1`,
    [connectionId],
  );
  return rows[0]?.fields ?? {};
}

/** Our app that the connection was made with; null: it is of none. */
export async function appOf(sql: Sql, connectionId: ConnectionId): Promise<string | null> {
  const { rows } = await sql.query<{ id: string | null }>(
    'SELECT registration_id AS id FROM connections WHERE id = $1',
    [connectionId],
  );
  return rows[0]?.id ?? null;
}

/**
 * Written before the platform is asked, with the secret that it is going to be told: an answer that is lost loses nothing. `missed` says why one
 * that was there is made again; how long it was not there is kept until `takeMissed`.
 */
export async function beginSubscription(
  sql: Sql,
  of: SubscriptionOwner,
  one: { readonly topic: string; readonly sealed: Sealed | null; readonly missed?: GapCause },
): Promise<void> {
  const { sealed } = one;
  await sql.query(
    `INSERT INTO subscriptions AS s (connection_id, topic, tenant_id, state, sealed, key_version) VALUES ($1, $2, $3, 'creating', $4, $5)
     ON CONFLICT (connection_id, topic) DO UPDATE SET state = 'creating', platform_ref = NULL, code = NULL, sealed = $4, key_version = $5,
       recreated = s.recreated + 1, missed_cause = CASE WHEN s.missed_since IS NULL THEN $6 ELSE s.missed_cause END,
       missed_since = CASE WHEN $6::text IS NULL THEN s.missed_since ELSE coalesce(s.missed_since, s.checked_at) END`,
    [
      of.connectionId,
      one.topic,
      of.tenantId,
      sealed === null ? null : Buffer.from(sealed.bytes),
      sealed?.keyVersion ?? null,
      one.missed ?? null,
    ],
  );
}

export async function noteSubscribed(
  sql: Sql,
  of: SubscriptionOwner,
  one: { readonly topic: string; readonly ref: string; readonly sealed?: Sealed },
): Promise<void> {
  await sql.query(
    `INSERT INTO subscriptions AS s (connection_id, topic, tenant_id, state, platform_ref, checked_at, sealed, key_version)
     VALUES ($1, $2, $3, 'active', $4, now(), $5, $6)
     ON CONFLICT (connection_id, topic) DO UPDATE SET state = 'active', code = NULL, platform_ref = $4, checked_at = now(),
       sealed = coalesce($5, s.sealed), key_version = coalesce($6, s.key_version)`,
    [
      of.connectionId,
      one.topic,
      of.tenantId,
      one.ref,
      one.sealed === undefined ? null : Buffer.from(one.sealed.bytes),
      one.sealed?.keyVersion ?? null,
    ],
  );
}

export async function noteRefused(
  sql: Sql,
  of: SubscriptionOwner,
  one: { readonly topic: string; readonly code: string },
): Promise<void> {
  await sql.query(
    `UPDATE subscriptions SET state = 'refused', code = $3 WHERE connection_id = $1 AND topic = $2`,
    [of.connectionId, one.topic, one.code],
  );
}

export async function dropSubscription(sql: Sql, connectionId: ConnectionId, topic: string): Promise<void> {
  await sql.query('DELETE FROM subscriptions WHERE connection_id = $1 AND topic = $2', [connectionId, topic]);
}

/** Of a connection that has ended: secrets, addresses and what was to be read go with it; how many subscriptions there were. */
export async function endNotifications(tx: Tx, connectionId: ConnectionId): Promise<number> {
  await tx.$executeRaw`DELETE FROM notification_addresses WHERE connection_id = ${connectionId}`;
  await tx.$executeRaw`DELETE FROM named_objects WHERE connection_id = ${connectionId}`;
  await tx.$executeRaw`DELETE FROM subscription_checks WHERE connection_id = ${connectionId}`;
  await tx.$executeRaw`DELETE FROM notification_gaps WHERE connection_id = ${connectionId}`;
  return tx.$executeRaw`DELETE FROM subscriptions WHERE connection_id = ${connectionId}`;
}

/** Who asks for the sync that makes up for a gap. */
const GAP_ASKS = 'notification gap';

export type GapCause = 'dropped' | 'disabled' | 'outage';

export interface Missed {
  readonly topic: string;
  readonly since: Date;
  readonly cause: GapCause;
}

/** What is there again and had been missing, to be noted as a gap in the same transaction: each once. */
export async function takeMissed(tx: Tx, connectionId: ConnectionId): Promise<readonly Missed[]> {
  return tx.$queryRaw<Missed[]>`WITH missed AS (
      SELECT topic, missed_since, missed_cause FROM subscriptions
      WHERE connection_id = ${connectionId} AND state = 'active' AND missed_since IS NOT NULL FOR UPDATE)
    UPDATE subscriptions AS s SET missed_since = NULL, missed_cause = NULL FROM missed
    WHERE s.connection_id = ${connectionId} AND s.topic = missed.topic
    RETURNING s.topic, missed.missed_since AS since, missed.missed_cause AS cause`;
}

/** Notes the gap and asks for the sync that makes up for it; whoever calls triggers the schedule after the commit. */
export async function openGap(
  tx: Tx,
  of: SubscriptionOwner,
  gap: {
    readonly cause: GapCause;
    readonly from: Date;
    readonly until: Date;
    readonly resources: readonly Resource[];
  },
): Promise<{ requestId: SyncRequestId }> {
  const { id: requestId } = await requestSync(tx, {
    ...of,
    resources: gap.resources,
    mode: 'incremental',
    requestedBy: GAP_ASKS,
  });
  await tx.$executeRaw`INSERT INTO notification_gaps (connection_id, found_at, tenant_id, cause, from_at, until_at, request_id)
    VALUES (${of.connectionId}, now(), ${of.tenantId}, ${gap.cause}, ${gap.from}, ${gap.until}, ${requestId})
    ON CONFLICT DO NOTHING`;
  return { requestId };
}

/**
 * A gap is closed when the sync that was asked for has brought what was missed, or where that one failed, the first after it that did: each goes on where the
 * last one ended. How many were. Run across tenants.
 */
export async function closeGaps(sql: Sql): Promise<number> {
  const { rowCount } = await sql.query(
    `UPDATE notification_gaps AS g SET closed_at = brought.at
     FROM sync_requests AS r CROSS JOIN LATERAL (
       SELECT min(s.finished_at) AS at FROM sync_runs AS s
       WHERE s.connection_id = r.connection_id AND s.status IN ('completed', 'held', 'partial')
         AND s.started_at >= coalesce((SELECT own.started_at FROM sync_runs AS own WHERE own.id = r.run_id), r.created_at)
     ) AS brought
     WHERE r.id = g.request_id AND r.finished_at IS NOT NULL AND g.closed_at IS NULL AND brought.at IS NOT NULL`,
  );
  return rowCount ?? 0;
}

/** Gaps of an outage of ours, for which no sync was asked yet. Run across tenants. */
export async function listUnasked(
  sql: Sql,
  limit: number,
): Promise<readonly (SubscriptionOwner & { readonly foundAt: Date })[]> {
  const { rows } = await sql.query<SubscriptionOwner & { readonly foundAt: Date }>(
    `SELECT tenant_id AS "tenantId", connection_id AS "connectionId", found_at AS "foundAt" FROM notification_gaps
     WHERE request_id IS NULL AND closed_at IS NULL ORDER BY found_at LIMIT $1`,
    [limit],
  );
  return rows;
}

/** Asks for the sync that makes up for it, or finds what was asked for before and nobody has begun: a trigger that failed is tried again. */
export async function askForGap(tx: Tx, of: SubscriptionOwner): Promise<SyncRequestId> {
  const { tenantId, connectionId } = of;
  const wish = { tenantId, connectionId, requestedBy: GAP_ASKS };
  const open = await tx.syncRequest.findFirst({
    where: { ...wish, resources: { isEmpty: true }, runId: null, finishedAt: null },
  });
  if (open !== null) return rowId('syncRequest', open.id);
  return (await requestSync(tx, { ...wish, resources: [], mode: 'incremental' })).id;
}

/** The sync was asked for and its schedule told. */
export async function noteAsked(
  tx: Tx,
  of: SubscriptionOwner & { readonly foundAt: Date },
  requestId: SyncRequestId,
): Promise<void> {
  await tx.$executeRaw`UPDATE notification_gaps SET request_id = ${requestId} WHERE connection_id = ${of.connectionId} AND found_at = ${of.foundAt}`;
}

/**
 * The receiver is alive. Where it had not been for `maxGapMs`, every connection that is told things gets a gap from then until now. Gives how many. Run across
 * tenants; several receivers are one.
 */
export async function noteReceiving(sql: Sql, maxGapMs: number): Promise<number> {
  const { rows } = await sql.query<{ alive_at: Date }>(
    `SELECT alive_at FROM receiver_times WHERE name = 'notify' FOR UPDATE`,
  );
  const before = rows[0]?.alive_at;
  await sql.query(
    `INSERT INTO receiver_times (name, alive_at) VALUES ('notify', now()) ON CONFLICT (name) DO UPDATE SET alive_at = now()`,
  );
  if (before === undefined) return 0;
  const { rowCount } = await sql.query(
    `INSERT INTO notification_gaps (connection_id, found_at, tenant_id, cause, from_at, until_at)
     SELECT n.id, now(), n.tenant_id, 'outage', $1, now() FROM connections AS n
     WHERE now() - $1::timestamptz > $2::int * interval '1 millisecond' AND n.lifecycle = 'active' AND n.fenced_at IS NULL
       AND (EXISTS (SELECT 1 FROM subscriptions AS s WHERE s.connection_id = n.id AND s.state = 'active')
         OR EXISTS (SELECT 1 FROM notifications AS t WHERE t.scope = n.id))
     ON CONFLICT DO NOTHING`,
    [before, maxGapMs],
  );
  return rowCount ?? 0;
}
