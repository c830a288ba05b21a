// Money that a platform tells as an object of an amount and its currency, by the names it gives the two. Pure.
import type { Money } from '../domain/resource.ts';
import type { RecordReader } from './record-reader.ts';

export interface ToldMoney {
  /** Throws record_invalid where either is missing or malformed. */
  readonly moneyOf: (told: RecordReader) => Money;
  /** The object of that name; null where it is not told, or what it is in is not. */
  readonly moneyIn: (of: RecordReader | null | undefined, name: string) => Money | null;
}

/** For a platform that tells amount and currency by these names, the amount in major units. */
export function moneyBy(names: { readonly amount: string; readonly currency: string }): ToldMoney {
  const moneyOf = (told: RecordReader) => told.money(names.amount, told.currency(names.currency));
  return { moneyOf, moneyIn: moneyInBy(moneyOf) };
}

/** For a platform that writes money in a form of its own. */
export function moneyInBy(moneyOf: ToldMoney['moneyOf']): ToldMoney['moneyIn'] {
  return (of, name) => {
    const told = of?.optionalObject(name) ?? null;
    return told === null ? null : moneyOf(told);
  };
}
