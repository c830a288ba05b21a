// What the lifecycle's workflows may ask for: names and plain-JSON payloads, no code. Names are wire format. No payload holds a secret
// or personal data: histories keep them.
import type { CredentialFacts, ProbeReason, Timings, UpstreamRevocation } from '../domain/connection.ts';
import type { Projection, StoredConnection } from '../domain/connection-projection.ts';
import type { ErrorCode, FieldError } from '../domain/errors.ts';
import type { AuthorizationId, ConnectionId, InstallId, TenantId } from '../domain/ids.ts';
import type {
  InstallOutcome,
  RegistrationAnswer,
  RegistrationConfirmed,
  TemporaryCredentialsInput,
  TemporaryOutcome,
} from '../workflows/messages.ts';

export interface ConnectionRef {
  readonly tenantId: TenantId;
  readonly connectionId: ConnectionId;
}

export interface CompleteAuthorizationInput extends ConnectionRef {
  readonly authorizationId: AuthorizationId;
  /** A refusal must leave nothing: too few scopes are then a refusal too. */
  readonly discardOnRefusal: boolean;
  /** Who confirmed the move that this attempt waits for; absent: it is exchanged for the first time. */
  readonly confirmedBy?: string;
}

/** A further shop of an approval for several: its attempt is sealed and waits for its own workflow. */
export interface FurtherShop {
  readonly connectionId: ConnectionId;
  readonly authorizationId: AuthorizationId;
  /** made for this attempt: a refusal removes it */
  readonly isNew: boolean;
}

export type AuthorizationResult =
  | {
      readonly outcome: 'authorized';
      readonly generation: number;
      readonly credential: CredentialFacts;
      readonly renew: 'ahead' | 'on_use' | 'none';
      readonly sameTokenAgain: boolean;
      readonly missingScopes: readonly string[];
      /** further shops of the same approval, each to be asked for by its own workflow */
      readonly shares?: readonly FurtherShop[];
    }
  /** proved at another address, and kept until somebody confirms it */
  | {
      readonly outcome: 'move_proposed';
      readonly authorizationId: AuthorizationId;
      readonly untilMs: number;
    }
  | {
      readonly outcome: 'refused';
      readonly code: ErrorCode;
      readonly message: string;
      readonly fields?: readonly FieldError[];
      readonly detail?: Readonly<Record<string, string | number | boolean | readonly string[]>>;
      /** a confirmation that failed for a passing reason: the move waits on */
      readonly isStillWaiting?: boolean;
    };

export interface EndMoveInput extends ConnectionRef {
  readonly authorizationId: AuthorizationId;
  readonly because: 'refused' | 'expired';
  readonly by: string;
}

export interface AttemptInput extends ConnectionRef {
  readonly generation: number;
  readonly epoch: number;
  /** the number of the transition that began the attempt; the timeline's row is written with the outcome */
  readonly seq: number;
  readonly grantedAtMs: number;
}

/** Every outcome but `lost` is durable, with the attempt's number, before it is told. */
export type RefreshResult =
  | {
      readonly outcome: 'refreshed';
      readonly generation: number;
      readonly epoch: number;
      readonly credential: CredentialFacts;
    }
  | {
      readonly outcome: 'failed';
      readonly epoch: number;
      readonly code: ErrorCode;
      readonly retryAtMs?: number;
      /** nothing was sent: an exchange before may still be on its way, until `retryAtMs` */
      readonly isUnsent?: true;
    }
  | {
      readonly outcome: 'dead';
      readonly epoch: number;
      readonly generation: number;
      /** the platform says that our app was removed */
      readonly isUninstalled?: true;
    }
  | { readonly outcome: 'unreadable'; readonly epoch: number }
  | { readonly outcome: 'discarded'; readonly epoch: number }
  | {
      readonly outcome: 'lost';
      readonly epoch: number;
      /** from when nothing of it can be on its way any more */
      readonly clearsAtMs?: number;
    };

export interface UpgradeInput extends AttemptInput {
  readonly platform: string;
  readonly from: string;
  readonly to: string;
  /** the fleet run or request that asked */
  readonly requestedBy: string;
}

/** As a refresh, with how the new kind is renewed. */
export type UpgradeResult =
  | Exclude<RefreshResult, { readonly outcome: 'refreshed' }>
  | (Extract<RefreshResult, { readonly outcome: 'refreshed' }> & {
      readonly renew: 'ahead' | 'on_use' | 'none';
      readonly sameTokenAgain: boolean;
    });

export interface ProbeInput extends ConnectionRef {
  readonly generation: number;
  readonly reason: ProbeReason;
}

export type ProbeResult =
  | { readonly outcome: 'works'; readonly generation: number }
  | {
      readonly outcome: 'failed';
      readonly generation: number;
      readonly code: ErrorCode;
      readonly retryAtMs?: number;
    };

export interface LifecycleActivities {
  loadConnection(input: ConnectionRef): Promise<StoredConnection | null>;
  reopenConnection(input: ConnectionRef): Promise<void>;
  readTimings(input: ConnectionRef): Promise<Timings>;
  completeAuthorization(input: CompleteAuthorizationInput): Promise<AuthorizationResult>;
  endMove(input: EndMoveInput): Promise<void>;
  beginShares(input: { readonly tenantId: TenantId; readonly shares: readonly FurtherShop[] }): Promise<void>;
  refreshCredential(input: AttemptInput): Promise<RefreshResult>;
  settleLostRefresh(input: AttemptInput): Promise<RefreshResult>;
  upgradeCredential(input: UpgradeInput): Promise<UpgradeResult>;
  settleLostUpgrade(input: UpgradeInput): Promise<UpgradeResult>;
  probeConnection(input: ProbeInput): Promise<ProbeResult>;
  writeProjection(input: Projection): Promise<void>;
  setSchedule(input: ConnectionRef & { readonly pausedNote: string | null }): Promise<void>;
  removeSchedule(input: ConnectionRef): Promise<void>;
  cancelRuns(input: ConnectionRef): Promise<void>;
  fence(input: ConnectionRef): Promise<void>;
  revokeUpstream(input: ConnectionRef): Promise<Exclude<UpstreamRevocation, 'unconfirmed'>>;
  destroyCredential(input: ConnectionRef & { readonly erase: boolean }): Promise<void>;
  discardConnection(input: ConnectionRef & { readonly row: boolean }): Promise<void>;
  reportRegistration(input: ConnectionRef): Promise<void>;
  weighBreaker(input: { readonly platform: string }): Promise<void>;
  tellPlatform(input: {
    readonly platform: string;
    readonly signal: 'breakerOpened' | 'breakerClosed';
  }): Promise<number>;
  probeCanaries(input: { readonly platform: string }): Promise<boolean>;
  closeBreaker(input: { readonly platform: string }): Promise<void>;
  exchangeInstall(input: { readonly installId: InstallId }): Promise<InstallOutcome>;
  endInstall(input: { readonly installId: InstallId }): Promise<void>;
  answerRegistration(input: { readonly installId: InstallId }): Promise<RegistrationAnswer>;
  confirmRegistration(input: { readonly installId: InstallId }): Promise<RegistrationConfirmed>;
  reconnectShop(input: ConnectionRef & { readonly authorizationId: AuthorizationId }): Promise<void>;
  askTemporary(input: TemporaryCredentialsInput): Promise<TemporaryOutcome>;
  sweep(): Promise<SweepReport>;
}

/** What one sweep found and mended; counts only. */
export interface SweepReport {
  readonly connections: number;
  readonly workflowsRestarted: number;
  readonly schedulesCreated: number;
  readonly schedulesSet: number;
  readonly schedulesRemoved: number;
  readonly stuck: number;
  /** connections whose kept records went */
  readonly recordsErased: number;
  readonly tenantsErased: number;
  readonly idempotencyKeysPurged: number;
  /** of client registrations, their overlap over */
  readonly clientSecretsDestroyed: number;
  readonly connectSessionsPurged: number;
  readonly authorizationsExpired: number;
  readonly deliveriesPurged: number;
  readonly endpointSecretsDestroyed: number;
  /** moved under the newest key-encrypting key */
  readonly dataKeysRewrapped: number;
}
