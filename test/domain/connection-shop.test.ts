// Whether an approval is for the shop that is known: the key decides where there is one, a person where there is none.
import { expect, test } from 'vitest';
import { judgeShop, type ShopEvidence, type ShopVerdict } from '../../domain/connection-shop.ts';

const HERE = { url: 'https://here.example' };
const THERE = { url: 'https://there.example' };
const KNOWN: ShopEvidence = {
  isKnown: true,
  knownKey: null,
  provenKey: null,
  knownShop: HERE,
  provenShop: HERE,
};

const ROWS: readonly (readonly [why: string, evidence: Partial<ShopEvidence>, verdict: ShopVerdict])[] = [
  ['before the first grant no shop is claimed', { isKnown: false, provenShop: THERE }, 'first'],
  ['the same address without a key', {}, 'same'],
  ['another address without a key', { provenShop: THERE }, 'unconfirmed'],
  ['the same key elsewhere', { knownKey: '1', provenKey: '1', provenShop: THERE }, 'moved'],
  ['the same key where it was', { knownKey: '1', provenKey: '1' }, 'same'],
  ['another key, even at the same address', { knownKey: '1', provenKey: '2' }, 'another'],
  ['a key that was not told again, elsewhere', { knownKey: '1', provenShop: THERE }, 'unconfirmed'],
  ['a key told for the first time, elsewhere', { provenKey: '1', provenShop: THERE }, 'unconfirmed'],
  ['what the approval told besides is no other address', { provenShop: { ...HERE, shopId: '7' } }, 'same'],
];

test.each(ROWS)('%s', (_why, evidence, verdict) => {
  expect(judgeShop({ ...KNOWN, ...evidence })).toBe(verdict);
});
