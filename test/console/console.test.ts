import { describe, expect, it, test } from 'vitest';
import { waitMs } from '../../console/pace.ts';
import { progressOf, shareOf } from '../../console/progress.ts';
import { addressOf, parseRoute, type Route } from '../../console/route.ts';
import { fromNow, lasting, STATES, toneOf } from '../../console/words.ts';
import { CONNECTION_STATES } from '../../http/schemas/connections.ts';

describe('an address of the console', () => {
  const routes: readonly (readonly [string, Exclude<Route, { page: 'nowhere' }>])[] = [
    ['the first page', { page: 'fleet' }],
    ['all connections', { page: 'connections', filter: {} }],
    [
      'a view of some, with signs of every kind in the search',
      { page: 'connections', filter: { state: 'paused', search: 'a&b=c #1 %/é' } },
    ],
    ['one connection', { page: 'connection', id: 'con_01' }],
    ['the events', { page: 'events' }],
    ['what is to be erased', { page: 'privacy' }],
  ];
  it.each(routes)('leads back to %s', (_what, route) => {
    expect(parseRoute(addressOf(route))).toEqual(route);
  });

  it.each(['#/elsewhere', '#/events/1', '#/privacy/1', '#/connections/con_01/runs'])(
    'that is unknown is told: %s',
    (hash) => {
      expect(parseRoute(hash)).toEqual({ page: 'nowhere' });
    },
  );
});

describe('reading again', () => {
  const pace = { everyMs: 5_000, failures: 0, retryAtMs: null, nowMs: 0 };
  it.each([
    ['is as usual while all is well', pace, 5_000],
    ['is slower after each failure', { ...pace, failures: 2 }, 20_000],
    ['is never rarer than once a minute', { ...pace, failures: 40 }, 60_000],
    ['waits as long as the API asks', { ...pace, failures: 1, retryAtMs: 30_000 }, 30_000],
    [
      'does not wait for an hour because the API asks',
      { ...pace, failures: 1, retryAtMs: 3_600_000 },
      60_000,
    ],
  ])('%s', (_why, of, expected) => {
    expect(waitMs(of)).toBe(expected);
  });
});

test('progress is a share where the platform tells how many there are, and none where it does not', () => {
  const told = progressOf({
    orders: { done: false, mode: 'backfill', seen: 50, total: 200 },
    products: { done: false, seen: 60, total: 40 },
    customers: { done: true, seen: 7 },
    odd: null,
  });
  expect(told.map((one) => [one.resource, shareOf(one)])).toEqual([
    ['orders', 0.25],
    ['products', null],
    ['customers', 1],
  ]);
});

test('every state the API knows has its place in the picture, and the live ones a colour of their own', () => {
  expect([...STATES].toSorted()).toEqual([...CONNECTION_STATES].toSorted());
  const live = ['active', 'degraded', 'reauth_required', 'paused', 'connecting'];
  expect(new Set(live.map(toneOf)).size).toBe(live.length);
});

test('times are told in words', () => {
  expect(fromNow(0, 1_500)).toBe('now');
  expect(fromNow(0, 200_000)).toBe('3 minutes ago');
  expect(fromNow(7_200_000, 0)).toBe('in 2 hours');
  expect([900, 65_000, 7_260_000].map(lasting)).toEqual(['1 s', '1 min 5 s', '2 h 1 min']);
});
