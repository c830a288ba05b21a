// What the lifecycle activities get to authorize, refresh, log in, probe and revoke: opened secrets inside a closure, and
// the guarded ways out. Each opening has its audit row in its own transaction. Nothing of the context may outlive the closure.
import type { CredentialMaterial, Purpose } from '../domain/credential.ts';
import type { AuthorizationId, ClientRegistrationId, ConnectionId, TenantId } from '../domain/ids.ts';
import type { Send } from '../domain/outbound.ts';
import type { AuthMethod, Platform, PlatformRequest } from '../domain/platform.ts';
import type { Permission } from '../domain/resource.ts';
import type { Secret } from '../domain/secret.ts';
import type { PlatformResult } from './call.ts';
import type { GuardedAgents } from './guard.ts';

export interface ExchangeUse {
  readonly tenantId: TenantId;
  readonly connectionId: ConnectionId;
  /** authorization, refresh, probe, revocation or subscription; only `revocation` passes the fence. */
  readonly purpose: Purpose;
  readonly reason: string;
  /** Opens what this authorization has sealed: the PKCE verifier, the callback's parameters, or the pasted credential. */
  readonly authorizationId?: AuthorizationId;
  /** current: the credential of the connection's newest generation; none: there is none yet, or it is not needed. */
  readonly credential: 'current' | 'none';
  readonly signal?: AbortSignal;
}

/** Our app at the platform, opened. */
export interface OpenRegistration {
  readonly id: ClientRegistrationId;
  readonly version: number;
  readonly clientId: string;
  readonly redirectUri: string | null;
  readonly secret: Secret | null;
  /** Older secrets still in their overlap, newest first; signatures of the platform may be made with one of them. */
  readonly earlierSecrets: readonly Secret[];
  /** The platform's further fields, secret or not: an application id, a redirect name, a key. */
  readonly fields: Readonly<Record<string, Secret>>;
}

export interface OpenCredential {
  readonly material: CredentialMaterial;
  readonly generation: number;
  readonly expiresAtMs: number | null;
  readonly lifetimeS: number | null;
  readonly refreshExpiresAtMs: number | null;
  readonly registrationVersion: number | null;
}

/** The real call that proved a credential, read by the platform's own `proof`. */
export interface Proven {
  readonly shopKey: string | null;
  readonly shopName: string | null;
  readonly scopes: readonly string[] | null;
  readonly facts: Readonly<Record<string, string>>;
  readonly markets?: readonly string[];
}

export interface ExchangeContext {
  readonly platform: Platform;
  /** The connection's shop fields. */
  readonly shop: Readonly<Record<string, string>>;
  readonly registration: OpenRegistration | null;
  /** What the connection is for. */
  readonly permissions: readonly Permission[];
  /** null when `credential: 'none'` was asked for, or none was ever saved. */
  readonly credential: OpenCredential | null;
  /** What the authorization sealed, by name; null without an authorizationId. */
  readonly authorization: Readonly<Record<string, Secret>> | null;
  /** How this credential kind is signed and renewed; throws internal when the platform has no such kind. */
  methodFor(credentialKind: string): AuthMethod;
  /** Opens another generation that is still kept (the previous refresh token); null when there is none. Audited by itself. */
  openGeneration(generation: number): Promise<OpenCredential | null>;
  /** Guarded, bounded for token answers (1 MiB, 8 s in total), fenced like any call. */
  readonly send: Send;
  /** The same guard as node agents, for a client that speaks by itself. */
  readonly agents: GuardedAgents;
  /** Signs, sends and classifies one API call with the given credential, without renewal. Throws as PlatformCall does. */
  call(
    credential: CredentialMaterial,
    request: PlatformRequest,
    shop?: Readonly<Record<string, string>>,
  ): Promise<PlatformResult>;
  /**
   * Proves a credential by the platform's own proof call, before it is saved. Throws as PlatformCall does, except that a
   * credential the platform does not take is credential_rejected; `detail.answer` is what it answered, redacted. `shop`: the
   * shop fields where the approval told more of them than the connection knew.
   */
  prove(credential: CredentialMaterial, shop?: Readonly<Record<string, string>>): Promise<Proven>;
  readonly nowMs: number;
}

/**
 * Runs `use` with everything opened. Throws not_found (no such connection), fenced, registration_missing,
 * credential_unreadable, audit_unavailable, and whatever the closure throws.
 */
export type Exchange = <T>(use: ExchangeUse, closure: (context: ExchangeContext) => Promise<T>) => Promise<T>;
