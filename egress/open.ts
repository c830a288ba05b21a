// Opens what a call is signed with: one transaction reads the rows, writes the audit row and unseals. If the audit row cannot
// be written nothing is opened. It must never keep what it opened.
import type { CredentialMaterial } from '../domain/credential.ts';
import type { TenantId } from '../domain/ids.ts';
import type { AuthMethod, Platform } from '../domain/platform.ts';
import type { CredentialUse } from './call.ts';
import type { OpenRegistration } from './exchange.ts';

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
  readonly registration: (OpenRegistration & { readonly tenantId: TenantId | null }) | null;
}

export type Opener = (use: CredentialUse) => Promise<OpenedConnection>;
