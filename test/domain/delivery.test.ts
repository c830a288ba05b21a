import { describe, expect, test } from 'vitest';
import {
  type AttemptOutcome,
  afterAttempt,
  type EndpointHealth,
  endpointAfter,
  GIVE_UP_AFTER_MS,
  isWanted,
  MAX_TRIES,
  RETRY_AFTER_S,
  readRetryAfter,
} from '../../domain/delivery.ts';

const answered = (status: number, retryAfterS: number | null = null): AttemptOutcome => ({
  status,
  retryAfterS,
});
const unanswered: AttemptOutcome = { fault: 'timeout' };

describe('what follows from an attempt', () => {
  test.each<[string, AttemptOutcome, number, object]>([
    ['any 2xx is a success', answered(299), 1, { state: 'delivered' }],
    ['the first failure is tried again after seconds', answered(500), 1, { state: 'pending', inMs: 5_000 }],
    ['no answer is a failure', unanswered, 2, { state: 'pending', inMs: 300_000 }],
    ['a redirect is a failure', answered(302), 3, { state: 'pending', inMs: 1_800_000 }],
    ['a refusal may be mended meanwhile', answered(404), 4, { state: 'pending', inMs: 7_200_000 }],
    ['a later Retry-After holds', answered(429, 900), 1, { state: 'pending', inMs: 900_000 }],
    ['an earlier one hurries nobody', answered(503, 1), 3, { state: 'pending', inMs: 1_800_000 }],
    ['an endless one is cut to a day', answered(503, 9_999_999), 1, { state: 'pending', inMs: 86_400_000 }],
    ['gone is gone', answered(410), 1, { state: 'failed', because: 'endpoint_gone' }],
    ['the last try is the last', unanswered, MAX_TRIES, { state: 'failed', because: 'attempts_exhausted' }],
  ])('%s', (_why, outcome, tries, after) => {
    expect(afterAttempt(outcome, tries, 0)).toEqual(after);
  });

  test('tries go on for about three days, each later by up to a fifth', () => {
    const days = (random: number) =>
      Array.from({ length: MAX_TRIES - 1 }, (_, n) => afterAttempt(unanswered, n + 1, random)).reduce(
        (sum, after) => sum + (after.state === 'pending' ? after.inMs : 0),
        0,
      ) / 86_400_000;
    expect(RETRY_AFTER_S).toHaveLength(9);
    expect(days(0)).toBeCloseTo(3.15, 1);
    expect(days(0.999)).toBeCloseTo(3.78, 1);
  });
});

describe('how an endpoint fares', () => {
  const WELL: EndpointHealth = { lane: 'quick', failingSinceMs: null, failuresInARow: 0 };
  const failing = (failuresInARow: number): EndpointHealth => ({
    lane: 'slow',
    failingSinceMs: 0,
    failuresInARow,
  });

  test.each<[string, EndpointHealth, AttemptOutcome, number, number, object]>([
    [
      'a failure puts it in the slow lane',
      WELL,
      unanswered,
      7,
      20,
      { health: { lane: 'slow', failingSinceMs: 7, failuresInARow: 1 } },
    ],
    [
      'who dawdles is slow, and well',
      failing(3),
      answered(200),
      7,
      2_001,
      { health: { ...WELL, lane: 'slow' } },
    ],
    ['a success ends all trouble', failing(30), answered(204), 7, 20, { health: WELL }],
    ['410 ends it at once', WELL, answered(410), 7, 20, { disable: 'gone' }],
    ['five days of failure end it', failing(9), answered(500), GIVE_UP_AFTER_MS, 20, { disable: 'failing' }],
    ['less than five do not', failing(99), answered(500), GIVE_UP_AFTER_MS - 1, 20, { disable: null }],
    [
      'nor two failures that are long apart',
      failing(1),
      answered(500),
      GIVE_UP_AFTER_MS * 2,
      20,
      { disable: null },
    ],
  ])('%s', (_why, before, outcome, atMs, tookMs, expected) => {
    expect(endpointAfter(before, { outcome, atMs, tookMs })).toMatchObject(expected);
  });
});

test.each<[string | undefined, number | null]>([
  [undefined, null],
  ['120', 120],
  ['99999999999999', 99_999_999_999_999],
  ['Sat, 21 Nov 2026 12:00:30 GMT', 30],
  ['Sat, 21 Nov 2026 11:00:00 GMT', 0],
  ['soon', null],
  ['-5', 0],
])('Retry-After "%s" is %s seconds', (text, seconds) => {
  const found = readRetryAfter(text, Date.parse('2026-11-21T12:00:00Z'));
  // Date.parse takes "-5" for a year of its own: whatever it is, it is not later than now.
  expect(found).toBe(seconds);
});

test.each<[readonly string[], string, boolean]>([
  [[], 'sync.failed', true],
  [['sync.failed'], 'sync.failed', true],
  [['sync.failed'], 'sync.held', false],
  [['connection.*'], 'connection.paused', true],
  [['connection.*'], 'connections.paused', false],
])('filters %j want "%s": %s', (filters, type, wanted) => {
  expect(isWanted(filters, type)).toBe(wanted);
});
