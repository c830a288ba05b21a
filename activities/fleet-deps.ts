// What the activities over many connections are made of: each takes the few members it uses. The worker's main composes them.
import type { EnsureFreshOutcome } from '../domain/credential.ts';
import type { AuthorizationId, ConnectionId } from '../domain/ids.ts';
import type { Platform } from '../domain/platform.ts';
import type { Exchange } from '../egress/exchange.ts';
import type { Database } from '../store/database.ts';
import type {
  AuthorizeOutcome,
  RevokeInput,
  UpgradeCredentialInput,
  UpgradeOutcome,
} from '../workflows/messages.ts';
import type { ConnectionRef } from './lifecycle-contract.ts';
import type { Pace } from './paced.ts';

/** What a connection's workflow does when asked, over the Temporal client. */
export interface FleetWorkflows {
  /** Starts it where it does not run, and waits for the outcome of one authorization; a refusal leaves nothing. */
  authorizeNew(ref: ConnectionRef, authorizationId: AuthorizationId): Promise<AuthorizeOutcome>;
  /** All who ask with one id share one attempt. */
  upgrade(id: ConnectionId, input: UpgradeCredentialInput, updateId: string): Promise<UpgradeOutcome>;
  renew(id: ConnectionId, requestedBy: string): Promise<EnsureFreshOutcome>;
  /** Starts it where it does not run, so that a fenced connection always ends. */
  revoke(ref: ConnectionRef, input: RevokeInput): Promise<void>;
}

export interface FleetDeps {
  readonly db: Database;
  readonly platforms: ReadonlyMap<string, Platform>;
  readonly exchange: Exchange;
  readonly connections: FleetWorkflows;
  readonly importPace: Pace;
  readonly nowMs: () => number;
  readonly log: (activity: string, error: unknown) => void;
}
