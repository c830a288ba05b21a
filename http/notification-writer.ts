// Writes notifications as they come, those of one tenant together: while one transaction is under way the next ones wait for the following one, so that a burst costs
// few commits. Nobody is answered before what they told is committed. Holds nothing beyond that.
import { MooringError } from '../domain/errors.ts';
import type { TenantId } from '../domain/ids.ts';
import type { Database } from '../store/database.ts';
import { type NewNotification, takeNotifications } from '../store/notifications.ts';

/** Whether it is new. Throws store_unavailable, and whatever the writing throws. */
export type WriteNotification = (tenantId: TenantId, one: NewNotification) => Promise<boolean>;

interface Waiting {
  readonly one: NewNotification;
  readonly resolve: (isNew: boolean) => void;
  readonly reject: (error: unknown) => void;
}

/** Of a statement; more wait for the next. */
const MOST = 200;

export function createNotificationWriter(db: Pick<Database, 'sqlInTenant'>): WriteNotification {
  const queues = new Map<TenantId, Waiting[]>();

  const write = async (tenantId: TenantId, some: readonly Waiting[]): Promise<void> => {
    try {
      const told = await db.sqlInTenant(tenantId, (sql) =>
        takeNotifications(
          sql,
          some.map(({ one }) => one),
        ),
      );
      for (const [at, { resolve }] of some.entries()) resolve(told[at] === true);
    } catch (error) {
      if (some.length === 1 || isDatabaseDown(error)) {
        for (const { reject } of some) reject(error);
        return;
      }
      // One that cannot be written keeps no other one out.
      for (const one of some) await write(tenantId, [one]);
    }
  };

  const drain = async (tenantId: TenantId, queue: Waiting[]): Promise<void> => {
    while (queue.length > 0) await write(tenantId, queue.splice(0, MOST));
    queues.delete(tenantId);
  };

  return (tenantId, one) =>
    new Promise((resolve, reject) => {
      const waiting = { one, resolve, reject };
      const queue = queues.get(tenantId);
      if (queue !== undefined) {
        queue.push(waiting);
        return;
      }
      const fresh = [waiting];
      queues.set(tenantId, fresh);
      void drain(tenantId, fresh);
    });
}

/** Then none of them can be written, and trying each by itself would only keep them all waiting. */
function isDatabaseDown(error: unknown): boolean {
  return error instanceof MooringError && error.code === 'store_unavailable';
}
