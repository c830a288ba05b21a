// What every opening reads of a connection, of our app at its platform, and of that app's secret: the columns, and how they are told.
// Ciphertext at most; nothing is opened here.
import type { ClientRegistrationId, TenantId } from '../domain/ids.ts';
import type { SealBinding, Sealed } from '../domain/sealing.ts';

export interface SealedPart {
  readonly binding: SealBinding;
  readonly sealed: Sealed;
}

export interface OpeningFacts {
  readonly platform: string;
  readonly shop: Readonly<Record<string, string>>;
  readonly permissions: readonly string[];
  readonly lifecycle: string;
  readonly reauthReason: string | null;
  /** 0: no credential was ever saved. */
  readonly generation: number;
  readonly isFenced: boolean;
}

export interface RegistrationFacts {
  readonly id: ClientRegistrationId;
  /** null: of the installation */
  readonly tenantId: TenantId | null;
  readonly version: number;
  readonly clientId: string;
  readonly redirectUri: string | null;
  /** The platform's further fields that are not secret. */
  readonly fields: Readonly<Record<string, string>>;
}

/** Columns of `client_registrations AS r` and `client_secrets AS s`, as RegistrationRow has them. */
export const REGISTRATION_COLUMNS = `r.id AS registration_id, r.tenant_id AS registration_tenant, r.version AS registration_version, r.client_id, r.redirect_uri,
  r.fields AS registration_fields,
  s.version AS secret_version, s.sealed AS secret, s.key_version AS secret_key_version`;

/** Columns of `connections AS n` beside them, as OpeningRow has them. */
export const OPENING_COLUMNS = `n.platform, n.shop, n.permissions, n.lifecycle, n.reauth_reason, n.generation,
  (n.fenced_at IS NOT NULL OR n.revoked_at IS NOT NULL) AS is_fenced,
  ${REGISTRATION_COLUMNS}`;

export interface OpeningRow {
  readonly platform: string;
  readonly shop: Readonly<Record<string, string>>;
  readonly permissions: readonly string[];
  readonly lifecycle: string;
  readonly reauth_reason: string | null;
  readonly generation: number;
  readonly is_fenced: boolean;
  readonly registration_id: ClientRegistrationId | null;
  readonly registration_tenant: TenantId | null;
  readonly registration_version: number;
  readonly client_id: string;
  readonly redirect_uri: string | null;
  readonly registration_fields: Readonly<Record<string, string>>;
  readonly secret_version: number | null;
  readonly secret: Buffer;
  readonly secret_key_version: number;
}

export function openingFacts(row: OpeningRow): OpeningFacts {
  return {
    platform: row.platform,
    shop: row.shop,
    permissions: row.permissions,
    lifecycle: row.lifecycle,
    reauthReason: row.reauth_reason,
    generation: row.generation,
    isFenced: row.is_fenced,
  };
}

/** The columns that are of our app alone. */
export type RegistrationRow = Pick<
  OpeningRow,
  | 'registration_id'
  | 'registration_tenant'
  | 'registration_version'
  | 'client_id'
  | 'redirect_uri'
  | 'registration_fields'
  | 'secret_version'
  | 'secret'
  | 'secret_key_version'
>;

/** Null where the connection is not of a registration. */
export function registrationFacts(row: RegistrationRow): RegistrationFacts | null {
  if (row.registration_id === null) return null;
  return {
    id: row.registration_id,
    tenantId: row.registration_tenant,
    version: row.registration_version,
    clientId: row.client_id,
    redirectUri: row.redirect_uri,
    fields: row.registration_fields,
  };
}

/** Null where the row holds no secret. */
export function clientSecretPart(row: RegistrationRow): SealedPart | null {
  if (row.registration_id === null || row.secret_version === null) return null;
  return {
    binding: clientSecretBinding(row.registration_tenant, row.registration_id, row.secret_version),
    sealed: { bytes: row.secret, keyVersion: row.secret_key_version },
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
