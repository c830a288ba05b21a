// Starts the workflows of requests to erase and to report that are open, a page at a time. Safe to repeat: one that runs is left alone.
import type { Database } from '../store/database.ts';
import { listOpenRequests } from '../store/privacy-requests.ts';
import type { LifecycleWorkflows } from './lifecycle-deps.ts';

/** Of a page. */
const DUTIES = 500;

/** How many were started, however many there are; `onEach` hears of each that was looked at. */
export async function startDuties(
  { db, startPrivacy }: { readonly db: Database } & Pick<LifecycleWorkflows, 'startPrivacy'>,
  which: 'all' | 'unbegun',
  onEach: () => void = () => undefined,
): Promise<number> {
  let started = 0;
  for (let afterId = ''; ; ) {
    const page = { which, afterId, limit: DUTIES };
    const open = await db.sqlAcrossTenants((sql) => listOpenRequests(sql, page));
    for (const { id, dueAt } of open) {
      if (await startPrivacy({ privacyRequestId: id, dueAtMs: dueAt.getTime() })) started += 1;
      onEach();
    }
    const last = open.at(-1);
    if (last === undefined || open.length < DUTIES) return started;
    afterId = last.id;
  }
}
