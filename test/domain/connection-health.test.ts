// The lifecycle's table (design § 3), the rows about troubles beside the grant: doubt, breaker, registration, shop, pause.
import { expect, test } from 'vitest';
import {
  ACTIVE,
  DOUBTED,
  described,
  failedRun,
  GRANT,
  live,
  REFRESHED,
  REFRESHING,
  RETRY,
  type Row,
  refusedProbe,
} from './connection-fixtures.ts';

const ROWS: readonly Row[] = [
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
];

test.each(ROWS)('%s', (_why, from, events, to) => {
  expect(described(live(from, events).state)).toBe(to);
});
