/**
 * A shop's records as positions 0…n-1: when each was made and changed, in which order they list, and how control changes them.
 * No record is kept: only its changes are. Times are whole seconds, as the platforms tell them.
 */
import { randomUint32 } from './random.ts';
import type { Change, Collection, HostileKind, ResourceName, Shop } from './state.ts';

const DAY_MS = 86_400_000;

export function createCollection(initial: number): Collection {
  return { initial, added: 0, stamp: 0, changes: {} };
}

export function sizeOf(collection: Collection): number {
  return collection.initial + collection.added;
}

/** Generated times rise with the position, so that lists need no sorting. */
function generatedAtMs(
  shop: Shop,
  resource: ResourceName,
  index: number,
  part: 'created' | 'updated',
): number {
  const count = shop.collections[resource].initial;
  const spanMs = shop.historyDays * DAY_MS;
  const stepMs = spanMs / Math.max(1, count);
  const jitter = (randomUint32(shop.seed, resource, index) / 2 ** 32) * 0.6;
  const lagMs = part === 'created' ? Math.min(6 * 3_600_000, spanMs / 10) : 0;
  const atMs = shop.untilMs - spanMs + (index + jitter) * stepMs - lagMs;
  return Math.floor(atMs / 1000) * 1000;
}

export function changeOf(shop: Shop, resource: ResourceName, index: number): Change | undefined {
  return shop.collections[resource].changes[index];
}

export function createdAtMs(shop: Shop, resource: ResourceName, index: number): number {
  return changeOf(shop, resource, index)?.createdAtMs ?? generatedAtMs(shop, resource, index, 'created');
}

export function updatedAtMs(shop: Shop, resource: ResourceName, index: number): number {
  return changeOf(shop, resource, index)?.updatedAtMs ?? generatedAtMs(shop, resource, index, 'updated');
}

export function exists(shop: Shop, resource: ResourceName, index: number): boolean {
  if (!Number.isInteger(index) || index < 0 || index >= sizeOf(shop.collections[resource])) return false;
  return changeOf(shop, resource, index)?.gone !== true;
}

interface Views {
  stamp: number;
  byUpdated: Uint32Array;
  byPosition: Uint32Array;
}

const views = new WeakMap<Collection, Views>();

/** Positions of the records that exist: by update time then position, or by position (id and creation). */
export function listed(shop: Shop, resource: ResourceName, by: 'updated' | 'position'): Uint32Array {
  const collection = shop.collections[resource];
  let known = views.get(collection);
  if (known === undefined || known.stamp !== collection.stamp) {
    known = sortViews(collection);
    views.set(collection, known);
  }
  return by === 'updated' ? known.byUpdated : known.byPosition;
}

function sortViews(collection: Collection): Views {
  const changed = Object.entries(collection.changes)
    .filter(([, change]) => !change.gone)
    .map(([index, change]) => ({ index: Number(index), atMs: change.updatedAtMs }))
    .sort((a, b) => a.atMs - b.atMs || a.index - b.index);
  const size = sizeOf(collection);
  const byUpdated = new Uint32Array(size);
  const byPosition = new Uint32Array(size);
  let [unchanged, present] = [0, 0];
  const touched = new Set(Object.keys(collection.changes).map(Number));
  for (let index = 0; index < size; index += 1) {
    const untouched = !touched.has(index);
    if (untouched) byUpdated[unchanged++] = index;
    if (untouched || collection.changes[index]?.gone !== true) byPosition[present++] = index;
  }
  let last = unchanged;
  for (const { index } of changed) byUpdated[last++] = index;
  return {
    stamp: collection.stamp,
    byUpdated: byUpdated.subarray(0, last),
    byPosition: byPosition.subarray(0, present),
  };
}

const filters = new WeakMap<Uint32Array, Map<string, Uint32Array>>();

/** A filtered list, remembered by what was asked, so that paging through it filters once. */
export function filteredOnce(
  list: Uint32Array,
  asked: string,
  test: (index: number) => boolean,
): Uint32Array {
  const known = filters.get(list) ?? new Map<string, Uint32Array>();
  filters.set(list, known);
  const found = known.get(asked) ?? list.filter(test);
  if (known.size > 20) known.clear();
  known.set(asked, found);
  return found;
}

/** The first place in a rising list whose value is at least `bound`. */
export function lowerBound(list: Uint32Array, bound: number, read: (index: number) => number): number {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (read(list[middle] ?? 0) < bound) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Changes `positions`, all at one second: version and update time move on. */
export function touch(
  shop: Shop,
  resource: ResourceName,
  positions: Iterable<number>,
  nowMs: number,
): number {
  const collection = shop.collections[resource];
  let count = 0;
  for (const index of positions) {
    if (!exists(shop, resource, index)) continue;
    const before = collection.changes[index];
    collection.changes[index] = {
      ...before,
      version: (before?.version ?? 0) + 1,
      updatedAtMs: afterGenerated(shop, nowMs),
    };
    count += 1;
  }
  collection.stamp += 1;
  return count;
}

export function add(shop: Shop, resource: ResourceName, count: number, nowMs: number): number[] {
  const collection = shop.collections[resource];
  const first = sizeOf(collection);
  const atMs = afterGenerated(shop, nowMs);
  const positions = Array.from({ length: count }, (_, i) => first + i);
  for (const index of positions)
    collection.changes[index] = { version: 0, createdAtMs: atMs, updatedAtMs: atMs };
  collection.added += count;
  collection.stamp += 1;
  return positions;
}

export function remove(
  shop: Shop,
  resource: ResourceName,
  positions: Iterable<number>,
  nowMs: number,
): number {
  const count = touch(shop, resource, positions, nowMs);
  const collection = shop.collections[resource];
  for (const index of positions) {
    const change = collection.changes[index];
    if (change !== undefined) change.gone = true;
  }
  collection.stamp += 1;
  return count;
}

export function makeHostile(
  shop: Shop,
  resource: ResourceName,
  index: number,
  as: { kind: HostileKind; nowMs: number },
): void {
  touch(shop, resource, [index], as.nowMs);
  const change = shop.collections[resource].changes[index];
  if (change !== undefined) change.hostile = as.kind;
}

/** Changes never list before generated records, even where a test set `until` in the future. */
function afterGenerated(shop: Shop, nowMs: number): number {
  return Math.floor(Math.max(nowMs, shop.untilMs) / 1000) * 1000;
}
