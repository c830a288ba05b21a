// Why a connection is as it is, who must act, and what to do: one table over reasons, for the API, the card in Temporal's UI and the
// merchant's page. Pure; says nothing a user may not read.
import type { ConnectionState, DegradedCause, ReauthReason } from './connection.ts';
import { waitingMove } from './connection-move.ts';
import type { ErrorCode } from './errors.ts';

export type Action =
  | 'none'
  | 'wait'
  | 'approve'
  | 'widen_scopes'
  | 'fix_shop'
  | 'fix_registration'
  | 'confirm_move'
  | 'contact_platform';

export type DiagnosisActor = 'merchant' | 'vendor' | 'platform' | 'nobody';

export interface Diagnosis {
  readonly action: Action;
  readonly actor: DiagnosisActor;
  readonly because: string;
  readonly nextTryAtMs: number | null;
}

type Finding = Omit<Diagnosis, 'nextTryAtMs'>;

const REAUTH: Readonly<Record<ReauthReason, Finding>> = {
  grant_dead: {
    action: 'approve',
    actor: 'merchant',
    because: 'The platform says that the grant is no longer valid. Only a new approval helps.',
  },
  scope_missing: {
    action: 'widen_scopes',
    actor: 'merchant',
    because: 'The merchant granted fewer scopes than the connection needs.',
  },
  refresh_token_expired: {
    action: 'approve',
    actor: 'merchant',
    because: 'The refresh token reached its own end before a refresh succeeded.',
  },
  refresh_outcome_unknown: {
    action: 'approve',
    actor: 'merchant',
    because: 'The answer to a refresh was lost and the platform no longer takes the earlier token.',
  },
  credential_rejected: {
    action: 'approve',
    actor: 'merchant',
    because: 'The platform refused a credential that is fresh by our clock, three times in a row.',
  },
  credential_unreadable: {
    action: 'approve',
    actor: 'merchant',
    because:
      'The stored secret does not open. The operator should look at the keys; the merchant must approve again.',
  },
};

const DEGRADED: Readonly<Record<DegradedCause | 'platform_breaker', Finding>> = {
  platform_down: {
    action: 'wait',
    actor: 'platform',
    because: 'The platform answers with errors of its own. The grant is not in doubt.',
  },
  platform_rate_limited: {
    action: 'wait',
    actor: 'nobody',
    because: 'The platform asked to slow down.',
  },
  platform_unreachable: {
    action: 'wait',
    actor: 'platform',
    because: 'The platform cannot be reached.',
  },
  platform_answer_invalid: {
    action: 'contact_platform',
    actor: 'platform',
    because: 'The platform answers something that is not its documented form.',
  },
  registration_rejected: {
    action: 'fix_registration',
    actor: 'vendor',
    because: 'The platform refuses our client id or secret. The merchant has nothing to do.',
  },
  shop_unavailable: {
    action: 'fix_shop',
    actor: 'merchant',
    because: 'The shop is frozen, closed or cannot be reached. It is tried again every hour.',
  },
  credential_doubted: {
    action: 'wait',
    actor: 'nobody',
    because:
      'The platform refused a credential that is fresh by our clock. It is probed before anybody is asked.',
  },
  internal: {
    action: 'wait',
    actor: 'nobody',
    because: 'Something failed on our side.',
  },
  platform_breaker: {
    action: 'wait',
    actor: 'platform',
    because: 'Too many connections of this platform fail at once. All wait until one of them works again.',
  },
};

/** A new grant lies ready: whoever waits for one, waits for this. */
const MOVE: Finding = {
  action: 'confirm_move',
  actor: 'vendor',
  because:
    'The shop was reconnected at another address, and its platform tells nothing to know the shop again by. Somebody must confirm or refuse it.',
};

/** The code of ours that a reason or a cause stands for, where platforms have words of their own about it. */
export function codeBehind({ lifecycle, healthCause, reauthReason, stopped }: Condition): ErrorCode | null {
  if (lifecycle === 'reauth_required') return CODE_BEHIND[reauthReason ?? ''] ?? null;
  if (lifecycle !== 'active') return null;
  return CODE_BEHIND[healthCause ?? (stopped.length > 0 ? 'scope_missing' : '')] ?? null;
}

const CODE_BEHIND: Readonly<Record<string, ErrorCode>> = {
  grant_dead: 'credential_dead',
  scope_missing: 'scope_missing',
  shop_unavailable: 'shop_unavailable',
  registration_rejected: 'registration_rejected',
};

/** What a projection row knows suffices; the workflow passes its state. */
export interface Condition {
  readonly lifecycle: ConnectionState['lifecycle']['name'];
  readonly pausedBy: string | null;
  readonly healthCause: string | null;
  readonly reauthReason: string | null;
  readonly nextTryAtMs: number | null;
  /** resources that are not synced, because the grant no longer covers them */
  readonly stopped: readonly string[];
  /** proved at another address, and waiting for somebody to confirm it */
  readonly isMoveWaiting?: boolean;
}

/** Who must do what, and because of what, by the workflow's own state. */
export function diagnose(state: ConnectionState): Diagnosis {
  const { lifecycle, health } = state;
  const degraded = health.status === 'degraded' ? health : null;
  return diagnoseCondition({
    lifecycle: lifecycle.name,
    pausedBy: state.pausedBy,
    healthCause: state.heldSinceMs !== null ? 'platform_breaker' : (degraded?.cause ?? null),
    reauthReason: lifecycle.name === 'reauth_required' ? lifecycle.reason : null,
    nextTryAtMs: state.heldSinceMs !== null ? null : (degraded?.nextTryAtMs ?? null),
    stopped: Object.keys(state.stopped),
    isMoveWaiting: waitingMove(state) !== null,
  });
}

/** The same of what a projection row knows. */
export function diagnoseCondition(condition: Condition): Diagnosis {
  return { ...find(condition), nextTryAtMs: condition.nextTryAtMs };
}

function find(condition: Condition): Finding {
  const { lifecycle, healthCause, reauthReason, pausedBy, isMoveWaiting = false } = condition;
  const isOver = lifecycle === 'revoking' || lifecycle === 'revoked' || lifecycle === 'abandoned';
  if (isMoveWaiting && !isOver) return MOVE;
  switch (lifecycle) {
    case 'connecting':
      return { action: 'approve', actor: 'merchant', because: 'The merchant has not approved yet.' };
    case 'reauth_required':
      return isKey(REAUTH, reauthReason) ? REAUTH[reauthReason] : REAUTH.grant_dead;
    case 'revoking':
      return { action: 'wait', actor: 'nobody', because: 'The connection is being revoked.' };
    case 'revoked':
      return { action: 'none', actor: 'nobody', because: 'The connection was revoked.' };
    case 'abandoned':
      return { action: 'none', actor: 'nobody', because: 'The connection was never approved.' };
    case 'active':
      if (isKey(DEGRADED, healthCause)) return DEGRADED[healthCause];
      if (pausedBy !== null) return { action: 'none', actor: 'vendor', because: 'Syncing is paused.' };
      if (condition.stopped.length > 0) return stoppedFinding(condition.stopped);
      return { action: 'none', actor: 'nobody', because: 'The connection works.' };
  }
}

function stoppedFinding(stopped: readonly string[]): Finding {
  return {
    action: 'widen_scopes',
    actor: 'merchant',
    because: `The grant no longer covers ${stopped.join(', ')}: not synced until the merchant approves it again. The rest is.`,
  };
}

function isKey<K extends string>(table: Readonly<Record<K, unknown>>, key: string | null): key is K {
  return key !== null && Object.hasOwn(table, key);
}
