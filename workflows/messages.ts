// What may be said to the workflows: ids, names and plain-JSON payloads. Names are wire format, never renamed. Imports no library,
// so that http and worker may use it; no payload may ever hold a secret or personal data, because histories keep them.
import type { PublicState } from '../domain/connection.ts';

import type { ErrorCode, FieldError } from '../domain/errors.ts';
import type { FleetStage } from '../domain/fleet-run.ts';
import type {
  AuthorizationId,
  ConnectionId,
  FleetRunId,
  ImportId,
  InstallId,
  PrivacyRequestId,
  TenantId,
} from '../domain/ids.ts';
import type { Resource } from '../domain/resource.ts';

export type { UpgradeOutcome } from '../domain/connection-upgrade.ts';
export type { EnsureFreshOutcome } from '../domain/credential.ts';

export const TASK_QUEUES = { workflows: 'workflows', lifecycle: 'lifecycle', pages: 'pages' } as const;

export const WORKFLOW_TYPES = {
  connection: 'connection',
  syncStore: 'syncStore',
  sweep: 'sweep',
  breaker: 'breaker',
  importConnections: 'importConnections',
  fleetRun: 'fleetRun',
  install: 'install',
  shopRegistration: 'shopRegistration',
  temporaryCredentials: 'temporaryCredentials',
  privacy: 'privacy',
} as const;

/** Alive from connect to revoked. Start with USE_EXISTING and ALLOW_DUPLICATE. */
export const connectionWorkflowId = (id: ConnectionId): string => `connection/${id}`;
/** Schedule of a connection's syncs; its workflows' ids begin with it. */
export const syncScheduleId = (id: ConnectionId): string => `sync/${id}`;
/** Only one workflow holds a platform's breaker. */
export const breakerWorkflowId = (platform: string): string => `breaker/${platform}`;
export const importWorkflowId = (id: ImportId): string => `import/${id}`;
export const fleetRunWorkflowId = (id: FleetRunId): string => `fleet-run/${id}`;
/** From the callback to the end of its claim. Start with USE_EXISTING. */
export const installWorkflowId = (id: InstallId): string => `install/${id}`;
/** From a shop's first message to its second, and to its connection where it has one. */
export const shopRegistrationWorkflowId = (id: InstallId): string => `shop-registration/${id}`;
/** One request for temporary credentials. */
export const temporaryCredentialsWorkflowId = (id: AuthorizationId): string => `temporary/${id}`;
/** One a request of a platform to erase or to report. */
export const privacyWorkflowId = (id: PrivacyRequestId): string => `privacy/${id}`;
/** The Temporal schedule of the sweep, and the prefix of its workflows' ids. */
export const SWEEP_SCHEDULE_ID = 'sweep';

/**
 * All callers of one attempt share this update id; the epoch (connections.epoch) makes a new attempt a new id.
 * Uniqueness does not cross continue-as-new: the handler's first line is what makes that correct.
 */
export const ensureFreshUpdateId = (generation: number, epoch: number): string =>
  `ensure-fresh/${generation}/${epoch}`;

export interface ConnectionInput {
  readonly tenantId: TenantId;
  readonly connectionId: ConnectionId;
}

export interface SyncStoreInput {
  readonly tenantId: TenantId;
  readonly connectionId: ConnectionId;
}

export interface BreakerInput {
  readonly platform: string;
}

export interface ImportInput {
  readonly importId: ImportId;
  /** set when the run before saw the upload's end */
  readonly isRead?: boolean;
}

/** Told to an import once its upload was read. */
export const IMPORT_READ_SIGNAL = 'importRead';

export interface FleetRunInput {
  readonly fleetRunId: FleetRunId;
  /** where the run before was */
  readonly stage?: FleetStage;
  readonly pausedBy?: string | null;
}

export const FLEET_SIGNALS = { pauseRun: 'pauseRun', resumeRun: 'resumeRun', stopRun: 'stopRun' } as const;

export interface FleetSignalInput {
  readonly by: string;
}

export const UPDATES = {
  authorize: 'authorize',
  decideMove: 'decideMove',
  ensureFresh: 'ensureFresh',
  refreshNow: 'refreshNow',
  upgradeCredential: 'upgradeCredential',
  exchangeInstall: 'exchangeInstall',
  answerRegistration: 'answerRegistration',
  confirmRegistration: 'confirmRegistration',
} as const;

export interface AuthorizeInput {
  readonly authorizationId: AuthorizationId;
  /** Connect without a browser: a refusal removes the connection that was made for it. */
  readonly discardOnRefusal?: boolean;
}

/** What somebody decided about the move that waits. */
export interface DecideMoveInput {
  readonly authorizationId: AuthorizationId;
  readonly decision: 'confirm' | 'refuse';
  readonly by: string;
}

export type AuthorizeOutcome =
  | { readonly outcome: 'authorized' }
  /** proved, and waiting until somebody confirms the new address */
  | { readonly outcome: 'move_proposed'; readonly authorizationId: AuthorizationId }
  | { readonly outcome: 'move_ended' }
  | {
      readonly outcome: 'refused';
      readonly code: ErrorCode;
      readonly message: string;
      readonly fields?: readonly FieldError[];
      /** what the platform said, redacted */
      readonly detail?: Readonly<Record<string, string | number | boolean | readonly string[]>>;
    };

/** An install whose code is exchanged before anybody claims it. */
export interface InstallInput {
  readonly installId: InstallId;
  /** until when it can be claimed */
  readonly expiresAtMs: number;
}

export type InstallOutcome =
  | { readonly outcome: 'exchanged' }
  /** only a tenant has an app there: exchanged when it is claimed */
  | { readonly outcome: 'left' }
  | { readonly outcome: 'refused'; readonly code: ErrorCode; readonly message: string };

interface Refused {
  readonly outcome: 'refused';
  readonly code: ErrorCode;
  readonly message: string;
}

/** `proof`: the code that the shop knows us by; it is sent to whoever asked and no secret. */
export type RegistrationAnswer = { readonly outcome: 'answered'; readonly proof: string | null } | Refused;

/** `again`: the shop was connected before, and its connection takes the new keys as this attempt. */
export type RegistrationConfirmed =
  | {
      readonly outcome: 'confirmed';
      readonly again: (ConnectionInput & { readonly authorizationId: AuthorizationId }) | null;
    }
  | Refused;

/** OAuth 1.0a § 2.1, before the browser leaves. */
export interface TemporaryCredentialsInput extends ConnectionInput {
  readonly authorizationId: AuthorizationId;
  /** where the browser comes back to, without our state */
  readonly callbackUrl: string;
}

/** `requestToken` is the identifier that the browser carries in its address; its secret is sealed. */
export type TemporaryOutcome = { readonly outcome: 'issued'; readonly requestToken: string } | Refused;

/** A request of a platform to erase or to report. */
export interface PrivacyInput {
  readonly privacyRequestId: PrivacyRequestId;
  /** until when a report can be fetched */
  readonly dueAtMs: number;
}

export interface EnsureFreshInput {
  readonly afterGeneration: number;
}

/** The update that asks for it, as every caller of this attempt sends it. */
export function ensureFreshUpdate(after: { readonly generation: number; readonly epoch: number }): {
  args: [EnsureFreshInput];
  updateId: string;
} {
  return {
    args: [{ afterGeneration: after.generation }],
    updateId: ensureFreshUpdateId(after.generation, after.epoch),
  };
}

/** A credential of one kind is to become one of another; the same update id joins the attempt under way. */
export interface UpgradeCredentialInput {
  readonly from: string;
  readonly to: string;
  readonly requestedBy: string;
}

export interface RefreshNowInput {
  readonly requestedBy: string;
}

export const SIGNALS = {
  pause: 'pause',
  resume: 'resume',
  revoke: 'revoke',
  runReported: 'runReported',
  uninstalled: 'uninstalled',
  registrationChanged: 'registrationChanged',
  settingsChanged: 'settingsChanged',
  breakerOpened: 'breakerOpened',
  breakerClosed: 'breakerClosed',
} as const;

export interface PauseInput {
  readonly by: string;
}

export interface ResumeInput {
  readonly by: string;
}

/** The fence is in Postgres before this is sent; the workflow writes it again where it is not. */
export interface RevokeInput {
  readonly by: string;
  /** false: destroy now, without asking the platform */
  readonly upstream: boolean;
  /** true: the records too */
  readonly erase: boolean;
}

/** How a sync run went, told once, at its end. */
export type RunHealth =
  | {
      readonly status: 'ok';
      /** resources the platform no longer lets us read, with the reason; the rest ran */
      readonly stopped?: Readonly<Partial<Record<Resource, string>>>;
      /** how many resources still run; 0 means the grant is too narrow to be of use */
      readonly running?: number;
    }
  | {
      readonly status: 'failed';
      readonly code: ErrorCode;
      /** generation of the credential that failed; an older one than ours proves nothing */
      readonly generation?: number;
      readonly retryAtMs?: number;
      /** a 401 on a token that our clock calls fresh */
      readonly freshByOurClock?: boolean;
    };

export interface RunReportedInput {
  readonly runId: string;
  readonly finishedAtMs: number;
  readonly health: RunHealth;
}

/** A platform told that our app was removed; when, by its clock. */
export interface UninstalledInput {
  readonly atMs: number;
}

export interface RegistrationChangedInput {
  readonly version: number;
}

export const QUERIES = { describe: 'describe' } as const;

/** What the workflow knows, in public words. */
export interface ConnectionSummary {
  readonly state: PublicState;
  readonly lifecycle: string;
  readonly seq: number;
  readonly generation: number;
  readonly epoch: number;
  readonly sinceMs: number;
  readonly expiresAtMs: number | null;
  readonly nextRefreshAtMs: number | null;
  readonly nextTryAtMs: number | null;
  readonly pausedBy: string | null;
  readonly reauthReason: string | null;
  readonly healthCause: string | null;
}
