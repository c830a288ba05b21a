// What deliveries to an endpoint are signed with: sealed, in versions that overlap while they are rotated. Opening them writes its audit rows in
// the same transaction; nothing is opened here.
import type { EndpointId, TenantId } from '../domain/ids.ts';
import type { SealBinding, Sealed } from '../domain/sealing.ts';
import { appendAuditBySql } from './audit.ts';
import type { Sql, Tx } from './database.ts';
import type { EndpointSecret } from './generated/client.ts';

export type EndpointSecretRow = Omit<EndpointSecret, 'sealed' | 'keyVersion'>;

export interface NewEndpointSecret {
  readonly endpointId: EndpointId;
  readonly version: number;
  readonly tenantId: TenantId;
  readonly kind: string;
  readonly publicKey: string | null;
  readonly sealed: Sealed;
}

/** What a secret's sealed bytes are bound to. */
export function endpointSecretBinding(
  tenantId: TenantId,
  endpointId: EndpointId,
  version: number,
): SealBinding {
  return { owner: tenantId, subject: endpointId, kind: 'endpoint_secret', generation: version };
}

export async function addEndpointSecret(tx: Tx, secret: NewEndpointSecret): Promise<void> {
  const { sealed, ...rest } = secret;
  await tx.endpointSecret.create({
    data: { ...rest, sealed: Uint8Array.from(sealed.bytes), keyVersion: sealed.keyVersion },
  });
}

/** Those there are retire at `at`, unless they do so before. */
export async function retireEndpointSecrets(
  tx: Tx,
  endpointId: EndpointId,
  of: { readonly before: number; readonly at: Date },
): Promise<void> {
  await tx.endpointSecret.updateMany({
    where: {
      endpointId,
      version: { lt: of.before },
      OR: [{ retiresAt: null }, { retiresAt: { gt: of.at } }],
    },
    data: { retiresAt: of.at },
  });
}

/** Newest first, without what is sealed; those that are retired are left out. */
export async function listEndpointSecrets(
  tx: Tx,
  endpointIds: readonly string[],
  now: Date,
): Promise<readonly EndpointSecretRow[]> {
  return tx.endpointSecret.findMany({
    where: { endpointId: { in: [...endpointIds] }, OR: [{ retiresAt: null }, { retiresAt: { gt: now } }] },
    orderBy: { version: 'desc' },
    omit: { sealed: true, keyVersion: true },
  });
}

export interface SealedEndpointSecret {
  readonly kind: string;
  readonly binding: SealBinding;
  readonly sealed: Sealed;
  readonly retiresAtMs: number | null;
}

interface Row {
  readonly version: number;
  readonly kind: string;
  readonly sealed: Buffer;
  readonly key_version: number;
  readonly retires_at: Date | null;
}

/** Those that sign now, newest first, with the audit row of opening them. */
export async function openEndpointSecrets(
  sql: Sql,
  { tenantId, endpointId }: { readonly tenantId: TenantId; readonly endpointId: EndpointId },
): Promise<readonly SealedEndpointSecret[]> {
  const { rows } = await sql.query<Row>(
    `SELECT version, kind, sealed, key_version, retires_at FROM endpoint_secrets
     WHERE endpoint_id = $1 AND (retires_at IS NULL OR retires_at > now()) ORDER BY version DESC`,
    [endpointId],
  );
  if (rows.length > 0)
    await appendAuditBySql(sql, {
      tenantId,
      actor: 'worker',
      action: 'endpoint_secret.opened',
      target: endpointId,
      outcome: 'done',
      reason: 'deliveries',
      detail: { versions: rows.map(({ version }) => String(version)) },
    });
  return rows.map((row) => ({
    kind: row.kind,
    binding: endpointSecretBinding(tenantId, endpointId, row.version),
    sealed: { bytes: row.sealed, keyVersion: row.key_version },
    retiresAtMs: row.retires_at?.getTime() ?? null,
  }));
}
