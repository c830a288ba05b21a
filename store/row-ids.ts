// Ids out of text columns. The database holds what newId made, so another form means a damaged row.
import { MooringError } from '../domain/errors.ts';
import { type Id, type IdKind, isId } from '../domain/ids.ts';

export function rowId<K extends IdKind>(kind: K, text: string): Id<K> {
  if (!isId(kind, text))
    throw new MooringError('internal', `a row holds "${text.slice(0, 40)}" where an id of ${kind} belongs`);
  return text;
}
