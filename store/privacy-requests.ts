// Requests of platforms to erase what we hold of somebody, or to report it. Whom it concerns is sealed and destroyed when it is done; what stays is a proof of counts.
import type { ClientRegistrationId, ConnectionId, PrivacyRequestId, TenantId } from '../domain/ids.ts';
import type { SealBinding, Sealed } from '../domain/sealing.ts';
import type { Sql } from './database.ts';

export type PrivacyKind = 'erase_customer' | 'erase_shop' | 'customer_data';

export interface NewPrivacyRequest {
  readonly id: PrivacyRequestId;
  readonly tenantId: TenantId | null;
  readonly connectionId: ConnectionId | null;
  readonly registrationId: ClientRegistrationId | null;
  readonly platform: string;
  readonly kind: PrivacyKind;
  readonly topic: string;
  readonly dueAt: Date;
  readonly sealed: Sealed;
}

export function privacyBinding(tenantId: TenantId | null, id: PrivacyRequestId): SealBinding {
  return { owner: tenantId ?? 'installation', subject: id, kind: 'privacy_request', generation: 0 };
}

/** Written in the transaction of the notification that asks for it. */
export async function addPrivacyRequest(sql: Sql, one: NewPrivacyRequest): Promise<void> {
  await sql.query(
    `INSERT INTO privacy_requests (id, tenant_id, connection_id, registration_id, platform, kind, topic, due_at, sealed, key_version)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [
      one.id,
      one.tenantId,
      one.connectionId,
      one.registrationId,
      one.platform,
      one.kind,
      one.topic,
      one.dueAt,
      Buffer.from(one.sealed.bytes),
      one.sealed.keyVersion,
    ],
  );
}

export interface PrivacyRequestRow {
  readonly id: PrivacyRequestId;
  readonly tenantId: TenantId | null;
  readonly connectionId: ConnectionId | null;
  readonly registrationId: ClientRegistrationId | null;
  readonly platform: string;
  readonly kind: PrivacyKind;
  readonly topic: string;
  readonly state: string;
  readonly receivedAt: Date;
  readonly dueAt: Date;
  readonly sealed: Sealed | null;
  readonly proof: Readonly<Record<string, unknown>> | null;
  readonly finishedAt: Date | null;
}

const COLUMNS = `id, tenant_id AS "tenantId", connection_id AS "connectionId", registration_id AS "registrationId", platform, kind, topic, state,
  received_at AS "receivedAt", due_at AS "dueAt", sealed, key_version, proof, finished_at AS "finishedAt"`;

interface Row extends Omit<PrivacyRequestRow, 'sealed'> {
  readonly sealed: Buffer | null;
  readonly key_version: number | null;
}

/** Open requests, a page at a time. Unbegun: those that nothing was done for yet, as a report that is counted waits for its deadline alone. Run across tenants. */
export async function listOpenRequests(
  sql: Sql,
  page: { readonly which: 'all' | 'unbegun'; readonly afterId: string; readonly limit: number },
): Promise<readonly Pick<PrivacyRequestRow, 'id' | 'dueAt'>[]> {
  const { rows } = await sql.query<Pick<PrivacyRequestRow, 'id' | 'dueAt'>>(
    `SELECT id, due_at AS "dueAt" FROM privacy_requests WHERE state = 'open' AND ($3 OR proof IS NULL) AND id > $1 ORDER BY id LIMIT $2`,
    [page.afterId, page.limit, page.which === 'all'],
  );
  return rows;
}

export async function readPrivacyRequest(sql: Sql, id: PrivacyRequestId): Promise<PrivacyRequestRow | null> {
  const { rows } = await sql.query<Row>(`SELECT ${COLUMNS} FROM privacy_requests WHERE id = $1`, [id]);
  return rows[0] === undefined ? null : fromRow(rows[0]);
}

/** A tenant's, newest first; all of them for an operator. */
export async function listPrivacyRequests(
  sql: Sql,
  page: { readonly beforeId: string | null; readonly limit: number },
): Promise<readonly PrivacyRequestRow[]> {
  const { rows } = await sql.query<Row>(
    `SELECT ${COLUMNS} FROM privacy_requests WHERE $1::text IS NULL OR id < $1 ORDER BY id DESC LIMIT $2`,
    [page.beforeId, page.limit],
  );
  return rows.map(fromRow);
}

/** Keeps what is held while the request is open. False: that was noted before, or it is finished. */
export async function noteHeld(
  sql: Sql,
  id: PrivacyRequestId,
  held: Readonly<Record<string, number>>,
): Promise<boolean> {
  const { rowCount } = await sql.query(
    `UPDATE privacy_requests SET proof = $2 WHERE id = $1 AND state = 'open' AND proof IS NULL`,
    [id, JSON.stringify({ held })],
  );
  return rowCount === 1;
}

/** One that was done as it came: nothing is held of the shop that it names, and nothing of it is kept. */
export async function addRequestOfNobody(
  sql: Sql,
  one: Omit<NewPrivacyRequest, 'connectionId' | 'sealed'> & {
    readonly proof: Readonly<Record<string, unknown>>;
  },
): Promise<void> {
  await sql.query(
    `INSERT INTO privacy_requests (id, tenant_id, registration_id, platform, kind, topic, due_at, state, proof, finished_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, 'done', $8, now())`,
    [
      one.id,
      one.tenantId,
      one.registrationId,
      one.platform,
      one.kind,
      one.topic,
      one.dueAt,
      JSON.stringify(one.proof),
    ],
  );
}

export interface ErasedCounts {
  readonly customers: number;
  readonly orders: number;
  readonly records: number;
}

/** Adds to what the request has erased of a connection, in the transaction that erases. */
export async function noteErased(
  sql: Sql,
  id: PrivacyRequestId,
  of: { readonly tenantId: TenantId; readonly connectionId: ConnectionId },
  erased: Partial<ErasedCounts>,
): Promise<void> {
  await sql.query(
    `INSERT INTO privacy_erasures AS e (request_id, connection_id, tenant_id, customers, orders, records) VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (request_id, connection_id) DO UPDATE SET customers = e.customers + excluded.customers, orders = e.orders + excluded.orders,
       records = e.records + excluded.records`,
    [id, of.connectionId, of.tenantId, erased.customers ?? 0, erased.orders ?? 0, erased.records ?? 0],
  );
}

/** All that the request has erased, over every attempt; it is forgotten with this. Run across tenants, in the transaction that finishes the request. */
export async function takeErased(
  sql: Sql,
  id: PrivacyRequestId,
): Promise<ErasedCounts & { readonly connections: number }> {
  const { rows } = await sql.query<ErasedCounts & { connections: number }>(
    `WITH taken AS (DELETE FROM privacy_erasures WHERE request_id = $1 RETURNING customers, orders, records)
     SELECT count(*) FILTER (WHERE customers + orders + records > 0)::int AS connections, coalesce(sum(customers), 0)::int AS customers,
       coalesce(sum(orders), 0)::int AS orders, coalesce(sum(records), 0)::int AS records FROM taken`,
    [id],
  );
  return rows[0] ?? { connections: 0, customers: 0, orders: 0, records: 0 };
}

/** Destroys whom it concerned and keeps the counts. False: it was finished before. */
export async function finishPrivacyRequest(
  sql: Sql,
  id: PrivacyRequestId,
  end: { readonly state: 'done' | 'refused'; readonly proof: Readonly<Record<string, unknown>> },
): Promise<boolean> {
  const { rowCount } = await sql.query(
    `UPDATE privacy_requests SET state = $2, proof = $3, finished_at = now(), sealed = NULL, key_version = NULL WHERE id = $1 AND state = 'open'`,
    [id, end.state, JSON.stringify(end.proof)],
  );
  return rowCount === 1;
}

function fromRow({ key_version: keyVersion, sealed, ...row }: Row): PrivacyRequestRow {
  return { ...row, sealed: sealed === null || keyVersion === null ? null : { bytes: sealed, keyVersion } };
}
