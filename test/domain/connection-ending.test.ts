// The lifecycle's table (design § 3), the rows about the end: revoked, uninstalled, given up, final.
import { expect, test } from 'vitest';
import {
  ABANDONED,
  ACTIVE,
  CONNECTING,
  described,
  GRANT,
  HOUR,
  live,
  REAUTH,
  REFRESHED,
  REFRESHING,
  REVOKE,
  REVOKED,
  REVOKING,
  type Row,
  refusedProbe,
  T0,
} from './connection-fixtures.ts';

const ROWS: readonly Row[] = [
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
    'a refresh answered «uninstalled»: revoking wins over a new approval',
    REFRESHING,
    [{ type: 'grant_died', generation: 1, epoch: 1, isUninstalled: true }],
    'revoking',
  ],
  [
    'a page answered «uninstalled» is believed once a probe is answered so too',
    ACTIVE,
    [
      { type: 'run_failed', generation: 1, failure: { code: 'app_uninstalled' } },
      { type: 'probe_failed', generation: 1, failure: { code: 'app_uninstalled' } },
    ],
    'revoking',
  ],
  [
    'and is not believed while a probe works',
    ACTIVE,
    [
      { type: 'run_failed', generation: 1, failure: { code: 'app_uninstalled' } },
      { type: 'probe_succeeded', generation: 1 },
    ],
    'active',
  ],
  [
    'the uninstall that killed the grant is told after the grant was found dead',
    REAUTH,
    [{ type: 'uninstalled', uninstalledAtMs: T0 + 1 }],
    'revoking',
  ],
  [
    'an uninstall of an earlier grant says nothing about a later dead one',
    REAUTH,
    [{ type: 'uninstalled', uninstalledAtMs: T0 - 1 }],
    'reauth_required (grant_dead)',
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
  ['a tenant may give up', REAUTH, [{ type: 'given_up' }], 'revoking'],
  ['reminders move nothing', REAUTH, [{ type: 'reminder_came_due' }], 'reauth_required (grant_dead)'],
  ['nothing leaves revoked', REVOKED, [{ ...GRANT, generation: 2 }, REVOKE], 'revoked (confirmed)'],
  ['nothing leaves abandoned', ABANDONED, [{ ...GRANT, generation: 1 }], 'abandoned (deadline)'],
];

test.each(ROWS)('%s', (_why, from, events, to) => {
  expect(described(live(from, events).state)).toBe(to);
});
