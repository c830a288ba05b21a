// Tells each tenant, once a step, what of its own ends soon: an event `calendar.warning` with the date, what it is about and how many
// connections it would stop. Safe to run twice: what was told is noted in the same transaction.

import { isId } from '../domain/ids.ts';
import { calendarRules } from '../platforms/calendar-rules.ts';
import { takeDueWarnings } from '../store/calendar.ts';
import { appendEvent } from '../store/events.ts';
import type { LifecycleDeps } from './lifecycle-deps.ts';

/** The rest is told by the next sweeps, five minutes apart. */
const AT_MOST = 500;

export async function warnOfDeadlines(
  deps: Pick<LifecycleDeps, 'db' | 'platforms' | 'nowMs'>,
): Promise<number> {
  const rules = calendarRules(deps.platforms.values());
  const now = new Date(deps.nowMs());
  return deps.db.acrossTenants(async (tx) => {
    const due = await takeDueWarnings(tx, { rules, now, limit: AT_MOST });
    for (const { tenantId, kind, subject, platform, connections, note, days, at } of due) {
      await appendEvent(tx, {
        tenantId,
        type: 'calendar.warning',
        ...(isId('connection', subject) ? { connectionId: subject } : {}),
        data: { kind, subject, platform, at: at.toISOString(), days, connections, note },
        atMs: now.getTime(),
      });
    }
    return due.length;
  });
}
