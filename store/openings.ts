// What an opening needs to know beside the credential: the connection, our app at its platform, and what an authorization
// sealed. Ciphertext comes out of here; each reading of it has its audit row in the same transaction.
import type { Purpose } from '../domain/credential.ts';
import { MooringError } from '../domain/errors.ts';
import type { AuthorizationId, ConnectionId, InstallId, TenantId } from '../domain/ids.ts';
import { appendAuditBySql } from './audit.ts';
import { authorizationBinding, temporaryBinding } from './authorizations.ts';
import type { Sql } from './database.ts';
import { installBinding } from './installs.ts';
import {
  clientSecretPart,
  OPENING_COLUMNS,
  type OpeningFacts,
  type OpeningRow,
  openingFacts,
  type RegistrationFacts,
  registrationFacts,
  type SealedPart,
} from './opening-rows.ts';

export interface RegistrationForOpening extends RegistrationFacts {
  /** Those still in their overlap, newest first. */
  readonly secrets: readonly SealedPart[];
}

export interface ConnectionForOpening extends OpeningFacts {
  readonly registration: RegistrationForOpening | null;
}

/** Throws not_found. One row a secret that still counts; none of them is opened yet. */
export async function readForOpening(sql: Sql, connectionId: ConnectionId): Promise<ConnectionForOpening> {
  const { rows } = await sql.query<OpeningRow>({
    name: 'read-for-opening',
    text: `SELECT ${OPENING_COLUMNS}
           FROM connections AS n
             LEFT JOIN client_registrations AS r ON r.id = n.registration_id
             LEFT JOIN client_secrets AS s ON s.registration_id = r.id AND (s.retires_at IS NULL OR s.retires_at > now())
           WHERE n.id = $1 ORDER BY s.version DESC`,
    values: [connectionId],
  });
  const [row] = rows;
  if (row === undefined) throw new MooringError('not_found', `there is no connection "${connectionId}"`);
  const registration = registrationFacts(row);
  const secrets = rows.map(clientSecretPart).filter((part) => part !== null);
  return { ...openingFacts(row), registration: registration === null ? null : { ...registration, secrets } };
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

/** Reads what an authorization sealed, with the audit row; empty when it has been settled. Throws audit_unavailable. */
export async function readSealedAuthorization(
  sql: Sql,
  cause: OpeningCause,
  id: AuthorizationId,
): Promise<readonly SealedPart[]> {
  const { rows } = await sql.query<{
    sealed: Buffer | null;
    key_version: number | null;
    temporary: Buffer | null;
    temporary_key_version: number | null;
    install_id: InstallId | null;
  }>({
    name: 'read-sealed-authorization',
    text: `SELECT sealed, key_version, temporary, temporary_key_version, install_id
           FROM authorizations WHERE id = $1 AND connection_id = $2`,
    values: [id, cause.connectionId],
  });
  const [row] = rows;
  if (row === undefined || row.sealed === null || row.key_version === null) return [];
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
  const { sealed, key_version, temporary, temporary_key_version } = row;
  const own = authorizationBinding(cause.tenantId, id);
  const binding = row.install_id === null ? own : installBinding(row.install_id);
  const brought = { binding, sealed: { bytes: sealed, keyVersion: key_version } };
  if (temporary === null || temporary_key_version === null) return [brought];
  const kept = { bytes: temporary, keyVersion: temporary_key_version };
  return [brought, { binding: temporaryBinding(cause.tenantId, id), sealed: kept }];
}
