// Sums are exact, whatever the digits.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { negated, sumOf, timesOf } from '../../platforms/amount.ts';

const eur = (amount: string) => ({ amount, currency: 'EUR' });

test.each([
  ['of different places', ['106.00', '0.5'], '106.50'],
  ['that a double would miss', ['0.1', '0.2'], '0.3'],
  ['below nothing', ['1.25', '-3'], '-1.75'],
  ['of one below a whole', ['-0.05', '0.04'], '-0.01'],
  ['that makes nothing', ['5.00', '-5'], '0.00'],
])('a sum %s', (_why, amounts, sum) => {
  expect(sumOf(amounts.map(eur))).toEqual(eur(sum));
});

test('of nothing is nothing', () => {
  expect(sumOf([null, null])).toBeNull();
  expect(sumOf([null, eur('2')])).toEqual(eur('2'));
  expect(negated(null)).toBeNull();
});

test('so many times is that sum', () => {
  const cents = fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n });
  fc.assert(
    fc.property(cents, fc.integer({ min: 1, max: 9 }), (value, count) => {
      const digits = (value < 0n ? -value : value).toString().padStart(3, '0');
      const money = eur(`${value < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`);
      expect(timesOf(money, count)).toEqual(sumOf(Array.from({ length: count }, () => money)));
    }),
  );
});
