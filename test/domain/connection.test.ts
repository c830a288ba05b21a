// The lifecycle's table (design § 3), one row or more for each of its rows. The first column says why the row exists.
import { describe, expect, test } from 'vitest';
import type { ConnectionState } from '../../domain/connection.ts';
import type { Told } from '../../domain/connection-events.ts';
import { scheduleNote } from '../../domain/connection-schedule.ts';
import { freshness, nextWake } from '../../domain/connection-wake.ts';
import {
  ABANDONED,
  ACTIVE,
  CONNECTING,
  described,
  effectNames,
  FACTS,
  GRANT,
  HOUR,
  live,
  MINUTE,
  REAUTH,
  REFRESHING,
  REVOKED,
  REVOKING,
  T0,
} from './connection-fixtures.ts';

type Row = readonly [why: string, from: ConnectionState, events: readonly Told[], to: string];

const REVOKE: Told = { type: 'revoke_requested', by: 'key_01', upstream: true, erase: false };
const REFRESHED: Told = {
  type: 'refreshed',
  generation: 2,
  epoch: 1,
  credential: { ...FACTS, expiresAtMs: T0 + 2 * HOUR },
};
const refusedProbe: Told = { type: 'probe_failed', generation: 1, failure: { code: 'credential_expired' } };
const failedRun = (
  code: 'credential_expired' | 'credential_dead' | 'platform_down' | 'shop_unavailable',
): Told => ({
  type: 'run_failed',
  generation: 1,
  failure: { code },
});
const down: Told = { type: 'refresh_failed', epoch: 1, failure: { code: 'platform_down' } };
const DOUBTED = live(ACTIVE, [failedRun('credential_expired')]).state;
const RETRY: Told = { type: 'retry_came_due' };

const ROWS: readonly Row[] = [
  [
    'nobody approved within the deadline',
    CONNECTING,
    [{ type: 'connect_deadline_passed' }],
    'abandoned (deadline)',
  ],
  [
    'an approval under way outlives the deadline',
    CONNECTING,
    [{ type: 'authorization_started' }, { type: 'connect_deadline_passed' }, { ...GRANT, generation: 1 }],
    'active',
  ],
  [
    'a refusal leaves a browser session open for another try',
    CONNECTING,
    [
      { type: 'authorization_started' },
      { type: 'authorization_refused', code: 'authorization_denied', discard: false },
    ],
    'connecting',
  ],
  [
    'a refused connect without a browser leaves nothing',
    CONNECTING,
    [
      { type: 'authorization_started' },
      { type: 'authorization_refused', code: 'credential_rejected', discard: true },
    ],
    'abandoned (refused)',
  ],
  ['a proved credential makes it active', CONNECTING, [{ ...GRANT, generation: 1 }], 'active'],
  [
    'too few scopes need a wider approval',
    CONNECTING,
    [{ ...GRANT, generation: 1, missingScopes: ['read_orders'] }],
    'reauth_required (scope_missing)',
  ],
  [
    'scopes narrowed later stop single resources, the rest runs',
    ACTIVE,
    [{ type: 'run_succeeded', finishedAtMs: T0, stopped: { orders: 'scope_missing' }, running: 2 }],
    'active',
  ],
  [
    'no resource left needs a wider approval',
    ACTIVE,
    [{ type: 'run_succeeded', finishedAtMs: T0, stopped: { orders: 'scope_missing' }, running: 0 }],
    'reauth_required (scope_missing)',
  ],
  [
    'a dead grant needs a new approval at once',
    REFRESHING,
    [{ type: 'grant_died', generation: 1, epoch: 1 }],
    'reauth_required (grant_dead)',
  ],
  [
    'a dead grant of an older generation is a lost race',
    REFRESHING,
    [REFRESHED, { type: 'grant_died', generation: 1, epoch: 1 }],
    'active',
  ],
  ['5xx never counts against the grant', REFRESHING, [down], 'degraded (platform_down)'],
  [
    'twenty failures in a row are still no dead grant',
    ACTIVE,
    Array.from({ length: 20 }, () => [
      { type: 'retry_came_due' } as const,
      { type: 'refresh_came_due' } as const,
      down,
    ]).flat(),
    'degraded (platform_down)',
  ],
  ['a refresh that succeeds ends the trouble', REFRESHING, [down, RETRY, REFRESHED], 'active'],
  [
    'the refresh token reaches its own end while degraded',
    REFRESHING,
    [down, { type: 'refresh_token_expired' }],
    'reauth_required (refresh_token_expired)',
  ],
  [
    'a 401 on a fresh token is probed before it is believed',
    ACTIVE,
    [failedRun('credential_expired')],
    'degraded (credential_doubted)',
  ],
  [
    'two refused probes are not enough',
    DOUBTED,
    [RETRY, refusedProbe, RETRY, refusedProbe],
    'degraded (credential_doubted)',
  ],
  [
    'three refused probes are',
    DOUBTED,
    [RETRY, refusedProbe, RETRY, refusedProbe, RETRY, refusedProbe],
    'reauth_required (credential_rejected)',
  ],
  [
    'one probe that works ends the doubt',
    DOUBTED,
    [RETRY, refusedProbe, RETRY, { type: 'probe_succeeded', generation: 1 }],
    'active',
  ],
  [
    'a new token alone does not end the doubt',
    DOUBTED,
    [{ type: 'refresh_requested', by: 'use' }, REFRESHED],
    'degraded (credential_doubted)',
  ],
  [
    'a report about an older generation proves nothing',
    live(REFRESHING, [REFRESHED]).state,
    [failedRun('credential_dead')],
    'active',
  ],
  ['the breaker holds a connection that is well', ACTIVE, [{ type: 'breaker_opened' }], 'degraded'],
  [
    'the breaker keeps refused probes from deciding',
    DOUBTED,
    [RETRY, refusedProbe, RETRY, refusedProbe, RETRY, { type: 'breaker_opened' }, refusedProbe],
    'degraded (credential_doubted)',
  ],
  [
    'a canary lets everybody go on',
    ACTIVE,
    [{ type: 'breaker_opened' }, { type: 'breaker_closed' }],
    'active',
  ],
  [
    'our rejected client secret is never the merchant’s business',
    REFRESHING,
    [{ type: 'refresh_failed', epoch: 1, failure: { code: 'registration_rejected' } }],
    'degraded (registration_rejected)',
  ],
  [
    'it resumes on the new version of the registration',
    REFRESHING,
    [
      { type: 'refresh_failed', epoch: 1, failure: { code: 'registration_rejected' } },
      { type: 'registration_changed' },
      RETRY,
      REFRESHED,
    ],
    'active',
  ],
  [
    'a closed shop is not a dead grant',
    ACTIVE,
    [failedRun('shop_unavailable')],
    'degraded (shop_unavailable)',
  ],
  [
    'reconnected with another shop: refused, nothing moves',
    ACTIVE,
    [
      { type: 'authorization_started' },
      { type: 'authorization_refused', code: 'shop_mismatch', discard: false },
    ],
    'active',
  ],
  [
    'the approval takes the next generation while a refresh is in flight',
    REFRESHING,
    [{ type: 'authorization_started' }, { ...GRANT, generation: 2 }, { type: 'refresh_discarded', epoch: 1 }],
    'active',
  ],
  [
    'paused, then dead, then reauthorized: still paused',
    ACTIVE,
    [
      { type: 'paused', by: 'key_01' },
      { type: 'grant_died', generation: 1 },
      { ...GRANT, generation: 2 },
    ],
    'paused',
  ],
  [
    'paused, then dead: reauth is what shows',
    ACTIVE,
    [
      { type: 'paused', by: 'key_01' },
      { type: 'grant_died', generation: 1 },
    ],
    'reauth_required (grant_dead)',
  ],
  [
    'resumed',
    ACTIVE,
    [
      { type: 'paused', by: 'key_01' },
      { type: 'resumed', by: 'key_01' },
    ],
    'active',
  ],
  ['revoked while refreshing: the late pair is discarded', REFRESHING, [REVOKE, REFRESHED], 'revoking'],
  [
    'uninstalled while refreshing: revoking wins',
    REFRESHING,
    [{ type: 'uninstalled', uninstalledAtMs: T0 + HOUR }, refusedProbe, REFRESHED],
    'revoking',
  ],
  [
    'an uninstall older than the grant is late',
    ACTIVE,
    [{ type: 'uninstalled', uninstalledAtMs: T0 - 1 }],
    'active',
  ],
  [
    'an uninstall is late when a probe still works',
    ACTIVE,
    [
      { type: 'uninstalled', uninstalledAtMs: T0 + HOUR },
      { type: 'probe_succeeded', generation: 1 },
    ],
    'active',
  ],
  [
    'reconnect while revoking is not begun',
    REVOKING,
    [{ type: 'authorization_started' }, { ...GRANT, generation: 2 }],
    'revoking',
  ],
  ['revoke while connecting', CONNECTING, [REVOKE], 'abandoned (revoked)'],
  ['revoke', REVOKING, [{ type: 'revocation_finished', upstream: 'unconfirmed' }], 'revoked (unconfirmed)'],
  [
    'revoked from reauth_required as well',
    REAUTH,
    [REVOKE, { type: 'revocation_finished', upstream: 'unsupported' }],
    'revoked (unsupported)',
  ],
  [
    'a secret that does not open',
    REFRESHING,
    [{ type: 'secret_did_not_open', epoch: 1 }],
    'reauth_required (credential_unreadable)',
  ],
  [
    'a lost answer is probed where the token may be used up, and the probe fails',
    REFRESHING,
    [{ type: 'refresh_answer_lost', epoch: 1 }, refusedProbe],
    'reauth_required (refresh_outcome_unknown)',
  ],
  [
    'a lost answer, a probe that works, an exchange that works',
    REFRESHING,
    [{ type: 'refresh_answer_lost', epoch: 1 }, { type: 'probe_succeeded', generation: 1 }, REFRESHED],
    'active',
  ],
  [
    'a lost answer, then a dead grant: we may have caused it',
    REFRESHING,
    [
      { type: 'refresh_answer_lost', epoch: 1 },
      { type: 'probe_succeeded', generation: 1 },
      { type: 'grant_died', generation: 1, epoch: 2 },
    ],
    'reauth_required (refresh_outcome_unknown)',
  ],
  [
    'a lost answer where the same token may be sent again',
    { ...REFRESHING, sameTokenAgain: true },
    [{ type: 'refresh_answer_lost', epoch: 1 }, RETRY, REFRESHED],
    'active',
  ],
  ['a tenant may give up', REAUTH, [{ type: 'given_up' }], 'revoking'],
  ['reminders move nothing', REAUTH, [{ type: 'reminder_came_due' }], 'reauth_required (grant_dead)'],
  ['nothing leaves revoked', REVOKED, [{ ...GRANT, generation: 2 }, REVOKE], 'revoked (confirmed)'],
  ['nothing leaves abandoned', ABANDONED, [{ ...GRANT, generation: 1 }], 'abandoned (deadline)'],
];

describe('the lifecycle', () => {
  test.each(ROWS)('%s', (_why, from, events, to) => {
    expect(described(live(from, events).state)).toBe(to);
  });
});

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

  test('recovering is told as such', () => {
    const [projection] = live(REFRESHING, [down, RETRY, REFRESHED]).effects;
    expect(projection).toMatchObject({ events: [{ type: 'connection.recovered' }] });
  });

  test('one alert a rejected registration: only its first failure reports', () => {
    const rejected: Told = { type: 'refresh_failed', epoch: 1, failure: { code: 'registration_rejected' } };
    expect(effectNames(live(REFRESHING, [rejected]))).toContain('report_registration');
    expect(effectNames(live(REFRESHING, [rejected, RETRY, rejected]))).not.toContain('report_registration');
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
