// Lists that an offset does not reach the end of, and that can be cut by the time things were made: that never changes, so that whatever else changes meanwhile, nothing moves from one
// window into another. The first window is all there is; one that holds more than an offset reaches is halved until it does not. Pure.
import type { Json, PageCursor, RawPage } from '../domain/platform.ts';
import { answerInvalid, valueAt } from './json.ts';
import { offsetAfter } from './offset.ts';

/** A window of creation time, and how far it is read. `toMs` null: without an end. */
export interface CreatedWindow {
  readonly fromMs: number;
  readonly toMs: number | null;
  readonly offset: number;
  /** What the page before said there is in the window. */
  readonly total: number | null;
}

export interface WindowPage {
  /** As told, with what is left out of `items`. */
  readonly size: number;
  readonly limit: number;
  readonly total: number | null;
  /** The most things that an offset reaches. */
  readonly reach: number;
  /** The pass's end: where a window without an end is taken to end when it is halved. */
  readonly untilMs: number;
}

/** `beginningMs`: before anything was made. */
export function createdWindow(cursor: PageCursor | null, beginningMs: number): CreatedWindow {
  const number = (name: string): number | null => {
    const value: Json | undefined = valueAt(cursor ?? undefined, name);
    return typeof value === 'number' ? value : null;
  };
  return {
    fromMs: number('fromMs') ?? beginningMs,
    toMs: number('toMs'),
    offset: number('offset') ?? 0,
    total: number('total'),
  };
}

/** Where the pass goes on. `isTooMany`: the page is of a window that is halved, and read again. Throws platform_answer_invalid. */
export function afterCreatedWindow(
  window: CreatedWindow,
  page: WindowPage,
): { readonly isTooMany: boolean; readonly next: RawPage['next'] } {
  if (page.total !== null && page.total > page.reach)
    return { isTooMany: true, next: { ...halved(window, page) } };
  const offset = offsetAfter({ ...page, offset: window.offset, totalBefore: window.total });
  if (offset !== null) return { isTooMany: false, next: { ...window, offset, total: page.total } };
  const following = { fromMs: window.toMs, toMs: null, offset: 0, total: null };
  return { isTooMany: false, next: window.toMs === null ? null : following };
}

/** The earlier half; both ends are whole seconds, and belong to both halves. */
function halved({ fromMs, toMs }: CreatedWindow, { untilMs, reach }: WindowPage): CreatedWindow {
  const endMs = toMs ?? Math.max(untilMs, fromMs);
  const middleMs = Math.floor((fromMs + endMs) / 2_000) * 1_000;
  if (middleMs <= fromMs) throw answerInvalid('/', `tells of more than ${reach} of one second`);
  return { fromMs, toMs: middleMs, offset: 0, total: null };
}
