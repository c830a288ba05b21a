// What holds for any history of events, in any order, however senseless.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { type ConnectionState, isFinal, publicState, transition } from '../../domain/connection.ts';
import type { ConnectionEvent } from '../../domain/connection-happenings.ts';
import { projectionOf, restore, type StoredConnection } from '../../domain/connection-projection.ts';
import { nextWake } from '../../domain/connection-wake.ts';
import { EVENT_KINDS, type EventType, isEventType } from '../../domain/event-catalogue.ts';
import { leadMs, refreshAtMs, spread } from '../../domain/refresh-plan.ts';
import { CONNECTING, FACTS, GRANT, HOUR, T0 } from './connection-fixtures.ts';

const code = fc.constantFrom(
  'platform_down',
  'platform_rate_limited',
  'registration_rejected',
  'shop_unavailable',
  'credential_expired',
  'credential_dead',
  'scope_missing',
  'internal',
);
const failure = fc.record({
  code,
  retryAtMs: fc.option(fc.integer({ min: T0, max: T0 + HOUR }), { nil: undefined }),
});
const small = fc.integer({ min: 0, max: 6 });
const by = fc.constantFrom('key_01', 'platform');
const type = <T extends string>(name: T) => ({ type: fc.constant(name) });

const told = fc.oneof(
  fc.record({ ...type('authorization_started') }),
  fc
    .record({ ...type('authorized'), generation: small, missing: fc.boolean() })
    .map(({ missing, generation }) => ({
      ...GRANT,
      generation,
      missingScopes: missing ? ['read_orders'] : [],
    })),
  fc.record({ ...type('authorization_refused'), code, discard: fc.boolean() }),
  fc.constantFrom(
    { type: 'connect_deadline_passed' },
    { type: 'refresh_came_due' },
    { type: 'refresh_token_expired' },
    { type: 'retry_came_due' },
    { type: 'registration_changed' },
    { type: 'breaker_opened' },
    { type: 'breaker_closed' },
    { type: 'reminder_came_due' },
    { type: 'given_up' },
    { type: 'restored' },
    { type: 'nobody_knows_this' },
  ),
  fc.record({ ...type('refresh_requested'), by }),
  fc.record({ ...type('refreshed'), generation: small, epoch: small, credential: fc.constant(FACTS) }),
  fc.record({ ...type('refresh_failed'), epoch: small, failure }),
  fc.record({ ...type('refresh_discarded'), epoch: small }),
  fc.record({ ...type('refresh_answer_lost'), epoch: small }),
  fc.record({ ...type('grant_died'), generation: small }),
  fc.record({ ...type('secret_did_not_open'), epoch: small }),
  fc.record({ ...type('probe_requested'), by }),
  fc.record({ ...type('probe_succeeded'), generation: small }),
  fc.record({ ...type('probe_failed'), generation: small, failure }),
  fc.record({ ...type('run_failed'), generation: fc.option(small), failure }),
  fc.record({
    ...type('run_succeeded'),
    finishedAtMs: fc.constant(T0),
    stopped: fc.constant({}),
    running: fc.option(small),
  }),
  fc.record({ ...type('paused'), by }),
  fc.record({ ...type('resumed'), by }),
  fc.record({ ...type('uninstalled'), uninstalledAtMs: fc.integer({ min: T0 - HOUR, max: T0 + HOUR }) }),
  fc.record({ ...type('revoke_requested'), by, upstream: fc.boolean(), erase: fc.boolean() }),
  fc.record({ ...type('revocation_finished'), upstream: fc.constantFrom('confirmed', 'unconfirmed') }),
);

/** Senseless ones too: a worker of another version may send what this one does not know. */
const events = fc
  .array(told, { maxLength: 60 })
  .map((all) => all.map((one, at) => ({ ...one, atMs: T0 + at * 60_000 }) as unknown as ConnectionEvent));

type Check = (before: ConnectionState, event: ConnectionEvent, after: ConnectionState) => void;

function holds(check: Check): void {
  fc.assert(
    fc.property(events, (all) => {
      let state: ConnectionState = { ...CONNECTING, renew: 'ahead' };
      for (const event of all) {
        const after = transition(state, event).state;
        check(state, event, after);
        state = after;
      }
    }),
    { numRuns: 500 },
  );
}

test('a final state is never left', () => {
  holds((before, _event, after) => {
    if (isFinal(before)) expect(after).toBe(before);
  });
});

test('the number of a transition grows by one, or nothing changed at all', () => {
  holds((before, _event, after) => {
    if (after.seq !== before.seq) expect(after.seq).toBe(before.seq + 1);
    else expect(after).toBe(before);
  });
});

test('an event that nobody knows changes nothing', () => {
  holds((before, event, after) => {
    if (String(event.type) === 'nobody_knows_this') expect(after).toBe(before);
  });
});

test('revoking is left for revoked alone', () => {
  holds((before, _event, after) => {
    if (before.lifecycle.name === 'revoking') expect(['revoking', 'revoked']).toContain(after.lifecycle.name);
  });
});

test('pausing survives everything but resuming', () => {
  holds((before, event, after) => {
    if (before.pausedBy !== null && event.type !== 'resumed') expect(after.pausedBy).toBe(before.pausedBy);
  });
});

test('generation and attempt never go back', () => {
  holds((before, _event, after) => {
    expect(after.generation).toBeGreaterThanOrEqual(before.generation);
    expect(after.epoch).toBeGreaterThanOrEqual(before.epoch);
  });
});

test('no number of passing failures ends in reauth_required', () => {
  const passing = new Set([
    'platform_down',
    'platform_rate_limited',
    'registration_rejected',
    'shop_unavailable',
  ]);
  holds((before, event, after) => {
    if (!('failure' in event) || !passing.has(event.failure.code)) return;
    if (before.lifecycle.name === 'active') expect(after.lifecycle.name).not.toBe('reauth_required');
  });
});

test('what is carried over and what crosses Temporal is plain JSON', () => {
  holds((before, event, after) => {
    expect(JSON.parse(JSON.stringify(after))).toEqual(after);
    const projection = projectionOf(before, after, event, []);
    expect(JSON.parse(JSON.stringify(projection))).toEqual(JSON.parse(JSON.stringify(projection)));
    expect(projection.state).toBe(publicState(after));
  });
});

test('a connection that waits for time waits for one instant', () => {
  holds((_before, _event, after) => {
    const wake = nextWake(after);
    if (isFinal(after) || after.lifecycle.name === 'revoking') expect(wake).toBeNull();
    else if (wake !== null) expect(Number.isFinite(wake.atMs)).toBe(true);
  });
});

test('a run restored from the rows shows what the rows showed', () => {
  holds((before, event, after) => {
    if (isFinal(after)) return;
    const row = projectionOf(before, after, event, []);
    const stored: StoredConnection = {
      ...row,
      platform: after.platform,
      generation: after.generation,
      epoch: after.epoch,
      lastSyncAtMs: null,
      isFenced: row.isEnding,
      connectDeadlineMs: T0 + 24 * HOUR,
      credential: after.lifecycle.name === 'active' ? after.lifecycle.credential : null,
      renew: after.renew,
      sameTokenAgain: after.sameTokenAgain,
      answerLost: after.answerLost,
      timings: after.timings,
    };
    expect(publicState(restore(stored))).toBe(row.state);
  });
});

test('a refresh is planned before the expiry, and the same for the same connection', () => {
  fc.assert(
    fc.property(fc.integer({ min: 60, max: 10_000_000 }), fc.string(), (lifetimeS, name) => {
      const expiresAtMs = T0 + lifetimeS * 1000;
      const atMs = refreshAtMs({ expiresAtMs, lifetimeS }, name);
      expect(atMs).toBe(refreshAtMs({ expiresAtMs, lifetimeS }, name));
      expect(atMs).toBeGreaterThanOrEqual(T0 + 30_000);
      expect(atMs).toBeLessThanOrEqual(expiresAtMs - leadMs(lifetimeS * 1000));
    }),
  );
});

test.each([
  ['no life at all: use alone renews', 0, null],
  ['a second', 1, null],
  ['less than half a minute', 29, null],
  ['half a minute', 30, T0 + 30_000],
  ['less than a minute: not at half of it', 59, T0 + 30_000],
])('no refresh is planned within half a minute of the one before: %s', (_why, lifetimeS, atMs) => {
  expect(refreshAtMs({ expiresAtMs: T0 + lifetimeS * 1000, lifetimeS }, 'con_01')).toBe(atMs);
});

test('a fleet connected in one minute spreads evenly', () => {
  const buckets = new Array<number>(10).fill(0);
  for (let at = 0; at < 10_000; at++) {
    const bucket = Math.floor(spread(`con_0000000000000000000000${at}`) * 10);
    buckets[bucket] = (buckets[bucket] ?? 0) + 1;
  }
  for (const count of buckets) expect(Math.abs(count - 1000)).toBeLessThan(150);
});

const FORMS = Object.fromEntries(
  Object.entries(EVENT_KINDS).map(([type, { data }]) => [type, z.fromJSONSchema(data)]),
) as Record<EventType, z.ZodType>;

test('every event that a transition writes is in the catalogue, in its form', () => {
  const told = new Set<string>();
  fc.assert(
    fc.property(events, (history) => {
      let state: ConnectionState = CONNECTING;
      for (const event of history) {
        const step = transition(state, event);
        for (const effect of step.effects) {
          if (effect.type !== 'write_projection') continue;
          for (const { type, data } of effect.events) {
            expect(isEventType(type), type).toBe(true);
            if (!isEventType(type)) continue;
            told.add(type);
            // The activity that writes it adds the diagnosis.
            const diagnosis =
              'because' in data ? { diagnosis: { action: 'none', actor: 'nobody', because: '' } } : {};
            expect(FORMS[type].safeParse({ ...data, ...diagnosis }).error?.message).toBeUndefined();
          }
        }
        state = step.state;
      }
    }),
    { numRuns: 300 },
  );
  for (const type of ['connection.active', 'connection.degraded', 'connection.reauth_required'])
    expect([...told]).toContain(type);
});
