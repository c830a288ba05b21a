// Token buckets shared by all workers. A lease takes tokens out in one statement under the row's lock, by the database's
// clock, so that workers whose clocks differ never grant more than the bucket holds.
import type { TenantId } from '../domain/ids.ts';
import type { Sql } from './database.ts';

export interface BucketRule {
  readonly capacity: number;
  readonly perSecond: number;
}

export interface LeaseRequest extends BucketRule {
  readonly bucket: string;
  /** null: the bucket of a registration that all tenants share. */
  readonly tenantId: TenantId | null;
  /** The least that is of use; less is not granted. At most `capacity`. */
  readonly least: number;
  /** The most to take. */
  readonly most: number;
}

export interface Lease {
  /** 0, or between least and most. */
  readonly granted: number;
  /** When nothing was granted: milliseconds until `least` may be there, or until the block ends. */
  readonly waitMs: number;
}

/** Takes tokens, or says how long to wait. A new bucket begins full. */
export async function leaseTokens(sql: Sql, request: LeaseRequest): Promise<Lease> {
  const { rows } = await sql.query<{ granted: number; wait_ms: number }>({
    name: 'lease-tokens',
    text: `
      INSERT INTO rate_budgets AS b (bucket, tenant_id, tokens, updated_at, granted)
      VALUES ($1, $2, $3::float8 - $6::float8, clock_timestamp(), $6::float8)
      ON CONFLICT (bucket) DO UPDATE SET (tokens, updated_at, granted) = (
        SELECT filled - taken, now_, taken FROM (
          SELECT filled, now_,
            CASE WHEN b.blocked_until > now_ OR filled < $5::float8 THEN 0 ELSE least($6::float8, floor(filled)) END AS taken
          FROM (SELECT clock_timestamp() AS now_) AS clock,
            LATERAL (SELECT least($3::float8, b.tokens + $4::float8 * greatest(0, extract(epoch FROM now_ - b.updated_at))) AS filled) AS refill
        ) AS lease)
      RETURNING granted,
        greatest(0, ceil(1000 * ($5::float8 - tokens) / $4::float8), ceil(1000 * extract(epoch FROM blocked_until - clock_timestamp())))::float8 AS wait_ms`,
    values: [
      request.bucket,
      request.tenantId,
      request.capacity,
      request.perSecond,
      request.least,
      request.most,
    ],
  });
  const [row] = rows;
  if (row === undefined) return { granted: 0, waitMs: 1000 };
  return row.granted > 0
    ? { granted: row.granted, waitMs: 0 }
    : { granted: 0, waitMs: Math.max(1, row.wait_ms) };
}

/** Lowers the bucket to what the platform says is left; never raises it, since other workers' calls may be under way. */
export async function lowerTokens(
  sql: Sql,
  bucket: string,
  available: number,
  perSecond: number,
): Promise<void> {
  await sql.query({
    name: 'lower-tokens',
    text: `UPDATE rate_budgets SET updated_at = clock_timestamp(),
             tokens = least($2::float8, tokens + $3::float8 * greatest(0, extract(epoch FROM clock_timestamp() - updated_at)))
           WHERE bucket = $1`,
    values: [bucket, available, perSecond],
  });
}

/** Grants nothing from these buckets for `ms`; a longer block that stands is kept. */
export async function blockBuckets(
  sql: Sql,
  buckets: readonly string[],
  tenantId: TenantId | null,
  ms: number,
): Promise<void> {
  await sql.query({
    name: 'block-buckets',
    text: `INSERT INTO rate_budgets AS b (bucket, tenant_id, tokens, updated_at, blocked_until)
           SELECT bucket, $2, 0, clock_timestamp(), clock_timestamp() + $3::float8 * interval '1 millisecond' FROM unnest($1::text[]) AS bucket
           ON CONFLICT (bucket) DO UPDATE SET blocked_until = greatest(b.blocked_until, excluded.blocked_until)`,
    values: [[...buckets].sort(), tenantId, ms],
  });
}
