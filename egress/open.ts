// Opens what a call is signed with: one transaction reads the rows, writes the audit row and unseals. If the audit row cannot
// be written nothing is opened. It must never keep what it opened.
import type { CredentialMaterial } from '../domain/credential.ts';
import type { TenantId } from '../domain/ids.ts';
import type { AuthMethod, Platform } from '../domain/platform.ts';
import type { Secret } from '../domain/secret.ts';
import type { CredentialUse } from './call.ts';
import type { ExchangeUse, OpenCredential, OpenRegistration } from './exchange.ts';

export type RegistrationOfTenant = OpenRegistration & { readonly tenantId: TenantId | null };

/** Opened for calls: the connection has a credential, and its platform a method for it. */
export interface OpenedConnection {
  readonly platform: Platform;
  readonly shop: Readonly<Record<string, string>>;
  readonly method: AuthMethod;
  readonly credential: CredentialMaterial;
  readonly generation: number;
  readonly expiresAtMs: number | null;
  readonly lifetimeS: number | null;
  /** Whether an answer already proved this generation. */
  readonly isUsed: boolean;
  readonly registration: RegistrationOfTenant | null;
}

/** Opened for an exchange: whatever there is. */
export interface OpenedExchange {
  readonly platform: Platform;
  readonly shop: Readonly<Record<string, string>>;
  readonly registration: RegistrationOfTenant | null;
  readonly credential: OpenCredential | null;
  readonly authorization: Readonly<Record<string, Secret>> | null;
}

export type Opener = (use: CredentialUse) => Promise<OpenedConnection>;
export type ExchangeOpener = (use: ExchangeUse) => Promise<OpenedExchange>;
export type GenerationOpener = (use: ExchangeUse, generation: number) => Promise<OpenCredential | null>;
