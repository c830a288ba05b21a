// Reads one page of a pass from the platform and makes it ready to be written. Harmless to repeat: it only reads. Short troubles of the
// platform are waited out here; longer ones are thrown, with the instant from which a retry makes sense.
import { MooringError } from '../domain/errors.ts';
import type { Json, PassContext, RawPage, ResourceDefinition } from '../domain/platform.ts';
import { cursorAfter, type PassBounds, type PassCursor, windowAt } from '../domain/sync.ts';
import type { PlatformCall } from '../egress/call.ts';
import { type PreparedItems, prepareItems } from './prepare-page.ts';
import type { SyncTimings } from './sync-deps.ts';

export interface ReadyPage extends PreparedItems {
  /** Where the pass goes on after this page. */
  readonly next: PassCursor;
  readonly deletedIds: readonly string[];
  readonly total: number | null;
}

export interface PageSource {
  readonly definition: ResourceDefinition;
  readonly bounds: PassBounds;
  readonly shop: Readonly<Record<string, string>>;
  readonly facts: Readonly<Record<string, string>>;
  readonly call: PlatformCall;
  readonly timings: SyncTimings;
  readonly nowMs: () => number;
  readonly signal: AbortSignal;
  /** Told after every answer: the page is alive. */
  readonly onAnswer: () => void;
}

/** Throws what PlatformCall throws, once its patience is used up. */
export async function readPage(
  source: PageSource,
  cursor: Extract<PassCursor, { at: 'page' }>,
): Promise<ReadyPage> {
  const { definition } = source;
  const window = windowAt(source.bounds, definition.windowS, cursor.windowStartMs);
  const pass: PassContext = {
    shop: source.shop,
    sinceMs: window.sinceMs,
    untilMs: window.untilMs,
    pageSize: Math.min(definition.pageSize.default, definition.pageSize.max),
    facts: source.facts,
  };
  const raw = await patiently(source, async (): Promise<RawPage> => {
    const answer = await source.call(definition.request(pass, cursor.page), {
      accept: definition.accepts ?? [],
    });
    return definition.read(pass, cursor.page, answer);
  });
  const items = await withDetails(source, pass, raw.items);
  const prepared = prepareItems(definition, pass, items);
  const next = cursorAfter(source.bounds, window, raw.next);
  if (raw.next !== null && sameJson(raw.next, cursor.page))
    throw new MooringError(
      'platform_answer_invalid',
      `the page of "${definition.resource}" names itself as the next`,
    );
  return { ...prepared, next, deletedIds: raw.deleted ?? [], total: raw.total ?? null };
}

/** Where a page lists ids only, reads what they stand for, as many at a time as the platform takes. */
async function withDetails(
  source: PageSource,
  pass: PassContext,
  items: readonly Json[],
): Promise<readonly Json[]> {
  const { details } = source.definition;
  if (details === undefined) return items;
  const found: Json[] = [];
  for (let from = 0; from < items.length; from += details.max) {
    const batch = items.slice(from, from + details.max);
    const some = await patiently(source, async () =>
      details.read(await source.call(details.request(pass, batch)), batch),
    );
    found.push(...some);
  }
  return found;
}

const PASSING = new Set(['platform_down', 'platform_unreachable', 'platform_answer_invalid']);

async function patiently<T>(source: PageSource, read: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      const answer = await read();
      source.onAnswer();
      return answer;
    } catch (error) {
      const waitMs = waitBefore(source, error, tries);
      if (waitMs === null || source.signal.aborted) throw error;
      await pause(waitMs, source);
    }
  }
}

/** How long to wait before the same page is asked for again; null: not at all. */
function waitBefore(source: PageSource, error: unknown, tries: number): number | null {
  if (!(error instanceof MooringError)) return null;
  const toldMs = error.retryAtMs === undefined ? null : Math.max(0, error.retryAtMs - source.nowMs());
  if (error.code === 'platform_rate_limited') {
    const waitMs = toldMs ?? 1_000;
    return tries < 10 && waitMs <= source.timings.longestWaitMs ? waitMs : null;
  }
  if (!PASSING.has(error.code)) return null;
  const waitMs = source.timings.pageRetryMs[tries];
  if (waitMs === undefined || (toldMs !== null && toldMs > source.timings.longestWaitMs)) return null;
  return Math.max(waitMs, toldMs ?? 0);
}

/** Waits; the wait counts as progress, because it is wanted. Throws the signal's reason when aborted. */
async function pause(waitMs: number, source: PageSource): Promise<void> {
  const alive = setInterval(source.onAnswer, 1_000);
  try {
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(done, waitMs);
      const stop = (): void => {
        clearTimeout(timer);
        reject(source.signal.reason);
      };
      function done(): void {
        source.signal.removeEventListener('abort', stop);
        resolve();
      }
      source.signal.addEventListener('abort', stop, { once: true });
    });
  } finally {
    clearInterval(alive);
  }
}

function sameJson(a: Json, b: Json | null): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
