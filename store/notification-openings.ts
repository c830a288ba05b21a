// What a notification is verified with: our app's secrets that still count, and those of the connection's subscriptions. Ciphertext comes out of here; each
// reading has its audit row in the same transaction.
import type { ClientRegistrationId, ConnectionId, TenantId } from '../domain/ids.ts';
import type { SealBinding } from '../domain/sealing.ts';
import { appendAuditBySql } from './audit.ts';
import type { Sql } from './database.ts';
import {
  clientSecretPart,
  REGISTRATION_COLUMNS,
  type RegistrationFacts,
  type RegistrationRow,
  registrationFacts,
  type SealedPart,
} from './opening-rows.ts';
import { BY_HAND } from './subscriptions.ts';

export interface AppForNotifications {
  readonly facts: RegistrationFacts;
  /** Newest first. */
  readonly secrets: readonly SealedPart[];
}

const REASON = 'verify notifications';

/** Null where it is not active any more. Throws audit_unavailable. */
export async function openAppForNotifications(
  sql: Sql,
  id: ClientRegistrationId,
): Promise<AppForNotifications | null> {
  const { rows } = await sql.query<RegistrationRow>({
    name: 'open-app-for-notifications',
    text: `SELECT ${REGISTRATION_COLUMNS}
           FROM client_registrations AS r
             LEFT JOIN client_secrets AS s ON s.registration_id = r.id AND (s.retires_at IS NULL OR s.retires_at > now())
           WHERE r.id = $1 AND r.status = 'active' ORDER BY s.version DESC`,
    values: [id],
  });
  const facts = rows[0] === undefined ? null : registrationFacts(rows[0]);
  if (facts === null) return null;
  const secrets = rows.map(clientSecretPart).filter((part) => part !== null);
  if (secrets.length > 0)
    await appendAuditBySql(sql, {
      tenantId: facts.tenantId,
      actor: 'http',
      action: 'client_secret.opened',
      target: id,
      outcome: 'done',
      reason: REASON,
      detail: { purpose: 'notification', version: facts.version },
    });
  return { facts, secrets };
}

/** What opening would find, told without opening it: another text once something of it was added, changed or retired. Run across tenants. */
export async function stateOfSecrets(
  sql: Sql,
  of: { readonly registrationId: ClientRegistrationId | null; readonly connectionId: ConnectionId | null },
): Promise<string> {
  const { rows } = await sql.query<{ state: string }>({
    name: 'state-of-secrets',
    text: `SELECT json_build_array(
        (SELECT json_build_array(r.version, r.client_id, md5(r.fields::text)) FROM client_registrations AS r WHERE r.id = $1 AND r.status = 'active'),
        (SELECT string_agg(s.version::text, ',' ORDER BY s.version) FROM client_secrets AS s
         WHERE s.registration_id = $1 AND (s.retires_at IS NULL OR s.retires_at > now())),
        (SELECT md5(string_agg(u.topic || ' ' || md5(u.sealed), ',' ORDER BY u.topic)) FROM subscriptions AS u WHERE u.connection_id = $2 AND u.sealed IS NOT NULL),
        (SELECT json_build_array(n.generation, n.lifecycle, n.fenced_at IS NULL) FROM connections AS n WHERE n.id = $2))::text AS state`,
    values: [of.registrationId, of.connectionId],
  });
  return rows[0]?.state ?? '';
}

/** Our apps at a platform: one of them may be whom a notification without an address of its own is for. Each is tried, so that more have addresses of their own. */
export async function listApps(sql: Sql, platform: string): Promise<readonly ClientRegistrationId[]> {
  const { rows } = await sql.query<{ id: ClientRegistrationId }>({
    name: 'list-apps',
    text: `SELECT id FROM client_registrations WHERE platform = $1 AND status = 'active' ORDER BY tenant_id NULLS FIRST, id LIMIT 50`,
    values: [platform],
  });
  return rows.map(({ id }) => id);
}

/** That one of our apps; none where it is another platform's, or not active. */
export async function findApp(
  sql: Sql,
  platform: string,
  id: ClientRegistrationId,
): Promise<readonly ClientRegistrationId[]> {
  const { rows } = await sql.query<{ id: ClientRegistrationId }>({
    name: 'find-app',
    text: `SELECT id FROM client_registrations WHERE id = $1 AND platform = $2 AND status = 'active'`,
    values: [id, platform],
  });
  return rows.map((row) => row.id);
}

/** Whose app it is; null: the installation's. */
export async function tenantOfApp(sql: Sql, id: ClientRegistrationId): Promise<TenantId | null> {
  const { rows } = await sql.query<{ tenant_id: TenantId | null }>(
    'SELECT tenant_id FROM client_registrations WHERE id = $1',
    [id],
  );
  return rows[0]?.tenant_id ?? null;
}

/** The secrets of a connection's subscriptions. Throws audit_unavailable. */
export async function openSubscriptionSecrets(
  sql: Sql,
  of: { readonly tenantId: TenantId; readonly connectionId: ConnectionId },
): Promise<readonly SealedPart[]> {
  const { rows } = await sql.query<{ topic: string; sealed: Buffer; key_version: number }>({
    name: 'open-subscription-secrets',
    text: 'SELECT topic, sealed, key_version FROM subscriptions WHERE connection_id = $1 AND sealed IS NOT NULL ORDER BY created_at DESC',
    values: [of.connectionId],
  });
  if (rows.length > 0)
    await appendAuditBySql(sql, {
      tenantId: of.tenantId,
      actor: 'http',
      action: 'subscription_secret.opened',
      target: of.connectionId,
      connectionId: of.connectionId,
      outcome: 'done',
      reason: REASON,
      detail: { purpose: 'notification', secrets: rows.length },
    });
  return rows.map(({ topic, sealed, key_version: keyVersion }) => ({
    binding: subscriptionBinding(of, topic),
    sealed: { bytes: sealed, keyVersion },
  }));
}

/** Topic of a row that is no subscription, as those set up by hand are none: the key that the platform signs all of the shop's with. */
export const SHOP_KEY = `${BY_HAND}key of the shop`;

/** What the secret of a subscription is bound to. */
export function subscriptionBinding(
  of: { readonly tenantId: TenantId; readonly connectionId: ConnectionId },
  topic: string,
): SealBinding {
  return {
    owner: of.tenantId,
    subject: of.connectionId,
    kind: `subscription_secret/${topic}`,
    generation: 0,
  };
}

/** Connections by which a platform's key may be read, of one app or of any. */
export async function findReader(
  sql: Sql,
  platform: string,
  registrationId: ClientRegistrationId | null,
): Promise<{ readonly tenantId: TenantId; readonly connectionId: ConnectionId } | null> {
  const { rows } = await sql.query<{ tenant_id: TenantId; id: ConnectionId }>({
    name: 'find-reader',
    text: `SELECT tenant_id, id FROM connections WHERE platform = $1 AND ($2::text IS NULL OR registration_id = $2)
             AND lifecycle = 'active' AND fenced_at IS NULL ORDER BY health = 'ok' DESC, id LIMIT 1`,
    values: [platform, registrationId],
  });
  return rows[0] === undefined ? null : { tenantId: rows[0].tenant_id, connectionId: rows[0].id };
}
