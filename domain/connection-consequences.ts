// What follows from a transition whatever its event was: the projection, the schedule's wish, the alert, the breaker's scales.
// Derived by comparing before and after, so that no rule can forget one.
import type { ConnectionState, Effect, OutboxEvent, PublicState } from './connection.ts';
import { publicState } from './connection.ts';
import { waitingMove } from './connection-move.ts';
import { scheduleNote } from './connection-schedule.ts';

/** Effects that any change from `before` to `after` calls for, in the order they must be performed. */
export function consequences(before: ConnectionState, after: ConnectionState): readonly Effect[] {
  const effects: Effect[] = [];
  if (visible(before) !== visible(after) && !isDiscarded(after)) {
    effects.push({ type: 'write_projection', events: outbox(before, after) });
  }
  const wish = scheduleNote(after);
  if (wish !== undefined && wish !== scheduleNote(before)) {
    effects.push({ type: 'set_schedule', pausedNote: wish });
  }
  if (causeOf(after) === 'registration_rejected' && causeOf(before) !== 'registration_rejected') {
    effects.push({ type: 'report_registration' });
  }
  if (isWorse(before, after)) effects.push({ type: 'weigh_breaker' });
  return effects;
}

/** A connection that was never authorized and whose caller was refused leaves nothing. */
function isDiscarded(state: ConnectionState): boolean {
  const { lifecycle } = state;
  return lifecycle.name === 'abandoned' && lifecycle.because === 'discarded' && state.generation === 0;
}

/** A renewed credential is told by its own transaction; a new grant is told here. */
function visible(state: ConnectionState): string {
  const { lifecycle, pausedBy, health, heldSinceMs, stopped } = state;
  const told = lifecycle.name === 'active' ? ['active', lifecycle.credential.grantedAtMs] : lifecycle;
  return JSON.stringify([told, pausedBy, health, heldSinceMs, stopped, waitingMove(state)]);
}

function causeOf(state: ConnectionState): string | null {
  return state.health.status === 'degraded' ? state.health.cause : null;
}

/** Whatever trouble begins is weighed, and so is a doubt that follows on another trouble; what counts is judged where it is weighed. */
function isWorse(before: ConnectionState, after: ConnectionState): boolean {
  if (!failing(after)) return false;
  return !failing(before) || (causeOf(after) === DOUBT && causeOf(before) !== DOUBT);
}

const DOUBT = 'credential_doubted';

function failing(state: ConnectionState): boolean {
  if (state.heldSinceMs !== null) return false;
  if (state.lifecycle.name === 'reauth_required') {
    return state.lifecycle.reason === 'grant_dead' || state.lifecycle.reason === 'credential_rejected';
  }
  return state.lifecycle.name === 'active' && state.health.status === 'degraded';
}

function outbox(before: ConnectionState, after: ConnectionState): readonly OutboxEvent[] {
  const from = publicState(before);
  const to = publicState(after);
  const reminder = remindersOf(after);
  if (reminder > remindersOf(before)) {
    return [{ type: 'connection.reminder', data: { state: to, because: reasonOf(after), reminder } }];
  }
  const moves = moveEvents(before, after);
  if (from === to && reasonOf(before) === reasonOf(after)) return moves;
  return [...moves, { type: eventName(from, to), data: { state: to, from, because: reasonOf(after) } }];
}

/** The address is not told here: it is in the connection itself. */
function moveEvents(before: ConnectionState, after: ConnectionState): readonly OutboxEvent[] {
  const was = waitingMove(before);
  const is = waitingMove(after);
  if (was?.authorizationId === is?.authorizationId) return [];
  const state = publicState(after);
  return [
    ...(was === null
      ? []
      : [{ type: 'connection.move_settled', data: { state, authorizationId: was.authorizationId } }]),
    ...(is === null
      ? []
      : [{ type: 'connection.move_proposed', data: { state, authorizationId: is.authorizationId } }]),
  ];
}

function remindersOf(state: ConnectionState): number {
  return state.lifecycle.name === 'reauth_required' ? state.lifecycle.remindersSent : 0;
}

function eventName(from: PublicState, to: PublicState): string {
  return from === 'degraded' && to === 'active' ? 'connection.recovered' : `connection.${to}`;
}

/** The word for why the public state is what it is; null where it needs none. */
export function reasonOf(state: ConnectionState): string | null {
  const { lifecycle } = state;
  if (lifecycle.name === 'reauth_required') return lifecycle.reason;
  if (lifecycle.name === 'abandoned') return lifecycle.because;
  if (lifecycle.name === 'revoked') return lifecycle.upstream;
  if (lifecycle.name !== 'active' || state.pausedBy !== null) return null;
  return state.heldSinceMs !== null ? 'platform_breaker' : causeOf(state);
}
