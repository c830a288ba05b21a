// What signing and exchanges know about a call, and the values that the templates of a platform's data may name. Holds plaintext secrets: it
// lives no longer than the call.
import type { CredentialMaterial } from '../domain/credential.ts';
import type { Platform } from '../domain/platform.ts';
import type { Secret } from '../domain/secret.ts';
import { expandShop } from '../platforms/shop.ts';

export interface SigningContext {
  readonly platform: Platform;
  readonly shop: Readonly<Record<string, string>>;
  /** null where the platform needs no registration. */
  readonly clientId: string | null;
  readonly clientSecret: Secret | null;
  /** What our registration holds beside: the fields the platform declares. */
  readonly registration?: Readonly<Record<string, Secret>>;
  readonly credential: CredentialMaterial;
  readonly nowMs: number;
  /** 32 hex digits, for a request that is to be made again; absent: random. */
  readonly nonce?: string;
}

/** Names for templates: shop fields and what they give, {clientId} {clientSecret}, the registration's fields, the credential's parts. A shop field never hides a secret part. */
export function templateValues(context: Omit<SigningContext, 'nowMs'>): Record<string, string> {
  return {
    ...expandShop(context.platform, context.shop),
    ...(context.clientId === null ? {} : { clientId: context.clientId }),
    ...(context.clientSecret === null ? {} : { clientSecret: context.clientSecret.reveal() }),
    ...revealed(context.registration ?? {}),
    ...revealed(context.credential.parts),
  };
}

export function revealed(secrets: Readonly<Record<string, Secret>> | null): Record<string, string> {
  return Object.fromEntries(Object.entries(secrets ?? {}).map(([name, secret]) => [name, secret.reveal()]));
}
