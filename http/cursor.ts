// Cursors: where a list or a feed goes on, opaque to the caller. Each names what it belongs to, so that one tenant's is refused with
// another's key and one list's on another list. Not a secret, and trusted for nothing but a position.
import { MooringError } from '../domain/errors.ts';

/** `of` names the list and its filters; `tenant` is the caller's scope, "*" for an operator over all. */
export interface CursorSubject {
  readonly of: string;
  readonly tenant: string;
}

/** PostgreSQL's integer. */
const MAX_INTEGER = 2 ** 31 - 1;

export function writeCursor(subject: CursorSubject, position: string): string {
  return Buffer.from(JSON.stringify([subject.of, subject.tenant, position]), 'utf8').toString('base64url');
}

/** The position, or null without a cursor. Throws invalid_cursor for anything we did not make for this subject. */
export function readCursor(subject: CursorSubject, text: string | undefined): string | null {
  if (text === undefined) return null;
  const parts = parse(text);
  if (parts === null || parts[0] !== subject.of || parts[1] !== subject.tenant) throw invalidCursor(text);
  // No row has it, and the store refuses to be asked for it.
  if (parts[2].includes('\u0000')) throw invalidCursor(text);
  return parts[2];
}

/** As readCursor, for positions that are numbers. */
export function readNumericCursor(subject: CursorSubject, text: string | undefined): string | null {
  const position = readCursor(subject, text);
  if (position !== null && !/^\d{1,18}$/.test(position)) throw invalidCursor(text ?? '');
  return position;
}

/** As readCursor, for positions that the store keeps as an integer. Without a cursor 0, which is before the first. */
export function readOrdinalCursor(subject: CursorSubject, text: string | undefined): number {
  const position = Number(readNumericCursor(subject, text) ?? 0);
  if (position > MAX_INTEGER) throw invalidCursor(text ?? '');
  return position;
}

/** The page of `rows`, which were read with one more than `limit`. */
export function toPage<Row, View>(
  rows: readonly Row[],
  page: { limit: number; subject: CursorSubject; position: (row: Row) => string; view: (row: Row) => View },
): { data: View[]; nextCursor: string | null } {
  const shown = rows.slice(0, page.limit);
  const last = shown.at(-1);
  const hasMore = rows.length > page.limit && last !== undefined;
  return {
    data: shown.map(page.view),
    nextCursor: hasMore ? writeCursor(page.subject, page.position(last)) : null,
  };
}

export function invalidCursor(text: string): MooringError {
  return new MooringError(
    'invalid_cursor',
    `the cursor "${text.slice(0, 40)}" was not made for this list and key`,
  );
}

function parse(text: string): [string, string, string] | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    if (!Array.isArray(value) || value.length !== 3) return null;
    const [of, tenant, position]: unknown[] = value;
    return typeof of === 'string' && typeof tenant === 'string' && typeof position === 'string'
      ? [of, tenant, position]
      : null;
  } catch {
    return null;
  }
}
