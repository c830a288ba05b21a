// What mappers are tables for: words, addresses, money and the pieces of an order, by the names a platform gives them.
import { describe, expect, test } from 'vitest';
import type { Json } from '../../domain/platform.ts';
import { addressBy, firstText, joinedText, textIn } from '../../platforms/address.ts';
import { inLanguage } from '../../platforms/in-language.ts';
import { progressOf, type Stage } from '../../platforms/pieces.ts';
import { baseBy, readRecord } from '../../platforms/record-reader.ts';
import { moneyBy } from '../../platforms/told-money.ts';
import { joined, meaningOf, statesBy, statusOfFlag } from '../../platforms/words.ts';
import { PASS } from './fixtures.ts';

describe('words', () => {
  const statesOf = statesBy(['status', 'paymentStatus'], { done: ['completed', 'paid'] });

  test('a row tells every state that its table has a column for', () => {
    expect(statesOf('done')).toEqual({ status: 'completed', paymentStatus: 'paid' });
  });

  test.each([
    ['no word at all', null],
    ['a new word', 'parked'],
    ['an inherited name', 'constructor'],
  ])('%s is unknown', (_why, word) => {
    expect(statesOf(word)).toEqual({ status: 'unknown', paymentStatus: 'unknown' });
    expect(meaningOf({ done: 'completed' }, word)).toBe('unknown');
  });

  test('what is neither yes nor no is unknown', () => {
    expect([true, false, 'true', undefined].map(statusOfFlag)).toEqual([
      'active',
      'draft',
      'unknown',
      'unknown',
    ]);
  });

  test('parts that are not there leave no separator behind', () => {
    expect(joined(['paid', null, '', undefined, 'sent'], '/')).toBe('paid/sent');
    expect(joined([null, ''], '/')).toBeNull();
  });
});

describe('addresses', () => {
  const mapAddress = addressBy({
    names: ['first', 'last'],
    line1: joinedText(['street', 'house']),
    region: firstText('state', 'county'),
    country: textIn('country', 'code'),
  });

  test('are read by the names in the table; the country is a code, in capitals', () => {
    const told = {
      first: 'Jo',
      last: 'Doe',
      street: 'Kerkstraat',
      house: '1',
      county: 'Ghent',
      country: { code: 'be' },
    };
    expect(mapAddress(readRecord(told))).toMatchObject({
      name: 'Jo Doe',
      line1: 'Kerkstraat 1',
      region: 'Ghent',
      countryCode: 'BE',
      city: null,
    });
  });

  test('one of nothing is none, and a part of another form is refused by its path', () => {
    expect(mapAddress(null)).toBeNull();
    expect(mapAddress(readRecord({ first: '', country: {} }))).toBeNull();
    expect(() => mapAddress(readRecord({ first: 7 }))).toThrow('"/first" is not text');
  });
});

test('money is the object of that name; what is not told is none, and half of it is refused', () => {
  const { moneyIn } = moneyBy({ amount: 'value', currency: 'code' });
  const order = readRecord({ tax: { value: 1.5, code: 'eur' }, fee: { value: 1 } });
  expect(moneyIn(order, 'tax')).toEqual({ amount: '1.5', currency: 'EUR' });
  expect([moneyIn(order, 'discount'), moneyIn(null, 'tax')]).toEqual([null, null]);
  expect(() => moneyIn(order, 'fee')).toThrow('"/fee/code" is not an ISO 4217 code');
});

test.each<[string, Parameters<typeof baseBy>[0], Json, string]>([
  ['RFC 3339', { id: 'id', createdAt: 'at' }, '2026-01-31T23:59:59+01:00', '2026-01-31T22:59:59.000Z'],
  [
    'without a zone',
    { id: 'id', createdAt: 'at', as: 'utc' },
    '2026-01-31 23:59:59',
    '2026-01-31T23:59:59.000Z',
  ],
  ['Unix seconds', { id: 'id', createdAt: 'at', as: 'epoch' }, 1_769_903_999, '2026-01-31T23:59:59.000Z'],
  ['its own form', { id: 'id', createdAt: 'at', as: () => 'read' }, 'any', 'read'],
])('the instants of a record are read as %s; one without a name is not told', (_form, names, at, read) => {
  expect(baseBy(names)(readRecord({ id: 7, at }))).toEqual({
    platformId: '7',
    platformCreatedAt: read,
    platformUpdatedAt: null,
  });
});

test.each<[string, (Stage | undefined)[], string]>([
  ['no pieces', [], 'unknown/unknown'],
  ['a word that is not known', ['sent', undefined], 'unknown/unknown'],
  ['all cancelled', ['cancelled'], 'cancelled/unfulfilled'],
  ['what is not cancelled waits', ['cancelled', 'waiting'], 'open/unfulfilled'],
  ['some sent', ['waiting', 'sent'], 'open/partially_fulfilled'],
  ['all on their way', ['sent', 'done'], 'open/fulfilled'],
  ['all arrived', ['done', 'returned'], 'completed/fulfilled'],
  ['all given back', ['returned', 'cancelled'], 'completed/returned'],
])('an order of pieces, %s', (_why, stages, expected) => {
  const { status, fulfillmentStatus } = progressOf(stages);
  expect(`${status}/${fulfillmentStatus}`).toBe(expected);
});

test("a text in several languages is the shop's own, else the first", () => {
  const pass = { ...PASS, facts: { language: 'pt' } };
  expect(inLanguage(readRecord({ es: 'taza', pt: 'xícara' }), pass)).toBe('xícara');
  expect(inLanguage(readRecord({ es: 'taza', pt: '' }), pass)).toBe('taza');
  expect(inLanguage(null, pass)).toBeNull();
});
