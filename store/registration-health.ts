// Whether platforms still take a client registration, as connections find out. A new version of its secret makes it well again.
import type { Tx } from './database.ts';

/** True for the one caller that changed it from well to rejected. */
export async function rejectRegistration(tx: Tx, id: string): Promise<boolean> {
  const { count } = await tx.clientRegistration.updateMany({
    where: { id, health: 'ok' },
    data: { health: 'rejected' },
  });
  return count === 1;
}
