// docs/security-cases.md says which test fails when an attack or a fault succeeds. Every case is there once, with a test or with the reason why not.
import { expect, test } from 'vitest';
import { missing, promised, read } from './promised.ts';

const CASES = 64;

interface Case {
  readonly number: number;
  readonly tests: string;
}

const cases = (text: string): Case[] =>
  [...text.matchAll(/^\| (\d+) \| [^|]+ \| (.+) \|$/gm)].map((match) => ({
    number: Number(match[1]),
    tests: match[2] ?? '',
  }));

test('every test that docs/security-cases.md names is there', () => {
  const all = promised(read('docs/security-cases.md'));
  expect(all.length).toBeGreaterThan(60);
  expect(missing(all)).toEqual([]);
});

test('every case is there once, with the name of a test or the reason why there is none yet', () => {
  const all = cases(read('docs/security-cases.md'));
  expect(all.map(({ number }) => number)).toEqual(Array.from({ length: CASES }, (_, index) => index + 1));
  const bare = all.filter(
    ({ tests }) =>
      !tests.startsWith('not yet: ') &&
      !(promised(tests).length > 0 && promised(tests).every((one) => one.names.length > 0)),
  );
  expect(bare).toEqual([]);
});

test('a case without a test, or with one that is gone, would be found', () => {
  const [one] = cases('| 7 | a case | `gone.test.ts` «no such test» |');
  expect(one?.number).toBe(7);
  expect(missing(promised(one?.tests ?? ''))).toEqual(['test/gone.test.ts']);
});
