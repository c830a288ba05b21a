// Rules about a shop that was reconnected at another address where the platform tells no key: the new grant waits until somebody who
// knows confirms it, and nothing else about the connection moves meanwhile.
import type { ConnectionState, Rule, WaitingMove } from './connection.ts';
import { only } from './connection-steps.ts';

/** How long a proved credential waits for somebody to confirm its address. */
export const MOVE_WAITS_MS = 7 * 86_400_000;

/** The move that waits; null where the connection is over, because its secrets go with it. */
export function waitingMove(state: ConnectionState): WaitingMove | null {
  const { name } = state.lifecycle;
  if (name === 'revoking' || name === 'revoked' || name === 'abandoned') return null;
  return state.move ?? null;
}

/** A later proposal takes the place of an earlier one, which was dropped where the later one was kept. */
export const moveProposed: Rule<'move_proposed'> = (state, event) => {
  const idle = withoutWork(state);
  if (state.lifecycle.name === 'revoking') return only(idle);
  const { authorizationId, untilMs, atMs: sinceMs } = event;
  return only({ ...idle, move: { authorizationId, sinceMs, untilMs } });
};

export const moveRefused: Rule<'move_refused'> = (state, event) => {
  const { authorizationId, by } = event;
  if (waitingMove(state)?.authorizationId !== authorizationId) return null;
  return only({ ...state, move: null }, { type: 'end_move', authorizationId, because: 'refused', by });
};

export const moveFailed: Rule<'move_failed'> = (state, event) => {
  const idle = withoutWork(state);
  return waitingMove(state)?.authorizationId === event.authorizationId
    ? only({ ...idle, move: null })
    : only(idle);
};

export const moveExpired: Rule<'move_expired'> = (state, event) => {
  const move = waitingMove(state);
  if (move === null || state.work.authorizing || event.atMs < move.untilMs) return null;
  const { authorizationId } = move;
  return only(
    { ...state, move: null },
    { type: 'end_move', authorizationId, because: 'expired', by: 'worker' },
  );
};

function withoutWork(state: ConnectionState): ConnectionState {
  return { ...state, work: { ...state.work, authorizing: false } };
}
