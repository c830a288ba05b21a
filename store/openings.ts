// What an opening needs to know beside the credential: the connection, our app at its platform, and what an authorization
// sealed. Ciphertext comes out of here; each reading of it has its audit row in the same transaction.
import type { Purpose } from '../domain/credential.ts';
import { MooringError } from '../domain/errors.ts';
import type { AuthorizationId, ClientRegistrationId, ConnectionId, TenantId } from '../domain/ids.ts';
import type { SealBinding, Sealed } from '../domain/sealing.ts';
import { appendAuditBySql } from './audit.ts';
import type { Sql } from './database.ts';

export interface SealedPart {
  readonly binding: SealBinding;
  readonly sealed: Sealed;
}

export interface RegistrationForOpening {
  readonly id: ClientRegistrationId;
  /** null: of the installation */
  readonly tenantId: TenantId | null;
  readonly version: number;
  readonly clientId: string;
  readonly redirectUri: string | null;
  /** Those still in their overlap, newest first. */
  readonly secrets: readonly SealedPart[];
}

export interface ConnectionForOpening {
  readonly platform: string;
  readonly shop: Readonly<Record<string, string>>;
  readonly lifecycle: string;
  readonly reauthReason: string | null;
  /** 0: no credential was ever saved. */
  readonly generation: number;
  readonly isFenced: boolean;
  readonly registration: RegistrationForOpening | null;
}

interface OpeningRow {
  readonly platform: string;
  readonly shop: Readonly<Record<string, string>>;
  readonly lifecycle: string;
  readonly reauth_reason: string | null;
  readonly generation: number;
  readonly is_fenced: boolean;
  readonly registration_id: ClientRegistrationId | null;
  readonly registration_tenant: TenantId | null;
  readonly registration_version: number;
  readonly client_id: string;
  readonly redirect_uri: string | null;
  readonly secret_version: number | null;
  readonly secret: Buffer;
  readonly secret_key_version: number;
}

/** Throws not_found. One row a secret that still counts; none of them is opened yet. */
export async function readForOpening(sql: Sql, connectionId: ConnectionId): Promise<ConnectionForOpening> {
  const { rows } = await sql.query<OpeningRow>({
    name: 'read-for-opening',
    text: `SELECT n.platform, n.shop, n.lifecycle, n.reauth_reason, n.generation,
             (n.fenced_at IS NOT NULL OR n.revoked_at IS NOT NULL) AS is_fenced,
             r.id AS registration_id, r.tenant_id AS registration_tenant, r.version AS registration_version, r.client_id, r.redirect_uri,
             s.version AS secret_version, s.sealed AS secret, s.key_version AS secret_key_version
           FROM connections AS n
             LEFT JOIN client_registrations AS r ON r.id = n.registration_id
             LEFT JOIN client_secrets AS s ON s.registration_id = r.id AND (s.retires_at IS NULL OR s.retires_at > now())
           WHERE n.id = $1 ORDER BY s.version DESC`,
    values: [connectionId],
  });
  const [row] = rows;
  if (row === undefined) throw new MooringError('not_found', `there is no connection "${connectionId}"`);
  return {
    platform: row.platform,
    shop: row.shop,
    lifecycle: row.lifecycle,
    reauthReason: row.reauth_reason,
    generation: row.generation,
    isFenced: row.is_fenced,
    registration: row.registration_id === null ? null : registrationOf(row.registration_id, row, rows),
  };
}

function registrationOf(
  id: ClientRegistrationId,
  row: OpeningRow,
  rows: readonly OpeningRow[],
): RegistrationForOpening {
  return {
    id,
    tenantId: row.registration_tenant,
    version: row.registration_version,
    clientId: row.client_id,
    redirectUri: row.redirect_uri,
    secrets: rows.flatMap((one) =>
      one.secret_version === null
        ? []
        : [
            {
              binding: clientSecretBinding(row.registration_tenant, id, one.secret_version),
              sealed: { bytes: one.secret, keyVersion: one.secret_key_version },
            },
          ],
    ),
  };
}

/** What a client secret's sealed bytes are bound to; its generation is the registration's version. */
export function clientSecretBinding(
  tenantId: TenantId | null,
  registrationId: ClientRegistrationId,
  version: number,
): SealBinding {
  return {
    owner: tenantId ?? 'installation',
    subject: registrationId,
    kind: 'client_secret',
    generation: version,
  };
}

export interface OpeningCause {
  readonly tenantId: TenantId;
  readonly connectionId: ConnectionId;
  readonly purpose: Purpose;
  readonly reason: string;
}

/** Writes the audit row of opening our app's secret for a connection. Throws audit_unavailable. */
export async function auditClientSecret(
  sql: Sql,
  cause: OpeningCause,
  registration: RegistrationForOpening,
): Promise<void> {
  await appendAuditBySql(sql, {
    tenantId: cause.tenantId,
    actor: 'worker',
    action: 'client_secret.opened',
    target: registration.id,
    connectionId: cause.connectionId,
    outcome: 'done',
    reason: cause.reason,
    detail: { purpose: cause.purpose, version: registration.version },
  });
}

/** Reads what an authorization sealed, with the audit row; null when it has been settled. Throws audit_unavailable. */
export async function readSealedAuthorization(
  sql: Sql,
  cause: OpeningCause,
  id: AuthorizationId,
): Promise<SealedPart | null> {
  const { rows } = await sql.query<{ sealed: Buffer | null; key_version: number | null }>({
    name: 'read-sealed-authorization',
    text: 'SELECT sealed, key_version FROM authorizations WHERE id = $1 AND connection_id = $2',
    values: [id, cause.connectionId],
  });
  const [row] = rows;
  if (row === undefined || row.sealed === null || row.key_version === null) return null;
  await appendAuditBySql(sql, {
    tenantId: cause.tenantId,
    actor: 'worker',
    action: 'authorization.opened',
    target: id,
    connectionId: cause.connectionId,
    outcome: 'done',
    reason: cause.reason,
    detail: { purpose: cause.purpose },
  });
  return {
    binding: { owner: cause.tenantId, subject: id, kind: 'authorization', generation: 0 },
    sealed: { bytes: row.sealed, keyVersion: row.key_version },
  };
}
