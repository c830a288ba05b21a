// What a sync run does next, as pure decisions: which passes are due and in which order, where a pass's windows lie, when a
// full pass may delete. Waits for nothing and reads nothing; whoever asks again with the same facts gets the same answer.
import type { Json } from './platform.ts';
import type { Resource } from './resource.ts';

/** incremental: what changed since the watermark. backfill: everything, from the beginning. */
export type PassMode = 'incremental' | 'backfill';

/** Where a pass stands between two pages; what is inside `page` is the platform's own. */
export type PassCursor =
  | { readonly at: 'page'; readonly windowStartMs: number | null; readonly page: Json | null }
  /** every page is in; what a full pass found missing is still to be settled */
  | { readonly at: 'end' };

/** The durable position in one resource. Instants are epoch ms. */
export interface CheckpointState {
  readonly resource: Resource;
  readonly mode: PassMode;
  /** null between passes */
  readonly passId: string | null;
  /** everything the platform changed before this instant is in */
  readonly watermarkMs: number | null;
  readonly completedAtMs: number | null;
  /** a held pass was confirmed and waits to be carried out */
  readonly hasConfirmedDeletions: boolean;
}

/** Somebody's wish for a sync now; no resources means all. */
export interface SyncWish {
  readonly id: string;
  readonly resources: readonly Resource[];
  readonly mode: PassMode;
  readonly createdAtMs: number;
}

/** A resource that this connection may read, and how its platform lists it. */
export interface SyncedResource {
  readonly resource: Resource;
  readonly filter: 'updated_at' | 'full_scan';
}

export interface SyncView {
  readonly nowMs: number;
  readonly intervalMs: number;
  readonly resources: readonly SyncedResource[];
  readonly checkpoints: readonly CheckpointState[];
  readonly wishes: readonly SyncWish[];
}

export type DueWork =
  | { readonly kind: 'deletions'; readonly resource: Resource; readonly mode: PassMode }
  | { readonly kind: 'pass'; readonly resource: Resource; readonly mode: PassMode };

/** Stock first: it goes stale soonest. */
const PRIORITY: Readonly<Record<Resource, number>> = { inventory: 0, orders: 1, products: 2, customers: 3 };

/** Without word of deletions from the platform, all is read again once in this time. */
export const FULL_PASS_EVERY_MS = 7 * 86_400_000;

/** Where a platform only lists by windows, history begins this long ago. */
export const HISTORY_MS = 5 * 365 * 86_400_000;

/** What is due now, most urgent first: confirmed deletions, then changes, then what takes long. */
export function dueWork(view: SyncView): readonly DueWork[] {
  const resources = [...view.resources].sort((a, b) => PRIORITY[a.resource] - PRIORITY[b.resource]);
  const deletions = view.checkpoints
    .filter((one) => one.hasConfirmedDeletions && resources.some((r) => r.resource === one.resource))
    .map(({ resource, mode }) => ({ kind: 'deletions' as const, resource, mode }));
  const passes = (['incremental', 'backfill'] as const).flatMap((mode) =>
    resources
      .filter((one) => isDue(view, one, mode))
      .map(({ resource }) => ({ kind: 'pass' as const, resource, mode })),
  );
  return [...deletions, ...passes];
}

function isDue(view: SyncView, one: SyncedResource, mode: PassMode): boolean {
  const wished = view.wishes.some(
    (wish) => covers(wish, one.resource) && modeFor(view, one, wish) === mode && !hasServed(view, one, wish),
  );
  const checkpoint = find(view, one.resource, mode);
  if (wished || (checkpoint?.passId ?? null) !== null) return true;
  if (one.filter === 'full_scan') return mode === 'incremental' && isStale(view, checkpoint);
  if (mode === 'incremental') return checkpoint !== undefined && isStale(view, checkpoint);
  const completedAtMs = checkpoint?.completedAtMs ?? null;
  return completedAtMs === null || view.nowMs - completedAtMs >= FULL_PASS_EVERY_MS;
}

/** Half an interval: a tick that comes early by jitter still works, a second trigger right after a run does not. */
function isStale(view: SyncView, checkpoint: CheckpointState | undefined): boolean {
  const watermarkMs = checkpoint?.watermarkMs ?? null;
  return watermarkMs === null || view.nowMs - watermarkMs >= view.intervalMs / 2;
}

function hasServed(view: SyncView, one: SyncedResource, wish: SyncWish): boolean {
  const mode = modeFor(view, one, wish);
  const checkpoint = find(view, one.resource, mode);
  const inUntilMs = mode === 'incremental' ? checkpoint?.watermarkMs : checkpoint?.completedAtMs;
  return (inUntilMs ?? null) !== null && (inUntilMs ?? 0) >= wish.createdAtMs;
}

/** A resource that is always read whole has one kind of pass; and changes have nothing to start from before the first full pass. */
function modeFor(view: SyncView, one: SyncedResource, wish: SyncWish): PassMode {
  if (one.filter === 'full_scan') return 'incremental';
  return find(view, one.resource, 'incremental') === undefined ? 'backfill' : wish.mode;
}

function covers(wish: SyncWish, resource: Resource): boolean {
  return wish.resources.length === 0 || wish.resources.includes(resource);
}

function find(view: SyncView, resource: Resource, mode: PassMode): CheckpointState | undefined {
  return view.checkpoints.find((one) => one.resource === resource && one.mode === mode);
}

/** The bounds of one pass. `sinceMs` null: everything there is. */
export interface PassBounds {
  readonly sinceMs: number | null;
  readonly untilMs: number;
}

/** The bounds of a pass that begins now. */
export function passBounds(input: {
  readonly mode: PassMode;
  readonly filter: 'updated_at' | 'full_scan';
  readonly overlapS: number;
  readonly watermarkMs: number | null;
  readonly nowMs: number;
}): PassBounds {
  const isFull = isFullPass(input);
  const sinceMs = isFull || input.watermarkMs === null ? null : input.watermarkMs - input.overlapS * 1000;
  return { sinceMs, untilMs: input.nowMs };
}

/** Only a pass that lists everything can say what is gone. */
export function isFullPass(pass: {
  readonly mode: PassMode;
  readonly filter: 'updated_at' | 'full_scan';
}): boolean {
  return pass.mode === 'backfill' || pass.filter === 'full_scan';
}

/** The bounds of the window that begins at `windowStartMs`: no wider than the platform takes. */
export function windowAt(
  bounds: PassBounds,
  windowS: number | null,
  windowStartMs: number | null,
): PassBounds {
  if (windowS === null) return bounds;
  const sinceMs = windowStartMs ?? bounds.sinceMs ?? bounds.untilMs - HISTORY_MS;
  return { sinceMs, untilMs: Math.min(sinceMs + windowS * 1000, bounds.untilMs) };
}

/** Where the pass goes on after a page; `next` is the platform's own cursor. */
export function cursorAfter(bounds: PassBounds, window: PassBounds, next: Json | null): PassCursor {
  if (next !== null) return { at: 'page', windowStartMs: window.sinceMs, page: next };
  const hasMoreWindows = window.untilMs < bounds.untilMs;
  return hasMoreWindows ? { at: 'page', windowStartMs: window.untilMs, page: null } : { at: 'end' };
}

export const BEGINNING: PassCursor = { at: 'page', windowStartMs: null, page: null };

/** Reads a stored cursor; anything else than ours begins the pass anew. */
export function readCursor(stored: unknown): PassCursor {
  if (typeof stored !== 'object' || stored === null || !('at' in stored)) return BEGINNING;
  if (stored.at === 'end') return { at: 'end' };
  const start =
    'windowStartMs' in stored && typeof stored.windowStartMs === 'number' ? stored.windowStartMs : null;
  const page = 'page' in stored ? (stored.page as Json) : null; // stored as JSON, by cursorAfter
  return { at: 'page', windowStartMs: start, page };
}

export interface DeletionGuard {
  /** of the records alive, 0 to 1 */
  readonly share: number;
  readonly atLeast: number;
}
export const DELETION_GUARD: DeletionGuard = { share: 0.2, atLeast: 10 };

/** Whether a full pass that misses this many must be confirmed first: more likely half an answer than a clearance. */
export function mustHold(
  guard: DeletionGuard,
  pass: { readonly missing: number; readonly live: number },
): boolean {
  return pass.missing >= guard.atLeast && pass.missing > guard.share * pass.live;
}
