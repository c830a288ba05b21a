/** The part of commercetools' predicate language that syncs use: comparisons with text, `in`, `and`, `or`, `not`, brackets. */

export type Predicate = (record: Record<string, unknown>) => boolean;

const TOKEN = /\s*(?:("(?:[^"\\]|\\.)*")|(>=|<=|!=|<>|[=<>(),])|([A-Za-z][A-Za-z0-9.]*)|(\d+))/y;

/** The predicate; null: a syntax error. */
export function parsePredicate(text: string): Predicate | null {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  for (let at = 0; text.slice(at).trim() !== ''; at = TOKEN.lastIndex) {
    const found = TOKEN.exec(text);
    if (found === null) return null;
    tokens.push(found[0].trim());
  }
  const reader = { tokens, at: 0 };
  const whole = readOr(reader);
  return whole === null || reader.at !== tokens.length ? null : whole;
}

interface Reader {
  tokens: string[];
  at: number;
}

function taken(reader: Reader, word: string): boolean {
  if (reader.tokens[reader.at]?.toLowerCase() !== word) return false;
  reader.at += 1;
  return true;
}

function readOr(reader: Reader): Predicate | null {
  const parts = [readAnd(reader)];
  while (taken(reader, 'or')) parts.push(readAnd(reader));
  const all = parts.filter((one) => one !== null);
  return all.length === parts.length ? (record) => all.some((one) => one(record)) : null;
}

function readAnd(reader: Reader): Predicate | null {
  const parts = [readOne(reader)];
  while (taken(reader, 'and')) parts.push(readOne(reader));
  const all = parts.filter((one) => one !== null);
  return all.length === parts.length ? (record) => all.every((one) => one(record)) : null;
}

function readOne(reader: Reader): Predicate | null {
  if (taken(reader, 'not')) {
    const inner = readOne(reader);
    return inner === null ? null : (record) => !inner(record);
  }
  if (taken(reader, '(')) {
    const inner = readOr(reader);
    return inner !== null && taken(reader, ')') ? inner : null;
  }
  const field = reader.tokens[reader.at++];
  const operator = reader.tokens[reader.at++]?.toLowerCase();
  if (field === undefined || operator === undefined || !/^[A-Za-z]/.test(field)) return null;
  if (operator === 'in') return readIn(reader, field);
  const compare = COMPARE[operator];
  const value = textIn(reader.tokens[reader.at++]);
  if (compare === undefined || value === null) return null;
  return (record) => record[field] !== undefined && compare(order(record[field], value));
}

function readIn(reader: Reader, field: string): Predicate | null {
  if (!taken(reader, '(')) return null;
  const values: string[] = [];
  do {
    const value = textIn(reader.tokens[reader.at++]);
    if (value === null) return null;
    values.push(value);
  } while (taken(reader, ','));
  return taken(reader, ')') ? (record) => values.includes(String(record[field])) : null;
}

function textIn(token: string | undefined): string | null {
  if (token === undefined) return null;
  if (/^\d+$/.test(token)) return token;
  return token.startsWith('"') ? token.slice(1, -1).replace(/\\(.)/g, '$1') : null;
}

/** Instants by their time, numbers by their size, all else as text. */
function order(left: unknown, right: string): number {
  if (typeof left === 'number') return left - Number(right);
  const text = String(left);
  const [a, b] = /^\d{4}-\d\d-\d\dT/.test(text) ? [Date.parse(text), Date.parse(right)] : [text, right];
  return a < b ? -1 : a > b ? 1 : 0;
}

const COMPARE: Record<string, (order: number) => boolean> = {
  '=': (one) => one === 0,
  '!=': (one) => one !== 0,
  '<>': (one) => one !== 0,
  '>': (one) => one > 0,
  '>=': (one) => one >= 0,
  '<': (one) => one < 0,
  '<=': (one) => one <= 0,
};
