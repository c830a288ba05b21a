// What follows from a transition whatever its event was: rows, the schedule, the alert, the exchange.
import { describe, expect, test } from 'vitest';
import type { ConnectionState } from '../../domain/connection.ts';
import type { Told } from '../../domain/connection-events.ts';
import { scheduleNote } from '../../domain/connection-schedule.ts';
import {
  ACTIVE,
  CONNECTING,
  down,
  effectNames,
  failedRun,
  live,
  REAUTH,
  REFRESHED,
  REFRESHING,
  RETRY,
  REVOKING,
} from './connection-fixtures.ts';

describe('what follows from a transition', () => {
  const notes: readonly (readonly [string, ConnectionState, string | null | undefined])[] = [
    ['a connection that works syncs', ACTIVE, null],
    ['one that needs approval does not, and says why', REAUTH, 'reauth_required: grant_dead'],
    ['nor does a paused one', live(ACTIVE, [{ type: 'paused', by: 'key_01' }]).state, 'paused by key_01'],
    [
      'one held by the breaker waits',
      live(ACTIVE, [{ type: 'breaker_opened' }]).state,
      'degraded: platform_breaker',
    ],
    ['passing trouble does not stop the next run', live(REFRESHING, [down]).state, null],
    ['there is no schedule before the approval', CONNECTING, undefined],
    ['and none once it ends', REVOKING, undefined],
  ];
  test.each(notes)('the schedule: %s', (_why, state, note) => {
    expect(scheduleNote(state)).toBe(note);
  });

  test('a change of the public state writes the projection with its event', () => {
    const step = live(REFRESHING, [{ type: 'grant_died', generation: 1, epoch: 1 }]);
    expect(step.effects[0]).toEqual({
      type: 'write_projection',
      events: [
        {
          type: 'connection.reauth_required',
          data: { state: 'reauth_required', from: 'active', because: 'grant_dead' },
        },
      ],
    });
    expect(effectNames(step)).toEqual(['write_projection', 'set_schedule', 'weigh_breaker']);
  });

  test('an ordinary refresh asks for nothing but the exchange', () => {
    expect(effectNames(live(ACTIVE, [{ type: 'refresh_came_due' }]))).toEqual(['refresh']);
    expect(effectNames(live(REFRESHING, [REFRESHED]))).toEqual([]);
  });

  test('a first approval refused for good is told, and what it sealed is destroyed', () => {
    const step = live(CONNECTING, [
      { type: 'authorization_started' },
      { type: 'authorization_refused', code: 'shop_already_connected', discard: false },
    ]);
    expect(step.effects).toEqual([
      {
        type: 'write_projection',
        events: [
          {
            type: 'connection.abandoned',
            data: { state: 'abandoned', from: 'connecting', because: 'refused' },
          },
        ],
      },
      { type: 'discard', row: false },
    ]);
  });

  test('recovering is told as such', () => {
    const [projection] = live(REFRESHING, [down, RETRY, REFRESHED]).effects;
    expect(projection).toMatchObject({ events: [{ type: 'connection.recovered' }] });
  });

  test('one alert a rejected registration: only its first failure reports', () => {
    const rejected: Told = { type: 'refresh_failed', epoch: 1, failure: { code: 'registration_rejected' } };
    expect(effectNames(live(REFRESHING, [rejected]))).toContain('report_registration');
    expect(effectNames(live(REFRESHING, [rejected, RETRY, rejected]))).not.toContain('report_registration');
  });

  test('a doubt that follows on another trouble is weighed too', () => {
    const degraded = live(REFRESHING, [down]).state;
    expect(effectNames(live(degraded, [failedRun('credential_expired')]))).toContain('weigh_breaker');
  });

  test('at most one exchange is under way', () => {
    expect(effectNames(live(REFRESHING, [{ type: 'refresh_requested', by: 'use' }]))).toEqual([]);
  });

  test('«destroy now» does not wait for the platform any longer', () => {
    const { state } = live(REVOKING, [
      { type: 'revoke_requested', by: 'key_01', upstream: false, erase: false },
    ]);
    expect(state.lifecycle).toMatchObject({ name: 'revoking', upstream: false });
  });
});
