// Amounts as decimal text: what a platform wrote, without floating point in between.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decimalText } from '../../domain/money.ts';

test.each([
  ['trailing zeros stay', '12.30', '12.30'],
  ['leading zeros go', '0012.3', '12.3'],
  ['zero', '0.00', '0.00'],
  ['minus zero is zero', '-0.0', '0.0'],
  ['negative', '-3.00', '-3.00'],
  ['a number by its shortest text', 0.1, '0.1'],
  ['beyond 2^53', '90071992547409931.25', '90071992547409931.25'],
  ['a small number', 1e-7, '0.0000001'],
  ['a large number', 1e21, '1000000000000000000000'],
  ['an exponent in text', '1.5E3', '1500'],
  ['a huge exponent', '1e400', null],
  ['a word', 'free', null],
  ['a comma', '1,50', null],
  ['a currency sign', '€1', null],
  ['empty', '', null],
  ['not finite', Number.POSITIVE_INFINITY, null],
  ['longer than anybody’s price', '9'.repeat(65), null],
])('%s', (_why, value, expected) => {
  expect(decimalText(value)).toBe(expected);
});

test('the text of any number is that number', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e25, max: 1e25 }), (value) => {
      const text = decimalText(value);
      if (text === null) return;
      expect(text).toMatch(/^-?(0|[1-9]\d*)(\.\d+)?$/);
      expect(Number(text)).toBe(value === 0 ? 0 : value);
    }),
  );
});
