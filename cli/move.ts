// mooring confirm-move, refuse-move: somebody's word on a shop's new address. Which attempt is meant is named, so that nobody confirms what
// they have not seen; `mooring connections show` shows it.
import { dataOf } from '../client/index.ts';
import { shopName } from './connections.ts';
import type { Context } from './context.ts';

export async function confirmMove(context: Context, id: string, authorizationId: string): Promise<void> {
  const moved = await dataOf(
    context.client.POST('/v1/connections/{id}/confirm-move', {
      params: { path: { id } },
      body: { authorizationId },
    }),
  );
  context.print(moved, (one) => `${one.id} is ${shopName(one)} now, ${one.state}`);
}

export async function refuseMove(context: Context, id: string, authorizationId: string): Promise<void> {
  const kept = await dataOf(
    context.client.POST('/v1/connections/{id}/refuse-move', {
      params: { path: { id } },
      body: { authorizationId },
    }),
  );
  context.print(
    kept,
    (one) => `${one.id} stays ${shopName(one)}, ${one.state}; the new credential is destroyed`,
  );
}
