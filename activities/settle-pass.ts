// Ends a pass whose pages are all in: a full pass says what is gone, and a suspicious share of it waits for a confirmation. Safe to
// repeat: what is a tombstone already is not missing any more, and a newer attempt's claim ends this one.

import type { SyncRunId } from '../domain/ids.ts';
import type { ResourceDefinition } from '../domain/platform.ts';
import { isFullPass, mustHold } from '../domain/sync.ts';
import { type ClaimedPass, completePass, holdCheckpoint } from '../store/checkpoints.ts';
import {
  countMissing,
  deleteMissing,
  type FullPass,
  findConfirmedPass,
  forgetHeld,
  forgetPasses,
  holdPass,
} from '../store/deletions.ts';
import { appendEvent } from '../store/events.ts';
import { dropSetAsideBefore } from '../store/set-aside.ts';
import type { SyncDeps } from './sync-deps.ts';

/** Tombstones written in one transaction: a reader of the feed waits no longer than for this many. */
const CHUNK = 2_000;

export interface Settled {
  readonly deleted: number;
  /** Missing records that wait for a confirmation. */
  readonly held: number;
}

const NOTHING_GONE: Settled = { deleted: 0, held: 0 };

type SettleDeps = Pick<SyncDeps, 'db' | 'deletionGuard'>;

export async function settlePass(
  deps: SettleDeps,
  pass: ClaimedPass,
  run: { readonly id: SyncRunId; readonly definition: ResourceDefinition; readonly onProgress: () => void },
): Promise<Settled> {
  const isFull = isFullPass({ mode: pass.mode, filter: run.definition.filter });
  const showsAll = run.definition.reach !== 'recent';
  const settled = isFull && showsAll ? await settleFull(deps, pass, run) : NOTHING_GONE;
  await deps.db.sqlInTenant(pass.of.tenantId, async (sql) => {
    await holdCheckpoint(sql, pass);
    if (isFull) {
      await dropSetAsideBefore(sql, pass.of, pass.passStartedAt);
      await forgetPasses(sql, pass.of, {
        mode: pass.mode,
        heldPassId: settled.held > 0 ? pass.passId : null,
      });
    }
    await completePass(sql, pass);
  });
  return settled;
}

async function settleFull(
  deps: SettleDeps,
  pass: ClaimedPass,
  run: { readonly id: SyncRunId; readonly onProgress: () => void },
): Promise<Settled> {
  const found = await deps.db.sqlInTenant(pass.of.tenantId, (sql) => countMissing(sql, pass));
  run.onProgress();
  if (found === null || found.missing === 0) return NOTHING_GONE;
  if (mustHold(deps.deletionGuard, found)) {
    await hold(deps, pass, { runId: run.id, ...found });
    return { deleted: 0, held: found.missing };
  }
  return { deleted: await deleteAll(deps, pass, { writer: pass, onProgress: run.onProgress }), held: 0 };
}

async function hold(
  deps: SettleDeps,
  pass: ClaimedPass,
  found: { readonly runId: SyncRunId; readonly missing: number; readonly live: number },
): Promise<void> {
  await deps.db.inTenant(pass.of.tenantId, async (tx) => {
    const isNew = await holdPass(tx, { ...pass, runId: found.runId, missing: found.missing });
    if (!isNew) return;
    await appendEvent(tx, {
      tenantId: pass.of.tenantId,
      type: 'sync.held',
      connectionId: pass.of.connectionId,
      data: { runId: found.runId, resource: pass.of.resource, missing: found.missing, live: found.live },
    });
  });
}

/** Carries out what somebody confirmed. Records that changed since the held pass began are alive and stay. */
export async function deleteConfirmed(
  deps: SettleDeps,
  pass: Pick<ClaimedPass, 'of' | 'mode'>,
  onProgress: () => void,
): Promise<number> {
  const held = await deps.db.sqlInTenant(pass.of.tenantId, (sql) =>
    findConfirmedPass(sql, pass.of, pass.mode),
  );
  if (held === null) return 0;
  const deleted = await deleteAll(deps, held, { writer: null, onProgress });
  await deps.db.sqlInTenant(pass.of.tenantId, (sql) => forgetHeld(sql, { ...held, mode: pass.mode }));
  return deleted;
}

async function deleteAll(
  deps: SettleDeps,
  pass: FullPass,
  by: { readonly writer: ClaimedPass | null; readonly onProgress: () => void },
): Promise<number> {
  for (let deleted = 0; ; ) {
    const some = await deps.db.sqlInTenant(pass.of.tenantId, async (sql) => {
      if (by.writer !== null) await holdCheckpoint(sql, by.writer);
      return deleteMissing(sql, pass, CHUNK);
    });
    by.onProgress();
    deleted += some;
    if (some === 0) return deleted;
  }
}
