// Our app at a platform, and what an install sealed, before any tenant or connection is known. Ciphertext comes out of here; each reading has its
// audit row in the same transaction.
import type { InstallId } from '../domain/ids.ts';
import { appendAuditBySql } from './audit.ts';
import type { Sql } from './database.ts';
import { broughtBinding, installBinding } from './installs.ts';
import {
  clientSecretPart,
  REGISTRATION_COLUMNS,
  type RegistrationRow,
  registrationFacts,
  type SealedPart,
} from './opening-rows.ts';
import type { RegistrationForOpening } from './openings.ts';

/** The installation's own app at a platform, the newest that is active; null where only tenants have one. Throws audit_unavailable. */
export async function openOwnApp(
  sql: Sql,
  platform: string,
  reason: string,
): Promise<RegistrationForOpening | null> {
  const { rows } = await sql.query<RegistrationRow>({
    name: 'open-own-app',
    text: `SELECT ${REGISTRATION_COLUMNS}
           FROM client_registrations AS r
             LEFT JOIN client_secrets AS s ON s.registration_id = r.id AND (s.retires_at IS NULL OR s.retires_at > now())
           WHERE r.id = (SELECT id FROM client_registrations
                         WHERE platform = $1 AND tenant_id IS NULL AND status = 'active' ORDER BY id DESC LIMIT 1)
           ORDER BY s.version DESC`,
    values: [platform],
  });
  const [row] = rows;
  const registration = row === undefined ? null : registrationFacts(row);
  if (registration === null) return null;
  const secrets = rows.map(clientSecretPart).filter((part) => part !== null);
  if (secrets.length > 0)
    await appendAuditBySql(sql, {
      tenantId: null,
      actor: 'worker',
      action: 'client_secret.opened',
      target: registration.id,
      outcome: 'done',
      reason,
      detail: { purpose: 'authorization', version: registration.version },
    });
  return { ...registration, secrets };
}

/** What an install has sealed, the newest last; empty when it is gone. Throws audit_unavailable. */
export async function readSealedInstall(sql: Sql, id: InstallId): Promise<readonly SealedPart[]> {
  const { rows } = await sql.query<{
    sealed: Buffer | null;
    key_version: number | null;
    brought: Buffer | null;
    brought_key_version: number | null;
  }>({
    name: 'read-sealed-install',
    text: 'SELECT sealed, key_version, brought, brought_key_version FROM installs WHERE id = $1 AND claimed_at IS NULL',
    values: [id],
  });
  const [row] = rows;
  if (row === undefined || row.sealed === null || row.key_version === null) return [];
  await appendAuditBySql(sql, {
    tenantId: null,
    actor: 'worker',
    action: 'install.opened',
    target: id,
    outcome: 'done',
    reason: id,
    detail: { purpose: 'authorization' },
  });
  const { sealed, key_version, brought, brought_key_version } = row;
  const first = { binding: installBinding(id), sealed: { bytes: sealed, keyVersion: key_version } };
  if (brought === null || brought_key_version === null) return [first];
  const second = { bytes: brought, keyVersion: brought_key_version };
  return [first, { binding: broughtBinding(id), sealed: second }];
}
