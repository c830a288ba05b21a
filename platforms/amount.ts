// Sums of decimal texts, exactly: for platforms that tell the parts of an order and not its total. Never by floating point. Pure.
import type { Money } from '../domain/resource.ts';

interface Scaled {
  readonly digits: bigint;
  /** Digits behind the point. */
  readonly places: number;
}

/** The sum of what is there, in one currency; null when nothing is. */
export function sumOf(amounts: readonly (Money | null)[]): Money | null {
  const [first, ...rest] = amounts.flatMap((one) => one ?? []);
  if (first === undefined) return null;
  return { ...first, amount: rest.reduce((sum, one) => added(sum, one.amount), first.amount) };
}

/** So many times an amount. */
export function timesOf(money: Money | null, count: number): Money | null {
  if (money === null) return null;
  const { digits, places } = scaled(money.amount);
  return { ...money, amount: textOf({ digits: digits * BigInt(count), places }) };
}

/** What is taken off, as what it adds. */
export function negated(money: Money | null): Money | null {
  return timesOf(money, -1);
}

/** Of platforms that write what is taken off as what it adds to a total: "-5.00". */
export function withoutSign(money: Money | null): Money | null {
  return money === null ? null : { ...money, amount: money.amount.replace(/^-/, '') };
}

function added(a: string, b: string): string {
  const [one, other] = [scaled(a), scaled(b)];
  const places = Math.max(one.places, other.places);
  return textOf({ digits: raised(one, places) + raised(other, places), places });
}

function raised({ digits, places }: Scaled, to: number): bigint {
  return digits * 10n ** BigInt(to - places);
}

/** Of what decimalText gave: digits, and a point at most. */
function scaled(amount: string): Scaled {
  const [whole = '0', fraction = ''] = amount.split('.');
  return { digits: BigInt(whole + fraction), places: fraction.length };
}

function textOf({ digits, places }: Scaled): string {
  const sign = digits < 0n ? '-' : '';
  const text = (digits < 0n ? -digits : digits).toString().padStart(places + 1, '0');
  return places === 0 ? sign + text : `${sign}${text.slice(0, -places)}.${text.slice(-places)}`;
}
