// The states of an order whose platform tells how far each of its pieces is, and of the whole nothing. Pure.
import type { Order } from '../domain/resource.ts';

/** `sent` is on its way; `done` is with the buyer, or nothing more will come of it. */
export type Stage = 'waiting' | 'sent' | 'done' | 'returned' | 'cancelled';

/** Of the pieces that are not cancelled. Undefined: a word that is not known, of which nothing follows. */
export function progressOf(
  stages: readonly (Stage | undefined)[],
): Pick<Order, 'status' | 'fulfillmentStatus'> {
  if (stages.length === 0 || stages.includes(undefined))
    return { status: 'unknown', fulfillmentStatus: 'unknown' };
  const alive = stages.filter((one) => one !== 'cancelled');
  if (alive.length === 0) return { status: 'cancelled', fulfillmentStatus: 'unfulfilled' };
  if (alive.every((one) => one === 'returned')) return { status: 'completed', fulfillmentStatus: 'returned' };
  if (alive.every((one) => one === 'waiting')) return { status: 'open', fulfillmentStatus: 'unfulfilled' };
  if (alive.includes('waiting')) return { status: 'open', fulfillmentStatus: 'partially_fulfilled' };
  return { status: alive.includes('sent') ? 'open' : 'completed', fulfillmentStatus: 'fulfilled' };
}
