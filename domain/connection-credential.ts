// Rules about the grant and its renewal: authorized, refreshed, lost, dead. A transient failure never counts against the grant,
// and an answer of an older generation never speaks about a newer one.
import type { ConnectionState, Health, Rule, Step } from './connection.ts';
import { waitingMove } from './connection-move.ts';
import {
  afterFlight,
  causeOf,
  degrade,
  HEALTHY,
  idleRefresh,
  only,
  requireReauth,
  startProbe,
  startRefresh,
  uninstalledForSure,
  waitForFlight,
} from './connection-steps.ts';
import type { ErrorCode } from './errors.ts';

export const authorizationStarted: Rule<'authorization_started'> = (state) => {
  if (state.lifecycle.name === 'revoking' || state.work.authorizing) return null;
  return only({ ...state, work: { ...state.work, authorizing: true } });
};

/** A new grant replaces whatever there was; a refresh still in flight will fail its compare-and-set. */
export const authorized: Rule<'authorized'> = (state, event) => {
  if (state.lifecycle.name === 'revoking') return null;
  if (event.generation < state.generation) {
    return only({ ...state, work: { ...state.work, authorizing: false } });
  }
  const granted: ConnectionState = {
    ...state,
    lifecycle: { name: 'active', credential: event.credential },
    renew: event.renew,
    sameTokenAgain: event.sameTokenAgain,
    generation: event.generation,
    answerLost: false,
    health: HEALTHY,
    stopped: {},
    work: { ...state.work, authorizing: false },
    // A newer grant is the answer to whatever still waited; the attempt behind it was dropped where this one was saved.
    ...(waitingMove(state) === null ? {} : { move: null }),
  };
  if (event.missingScopes.length === 0) return only(granted);
  return only(requireReauth(granted, 'scope_missing', event.atMs));
};

export const authorizationRefused: Rule<'authorization_refused'> = (state, event) => {
  const idle = { ...state, work: { ...state.work, authorizing: false } };
  if (state.lifecycle.name !== 'connecting') return only(idle);
  if (event.discard) return abandoned(idle, 'discarded', state.generation === 0);
  return REFUSED_FOR_GOOD.has(event.code) ? abandoned(idle, 'refused', false) : only(idle);
};

function abandoned(state: ConnectionState, because: 'refused' | 'discarded', row: boolean): Step {
  return only({ ...state, lifecycle: { name: 'abandoned', because } }, { type: 'discard', row });
}

/** No other approval of this shop would do better. After any other refusal the merchant may try again, and the connection waits. */
const REFUSED_FOR_GOOD: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'shop_already_connected',
  'shop_mismatch',
]);

export const refreshCameDue: Rule<'refresh_came_due'> = (state) => startRefresh(state);

export const refreshRequested: Rule<'refresh_requested'> = (state) => startRefresh(state);

/** Durable already: the activity saved it by compare-and-set. Its late arrival after a revoke is discarded there and here. */
export const refreshed: Rule<'refreshed'> = (state, event) => {
  if (state.lifecycle.name === 'revoking') return null;
  const idle = idleRefresh(state, event.epoch);
  if (event.generation <= state.generation) return only(idle);
  const grantedAtMs =
    state.lifecycle.name === 'active' ? state.lifecycle.credential.grantedAtMs : event.credential.grantedAtMs;
  return only({
    ...idle,
    lifecycle: { name: 'active', credential: { ...event.credential, grantedAtMs } },
    generation: event.generation,
    answerLost: false,
    health: afterRefresh(state.health),
  });
};

/** A new token says nothing about a shop that is closed, or about why the last fresh one was refused: a probe does, not a further refresh. */
function afterRefresh(health: Health): Health {
  if (health.status === 'ok') return HEALTHY;
  const isProved = health.cause !== 'credential_doubted' && health.cause !== 'shop_unavailable';
  return isProved ? HEALTHY : { ...health, retry: 'health' };
}

export const refreshFailed: Rule<'refresh_failed'> = (state, event) => {
  const idle = idleRefresh(state, event.epoch);
  const { failure, atMs } = event;
  const cause = causeOf(failure) ?? 'internal';
  if (event.isUnsent === true)
    return only(waitForFlight(idle, cause, { atMs, clearsAtMs: failure.retryAtMs }));
  return only(degrade(idle, cause, { retry: 'refresh', atMs, notBeforeMs: failure.retryAtMs }));
};

/** Another writer was first, or the fence fell: what came back is nobody's any more. */
export const refreshDiscarded: Rule<'refresh_discarded'> = (state, event) =>
  only(idleRefresh(state, event.epoch));

/** Sent, and no answer: the refresh token may be used up. The same one again where the platform allows it, else a probe decides. */
export const refreshAnswerLost: Rule<'refresh_answer_lost'> = (state, event) => {
  const lost = { ...idleRefresh(state, event.epoch), answerLost: true };
  if (state.lifecycle.name !== 'active') return only(lost);
  const retry = state.sameTokenAgain ? 'refresh' : 'lost_answer';
  const firstTryAtMs = afterFlight(event);
  const degraded = degrade(lost, 'platform_unreachable', { retry, atMs: event.atMs, firstTryAtMs });
  return state.sameTokenAgain ? only(degraded) : (startProbe(degraded, 'lost_answer') ?? only(degraded));
};

export const refreshTokenExpired: Rule<'refresh_token_expired'> = (state, event) => {
  if (state.lifecycle.name !== 'active') return null;
  return only(requireReauth(state, 'refresh_token_expired', event.atMs));
};

/** The activity re-read the row before it said so; a generation that moved meanwhile makes it a lost race, not a dead grant. */
export const grantDied: Rule<'grant_died'> = (state, event) => {
  const idle = event.epoch === undefined ? state : idleRefresh(state, event.epoch);
  if (state.lifecycle.name !== 'active' || event.generation < state.generation) {
    return event.epoch === undefined ? null : only(idle);
  }
  if (event.isUninstalled === true) return uninstalledForSure(idle);
  return only(requireReauth(idle, state.answerLost ? 'refresh_outcome_unknown' : 'grant_dead', event.atMs));
};

export const secretDidNotOpen: Rule<'secret_did_not_open'> = (state, event) => {
  const idle = idleRefresh(state, event.epoch);
  if (state.lifecycle.name !== 'active') return only(idle);
  return only(requireReauth(idle, 'credential_unreadable', event.atMs));
};
