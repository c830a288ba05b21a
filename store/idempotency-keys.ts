// Saved answers to writes that carried an Idempotency-Key. A key is claimed before the write runs and answered after it; the answer is
// sealed, because some answers hold a secret that is shown once.
import { MooringError } from '../domain/errors.ts';
import type { TenantId } from '../domain/ids.ts';
import type { Sealed } from '../domain/sealing.ts';
import type { Sql, Tx } from './database.ts';
import { newIdBytes } from './new-id.ts';

export interface IdempotentRequest {
  /** Caller and route. */
  readonly scope: string;
  readonly key: string;
  readonly tenantId: TenantId | null;
  readonly requestHash: Uint8Array;
}

/** A claim that is held. Whoever was given it later holds another one. */
export interface HeldClaim {
  readonly scope: string;
  readonly key: string;
  readonly claimedAt: Date;
  /** 16 bytes that the ids of what the request makes come from: the same for everybody who is given the claim. */
  readonly seed: Uint8Array;
}

export type IdempotencyClaim =
  | { readonly claimed: true; readonly held: HeldClaim }
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
  const { rows: claims } = await sql.query<{ created_at: Date; seed: Buffer }>(
    `INSERT INTO idempotency_keys (scope, key, tenant_id, request_hash, status, seed) VALUES ($1, $2, $3, $4, 'running', $5)
     ON CONFLICT (scope, key) DO UPDATE SET created_at = now(), status = 'running', sealed = NULL, key_version = NULL,
       seed = CASE WHEN idempotency_keys.created_at < now() - interval '24 hours' THEN excluded.seed ELSE coalesce(idempotency_keys.seed, excluded.seed) END,
       request_hash = CASE WHEN idempotency_keys.created_at < now() - interval '24 hours' THEN excluded.request_hash ELSE idempotency_keys.request_hash END
     WHERE (idempotency_keys.status = 'running' AND idempotency_keys.request_hash = excluded.request_hash
            AND idempotency_keys.created_at < now() - make_interval(secs => ${ABANDONED_AFTER_S}))
        OR idempotency_keys.created_at < now() - interval '24 hours'
     RETURNING created_at, seed`,
    [scope, key, tenantId, Buffer.from(requestHash), newIdBytes()],
  );
  const [claim] = claims;
  if (claim !== undefined) {
    return { claimed: true, held: { scope, key, claimedAt: claim.created_at, seed: claim.seed } };
  }
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

/**
 * Makes sure that the claim is still held, until this transaction ends: nobody is given it meanwhile. For what would undo what another one
 * told. Throws stale_write.
 */
export async function keepHolding(tx: Tx, { scope, key, claimedAt }: HeldClaim): Promise<void> {
  const rows = await tx.$queryRaw<unknown[]>`
    SELECT 1 FROM idempotency_keys
    WHERE scope = ${scope} AND key = ${key} AND created_at = ${claimedAt} AND status = 'running' FOR SHARE`;
  if (rows.length === 0)
    throw new MooringError('stale_write', 'the idempotency key was given to a later request meanwhile');
}

/** Keeps the answer, unless the claim was given to somebody else meanwhile. */
export async function saveIdempotentAnswer(sql: Sql, held: HeldClaim, answer: Sealed): Promise<void> {
  await sql.query(
    `UPDATE idempotency_keys SET status = 'answered', sealed = $4, key_version = $5
     WHERE scope = $1 AND key = $2 AND created_at = $3 AND status = 'running'`,
    [held.scope, held.key, held.claimedAt, Buffer.from(answer.bytes), answer.keyVersion],
  );
}

/** Gives a claim back, when nothing was begun. */
export async function releaseIdempotencyKey(sql: Sql, held: HeldClaim): Promise<void> {
  await sql.query(
    `DELETE FROM idempotency_keys WHERE scope = $1 AND key = $2 AND created_at = $3 AND status = 'running'`,
    [held.scope, held.key, held.claimedAt],
  );
}
