// An address of what a platform tells of one: whatever is missing is null, and an address of nothing is none. Pure.
import type { Address } from '../domain/resource.ts';
import type { RecordReader } from './record-reader.ts';
import { joined } from './words.ts';

export interface ToldAddress extends Partial<Omit<Address, 'name' | 'countryCode'>> {
  /** Given name, surname and the like, in order; joined by spaces. */
  readonly names: readonly (string | null)[];
  /** Kept where it is ISO 3166-1 alpha-2; a country in words is not guessed at. */
  readonly country?: string | null;
}

/** Of parts that were read already; null where all of them are. */
export function addressOf({ names, country, ...told }: ToldAddress): Address | null {
  const code = country?.toUpperCase() ?? '';
  const address: Address = {
    name: names.flatMap((one) => one ?? []).join(' ') || null,
    company: told.company ?? null,
    line1: told.line1 ?? null,
    line2: told.line2 ?? null,
    city: told.city ?? null,
    region: told.region ?? null,
    postalCode: told.postalCode ?? null,
    countryCode: /^[A-Z]{2}$/.test(code) ? code : null,
    phone: told.phone ?? null,
  };
  return Object.values(address).every((one) => one === null) ? null : address;
}

/** The name of a member that holds a text, or how the text is made. */
type Told = string | ((address: RecordReader) => string | null);

/** Where a platform keeps the parts of an address. */
export interface AddressNames extends Partial<Readonly<Record<Exclude<keyof ToldAddress, 'names'>, Told>>> {
  readonly names: readonly Told[];
}

/** Reads addresses by the names a platform gives their parts. */
export function addressBy({
  names,
  ...parts
}: AddressNames): (address: RecordReader | null) => Address | null {
  const told = Object.entries(parts);
  return (address) => {
    if (address === null) return null;
    const text = (of: Told) => (typeof of === 'string' ? address.optionalText(of) : of(address));
    return addressOf({
      ...Object.fromEntries(told.map(([part, of]) => [part, text(of)])),
      names: names.map(text),
    });
  };
}

/** Of members that hold a part each; null where none does. */
export function joinedText(names: readonly string[], separator = ' '): (of: RecordReader) => string | null {
  return (of) =>
    joined(
      names.map((name) => of.optionalText(name)),
      separator,
    );
}

/** Of the first of these members that is told. */
export function firstText(...names: readonly string[]): (of: RecordReader) => string | null {
  return (of) => {
    for (const name of names) {
      const text = of.optionalText(name);
      if (text !== null) return text;
    }
    return null;
  };
}

/** Of a member of a member. */
export function textIn(object: string, name: string): (of: RecordReader) => string | null {
  return (of) => of.optionalObject(object)?.optionalText(name) ?? null;
}
