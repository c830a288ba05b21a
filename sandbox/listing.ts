/** Slices of a shop's records as the platforms' lists need them: between two instants, in an order, a page at a time. */
import { changeOf, createdAtMs, exists, listed, lowerBound, updatedAtMs } from './collection.ts';
import { productOfVariant } from './generator.ts';
import { spoil, spoilText } from './hostile.ts';
import type { ResourceName, Shop } from './state.ts';

export interface Range {
  by: 'updated' | 'created';
  /** Inclusive; nothing: from the beginning. */
  fromMs?: number | null | undefined;
  /** Exclusive; nothing: to the end. */
  toMs?: number | null | undefined;
  /** The newest first. */
  descending?: boolean;
}

/** Positions of the records changed or made in the range, in that order. */
export function positionsIn(shop: Shop, resource: ResourceName, range: Range): Uint32Array {
  const all = listed(shop, resource, range.by === 'updated' ? 'updated' : 'position');
  const timeOf = range.by === 'updated' ? updatedAtMs : createdAtMs;
  const at = (ms: number) => lowerBound(all, ms, (index) => timeOf(shop, resource, index));
  const { fromMs, toMs } = range;
  const from = fromMs === null || fromMs === undefined ? 0 : at(fromMs);
  const to = toMs === null || toMs === undefined ? all.length : at(toMs);
  const found = all.subarray(from, Math.max(from, to));
  return range.descending ? found.slice().reverse() : found;
}

/** Records as the platform writes them, spoilt where control asked for it. */
export function rendered<T extends object>(
  shop: Shop,
  resource: ResourceName,
  positions: Iterable<number>,
  render: (shop: Shop, index: number) => T,
): unknown[] {
  return [...positions].map((index) => spoil(render(shop, index), changeOf(shop, resource, index)?.hostile));
}

/** Positions of the records that control deleted since an instant, in the order of their end. */
export function goneSince(shop: Shop, resource: ResourceName, fromMs: number): number[] {
  return Object.entries(shop.collections[resource].changes)
    .filter(([, change]) => change.gone === true && change.updatedAtMs >= fromMs)
    .sort(([, a], [, b]) => a.updatedAtMs - b.updatedAtMs)
    .map(([index]) => Number(index));
}

/** Positions of the skus whose product exists, where a platform lists skus alone. */
export function skusOf(shop: Shop): number[] {
  return [...positionsIn(shop, 'inventory', { by: 'created' })].filter((variant) =>
    exists(shop, 'products', productOfVariant(variant)),
  );
}

/** Skus as the platform writes them, spoilt where their product is. */
export function renderedSkus<T extends object>(
  shop: Shop,
  variants: readonly number[],
  render: (shop: Shop, variant: number) => T,
): unknown[] {
  return variants.map((variant) =>
    spoil(render(shop, variant), changeOf(shop, 'products', productOfVariant(variant))?.hostile),
  );
}

/** JSON in which spoilt records may stand. */
export function spoiltJson(value: unknown): string {
  return spoilText(JSON.stringify(value));
}

const known = new WeakMap<Shop, { stamp: string; found: Map<string, number[]> }>();

/** Rows found by rendering every record, remembered by what was asked, so that paging through them finds them once. */
export function rowsOnce(shop: Shop, asked: string, find: () => number[]): number[] {
  const stamp = Object.values(shop.collections)
    .map((collection) => collection.stamp)
    .join();
  const before = known.get(shop);
  const kept = before?.stamp === stamp ? before : { stamp, found: new Map<string, number[]>() };
  known.set(shop, kept);
  const rows = kept.found.get(asked) ?? find();
  if (kept.found.size > 20) kept.found.clear();
  kept.found.set(asked, rows);
  return rows;
}

/** A whole number of the query within its bounds; null when it is not one. */
export function wholeIn(
  query: URLSearchParams,
  name: string,
  rule: { otherwise: number; min: number; max: number },
): number | null {
  const text = query.get(name);
  if (text === null || text === '') return rule.otherwise;
  const value = Number(text);
  return /^\d+$/.test(text) && value >= rule.min && value <= rule.max ? value : null;
}

/** An instant in ISO 8601, with its zone; null when the text is none. */
export function instantMs(text: string | null | undefined): number | null {
  if (text === null || text === undefined) return null;
  if (!/^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$/.test(text)) return null;
  const zoned = /(Z|[+-]\d\d:?\d\d)$/.test(text) || !text.includes('T') ? text : `${text}Z`;
  const ms = Date.parse(zoned);
  return Number.isNaN(ms) ? null : ms;
}

export function iso(ms: number): string {
  return new Date(ms).toISOString();
}

/** A cursor the caller cannot read: what comes next, bound to what was asked. */
export function cursorOf(next: number, asked: string): string {
  return Buffer.from(JSON.stringify([next, asked])).toString('base64url');
}

/** Where a cursor continues; null when it is not ours, or belongs to another question. */
export function placeOf(cursor: string, asked: string): number | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (!Array.isArray(value) || value[1] !== asked) return null;
    const place: unknown = value[0];
    return typeof place === 'number' && Number.isInteger(place) && place >= 0 ? place : null;
  } catch {
    return null;
  }
}

/** The parameters that make the question, without those that only page through its answer. */
export function askedBy(query: URLSearchParams, paging: readonly string[]): string {
  return JSON.stringify([...query].filter(([name]) => !paging.includes(name)).sort());
}
