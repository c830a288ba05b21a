// What may happen to a connection, as data. A new event is a member here, and nothing compiles until it has its rule.
import type { ConnectionState, CredentialFacts, Timings, UpstreamRevocation } from './connection.ts';
import type { ErrorCode } from './errors.ts';
import type { AuthorizationId } from './ids.ts';
import type { Resource } from './resource.ts';

/** Why something at the platform failed without proving the grant dead. */
export interface Failure {
  readonly code: ErrorCode;
  readonly retryAtMs?: number | undefined;
}

type Happening =
  /** a new run took over what Postgres knew */
  | { readonly type: 'restored' }
  | { readonly type: 'connect_deadline_passed' }
  | { readonly type: 'authorization_started' }
  | {
      readonly type: 'authorized';
      readonly generation: number;
      readonly credential: CredentialFacts;
      readonly renew: ConnectionState['renew'];
      readonly sameTokenAgain: boolean;
      readonly missingScopes: readonly string[];
    }
  | { readonly type: 'authorization_refused'; readonly code: ErrorCode; readonly discard: boolean }
  | { readonly type: 'move_proposed'; readonly authorizationId: AuthorizationId; readonly untilMs: number }
  /** by whoever was asked to confirm it */
  | { readonly type: 'move_refused'; readonly authorizationId: AuthorizationId; readonly by: string }
  /** confirmed, but what was proved then holds no more; settled already */
  | { readonly type: 'move_failed'; readonly authorizationId: AuthorizationId; readonly code: ErrorCode }
  | { readonly type: 'move_expired' }
  | { readonly type: 'refresh_came_due' }
  | { readonly type: 'refresh_requested'; readonly by: string }
  | {
      readonly type: 'refreshed';
      readonly generation: number;
      readonly epoch: number;
      readonly credential: CredentialFacts;
    }
  | {
      readonly type: 'refresh_failed';
      readonly epoch: number;
      readonly failure: Failure;
      /** nothing was sent: an exchange before may still be on its way, until the failure's `retryAtMs` */
      readonly isUnsent?: true;
    }
  | { readonly type: 'refresh_discarded'; readonly epoch: number }
  /** `clearsAtMs`: from when nothing of it can be on its way any more */
  | { readonly type: 'refresh_answer_lost'; readonly epoch: number; readonly clearsAtMs?: number }
  | { readonly type: 'refresh_token_expired' }
  | { readonly type: 'upgrade_started' }
  | {
      readonly type: 'upgraded';
      readonly generation: number;
      readonly epoch: number;
      readonly credential: CredentialFacts;
      readonly renew: ConnectionState['renew'];
      readonly sameTokenAgain: boolean;
    }
  /** `isDoubted`: the platform said that what was to be upgraded is dead */
  | { readonly type: 'upgrade_failed'; readonly epoch: number; readonly isDoubted: boolean }
  | { readonly type: 'upgrade_answer_lost'; readonly epoch: number }
  | {
      readonly type: 'grant_died';
      readonly generation: number;
      readonly epoch?: number;
      /** the platform said that our app was removed */
      readonly isUninstalled?: true;
    }
  | { readonly type: 'secret_did_not_open'; readonly epoch: number }
  | { readonly type: 'retry_came_due' }
  | { readonly type: 'probe_requested'; readonly by: string }
  | { readonly type: 'probe_succeeded'; readonly generation: number }
  | { readonly type: 'probe_failed'; readonly generation: number; readonly failure: Failure }
  | {
      readonly type: 'run_succeeded';
      readonly finishedAtMs: number;
      readonly stopped: Readonly<Partial<Record<Resource, string>>>;
      readonly running: number | null;
    }
  | { readonly type: 'run_failed'; readonly generation: number | null; readonly failure: Failure }
  | { readonly type: 'registration_changed' }
  | { readonly type: 'paused'; readonly by: string }
  | { readonly type: 'resumed'; readonly by: string }
  | { readonly type: 'settings_changed'; readonly timings: Timings }
  | { readonly type: 'breaker_opened' }
  | { readonly type: 'breaker_closed' }
  | { readonly type: 'reminder_came_due' }
  | { readonly type: 'given_up' }
  | { readonly type: 'uninstalled'; readonly uninstalledAtMs: number }
  | {
      readonly type: 'revoke_requested';
      readonly by: string;
      readonly upstream: boolean;
      readonly erase: boolean;
    }
  | { readonly type: 'revocation_finished'; readonly upstream: UpstreamRevocation };

/** Something that happened; `atMs` is when, by the workflow's clock. */
export type ConnectionEvent = Happening & { readonly atMs: number };
export type EventType = ConnectionEvent['type'];
export type EventOf<T extends EventType> = Extract<ConnectionEvent, { readonly type: T }>;
