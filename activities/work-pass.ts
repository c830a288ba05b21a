// Works through the pages of one pass: while PostgreSQL writes a page, the next is fetched, parsed, mapped and hashed. Each page commits
// with its checkpoint, so that a crash anywhere loses nothing and repeats at most the pages in the air.
import type { SyncRunId } from '../domain/ids.ts';
import { isFullPass } from '../domain/sync.ts';
import type { ClaimedPass } from '../store/checkpoints.ts';
import { type PageCounts, writePage } from '../store/records.ts';
import type { ResourceProgress } from '../store/sync-runs.ts';
import { type PageSource, type ReadyPage, readPage } from './read-page.ts';
import type { SyncDeps } from './sync-deps.ts';

export interface PassWork {
  readonly pass: ClaimedPass;
  readonly source: PageSource;
  readonly runId: SyncRunId;
  /** What this run did with the resource before. */
  readonly progress: ResourceProgress;
  readonly mayClearSetAside: boolean;
  /** Monotonic ms after which no further page is begun. */
  readonly untilMs: number;
  readonly onPage: (position: { resource: string; pages: number; records: number }) => void;
}

/** Gives how far it came; `done` means that every page is in. Throws stale_write, fenced and what readPage throws. */
export async function workPass(deps: Pick<SyncDeps, 'db'>, work: PassWork): Promise<ResourceProgress> {
  const { pass, source } = work;
  if (pass.cursor.at === 'end') return { ...work.progress, done: true };
  let state: PassState = {
    progress: { ...work.progress, mode: pass.mode },
    pages: pass.pages,
    // A record the store does not have yet differs for certain, so a first load is sent without asking.
    probeFirst: pass.watermarkMs !== null,
    clears: work.mayClearSetAside,
  };
  let ahead: Promise<ReadyPage> | null = readPage(source, pass.cursor);
  while (ahead !== null) {
    const page: ReadyPage = await ahead;
    // Decided before fetching ahead, so that nothing is fetched for nobody.
    const goesOn: boolean =
      page.next.at === 'page' && performance.now() < work.untilMs && !source.signal.aborted;
    ahead = goesOn && page.next.at === 'page' ? quietly(readPage(source, page.next)) : null;
    state = await write(deps, work, state, page);
    source.signal.throwIfAborted();
    work.onPage({ resource: pass.of.resource, pages: state.progress.pages, records: state.progress.seen });
  }
  return state.progress;
}

interface PassState {
  readonly progress: ResourceProgress;
  readonly pages: number;
  readonly probeFirst: boolean;
  readonly clears: boolean;
}

async function write(
  deps: Pick<SyncDeps, 'db'>,
  work: PassWork,
  state: PassState,
  page: ReadyPage,
): Promise<PassState> {
  const { pass, source } = work;
  const isFull = isFullPass({ mode: pass.mode, filter: source.definition.filter });
  const counts = await deps.db.sqlInTenant(pass.of.tenantId, (sql) =>
    writePage(sql, {
      of: pass.of,
      runId: work.runId,
      advance: {
        mode: pass.mode,
        writer: pass.writer,
        pagesBefore: state.pages,
        recordsSeen: page.records.length,
        cursor: page.next,
      },
      records: page.records,
      deletedIds: page.deletedIds,
      seen: isFull ? { passId: pass.passId, ids: page.ids } : null,
      setAside: page.setAside,
      mayClearSetAside: state.clears,
      probeFirst: state.probeFirst,
      progress: (written) => addPage(state.progress, page, written),
    }),
  );
  const changed = counts.created + counts.changed;
  return {
    progress: addPage(state.progress, page, counts),
    pages: state.pages + 1,
    probeFirst: changed * 2 < page.records.length || (page.records.length === 0 && state.probeFirst),
    clears: state.clears || page.setAside.length > 0,
  };
}

function addPage(before: ResourceProgress, page: ReadyPage, counts: PageCounts): ResourceProgress {
  return {
    ...before,
    pages: before.pages + 1,
    seen: before.seen + page.records.length + page.setAside.length,
    written: before.written + counts.created + counts.changed,
    unchanged: before.unchanged + counts.unchanged,
    deleted: before.deleted + counts.deleted,
    setAside: before.setAside + page.setAside.length,
    done: page.next.at === 'end',
    ...(page.total === null ? {} : { total: page.total }),
  };
}

/** The page is awaited later: a failure before then must not count as unhandled. */
function quietly<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}
