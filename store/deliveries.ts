// Deliveries under way: claimed by lease, so that a lost worker's are taken over, and settled in batches. Who claims counts the attempt, so that
// two never share a number and a late one settles nothing.
import type { AfterAttempt, AttemptOutcome, Lane } from '../domain/delivery.ts';
import type { ConnectionId, DeliveryId, EndpointId, EventId, TenantId } from '../domain/ids.ts';
import type { Sql } from './database.ts';
import { ERASED } from './delivery-purges.ts';
import { lockChangingEndpoints, settleEndpoints } from './endpoint-health.ts';

/** Longer than an attempt may take. */
const LEASE_S = 30;
const ENDPOINTS = 200;

export interface ClaimWish {
  readonly lane: Lane;
  /** Attempts under way at one endpoint, over all workers. */
  readonly atOneEndpoint: number;
  readonly atMost: number;
}

export interface ClaimedDelivery {
  readonly id: DeliveryId;
  readonly tenantId: TenantId;
  readonly endpointId: EndpointId;
  /** Of this attempt; 1 for the first. */
  readonly number: number;
  /** As `number`, but from the last replay on. */
  readonly tries: number;
  readonly url: string;
  readonly secretVersion: number;
  /** Of records.changed. */
  readonly isFull: boolean;
  readonly event: {
    readonly id: EventId;
    readonly type: string;
    readonly connectionId: ConnectionId | null;
    readonly data: Readonly<Record<string, unknown>>;
    readonly at: Date;
  };
}

interface ClaimedRow {
  readonly id: DeliveryId;
  readonly tenant_id: TenantId;
  readonly endpoint_id: EndpointId;
  readonly attempts: number;
  readonly tries: number;
  readonly url: string;
  readonly secret_version: number;
  readonly is_full: boolean;
  readonly event_id: EventId;
  readonly type: string;
  readonly connection_id: ConnectionId | null;
  readonly data: Readonly<Record<string, unknown>>;
  readonly at: Date;
}

/** An ordered endpoint is sent nothing of a connection while something earlier of it is pending, waiting for its next try or not. */
const CLAIM = `
  WITH free AS (
    SELECT e.id, e.ordered, $2::int - (SELECT count(*) FROM deliveries AS l WHERE l.endpoint_id = e.id AND l.leased_until > now()) AS slots
    FROM endpoints AS e WHERE e.id = ANY ($1)
  ), picked AS (
    SELECT d.id, row_number() OVER (PARTITION BY free.id ORDER BY d.due_at, d.position) AS nth
    FROM free CROSS JOIN LATERAL (
      SELECT d.id, d.due_at, d.position FROM deliveries AS d
      WHERE d.endpoint_id = free.id AND d.state = 'pending' AND d.due_at <= now()
        AND (free.ordered IS NULL OR NOT EXISTS (
          SELECT FROM deliveries AS p WHERE p.endpoint_id = d.endpoint_id AND p.state = 'pending' AND p.position < d.position
            AND p.connection_id IS NOT DISTINCT FROM d.connection_id))
      ORDER BY d.due_at, d.position LIMIT greatest(free.slots, 0) FOR UPDATE SKIP LOCKED) AS d
  ), chosen AS (SELECT id FROM picked ORDER BY nth LIMIT $3)
  UPDATE deliveries AS d
  SET attempts = d.attempts + 1, tries = d.tries + 1, leased_until = now() + interval '${LEASE_S} seconds', due_at = now() + interval '${LEASE_S} seconds'
  FROM chosen, endpoints AS e, events AS v
  WHERE d.id = chosen.id AND e.id = d.endpoint_id AND v.id = d.event_id
  RETURNING d.id, d.tenant_id, d.endpoint_id, d.attempts, d.tries, e.url, e.secret_version, e.data = 'full' AS is_full,
    v.id AS event_id, v.type, v.connection_id, v.data, v.at`;

/**
 * Takes deliveries that are due, in turns over their endpoints. The endpoints are locked first and looked at by a later statement, so that
 * their bound holds over all workers; one whose claims are being taken by another is passed by.
 */
export async function claimDeliveries(sql: Sql, wish: ClaimWish): Promise<readonly ClaimedDelivery[]> {
  await commitLazily(sql);
  const { rows: endpoints } = await sql.query<{ id: string }>({
    name: 'endpoints-with-due-deliveries',
    // A look into the index per endpoint, however the planner guesses: what is due may be much.
    text: `SELECT e.id FROM endpoints AS e CROSS JOIN LATERAL (
        SELECT FROM deliveries AS d WHERE d.endpoint_id = e.id AND d.state = 'pending' AND d.due_at <= now() ORDER BY d.due_at LIMIT 1) AS due
      WHERE e.status = 'enabled' AND e.lane = $1
      ORDER BY random() LIMIT ${ENDPOINTS} FOR UPDATE OF e SKIP LOCKED`,
    values: [wish.lane],
  });
  if (endpoints.length === 0) return [];
  const { rows } = await sql.query<ClaimedRow>({
    name: 'claim-deliveries',
    text: CLAIM,
    values: [endpoints.map(({ id }) => id), wish.atOneEndpoint, wish.atMost],
  });
  return rows.map((row) => ({
    id: row.id,
    tenantId: row.tenant_id,
    endpointId: row.endpoint_id,
    number: row.attempts,
    tries: row.tries,
    url: row.url,
    secretVersion: row.secret_version,
    isFull: row.is_full,
    event: { id: row.event_id, type: row.type, connectionId: row.connection_id, data: row.data, at: row.at },
  }));
}

/** Gives a claim back that came to nothing through no fault of the endpoint: the try does not count. */
export async function releaseDelivery(
  sql: Sql,
  claim: Pick<ClaimedDelivery, 'id' | 'number'>,
): Promise<void> {
  await sql.query(
    `UPDATE deliveries SET tries = tries - 1, leased_until = NULL, due_at = now() + interval '30 seconds'
     WHERE id = $1 AND attempts = $2 AND state = 'pending'`,
    [claim.id, claim.number],
  );
}

export interface MadeAttempt {
  readonly claim: Pick<ClaimedDelivery, 'id' | 'number' | 'tenantId' | 'endpointId'>;
  readonly atMs: number;
  readonly tookMs: number;
  readonly headers: Readonly<Record<string, string>>;
  /** As it may be shown. */
  readonly body: string;
  readonly outcome: AttemptOutcome;
  readonly answer: string | null;
  readonly after: AfterAttempt;
}

/** Writes what came of attempts: their rows, their deliveries, and how their endpoints fare. Safe to repeat. */
export async function settleAttempts(sql: Sql, attempts: readonly MadeAttempt[]): Promise<void> {
  await commitLazily(sql);
  const changing = await lockChangingEndpoints(sql, attempts);
  await sql.query({
    name: 'insert-attempts',
    // Where its endpoint was removed meanwhile there is no delivery, and no row is left; a removal that comes now waits, and takes this one too. So does an erasure.
    text: `WITH present AS (SELECT id, erased_through FROM deliveries WHERE id = ANY ($2) ORDER BY id FOR SHARE)
      INSERT INTO delivery_attempts (delivery_id, number, tenant_id, at, took_ms, headers, body, status, code, answer)
      SELECT delivery_id, number, tenant_id, to_timestamp(at_ms / 1000.0), took_ms, headers,
        CASE WHEN number <= erased_through THEN '${ERASED}' ELSE body END, status, code, CASE WHEN number <= erased_through THEN NULL ELSE answer END
      FROM jsonb_to_recordset($1::jsonb) AS a(delivery_id text, number int, tenant_id text, at_ms float8, took_ms int, headers jsonb, body text, status int, code text, answer text)
        JOIN present ON present.id = a.delivery_id
      ON CONFLICT DO NOTHING`,
    values: [JSON.stringify(attempts.map(attemptRow)), attempts.map(({ claim }) => claim.id)],
  });
  // A success counts even when the delivery was given up meanwhile.
  await sql.query({
    name: 'settle-deliveries',
    text: `UPDATE deliveries AS d
      SET state = s.state, because = s.because, leased_until = NULL,
        due_at = CASE WHEN s.in_ms IS NULL THEN d.due_at ELSE now() + s.in_ms * interval '1 millisecond' END,
        settled_at = CASE WHEN s.state = 'pending' THEN NULL ELSE now() END
      FROM jsonb_to_recordset($1::jsonb) AS s(id text, number int, state text, because text, in_ms float8)
      WHERE d.id = s.id AND d.attempts = s.number AND (d.state = 'pending' OR s.state = 'delivered')`,
    values: [JSON.stringify(attempts.map(settledRow))],
  });
  await settleEndpoints(sql, changing, attempts);
}

/** A database that crashes may forget the last moments of this: then they are sent once more, as a lost worker's are. No wait for the disk. */
async function commitLazily(sql: Sql): Promise<void> {
  await sql.query('SET LOCAL synchronous_commit = off');
}

function attemptRow({ claim, atMs, tookMs, headers, body, outcome, answer }: MadeAttempt) {
  const result = 'status' in outcome ? { status: outcome.status } : { code: outcome.fault };
  return {
    ...{ delivery_id: claim.id, number: claim.number, tenant_id: claim.tenantId },
    ...{ at_ms: atMs, took_ms: tookMs, headers, body, answer },
    ...result,
  };
}

function settledRow({ claim, after }: MadeAttempt) {
  return {
    id: claim.id,
    number: claim.number,
    state: after.state,
    because: after.state === 'failed' ? after.because : null,
    in_ms: after.state === 'pending' ? after.inMs : null,
  };
}
