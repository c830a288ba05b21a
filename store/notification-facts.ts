// What there is to tell about notifications: what waits, how long, which gaps there were. Counts and instants; never what was told.
import type { ConnectionId } from '../domain/ids.ts';
import type { Sql, Tx } from './database.ts';

export interface NotificationFacts {
  readonly waiting: number;
  readonly oldestWaitingAt: Date | null;
  readonly lastReceivedAt: Date | null;
  readonly checkedAt: Date | null;
  readonly nextCheckAt: Date | null;
  readonly code: string | null;
  readonly addresses: number;
}

export async function readNotificationFacts(sql: Sql, id: ConnectionId): Promise<NotificationFacts> {
  const { rows } = await sql.query<NotificationFacts>(
    `SELECT (SELECT count(*)::int FROM named_objects WHERE connection_id = $1) AS waiting,
       (SELECT min(first_named_at) FROM named_objects WHERE connection_id = $1) AS "oldestWaitingAt",
       (SELECT max(received_at) FROM notifications WHERE scope = $1) AS "lastReceivedAt",
       (SELECT count(*)::int FROM notification_addresses WHERE connection_id = $1) AS addresses,
       c.checked_at AS "checkedAt", c.next_check_at AS "nextCheckAt", c.code
     FROM (SELECT 1) AS one LEFT JOIN subscription_checks AS c ON c.connection_id = $1`,
    [id],
  );
  return rows[0] ?? NONE;
}

const NONE: NotificationFacts = {
  waiting: 0,
  oldestWaitingAt: null,
  lastReceivedAt: null,
  checkedAt: null,
  nextCheckAt: null,
  code: null,
  addresses: 0,
};

export interface GapRow {
  readonly foundAt: Date;
  readonly cause: string;
  readonly fromAt: Date;
  readonly untilAt: Date;
  readonly closedAt: Date | null;
}

/** The newest ones. */
export async function listGaps(sql: Sql, id: ConnectionId): Promise<readonly GapRow[]> {
  const { rows } = await sql.query<GapRow>(
    `SELECT found_at AS "foundAt", cause, from_at AS "fromAt", until_at AS "untilAt", closed_at AS "closedAt"
     FROM notification_gaps WHERE connection_id = $1 ORDER BY found_at DESC LIMIT 50`,
    [id],
  );
  return rows;
}

export async function listSubscribedTopics(tx: Tx, id: ConnectionId): Promise<readonly string[]> {
  const rows = await tx.$queryRaw<{ topic: string }[]>`
    SELECT topic FROM subscriptions WHERE connection_id = ${id} AND platform_ref IS NOT NULL ORDER BY topic`;
  return rows.map(({ topic }) => topic);
}

export interface NotificationCounts {
  readonly waiting: number;
  /** Seconds since the oldest one was named; 0 without one, or where the clock that noted it is ahead of ours. */
  readonly oldestWaitingS: number;
  readonly untold: number;
  readonly subscriptionsMissing: number;
  readonly gapsOpen: number;
  readonly gapsClosed: number;
  readonly privacyOpen: number;
  readonly privacyOverdue: number;
}

/** In the transaction's scope: a tenant's, or all. */
export async function countNotifications(tx: Tx, now: Date): Promise<NotificationCounts> {
  const [row] = await tx.$queryRaw<NotificationCounts[]>`
    SELECT (SELECT count(*)::int FROM named_objects) AS waiting,
      (SELECT greatest(0, coalesce(extract(epoch FROM ${now}::timestamptz - min(first_named_at)), 0))::float FROM named_objects) AS "oldestWaitingS",
      (SELECT count(*)::int FROM notifications WHERE handled_at IS NULL) AS untold,
      (SELECT count(*)::int FROM subscriptions WHERE state <> 'active' AND topic NOT LIKE 'by hand/%') AS "subscriptionsMissing",
      (SELECT count(*)::int FROM notification_gaps WHERE closed_at IS NULL) AS "gapsOpen",
      (SELECT count(*)::int FROM notification_gaps WHERE closed_at IS NOT NULL) AS "gapsClosed",
      (SELECT count(*)::int FROM privacy_requests WHERE state = 'open') AS "privacyOpen",
      (SELECT count(*)::int FROM privacy_requests WHERE state = 'open' AND due_at < ${now}) AS "privacyOverdue"`;
  return (
    row ?? {
      waiting: 0,
      oldestWaitingS: 0,
      untold: 0,
      subscriptionsMissing: 0,
      gapsOpen: 0,
      gapsClosed: 0,
      privacyOpen: 0,
      privacyOverdue: 0,
    }
  );
}
