// What is known of a sealed credential without opening it, as the lifecycle wants it. Reads only.
import type { CredentialFacts } from '../domain/connection.ts';
import type { ConnectionId } from '../domain/ids.ts';
import type { Tx } from './database.ts';

/** Facts of one generation, with the instant of the approval it goes back to; null when it is not kept. */
export async function readCredentialFacts(
  tx: Tx,
  connectionId: ConnectionId,
  generation: number,
): Promise<CredentialFacts | null> {
  const row = await tx.credential.findUnique({
    where: { connectionId_generation: { connectionId, generation } },
    select: { kind: true, expiresAt: true, lifetimeS: true, refreshExpiresAt: true, createdAt: true },
  });
  if (row === null) return null;
  const approval = await tx.authorization.findFirst({
    where: { connectionId, status: 'authorized' },
    orderBy: { settledAt: 'desc' },
    select: { settledAt: true },
  });
  return {
    kind: row.kind,
    expiresAtMs: row.expiresAt?.getTime() ?? null,
    lifetimeS: row.lifetimeS,
    refreshExpiresAtMs: row.refreshExpiresAt?.getTime() ?? null,
    grantedAtMs: (approval?.settledAt ?? row.createdAt).getTime(),
  };
}
