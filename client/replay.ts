// Sending a whole range again: the API takes ten thousand events a call, this goes on until there is none left.
import { type components, dataOf, type MooringClient } from './index.ts';

export type ReplayWish = Omit<components['schemas']['ReplayWish'], 'cursor'>;

/** Gives how many deliveries are sent again; `onSome` hears before each further call how many so far. What was asked for before a call failed stays asked for. */
export async function replayAll(
  client: MooringClient,
  endpointId: string,
  wish: ReplayWish,
  onSome: (deliveries: number) => void = () => undefined,
): Promise<number> {
  let deliveries = 0;
  for (let cursor: string | null = null; ; ) {
    const body: components['schemas']['ReplayWish'] = { ...wish, ...(cursor === null ? {} : { cursor }) };
    const made: components['schemas']['Replayed'] = await dataOf(
      client.POST('/v1/endpoints/{id}/replay', { params: { path: { id: endpointId } }, body }),
    );
    deliveries += made.deliveries;
    if (made.nextCursor === null) return deliveries;
    cursor = made.nextCursor;
    onSome(deliveries);
  }
}
