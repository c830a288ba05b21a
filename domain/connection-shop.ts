// Whether an approval is for the shop the connection already knows. The immutable key decides, never the address: shops are renamed.
export interface ShopEvidence {
  readonly knownKey: string | null;
  readonly provenKey: string | null;
}

/** first: nothing was known before. unknown: the platform tells no key, so the address is all there is. */
export type ShopVerdict = 'first' | 'same' | 'another' | 'unknown';

export function judgeShop({ knownKey, provenKey }: ShopEvidence): ShopVerdict {
  if (provenKey === null) return 'unknown';
  if (knownKey === null) return 'first';
  return knownKey === provenKey ? 'same' : 'another';
}
