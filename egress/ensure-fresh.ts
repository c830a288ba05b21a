// How the door comes to a newer credential: it asks the connection's own workflow, for the attempt the database tells of, so that all who
// ask share it. Whoever builds the door says how a workflow is reached.
import type { EnsureFreshOutcome } from '../domain/credential.ts';
import type { ConnectionId } from '../domain/ids.ts';
import { findConnection } from '../store/connections.ts';
import type { Database } from '../store/database.ts';
import type { EnsureFresh } from './call.ts';

/** Sends the update `ensureFresh`; a workflow that has ended is `revoked`. */
export type AskWorkflow = (
  connectionId: ConnectionId,
  after: { readonly generation: number; readonly epoch: number },
) => Promise<EnsureFreshOutcome>;

/** Whoever asks about one generation and one attempt shares its exchange. A connection that is not there is `revoked`. Throws what `ask` and the store throw. */
export function ensureFreshBy(db: Pick<Database, 'inTenant'>, ask: AskWorkflow): EnsureFresh {
  return async (connectionId, tenantId, afterGeneration) => {
    const connection = await db.inTenant(tenantId, (tx) => findConnection(tx, connectionId));
    if (connection === null) return { outcome: 'revoked' };
    return ask(connectionId, { generation: afterGeneration, epoch: connection.epoch });
  };
}
