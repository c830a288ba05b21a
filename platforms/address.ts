// An address of what a platform tells of one: whatever is missing is null, and an address of nothing is none. Pure.
import type { Address } from '../domain/resource.ts';

export interface ToldAddress extends Partial<Omit<Address, 'name' | 'countryCode'>> {
  /** Given name, surname and the like, in order; joined by spaces. */
  readonly names: readonly (string | null)[];
  /** Kept where it is ISO 3166-1 alpha-2; a country in words is not guessed at. */
  readonly country?: string | null;
}

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
