// What the lifecycle's activities are made of: each takes the few members it uses. The worker's main composes them.

import type { Timings } from '../domain/connection.ts';
import type { CredentialMaterial } from '../domain/credential.ts';
import type { AuthorizationId, ConnectionId, ImportId, TenantId } from '../domain/ids.ts';
import type { AuthMethod, Platform, TokenRequest } from '../domain/platform.ts';
import type { Permission } from '../domain/resource.ts';
import type { Exchange, ExchangeContext, OpenCredential } from '../egress/exchange.ts';
import type { InstallExchange } from '../egress/install-exchange.ts';
import type { Database } from '../store/database.ts';
import type { Vault } from '../vault/index.ts';
import type { FleetRunInput, PrivacyInput } from '../workflows/messages.ts';
import type { ConnectionRef, SweepReport } from './lifecycle-contract.ts';

/** A credential as a platform just issued it. Plaintext: it lives in the closure of one exchange and is sealed there. */
export interface IssuedCredential {
  readonly kind: string;
  readonly parts: Readonly<Record<string, string>>;
  readonly expiresAtMs: number | null;
  readonly lifetimeS: number | null;
  readonly refreshExpiresAtMs: number | null;
  readonly scopes: readonly string[] | null;
  /** Shop fields that only the approval told, e.g. a shop id. */
  readonly shop?: Readonly<Record<string, string>>;
  /** What was brought is used up: this stands in its place, proved or not. */
  readonly isRenewed?: boolean;
  /** The approval is for several shops: this is no shop's credential, but what each one's own is obtained with, as a `share`. */
  readonly shops?: readonly Readonly<Record<string, string>>[];
  /** The markets that one grant covers, where the platform tells several. */
  readonly markets?: readonly string[];
}

/** How credentials are obtained and renewed: auth/, bound to the platforms' data. */
export interface Grants {
  /** Throws authorization_denied, invalid_callback, credential_rejected, registration_rejected or a platform_… code. */
  obtain(context: ExchangeContext, obtain: string): Promise<IssuedCredential>;
  /** Throws credential_dead, registration_rejected or a platform_… code. Gives all parts, kept ones included. */
  renew(context: ExchangeContext, credential: OpenCredential, method: AuthMethod): Promise<IssuedCredential>;
  /** Exchanges it for one of the kind `to`, as its own kind's `upgrade` says. Throws as `renew`, and upgrade_unavailable. */
  upgrade(context: ExchangeContext, credential: OpenCredential, to: string): Promise<IssuedCredential>;
  /** Ends the grant at the platform's revocation endpoint. Throws as `renew`. */
  revoke(context: ExchangeContext, credential: CredentialMaterial, token: TokenRequest): Promise<void>;
  missingScopes(
    platform: Platform,
    permissions: readonly Permission[],
    granted: readonly string[],
  ): readonly string[];
}

/** The connection's sync schedule in Temporal. Safe to repeat. */
export interface Schedules {
  ensure(
    schedule: ConnectionRef & { readonly intervalS: number; readonly pausedNote: string | null },
  ): Promise<'created' | 'set' | 'unchanged'>;
  /** False where there was none. */
  remove(connectionId: ConnectionId): Promise<boolean>;
  /** Cancels the runs the schedule started and that still run; how many. */
  cancelRuns(connectionId: ConnectionId): Promise<number>;
  list(): AsyncIterable<ListedSchedule>;
}

export interface ListedSchedule {
  readonly connectionId: ConnectionId;
  readonly pausedNote: string | null;
}

export interface AttemptToRun {
  readonly authorizationId: AuthorizationId;
  readonly discardOnRefusal: boolean;
}

/** The workflows of connections, breakers and whatever the sweep starts again, as a client sees them. */
export interface LifecycleWorkflows {
  /** Starts it, or leaves the running one alone. */
  start(ref: ConnectionRef): Promise<void>;
  /** Starts it where it does not run, and hands it one attempt: done once that is taken, whatever it comes to. */
  authorize(ref: ConnectionRef, attempt: AttemptToRun): Promise<void>;
  isRunning(connectionId: ConnectionId): Promise<boolean>;
  /** Ids of the connections whose workflow runs, as the visibility store knows: it may be some seconds late. */
  listRunning(): AsyncIterable<ConnectionId>;
  /** False where it has ended. */
  signal(
    connectionId: ConnectionId,
    signal: 'breakerOpened' | 'breakerClosed' | 'settingsChanged',
  ): Promise<boolean>;
  startBreaker(platform: string): Promise<void>;
  /** False where it runs. */
  startImport(importId: ImportId): Promise<boolean>;
  /** False where it runs. */
  startFleetRun(run: FleetRunInput): Promise<boolean>;
  /** False where it runs. */
  startPrivacy(request: PrivacyInput): Promise<boolean>;
}

export interface LifecycleDeps {
  readonly db: Database;
  readonly vault: Pick<Vault, 'seal' | 'forget'>;
  readonly platforms: ReadonlyMap<string, Platform>;
  readonly exchange: Exchange;
  readonly installExchange: InstallExchange;
  readonly grants: Grants;
  readonly schedules: Schedules;
  readonly workflows: LifecycleWorkflows;
  /** Deletes the records of a revoked connection whose tenant asked for erasure; how many. */
  readonly eraseRecords: (tenantId: TenantId, connectionId: ConnectionId) => Promise<number>;
  /** Moves data keys under the newest key-encrypting key, some thousands at most; how many. `onPage` hears of each page. */
  readonly rewrapDataKeys: (onPage: () => void) => Promise<number>;
  readonly timings: Timings;
  /** How long a connection may wait for its approval. */
  readonly connectDeadlineMs: number;
  /** How long records stay after a revocation; null: without end. */
  readonly keepRecordsMs: number | null;
  readonly nowMs: () => number;
  readonly onSwept: (report: SweepReport) => void;
  readonly log: (activity: string, error: unknown) => void;
}
