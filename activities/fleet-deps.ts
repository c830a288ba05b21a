// What the activities over many connections are made of: each takes the few members it uses. The worker's main composes them.
import type { AuthorizationId } from '../domain/ids.ts';
import type { Platform } from '../domain/platform.ts';
import type { Database } from '../store/database.ts';
import type { AuthorizeOutcome } from '../workflows/messages.ts';
import type { ConnectionRef } from './lifecycle-contract.ts';
import type { Pace } from './paced.ts';

/** What a connection's workflow does when asked, over the Temporal client. */
export interface FleetWorkflows {
  /** Starts it where it does not run, and waits for the outcome of one authorization; a refusal leaves nothing. */
  authorizeNew(ref: ConnectionRef, authorizationId: AuthorizationId): Promise<AuthorizeOutcome>;
}

export interface FleetDeps {
  readonly db: Database;
  readonly platforms: ReadonlyMap<string, Platform>;
  readonly connections: FleetWorkflows;
  readonly importPace: Pace;
  readonly nowMs: () => number;
  readonly log: (activity: string, error: unknown) => void;
}
