// Rules of an upgrade: a credential of one kind becomes one of another at the platform, mostly once and for ever. The old one stays good
// until a new one is saved, so that a failure moves nothing; a lost answer is settled by a probe of the old one, never by asking again.
import type { ConnectionState, Rule } from './connection.ts';
import type { Told } from './connection-events.ts';
import { degrade, idleRefresh, only, startProbe } from './connection-steps.ts';
import type { ErrorCode } from './errors.ts';

/** What an upgrade comes to, for whoever asked for it. */
export type UpgradeOutcome =
  /** `isProved`: a real call with the new credential worked */
  | { readonly outcome: 'upgraded'; readonly generation: number; readonly isProved: boolean }
  | { readonly outcome: 'already'; readonly generation: number }
  /** nothing changed; the same may work later */
  | { readonly outcome: 'retry_later'; readonly code: ErrorCode; readonly retryAtMs: number | null }
  /** nothing changed, and nothing will by itself */
  | { readonly outcome: 'refused'; readonly code: ErrorCode }
  | { readonly outcome: 'reauth_required'; readonly reason: string }
  | { readonly outcome: 'revoked' };

/** The answer where nothing is to be sent; null: an exchange may begin. Only a connection in full health is upgraded. */
export function upgradeStanding(
  state: ConnectionState,
  wish: { readonly from: string; readonly to: string },
): UpgradeOutcome | null {
  const { lifecycle, health, generation } = state;
  switch (lifecycle.name) {
    case 'connecting':
      return { outcome: 'refused', code: 'connection_not_active' };
    case 'reauth_required':
      return { outcome: 'reauth_required', reason: lifecycle.reason };
    case 'revoking':
    case 'revoked':
    case 'abandoned':
      return { outcome: 'revoked' };
    case 'active': {
      const { kind } = lifecycle.credential;
      if (kind === wish.to) return { outcome: 'already', generation };
      if (kind !== wish.from) return { outcome: 'refused', code: 'upgrade_unavailable' };
      if (health.status === 'degraded')
        return { outcome: 'retry_later', code: 'connection_not_active', retryAtMs: health.nextTryAtMs };
      if (state.heldSinceMs !== null)
        return { outcome: 'retry_later', code: 'connection_not_active', retryAtMs: null };
      return null;
    }
  }
}

/** Takes the credential's lock as a refresh does: neither runs beside the other. */
export const upgradeStarted: Rule<'upgrade_started'> = (state) => {
  if (state.lifecycle.name !== 'active' || state.heldSinceMs !== null) return null;
  if (state.work.refreshing || state.work.authorizing) return null;
  return only({ ...state, work: { ...state.work, refreshing: true } });
};

/** Durable already: the activity saved it by compare-and-set. */
export const upgraded: Rule<'upgraded'> = (state, event) => {
  if (state.lifecycle.name === 'revoking') return null;
  const idle = idleRefresh(state, event.epoch);
  if (event.generation <= state.generation || state.lifecycle.name !== 'active') return only(idle);
  const { grantedAtMs } = state.lifecycle.credential;
  return only({
    ...idle,
    lifecycle: { name: 'active', credential: { ...event.credential, grantedAtMs } },
    renew: event.renew,
    sameTokenAgain: event.sameTokenAgain,
    generation: event.generation,
    answerLost: false,
  });
};

/** The old credential is as good as before. Where the platform called it dead, a probe says so, not the exchange. */
export const upgradeFailed: Rule<'upgrade_failed'> = (state, event) => {
  const idle = idleRefresh(state, event.epoch);
  return event.isDoubted ? (startProbe(idle, 'health') ?? only(idle)) : only(idle);
};

/** Sent, and no answer: the old credential works still, or it was used up and nobody has the new one. */
export const upgradeAnswerLost: Rule<'upgrade_answer_lost'> = (state, event) => {
  const lost = { ...idleRefresh(state, event.epoch), answerLost: true };
  if (state.lifecycle.name !== 'active') return only(lost);
  const degraded = degrade(lost, 'platform_unreachable', { retry: 'lost_answer', atMs: event.atMs });
  return startProbe(degraded, 'lost_answer') ?? only(degraded);
};

type UpgradeAnswer =
  | {
      readonly outcome: 'refreshed';
      readonly generation: number;
      readonly epoch: number;
      readonly credential: Extract<Told, { type: 'upgraded' }>['credential'];
      readonly renew: ConnectionState['renew'];
      readonly sameTokenAgain: boolean;
    }
  | { readonly outcome: 'failed' | 'dead' | 'lost' | 'unreadable' | 'discarded'; readonly epoch: number };

/** What became of an upgrade's exchange. */
export function upgradeEvent(answer: UpgradeAnswer): Told {
  const { epoch } = answer;
  switch (answer.outcome) {
    case 'refreshed': {
      const { outcome: _, ...told } = answer;
      return { type: 'upgraded', ...told };
    }
    case 'failed':
    case 'discarded':
      return { type: 'upgrade_failed', epoch, isDoubted: false };
    case 'dead':
      return { type: 'upgrade_failed', epoch, isDoubted: true };
    case 'lost':
      return { type: 'upgrade_answer_lost', epoch };
    case 'unreadable':
      return { type: 'secret_did_not_open', epoch };
  }
}
