// Rules about how a connection ends, and how a new run takes over: never approved, revoked, uninstalled, given up. Revoking wins over
// everything else.
import type { ConnectionState, Rule, Step } from './connection.ts';
import { scheduleNote } from './connection-schedule.ts';
import { only, startProbe } from './connection-steps.ts';

/** What the run before had wished for may not have been done: the schedule is set again, a revocation begun again. */
export const restored: Rule<'restored'> = (state) => {
  if (state.lifecycle.name === 'revoking') return revoking(state, state.lifecycle);
  const pausedNote = scheduleNote(state);
  return pausedNote === undefined ? null : only(state, { type: 'set_schedule', pausedNote });
};

/** An authorization already under way may still succeed: the deadline waits for its answer. */
export const connectDeadlinePassed: Rule<'connect_deadline_passed'> = (state) => {
  if (state.lifecycle.name !== 'connecting' || state.work.authorizing) return null;
  return only(
    { ...state, lifecycle: { name: 'abandoned', because: 'deadline' } },
    { type: 'discard', row: false },
  );
};

export const reminderCameDue: Rule<'reminder_came_due'> = (state) => {
  if (state.lifecycle.name !== 'reauth_required') return null;
  const { lifecycle } = state;
  return only({ ...state, lifecycle: { ...lifecycle, remindersSent: lifecycle.remindersSent + 1 } });
};

export const givenUp: Rule<'given_up'> = (state) => {
  if (state.lifecycle.name !== 'reauth_required') return null;
  return revoking(state, { by: 'settings', upstream: true, erase: false });
};

/** Late when older than the grant. Otherwise a probe decides, because a notification may also be about an earlier install. */
export const uninstalled: Rule<'uninstalled'> = (state, event) => {
  if (state.lifecycle.name === 'reauth_required') {
    // The dead grant may be what the uninstall did: it is late only when it is about an earlier grant.
    return event.uninstalledAtMs < (state.lifecycle.grantedAtMs ?? state.lifecycle.sinceMs)
      ? null
      : revoking(state, { by: 'platform', upstream: false, erase: false });
  }
  if (state.lifecycle.name !== 'active') return null;
  if (event.uninstalledAtMs < state.lifecycle.credential.grantedAtMs) return null;
  return startProbe(state, 'uninstall');
};

export const revokeRequested: Rule<'revoke_requested'> = (state, event) => {
  switch (state.lifecycle.name) {
    case 'connecting':
      return only(
        { ...state, lifecycle: { name: 'abandoned', because: 'revoked' } },
        { type: 'discard', row: false },
      );
    case 'active':
    case 'reauth_required':
      return revoking(state, event);
    case 'revoking':
      // «destroy now» while the platform is still being asked: no longer waits for it
      if (event.upstream || !state.lifecycle.upstream) return null;
      return only({ ...state, lifecycle: { ...state.lifecycle, upstream: false } });
    case 'revoked':
    case 'abandoned':
      return null;
  }
};

function revoking(
  state: ConnectionState,
  wish: { readonly by: string; readonly upstream: boolean; readonly erase: boolean },
): Step {
  const { by, upstream, erase } = wish;
  return only(
    { ...state, lifecycle: { name: 'revoking', by, upstream, erase } },
    { type: 'revoke', upstream, erase, told: by === 'platform' },
  );
}

export const revocationFinished: Rule<'revocation_finished'> = (state, event) => {
  if (state.lifecycle.name !== 'revoking') return null;
  return only({ ...state, lifecycle: { name: 'revoked', upstream: event.upstream } });
};
