// The form of a credential in memory: its kind and its named secret parts. The sealed form is the vault's.
import type { Secret } from './secret.ts';

/** Parts by name, e.g. accessToken, refreshToken, consumerKey, consumerSecret, apiKey, email, password. */
export interface CredentialMaterial {
  readonly kind: string;
  readonly parts: Readonly<Record<string, Secret>>;
}

/** What may be known of a credential without opening it. Instants are epoch milliseconds. */
export interface CredentialMetadata {
  readonly kind: string;
  readonly generation: number;
  /** null: does not expire */
  readonly expiresAtMs: number | null;
  readonly refreshExpiresAtMs: number | null;
}

/** Why a credential is opened; the audit row carries it. After the fence only `revocation` opens. */
export type Purpose =
  | 'sync'
  | 'proxy'
  | 'probe'
  | 'refresh'
  | 'authorization'
  | 'revocation'
  | 'subscription'
  | 'notification'
  | 'import';

/** What asking for a newer credential came to. A transient failure is `retry_later`, never an exception. */
export type EnsureFreshOutcome =
  | { readonly outcome: 'fresh'; readonly generation: number }
  | { readonly outcome: 'retry_later'; readonly retryAtMs: number }
  | { readonly outcome: 'reauth_required'; readonly reason: string }
  | { readonly outcome: 'revoked' };
