// A move that waits, as a diagnosis tells it: from where to where, and until when.
import type { ConnectionListRow } from '../store/connections-list.ts';
import { readMove } from '../store/shop-moves.ts';
import { textRecord } from './schemas/connections.ts';

export function moveEvidence(
  row: ConnectionListRow,
): readonly { readonly at: string; readonly what: string; readonly detail: string }[] {
  const move = readMove(row.move);
  if (move === null) return [];
  const known = textRecord(row.shop);
  const changed = Object.entries(move.shop).filter(([name, value]) => known[name] !== value);
  const detail = changed.map(([name, value]) => `${name} ${known[name] ?? 'unknown'} → ${value}`).join(', ');
  const until = new Date(move.untilMs).toISOString();
  const at = new Date(move.sinceMs).toISOString();
  return [{ at, what: 'move to be confirmed', detail: `${detail}; until ${until}`.slice(0, 500) }];
}
