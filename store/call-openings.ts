// The opening of a credential for calls, on the hot path: one statement reads everything a call is signed with and writes the
// audit rows, so that neither can happen without the other. Ciphertext comes out; it is opened after the commit.
import type { Purpose } from '../domain/credential.ts';
import { MooringError } from '../domain/errors.ts';
import type { ConnectionId, TenantId } from '../domain/ids.ts';
import { credentialBinding } from './credentials.ts';
import type { Sql } from './database.ts';
import { newId } from './new-id.ts';
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
import { toStoreError } from './store-error.ts';

export interface CallOpening {
  readonly tenantId: TenantId;
  readonly connectionId: ConnectionId;
  readonly purpose: Purpose;
  readonly reason: string;
  /** "platform/kind" of the credentials whose calls are signed with our app's secret too. */
  readonly kindsWithClientSecret: readonly string[];
}

export interface OpeningForCall extends OpeningFacts {
  readonly registration: RegistrationFacts | null;
  /** null: it may not be opened, or there is none; no audit row was written. */
  readonly credential:
    | (SealedPart & {
        readonly kind: string;
        readonly expiresAtMs: number | null;
        readonly lifetimeS: number | null;
        readonly isUsed: boolean;
      })
    | null;
  readonly clientSecret: SealedPart | null;
}

interface Row extends OpeningRow {
  readonly kind: string;
  readonly sealed: Buffer;
  readonly key_version: number;
  readonly expires_at: Date | null;
  readonly lifetime_s: number | null;
  readonly first_used_at: Date | null;
  readonly opened: readonly string[];
}

/** `$4` is the purpose: after the fence, and while a new approval is needed, only a revocation opens. */
const OPEN_FOR_CALL = `
  WITH n AS (
    SELECT n.id, n.tenant_id, ${OPENING_COLUMNS},
      c.kind, c.sealed, c.key_version, c.expires_at, c.lifetime_s, c.first_used_at
    FROM connections AS n
      LEFT JOIN credentials AS c ON c.connection_id = n.id AND c.tenant_id = n.tenant_id AND c.generation = n.generation
      LEFT JOIN client_registrations AS r ON r.id = n.registration_id
      LEFT JOIN LATERAL (
        SELECT version, sealed, key_version FROM client_secrets
        WHERE registration_id = r.id AND n.platform || '/' || c.kind = ANY ($6::text[]) AND (retires_at IS NULL OR retires_at > now())
        ORDER BY version DESC LIMIT 1) AS s ON true
    WHERE n.id = $1
  ), may AS (
    SELECT * FROM n WHERE kind IS NOT NULL AND ($4 = 'revocation' OR NOT (is_fenced OR lifecycle = 'reauth_required'))
  ), opened AS (
    INSERT INTO audit_events (id, tenant_id, actor, action, target, connection_id, outcome, reason, detail)
    SELECT $2, tenant_id, 'worker', 'credential.opened', id, id, 'done', $5::text,
      jsonb_build_object('purpose', $4::text, 'kind', kind, 'generation', generation) FROM may
    UNION ALL
    SELECT $3, tenant_id, 'worker', 'client_secret.opened', registration_id, id, 'done', $5::text,
      jsonb_build_object('purpose', $4::text, 'version', secret_version) FROM may WHERE secret_version IS NOT NULL
    RETURNING action
  )
  SELECT n.*, ARRAY (SELECT action FROM opened) AS opened FROM n`;

/**
 * Reads what calls are signed with and writes the audit rows of opening it, in this transaction. Throws not_found, and
 * audit_unavailable when the statement fails for any reason but a lost database.
 */
export async function openForCall(sql: Sql, opening: CallOpening): Promise<OpeningForCall> {
  const { connectionId, purpose, reason, kindsWithClientSecret } = opening;
  const values = [connectionId, newId('audit'), newId('audit'), purpose, reason, kindsWithClientSecret];
  const { rows } = await sql
    .query<Row>({ name: 'open-for-call', text: OPEN_FOR_CALL, values })
    .catch((error) => {
      const cause = toStoreError(error);
      if (cause instanceof MooringError) throw cause;
      throw new MooringError('audit_unavailable', `the opening for "${connectionId}" cannot be recorded`, {
        cause,
      });
    });
  const [row] = rows;
  if (row === undefined) throw new MooringError('not_found', `there is no connection "${connectionId}"`);
  return {
    ...openingFacts(row),
    registration: registrationFacts(row),
    credential: row.opened.includes('credential.opened') ? credentialOf(opening, row) : null,
    clientSecret: row.opened.includes('client_secret.opened') ? clientSecretPart(row) : null,
  };
}

function credentialOf({ tenantId, connectionId }: CallOpening, row: Row): OpeningForCall['credential'] {
  return {
    kind: row.kind,
    binding: credentialBinding(tenantId, connectionId, row),
    sealed: { bytes: row.sealed, keyVersion: row.key_version },
    expiresAtMs: row.expires_at?.getTime() ?? null,
    lifetimeS: row.lifetime_s,
    isUsed: row.first_used_at !== null,
  };
}
