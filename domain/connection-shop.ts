// Whether an approval is for the shop the connection already knows. The immutable key decides, never the address: shops are renamed and
// move. Only where a platform tells no key is the address all there is, and then a new one is for a person to judge.
type ShopFields = Readonly<Record<string, string>>;

export interface ShopEvidence {
  /** Whether the connection ever had a grant: before its first one it claims no shop. */
  readonly isKnown: boolean;
  readonly knownKey: string | null;
  readonly provenKey: string | null;
  readonly knownShop: ShopFields;
  readonly provenShop: ShopFields;
}

/**
 * first: nothing was known before. same: the same shop where it was. moved: the same shop at another address. another: not our shop.
 * unconfirmed: another address, and no key to know the shop again by.
 */
export type ShopVerdict = 'first' | 'same' | 'moved' | 'another' | 'unconfirmed';

/** A key on one side alone proves nothing: then the addresses are compared, as where there is none. */
export function judgeShop(evidence: ShopEvidence): ShopVerdict {
  const { isKnown, knownKey, provenKey, knownShop, provenShop } = evidence;
  if (knownKey !== null && provenKey !== null) {
    if (knownKey !== provenKey) return 'another';
    return isElsewhere(knownShop, provenShop) ? 'moved' : 'same';
  }
  if (!isKnown) return 'first';
  return isElsewhere(knownShop, provenShop) ? 'unconfirmed' : 'same';
}

/** What the approval told for the first time is no difference. */
export function isElsewhere(known: ShopFields, proven: ShopFields): boolean {
  return Object.entries(known).some(([name, value]) => proven[name] !== undefined && proven[name] !== value);
}
