// What a platform's words stand for, as tables that a mapper is read from. A word that is in no table is unknown, never guessed. Pure.
import type { Json } from '../domain/platform.ts';
import type { Order, Product } from '../domain/resource.ts';

/** A state of an order that platforms have words for. */
type State = 'status' | 'paymentStatus' | 'fulfillmentStatus';

type Words<Meaning> = Readonly<Record<string, Meaning>>;
export type OrderWords<S extends State> = Words<Order[S]>;
export type ProductWords = Words<Product['status']>;

/** What a platform's word stands for; undefined for a word that is not in the table, inherited names included. */
export function lookUp<T>(table: Words<T>, word: string | null): T | undefined {
  return word !== null && Object.hasOwn(table, word) ? table[word] : undefined;
}

/** The same, where what is not known has a word of its own. */
export function meaningOf<T extends string>(table: Words<T>, word: string | null): T | 'unknown' {
  return lookUp(table, word) ?? 'unknown';
}

/** A table of words that tell several states at once: `columns` is its head, a row holds the meanings in that order. */
export function statesBy<const Columns extends readonly State[]>(
  columns: Columns,
  rows: Words<{ readonly [At in keyof Columns]: Order[Columns[At]] }>,
): (word: string | null) => Pick<Order, Columns[number]> {
  type States = Pick<Order, Columns[number]>;
  const byColumn = (meanings: readonly string[]) =>
    // A row has a meaning for every column: its type says so.
    Object.fromEntries(columns.map((column, at) => [column, meanings[at]])) as unknown as States;
  const unknown = byColumn(columns.map(() => 'unknown'));
  const known = new Map(Object.entries(rows).map(([word, row]) => [word, byColumn(row)]));
  return (word) => (word === null ? unknown : (known.get(word) ?? unknown));
}

/** Of a platform's yes or no: whether a product is on sale. */
export function statusOfFlag(flag: Json | undefined): Product['status'] {
  if (typeof flag !== 'boolean') return 'unknown';
  return flag ? 'active' : 'draft';
}

/** The parts that are there, as one text; null where there is none. */
export function joined(parts: readonly (string | null | undefined)[], separator: string): string | null {
  return parts.filter((part) => part != null && part !== '').join(separator) || null;
}
