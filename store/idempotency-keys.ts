// Saved answers to writes that carried an Idempotency-Key. A key is claimed before the write runs and answered after it; the answer is
// sealed, because some answers hold a secret that is shown once.
import type { TenantId } from '../domain/ids.ts';
import type { Sealed } from '../domain/sealing.ts';
import type { Sql } from './database.ts';

export interface IdempotentRequest {
  /** Caller and route. */
  readonly scope: string;
  readonly key: string;
  readonly tenantId: TenantId | null;
  readonly requestHash: Uint8Array;
}

export type IdempotencyClaim =
  | { readonly claimed: true }
  | {
      readonly claimed: false;
      readonly isSameRequest: boolean;
      /** null: the first request is still running */
      readonly answer: Sealed | null;
    };

/** A claim that was never answered (its process died) is given to the next request after this. */
const ABANDONED_AFTER_S = 90;

/** Of several at the same time exactly one claims. Run over all tenants, because operators have none. */
export async function claimIdempotencyKey(sql: Sql, request: IdempotentRequest): Promise<IdempotencyClaim> {
  const { scope, key, tenantId, requestHash } = request;
  const claimed = await sql.query(
    `INSERT INTO idempotency_keys (scope, key, tenant_id, request_hash, status) VALUES ($1, $2, $3, $4, 'running')
     ON CONFLICT (scope, key) DO UPDATE SET created_at = now(), status = 'running', sealed = NULL, key_version = NULL,
       request_hash = CASE WHEN idempotency_keys.created_at < now() - interval '24 hours' THEN excluded.request_hash ELSE idempotency_keys.request_hash END
     WHERE (idempotency_keys.status = 'running' AND idempotency_keys.request_hash = excluded.request_hash
            AND idempotency_keys.created_at < now() - make_interval(secs => ${ABANDONED_AFTER_S}))
        OR idempotency_keys.created_at < now() - interval '24 hours'`,
    [scope, key, tenantId, Buffer.from(requestHash)],
  );
  if (claimed.rowCount === 1) return { claimed: true };
  const { rows } = await sql.query<{
    request_hash: Buffer;
    sealed: Buffer | null;
    key_version: number | null;
  }>('SELECT request_hash, sealed, key_version FROM idempotency_keys WHERE scope = $1 AND key = $2', [
    scope,
    key,
  ]);
  const [row] = rows;
  const isSameRequest = row?.request_hash.equals(requestHash) ?? true;
  const saved = row?.sealed ?? null;
  return {
    claimed: false,
    isSameRequest,
    answer: saved === null ? null : { bytes: saved, keyVersion: row?.key_version ?? 0 },
  };
}

export async function saveIdempotentAnswer(
  sql: Sql,
  scope: string,
  key: string,
  answer: Sealed,
): Promise<void> {
  await sql.query(
    `UPDATE idempotency_keys SET status = 'answered', sealed = $3, key_version = $4 WHERE scope = $1 AND key = $2`,
    [scope, key, Buffer.from(answer.bytes), answer.keyVersion],
  );
}

/** Gives a claim back, when nothing was begun. */
export async function releaseIdempotencyKey(sql: Sql, scope: string, key: string): Promise<void> {
  await sql.query(`DELETE FROM idempotency_keys WHERE scope = $1 AND key = $2 AND status = 'running'`, [
    scope,
    key,
  ]);
}
