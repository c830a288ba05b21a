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
