// What a connection lived through, one row a transition. Append-only: a repeated write of the same number changes nothing.
import type { ConnectionId, TenantId } from '../domain/ids.ts';
import type { Tx } from './database.ts';
import type { Prisma, Transition } from './generated/client.ts';

export interface NewTransition {
  readonly connectionId: ConnectionId;
  readonly tenantId: TenantId;
  readonly seq: number;
  readonly event: Readonly<Record<string, unknown>> & { readonly type: string };
  readonly from: string;
  readonly to: string;
  readonly atMs: number;
}

/** False when the row was there already. */
export async function appendTransition(tx: Tx, transition: NewTransition): Promise<boolean> {
  const event: Prisma.InputJsonObject = JSON.parse(JSON.stringify(transition.event));
  const { count } = await tx.transition.createMany({
    data: [
      {
        connectionId: transition.connectionId,
        tenantId: transition.tenantId,
        seq: transition.seq,
        event,
        fromState: transition.from,
        toState: transition.to,
        at: new Date(transition.atMs),
      },
    ],
    skipDuplicates: true,
  });
  return count === 1;
}

/** Newest first; `beforeSeq` null begins with the newest. */
export async function readTransitions(
  tx: Tx,
  connectionId: ConnectionId,
  page: { readonly beforeSeq: bigint | null; readonly limit: number },
): Promise<readonly Transition[]> {
  return tx.transition.findMany({
    where: { connectionId, ...(page.beforeSeq === null ? {} : { seq: { lt: page.beforeSeq } }) },
    orderBy: { seq: 'desc' },
    take: page.limit,
  });
}
