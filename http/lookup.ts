// Finds what a path names, within what the caller may see. Not found and not theirs are one answer.
import { isId } from '../domain/ids.ts';
import { type ConnectionListRow, readConnection } from '../store/connections-list.ts';
import { inScope, type Principal, unknown } from './auth.ts';
import type { HttpDeps } from './deps.ts';

export async function connectionOf(
  deps: HttpDeps,
  principal: Principal,
  id: string,
): Promise<ConnectionListRow> {
  const row = isId('connection', id)
    ? await inScope(deps.db, principal, (tx) => readConnection(tx, id))
    : null;
  if (row === null) throw unknown('connection', id);
  return row;
}
