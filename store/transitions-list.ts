// Reads of a connection's transitions, newest first, for its timeline. Never writes.
import type { Tx } from './database.ts';
import type { Transition } from './generated/client.ts';
import type { PageAfter } from './page-after.ts';

export type TransitionListRow = Transition;

/** `after` is the decimal text of a sequence number. */
export async function listTransitions(
  tx: Tx,
  connectionId: string,
  page: PageAfter,
): Promise<TransitionListRow[]> {
  return tx.transition.findMany({
    where: { connectionId, ...(page.after === null ? {} : { seq: { lt: BigInt(page.after) } }) },
    orderBy: { seq: 'desc' },
    take: page.limit,
  });
}
