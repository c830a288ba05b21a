// What a connection waits for, and what it answers to «is it fresh?».
import { describe, expect, test } from 'vitest';
import type { ConnectionState } from '../../domain/connection.ts';
import type { Told } from '../../domain/connection-events.ts';
import { freshness, nextWake } from '../../domain/connection-wake.ts';
import {
  ABANDONED,
  ACTIVE,
  CONNECTING,
  described,
  down,
  effectNames,
  FACTS,
  failedRun,
  GRANT,
  HOUR,
  live,
  MINUTE,
  REAUTH,
  REFRESHED,
  REFRESHING,
  RETRY,
  REVOKING,
  refusedProbe,
  T0,
} from './connection-fixtures.ts';

describe('what a connection waits for', () => {
  test('a connect deadline, then a refresh ahead of the expiry, spread by its id', () => {
    expect(nextWake(CONNECTING)).toEqual({ type: 'connect_deadline_passed', atMs: T0 + 24 * HOUR });
    const wake = nextWake(ACTIVE);
    expect(wake?.type).toBe('refresh_came_due');
    expect(wake?.atMs).toBeLessThanOrEqual(T0 + HOUR - 12 * MINUTE);
    expect(wake?.atMs).toBeGreaterThan(T0 + HOUR - 24 * MINUTE);
  });

  test('only the refresh token’s end where use alone renews', () => {
    expect(nextWake({ ...ACTIVE, renew: 'on_use' })?.type).toBe('refresh_token_expired');
  });

  test('a Retry-After is honoured, however long', () => {
    const failure = { code: 'platform_rate_limited', retryAtMs: T0 + 5 * HOUR } as const;
    const { state } = live(REFRESHING, [{ type: 'refresh_failed', epoch: 1, failure }]);
    expect(nextWake(state)).toEqual({ type: 'retry_came_due', atMs: T0 + 5 * HOUR });
  });

  const LOST: Told = { type: 'refresh_answer_lost', epoch: 1, clearsAtMs: T0 + 12_000 };
  const SAME = { ...REFRESHING, sameTokenAgain: true };
  const clears: readonly (readonly [string, ConnectionState, readonly Told[], number])[] = [
    ['at once where the exchange cannot be on its way any more', SAME, [{ ...LOST, clearsAtMs: T0 - 1 }], T0],
    ['as soon as it cannot be on its way any more', SAME, [LOST], T0 + 12_000],
    [
      'after its longest flight where nobody knows when it was sent',
      SAME,
      [{ type: 'refresh_answer_lost', epoch: 1 }],
      T0 + 12_000,
    ],
  ];
  test.each(clears)('after a lost answer the exchange is tried again %s', (_when, from, events, atMs) => {
    const wake = nextWake(live(from, events).state);
    expect(wake?.type).toBe('retry_came_due');
    expect((wake?.atMs ?? 0) - atMs).toBeGreaterThan(0);
    expect((wake?.atMs ?? 0) - atMs).toBeLessThan(1_000);
  });

  test('waiting for an exchange that may be on its way is no failure: the next one does not back off for it', () => {
    const unsent: Told = {
      type: 'refresh_failed',
      epoch: 2,
      failure: { code: 'platform_unreachable', retryAtMs: T0 + 12_000 },
      isUnsent: true,
    };
    const { state } = live(
      live(REFRESHING, [LOST]).state,
      [{ type: 'probe_succeeded', generation: 1 }, unsent],
      T0,
    );
    expect(state.health).toMatchObject({ status: 'degraded', retry: 'refresh', failures: 0 });
    expect(nextWake(live(REFRESHING, [unsent]).state)?.atMs).toBeLessThan(T0 + 13_000);
  });

  test('a second lost answer in a row backs off', () => {
    const { state } = live(SAME, [LOST, RETRY, { ...LOST, epoch: 2 }]);
    expect((nextWake(state)?.atMs ?? 0) - (T0 + 2 * MINUTE)).toBeGreaterThanOrEqual(MINUTE);
  });

  test('a new token is no proof that a closed shop is open again: a probe is, and no further refresh', () => {
    const closed: Told = { type: 'refresh_failed', epoch: 1, failure: { code: 'shop_unavailable' } };
    const { state } = live(REFRESHING, [closed, RETRY, REFRESHED]);
    expect(described(state)).toBe('degraded (shop_unavailable)');
    const step = live(state, [RETRY]);
    expect(effectNames(step)).toEqual(['probe']);
    expect(described(live(step.state, [{ type: 'probe_succeeded', generation: 2 }]).state)).toBe('active');
  });

  test('a closed shop is tried every hour', () => {
    const { state } = live(ACTIVE, [failedRun('shop_unavailable')]);
    expect(state.health).toMatchObject({ nextTryAtMs: T0 + HOUR });
  });

  test('the probes of a doubted credential take a quarter of an hour', () => {
    let { state } = live(ACTIVE, [failedRun('credential_expired')]);
    let atMs = T0;
    for (let probe = 0; probe < 3; probe++) {
      atMs = nextWake(state)?.atMs ?? 0;
      state = live(state, [RETRY], atMs).state;
      state = live(state, [refusedProbe], atMs).state;
    }
    expect(described(state)).toBe('reauth_required (credential_rejected)');
    expect(atMs - T0).toBe(15 * MINUTE);
  });

  test('of a credential that lives a second nothing is planned, and one that is over when it is refused is doubted, not renewed for ever', () => {
    const second = (atMs: number) => ({ ...FACTS, lifetimeS: 1, expiresAtMs: atMs + 1_000 });
    const active = live(ACTIVE, [{ ...GRANT, generation: 2, credential: second(T0) }]).state;
    expect(nextWake(active)?.type).toBe('refresh_token_expired');
    let state = live(active, [{ ...failedRun('credential_expired'), generation: 2 } as Told]).state;
    let atMs = T0;
    let refreshes = 0;
    for (let turn = 0; turn < 20 && described(state) === 'degraded (credential_doubted)'; turn++) {
      atMs = Math.max(atMs, nextWake(state)?.atMs ?? 0);
      // A probe opens a credential that is over with a renewed one, and its answer takes longer than that lives.
      const renewed = { generation: state.generation + 1, epoch: state.epoch + 1, credential: second(atMs) };
      state = live(live(state, [RETRY], atMs).state, [{ type: 'refreshed', ...renewed }], atMs).state;
      atMs += 2_000;
      const step = live(state, [{ ...refusedProbe, generation: state.generation } as Told], atMs);
      state = step.state;
      if (!effectNames(step).includes('refresh')) continue;
      refreshes++;
      const again = { generation: state.generation + 1, epoch: state.epoch + 1, credential: second(atMs) };
      state = live(state, [{ type: 'refreshed', ...again }], atMs).state;
    }
    expect(refreshes).toBe(0);
    expect(described(state)).toBe('reauth_required (credential_rejected)');
    expect(atMs - T0).toBeGreaterThan(10 * MINUTE);
  });

  test('back-off grows with each failure and ends at a quarter of an hour and a quarter of that', () => {
    let { state } = live(REFRESHING, [down]);
    const waits: number[] = [];
    for (let failure = 0; failure < 12; failure++) {
      const atMs = nextWake(state)?.atMs ?? 0;
      waits.push(atMs - T0);
      state = live(state, [RETRY, { ...down, epoch: failure } as Told], T0 - MINUTE).state;
    }
    expect(waits[1]).toBeGreaterThan(waits[0] ?? 0);
    expect(Math.max(...waits)).toBeLessThanOrEqual(15 * MINUTE * 1.25);
  });
});

describe('the answer to «is it fresh?»', () => {
  const answers: readonly (readonly [string, ConnectionState, number, string | undefined])[] = [
    ['the generation moved', ACTIVE, 0, 'fresh'],
    ['a refresh is needed', ACTIVE, 1, undefined],
    ['a refresh is under way: join it', REFRESHING, 1, undefined],
    ['degraded: callers wait for its next try', live(REFRESHING, [down]).state, 1, 'retry_later'],
    ['held by the breaker', live(ACTIVE, [{ type: 'breaker_opened' }]).state, 1, 'retry_later'],
    ['nothing renews a pasted key', { ...ACTIVE, renew: 'none' }, 1, 'fresh'],
    ['a new approval is needed', REAUTH, 1, 'reauth_required'],
    ['revoking', REVOKING, 0, 'revoked'],
    ['abandoned', ABANDONED, 0, 'revoked'],
  ];
  test.each(answers)('%s', (_why, state, after, outcome) => {
    expect(freshness(state, after, T0 + 1_000)?.outcome).toBe(outcome);
  });
});
