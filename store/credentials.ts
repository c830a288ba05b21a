// The sealed credentials of connections. What comes out of here is ciphertext: the vault opens it, after this transaction
// committed with its audit row. Nothing here decides when a credential is refreshed.
import type { Purpose } from '../domain/credential.ts';
import { MooringError } from '../domain/errors.ts';
import type { ConnectionId, TenantId } from '../domain/ids.ts';
import type { SealBinding, Sealed } from '../domain/sealing.ts';
import { appendAuditBySql } from './audit.ts';
import type { Sql, Tx } from './database.ts';

export interface CredentialOpening {
  readonly tenantId: TenantId;
  readonly connectionId: ConnectionId;
  readonly purpose: Purpose;
  /** Id of the run, request, authorization or activity it is opened for. */
  readonly reason: string;
  /** "worker" when left out. */
  readonly actor?: string;
  /** The connection's present generation when left out. */
  readonly generation?: number;
}

export interface SealedCredential {
  readonly connectionId: ConnectionId;
  readonly platform: string;
  readonly kind: string;
  readonly generation: number;
  /** What to open it under. */
  readonly binding: SealBinding;
  readonly sealed: Sealed;
  /** Epoch milliseconds; null: does not expire. */
  readonly expiresAtMs: number | null;
  readonly lifetimeS: number | null;
  readonly refreshExpiresAtMs: number | null;
  readonly registrationId: string | null;
  readonly registrationVersion: number | null;
  readonly isUsed: boolean;
}

interface CredentialRow {
  readonly platform: string;
  readonly lifecycle: string;
  readonly fenced_at: Date | null;
  readonly registration_id: string | null;
  readonly kind: string | null;
  readonly generation: number;
  readonly sealed: Buffer;
  readonly key_version: number;
  readonly expires_at: Date | null;
  readonly lifetime_s: number | null;
  readonly refresh_expires_at: Date | null;
  readonly registration_version: number | null;
  readonly first_used_at: Date | null;
}

/**
 * Reads a sealed credential and writes the audit row of its opening, in this transaction; open it only after the commit. Throws
 * `not_found`, `fenced` (unless the purpose is revocation), `connection_not_active` (there is none), `audit_unavailable`.
 */
export async function openCredential(sql: Sql, opening: CredentialOpening): Promise<SealedCredential> {
  const { tenantId, connectionId, purpose } = opening;
  const { rows } = await sql.query<CredentialRow>({
    name: 'read-credential',
    text: `SELECT n.platform, n.lifecycle, n.fenced_at, n.registration_id, c.kind, c.generation, c.sealed, c.key_version,
             c.expires_at, c.lifetime_s, c.refresh_expires_at, c.registration_version, c.first_used_at
           FROM connections AS n LEFT JOIN credentials AS c
             ON c.connection_id = n.id AND c.tenant_id = n.tenant_id AND c.generation = coalesce($3::int, n.generation)
           WHERE n.id = $1 AND n.tenant_id = $2`,
    values: [connectionId, tenantId, opening.generation ?? null],
  });
  const [row] = rows;
  if (row === undefined) throw new MooringError('not_found', `there is no connection "${connectionId}"`);
  if (row.fenced_at !== null && purpose !== 'revocation') {
    throw new MooringError('fenced', `the credential of "${connectionId}" is fenced since its revocation`);
  }
  if (row.kind === null) {
    throw new MooringError('connection_not_active', `connection "${connectionId}" has no such credential`);
  }
  await appendAuditBySql(sql, {
    tenantId,
    actor: opening.actor ?? 'worker',
    action: 'credential.opened',
    target: connectionId,
    connectionId,
    outcome: 'done',
    reason: opening.reason,
    detail: { purpose, kind: row.kind, generation: row.generation },
  });
  return toSealedCredential(opening, { ...row, kind: row.kind });
}

export interface NewGeneration {
  readonly tenantId: TenantId;
  readonly connectionId: ConnectionId;
  /** The generation the caller started from. The credential is saved, and must be sealed, as the next one. */
  readonly expectedGeneration: number;
  readonly kind: string;
  readonly sealed: Sealed;
  readonly expiresAtMs: number | null;
  readonly lifetimeS: number | null;
  readonly refreshExpiresAtMs: number | null;
  readonly registrationVersion?: number;
}

export type SaveOutcome =
  | { readonly saved: true; readonly generation: number }
  | { readonly saved: false; readonly because: 'moved' | 'fenced' | 'gone' };

/**
 * Saves the next generation if the connection is still at the expected one and not fenced. Of simultaneous savers one wins; the
 * others wait for its commit and are told `moved`. The expected generation is kept until the new one was used, older ones go.
 */
export async function saveGeneration(tx: Tx, next: NewGeneration): Promise<SaveOutcome> {
  const generation = next.expectedGeneration + 1;
  // Raw, because the condition and the change must be one statement.
  const moved = await tx.$executeRaw`
    UPDATE connections SET generation = ${generation}, expires_at = ${toDate(next.expiresAtMs)}::timestamptz,
      refresh_expires_at = ${toDate(next.refreshExpiresAtMs)}::timestamptz, updated_at = now()
    WHERE id = ${next.connectionId} AND tenant_id = ${next.tenantId}
      AND generation = ${next.expectedGeneration} AND fenced_at IS NULL`;
  if (moved === 0) return { saved: false, because: await whyNotSaved(tx, next.connectionId) };
  await tx.credential.create({
    data: {
      connectionId: next.connectionId,
      generation,
      tenantId: next.tenantId,
      kind: next.kind,
      sealed: Uint8Array.from(next.sealed.bytes),
      keyVersion: next.sealed.keyVersion,
      expiresAt: toDate(next.expiresAtMs),
      lifetimeS: next.lifetimeS,
      refreshExpiresAt: toDate(next.refreshExpiresAtMs),
      registrationVersion: next.registrationVersion ?? null,
    },
    select: { generation: true },
  });
  await tx.credential.deleteMany({
    where: { connectionId: next.connectionId, generation: { lt: next.expectedGeneration } },
  });
  return { saved: true, generation };
}

/** Of the generation that is used now; null: there is none. */
export async function kindOfCredential(sql: Sql, connectionId: ConnectionId): Promise<string | null> {
  const { rows } = await sql.query<{ kind: string }>(
    `SELECT c.kind FROM credentials AS c JOIN connections AS n ON n.id = c.connection_id AND n.generation = c.generation
     WHERE n.id = $1`,
    [connectionId],
  );
  return rows[0]?.kind ?? null;
}

/** Notes that the platform took this generation, and drops the ones before it. Safe to repeat. */
export async function markUsed(sql: Sql, connectionId: ConnectionId, generation: number): Promise<void> {
  await sql.query({
    name: 'mark-credential-used',
    text: `WITH used AS (
             UPDATE credentials SET first_used_at = now()
             WHERE connection_id = $1 AND generation = $2 AND first_used_at IS NULL RETURNING connection_id)
           DELETE FROM credentials AS c USING used WHERE c.connection_id = used.connection_id AND c.generation < $2`,
    values: [connectionId, generation],
  });
}

/** Destroys every generation of a connection and returns their numbers. */
export async function destroyCredentials(tx: Tx, connectionId: ConnectionId): Promise<readonly number[]> {
  const rows = await tx.credential.findMany({
    where: { connectionId },
    select: { generation: true },
    orderBy: { generation: 'asc' },
  });
  await tx.credential.deleteMany({ where: { connectionId } });
  return rows.map((row) => row.generation);
}

/** What the sealed bytes of a connection's credential are bound to. */
export function credentialBinding(
  tenantId: TenantId,
  connectionId: ConnectionId,
  { kind, generation }: { readonly kind: string; readonly generation: number },
): SealBinding {
  return { owner: tenantId, subject: connectionId, kind, generation };
}

async function whyNotSaved(tx: Tx, connectionId: ConnectionId): Promise<'moved' | 'fenced' | 'gone'> {
  const row = await tx.connection.findUnique({ where: { id: connectionId }, select: { fencedAt: true } });
  if (row === null) return 'gone';
  return row.fencedAt === null ? 'moved' : 'fenced';
}

function toSealedCredential(
  { tenantId, connectionId }: CredentialOpening,
  row: CredentialRow & { readonly kind: string },
): SealedCredential {
  return {
    connectionId,
    platform: row.platform,
    kind: row.kind,
    generation: row.generation,
    binding: credentialBinding(tenantId, connectionId, row),
    sealed: { bytes: row.sealed, keyVersion: row.key_version },
    expiresAtMs: row.expires_at?.getTime() ?? null,
    lifetimeS: row.lifetime_s,
    refreshExpiresAtMs: row.refresh_expires_at?.getTime() ?? null,
    registrationId: row.registration_id,
    registrationVersion: row.registration_version,
    isUsed: row.first_used_at !== null,
  };
}

function toDate(atMs: number | null): Date | null {
  return atMs === null ? null : new Date(atMs);
}
