// The lifecycle's table (design § 3), the rows about approvals, the grant and its renewal. The first column says why the row exists.
import { expect, test } from 'vitest';
import {
  ACTIVE,
  CONNECTING,
  described,
  down,
  GRANT,
  live,
  REAUTH,
  REFRESHED,
  REFRESHING,
  RETRY,
  type Row,
  refusedProbe,
  T0,
} from './connection-fixtures.ts';

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
    'abandoned (discarded)',
  ],
  [
    'a shop that another connection has ends the first approval at once',
    CONNECTING,
    [
      { type: 'authorization_started' },
      { type: 'authorization_refused', code: 'shop_already_connected', discard: false },
    ],
    'abandoned (refused)',
  ],
  [
    'a platform that is down does not: the merchant may try again',
    CONNECTING,
    [
      { type: 'authorization_started' },
      { type: 'authorization_refused', code: 'platform_down', discard: false },
    ],
    'connecting',
  ],
  [
    'a shop that another connection has moves nothing where there is a grant already',
    REAUTH,
    [
      { type: 'authorization_started' },
      { type: 'authorization_refused', code: 'shop_already_connected', discard: false },
    ],
    'reauth_required (grant_dead)',
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
];

test.each(ROWS)('%s', (_why, from, events, to) => {
  expect(described(live(from, events).state)).toBe(to);
});
