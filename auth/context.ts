// What signing and exchanges know about a call, and the values that the templates of a platform's data may name. Holds plaintext secrets: it
// lives no longer than the call.
import type { CredentialMaterial } from '../domain/credential.ts';
import type { Platform } from '../domain/platform.ts';
import type { Secret } from '../domain/secret.ts';

export interface SigningContext {
  readonly platform: Platform;
  readonly shop: Readonly<Record<string, string>>;
  /** null where the platform needs no registration. */
  readonly clientId: string | null;
  readonly clientSecret: Secret | null;
  readonly credential: CredentialMaterial;
  readonly nowMs: number;
}

/** Names for templates: {clientId} {clientSecret}, shop fields, the credential's parts. A shop field never hides a secret part. */
export function templateValues(context: Omit<SigningContext, 'platform' | 'nowMs'>): Record<string, string> {
  const parts = Object.entries(context.credential.parts).map(([name, secret]) => [name, secret.reveal()]);
  return {
    ...context.shop,
    ...(context.clientId === null ? {} : { clientId: context.clientId }),
    ...(context.clientSecret === null ? {} : { clientSecret: context.clientSecret.reveal() }),
    ...Object.fromEntries(parts),
  };
}
