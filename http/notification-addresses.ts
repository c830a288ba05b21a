// Whose an address is, believed for two seconds: a busy platform calls the same one hundreds of times a second. Only those that are there are remembered, so that
// guessing fills nothing.
import type { Database } from '../store/database.ts';
import { findByAddress, type NotifiedConnection } from '../store/notification-addresses.ts';
import { hashToken } from './tokens.ts';

export type FindAddress = (token: string) => Promise<NotifiedConnection | null>;

const KEPT_MS = 2_000;
const MOST_KEPT = 5_000;

export function createFindAddress(deps: {
  readonly db: Pick<Database, 'sqlAcrossTenants'>;
  readonly nowMs: () => number;
}): FindAddress {
  const kept = new Map<string, { readonly found: NotifiedConnection; readonly untilMs: number }>();
  return async (token) => {
    const hash = hashToken(token);
    const key = Buffer.from(hash).toString('base64');
    const known = kept.get(key);
    if (known !== undefined && known.untilMs > deps.nowMs()) return known.found;
    const found = await deps.db.sqlAcrossTenants((sql) => findByAddress(sql, hash));
    if (kept.size >= MOST_KEPT) kept.clear();
    if (found === null) kept.delete(key);
    else kept.set(key, { found, untilMs: deps.nowMs() + KEPT_MS });
    return found;
  };
}
