// Who must act, and on what: one row a reason. Nobody is asked for what is not theirs.
import { expect, test } from 'vitest';
import type { ConnectionState } from '../../domain/connection.ts';
import type { Told } from '../../domain/connection-events.ts';
import { diagnose } from '../../domain/diagnosis.ts';
import type { ErrorCode } from '../../domain/errors.ts';
import {
  ABANDONED,
  ACTIVE,
  CONNECTING,
  GRANT,
  live,
  REAUTH,
  REVOKED,
  REVOKING,
  T0,
} from './connection-fixtures.ts';

const failed = (code: ErrorCode): ConnectionState =>
  live(ACTIVE, [{ type: 'run_failed', generation: 1, failure: { code } }]).state;
const after = (...events: Told[]): ConnectionState => live(ACTIVE, events).state;

const ROWS: readonly (readonly [why: string, state: ConnectionState, action: string, actor: string])[] = [
  ['it works', ACTIVE, 'none', 'nobody'],
  ['the merchant has not approved yet', CONNECTING, 'approve', 'merchant'],
  ['the grant is dead', REAUTH, 'approve', 'merchant'],
  [
    'a wider approval',
    after({ ...GRANT, generation: 2, missingScopes: ['read_orders'] }),
    'widen_scopes',
    'merchant',
  ],
  ['5xx is the platform’s', failed('platform_down'), 'wait', 'platform'],
  ['a rate limit is nobody’s', failed('platform_rate_limited'), 'wait', 'nobody'],
  ['our client secret is the vendor’s', failed('registration_rejected'), 'fix_registration', 'vendor'],
  ['a closed shop is the merchant’s', failed('shop_unavailable'), 'fix_shop', 'merchant'],
  [
    'an answer nobody can read is the platform’s',
    failed('platform_answer_invalid'),
    'contact_platform',
    'platform',
  ],
  ['a doubted credential is probed first', failed('credential_expired'), 'wait', 'nobody'],
  ['held by the breaker', after({ type: 'breaker_opened' }), 'wait', 'platform'],
  [
    'a scope was taken away, the rest runs',
    after({ type: 'run_succeeded', finishedAtMs: T0, stopped: { orders: 'scope_missing' }, running: 1 }),
    'widen_scopes',
    'merchant',
  ],
  ['paused by the vendor', after({ type: 'paused', by: 'key_01' }), 'none', 'vendor'],
  ['being revoked', REVOKING, 'wait', 'nobody'],
  ['revoked', REVOKED, 'none', 'nobody'],
  ['abandoned', ABANDONED, 'none', 'nobody'],
];

test.each(ROWS)('%s', (_why, state, action, actor) => {
  expect(diagnose(state)).toMatchObject({ action, actor });
});

test('says when the next try is due', () => {
  expect(diagnose(failed('shop_unavailable')).nextTryAtMs).toBe(T0 + 3_600_000);
  expect(diagnose(REAUTH).nextTryAtMs).toBeNull();
});
