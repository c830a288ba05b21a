// The platform-wide breaker's hands: weighing, telling everybody, trying canaries, closing. Each is safe to run twice; deciding and
// waiting are the workflow's.
import { heartbeat } from '@temporalio/activity';
import { isTooMany } from '../domain/breaker.ts';
import {
  closeBreaker as close,
  isBreakerOpen,
  listCanaries,
  listLiveOfPlatform,
  noteCanary,
  openBreaker,
  weighPlatform,
} from '../store/breakers.ts';
import type { LifecycleActivities } from './lifecycle-contract.ts';
import type { LifecycleDeps } from './lifecycle-deps.ts';
import { probe } from './probe-connection.ts';

const WINDOW_MS = 10 * 60_000;
const PAGE = 500;
const CANARIES = 5;

/** Opens the platform's breaker when too many fail at once, and sees that its workflow runs while it is open. */
export const weighBreaker =
  (deps: Pick<LifecycleDeps, 'db' | 'nowMs' | 'workflows'>): LifecycleActivities['weighBreaker'] =>
  async ({ platform }) => {
    const isOpen = await deps.db.acrossTenants(async (tx) => {
      if (await isBreakerOpen(tx, platform)) return true;
      const nowMs = deps.nowMs();
      const scales = await weighPlatform(tx, platform, nowMs - WINDOW_MS);
      return isTooMany(scales) && (await openBreaker(tx, platform, nowMs));
    });
    if (isOpen) await deps.workflows.startBreaker(platform);
  };

/** Signals every live connection of the platform; repeated from the beginning, a second signal means nothing to it. */
export const tellPlatform =
  (deps: Pick<LifecycleDeps, 'db' | 'workflows'>): LifecycleActivities['tellPlatform'] =>
  async ({ platform, signal }) => {
    let told = 0;
    for (let afterId = ''; ; ) {
      const page = await deps.db.acrossTenants((tx) =>
        listLiveOfPlatform(tx, platform, { afterId, limit: PAGE }),
      );
      for (const { id } of page) {
        if (await deps.workflows.signal(id, signal)) told += 1;
      }
      heartbeat(told);
      const last = page.at(-1);
      if (last === undefined || page.length < PAGE) return told;
      afterId = last.id;
    }
  };

/** True when nearly all of a random few work: one of them may have a trouble of its own. */
export const probeCanaries =
  (deps: Pick<LifecycleDeps, 'db' | 'exchange'>): LifecycleActivities['probeCanaries'] =>
  async ({ platform }) => {
    const canaries = await deps.db.acrossTenants((tx) => listCanaries(tx, platform, CANARIES));
    const answers = await Promise.all(
      canaries.map(({ id, tenantId }) => probe(deps, { tenantId, connectionId: id }, 'canary')),
    );
    const works = answers.filter(({ outcome }) => outcome === 'works').length;
    await deps.db.acrossTenants((tx) =>
      noteCanary(tx, platform, { connectionId: canaries[0]?.id ?? null, nextTryAtMs: null }),
    );
    return canaries.length === 0 || works >= Math.max(1, Math.ceil(canaries.length * 0.8));
  };

export const closeBreaker =
  (deps: Pick<LifecycleDeps, 'db' | 'nowMs'>): LifecycleActivities['closeBreaker'] =>
  ({ platform }) =>
    deps.db.acrossTenants((tx) => close(tx, platform, deps.nowMs()));
