// One way to authenticate at a platform, as data: obtained, renewed, put on requests, and carried by a transport.
import type { Obtain } from './platform-obtain.ts';
import type { Sign, Transport } from './platform-sign.ts';
import type { TokenAnswer, TokenRequest } from './platform-token.ts';

/** ahead: by a timer of the connection's workflow; on_use: when a call needs it (a small token quota, a life of minutes). */
export type RenewWhen = 'ahead' | 'on_use';

export type Renew =
  | {
      readonly kind: 'refresh_token';
      readonly when: RenewWhen;
      readonly token: TokenRequest;
      readonly rotates: boolean;
      /** Whether the previous refresh token still works until the new one is used: a lost answer may be retried with it. */
      readonly previousUsable: boolean;
      readonly refreshLifetimeS?: number;
    }
  /** Minted again, RFC 6749 § 4.4 or what a platform has in its place. */
  | { readonly kind: 'client_credentials'; readonly when: RenewWhen; readonly token: TokenRequest }
  /** Minted again by a new assertion (RFC 7523). */
  | { readonly kind: 'assertion'; readonly when: RenewWhen; readonly token: TokenRequest }
  | { readonly kind: 'login'; readonly when: RenewWhen; readonly token: TokenRequest }
  | { readonly kind: 'none' };

/** How one shape of credential is obtained, renewed and put on requests. A platform has one per `credentialKind` it can hold. */
export interface AuthMethod {
  readonly credentialKind: string;
  readonly obtain: Obtain;
  readonly renew: Renew;
  /** Applied in order: what a later scheme signs holds what an earlier one added. */
  readonly sign: readonly Sign[];
  /** Instead of `sign` where the shop's own address is plain http; without it http is refused. */
  readonly signOverHttp?: readonly Sign[];
  readonly transport?: Transport;
  /** Seconds, where an answer tells no lifetime. null: does not expire. */
  readonly defaultLifetimeS: number | null;
  readonly tokenAnswer?: TokenAnswer;
  /** Where this method differs from the platform's `needsRegistration`. */
  readonly needsRegistration?: boolean;
  readonly upgrade?: CredentialUpgrade;
}

/** A credential of this kind becomes one of another kind, at the platform's wish. */
export interface CredentialUpgrade {
  /** credentialKind of what it becomes. */
  readonly to: string;
  readonly token: TokenRequest;
  /** What it was is dead once the answer is sent, whether or not it arrived. */
  readonly irreversible: boolean;
  /** YYYY-MM-DD after which the old kind is refused. */
  readonly deadline: string | null;
  readonly note: string;
}
