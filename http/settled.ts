// The answer to a command shows what came of it: waits, for a bounded time, until the projection is as the workflow says. A projection
// that is slower than that is answered as it is; the command is with the workflow all the same.
import type { EnsureFreshOutcome } from '../domain/credential.ts';
import { type ConnectionListRow, readConnection } from '../store/connections-list.ts';
import type { HttpDeps } from './deps.ts';

const BOUND_MS = 5_000;
const BETWEEN_READS_MS = 40;

/** The newest row, once it shows the outcome or the connection ends. */
export async function readSettled(
  deps: Pick<HttpDeps, 'db'>,
  row: ConnectionListRow,
  shows: (row: ConnectionListRow) => boolean,
): Promise<ConnectionListRow> {
  const deadline = performance.now() + BOUND_MS;
  for (let newest = row; ; ) {
    newest = (await deps.db.inTenant(row.tenantId, (tx) => readConnection(tx, row.id))) ?? newest;
    if (shows(newest) || isEnding(newest) || performance.now() >= deadline) return newest;
    await new Promise((resolve) => setTimeout(resolve, BETWEEN_READS_MS));
  }
}

function isEnding({ lifecycle }: ConnectionListRow): boolean {
  return lifecycle === 'revoking' || lifecycle === 'revoked' || lifecycle === 'abandoned';
}

/** Whether a row shows what a refresh came to. */
export function showsRefresh(outcome: EnsureFreshOutcome): (row: ConnectionListRow) => boolean {
  return (row) => {
    switch (outcome.outcome) {
      case 'fresh':
        return row.generation >= outcome.generation;
      case 'retry_later':
        return row.health !== 'ok' || row.lifecycle !== 'active';
      case 'reauth_required':
        return row.lifecycle === 'reauth_required';
      case 'revoked':
        return isEnding(row);
    }
  };
}
