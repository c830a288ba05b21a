// What is due, as a table: each row says why it exists.
import { describe, expect, test } from 'vitest';
import {
  type CheckpointState,
  cursorAfter,
  DELETION_GUARD,
  dueWork,
  HISTORY_MS,
  mustHold,
  type SyncView,
  type SyncWish,
  windowAt,
} from '../../domain/sync.ts';

const NOW = 1_800_000_000_000;
const MIN = 60_000;

const done = (over: Partial<CheckpointState>): CheckpointState => ({
  resource: 'orders',
  mode: 'incremental',
  passId: null,
  watermarkMs: NOW - MIN,
  completedAtMs: NOW - MIN,
  hasConfirmedDeletions: false,
  ...over,
});
const ORDERS = { resource: 'orders', filter: 'updated_at' } as const;
const STOCK = { resource: 'inventory', filter: 'full_scan' } as const;
const BOTH = [done({}), done({ mode: 'backfill' })];
const wish = (over: Partial<SyncWish> = {}): SyncWish => ({
  id: 'req',
  resources: [],
  mode: 'incremental',
  createdAtMs: NOW - 1,
  ...over,
});
const view = (over: Partial<SyncView>): SyncView => ({
  nowMs: NOW,
  intervalMs: 15 * MIN,
  resources: [ORDERS],
  checkpoints: [],
  wishes: [],
  ...over,
});

test.each<[string, Partial<SyncView>, string[]]>([
  ['a new connection reads everything once', {}, ['orders backfill']],
  ['what is always read whole has one kind of pass', { resources: [STOCK] }, ['inventory incremental']],
  ['a fresh connection needs nothing', { checkpoints: BOTH }, []],
  [
    'changes are due after half an interval, so that an early tick still works',
    { checkpoints: [done({ watermarkMs: NOW - 8 * MIN }), done({ mode: 'backfill' })] },
    ['orders incremental'],
  ],
  [
    'a pass under way goes on',
    { checkpoints: [done({}), done({ mode: 'backfill', passId: 'p' })] },
    ['orders backfill'],
  ],
  [
    'changes go before the backfill',
    { checkpoints: [done({ watermarkMs: NOW - 8 * MIN }), done({ mode: 'backfill', passId: 'p' })] },
    ['orders incremental', 'orders backfill'],
  ],
  ['stock goes before orders', { resources: [ORDERS, STOCK] }, ['inventory incremental', 'orders backfill']],
  ['a wish makes a fresh resource due', { checkpoints: BOTH, wishes: [wish()] }, ['orders incremental']],
  [
    'a wish for everything reads everything',
    { checkpoints: BOTH, wishes: [wish({ mode: 'backfill' })] },
    ['orders backfill'],
  ],
  [
    'a wish for changes before the first full pass is served by that pass',
    { wishes: [wish()] },
    ['orders backfill'],
  ],
  [
    'a wish for another resource concerns none',
    { checkpoints: BOTH, wishes: [wish({ resources: ['products'] })] },
    [],
  ],
  [
    'all is read again after a week, because not every deletion is told',
    { checkpoints: [done({}), done({ mode: 'backfill', completedAtMs: NOW - 8 * 86_400_000 })] },
    ['orders backfill'],
  ],
  [
    'confirmed deletions come first',
    { checkpoints: [done({ watermarkMs: 0 }), done({ mode: 'backfill', hasConfirmedDeletions: true })] },
    ['orders deletions', 'orders incremental'],
  ],
])('%s', (_why, over, expected) => {
  const due = dueWork(view(over));
  expect(due.map((one) => `${one.resource} ${one.kind === 'deletions' ? 'deletions' : one.mode}`)).toEqual(
    expected,
  );
});

test('a wish is served by what was read after it, not by what was read before', () => {
  expect(dueWork(view({ checkpoints: BOTH, wishes: [wish()] }))).toHaveLength(1);
  const later = [done({ watermarkMs: NOW }), done({ mode: 'backfill' })];
  expect(dueWork(view({ checkpoints: later, wishes: [wish()] }))).toEqual([]);
});

describe('windows', () => {
  const bounds = { sinceMs: 0, untilMs: 25_000 };
  test('a pass steps through windows no wider than the platform takes, and ends at its upper bound', () => {
    const first = windowAt(bounds, 10, null);
    expect(first).toEqual({ sinceMs: 0, untilMs: 10_000 });
    expect(cursorAfter(bounds, first, 'next')).toEqual({ at: 'page', windowStartMs: 0, page: 'next' });
    const second = cursorAfter(bounds, first, null);
    expect(second).toEqual({ at: 'page', windowStartMs: 10_000, page: null });
    expect(windowAt(bounds, 10, 20_000)).toEqual({ sinceMs: 20_000, untilMs: 25_000 });
    expect(cursorAfter(bounds, windowAt(bounds, 10, 20_000), null)).toEqual({ at: 'end' });
  });
  test('without windows a pass is one', () => {
    expect(windowAt({ sinceMs: null, untilMs: 9 }, null, null)).toEqual({ sinceMs: null, untilMs: 9 });
  });
  test('everything, by windows, begins five years back', () => {
    expect(windowAt({ sinceMs: null, untilMs: NOW }, 10, null).sinceMs).toBe(NOW - HISTORY_MS);
  });
});

test.each([
  ['few records may all go', 9, 9, false],
  ['a fifth may go', 20, 100, false],
  ['more than a fifth is held', 21, 100, true],
  ['an empty answer is held', 1_000, 1_000, true],
])('%s', (_why, missing, live, expected) => {
  expect(mustHold(DELETION_GUARD, { missing, live })).toBe(expected);
});
