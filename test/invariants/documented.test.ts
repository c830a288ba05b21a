// docs/invariants.md says which test fails when an invariant is broken. A test that was renamed or removed must not leave a promise behind.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { missing, promised, ROOT, read } from './promised.ts';

test('every test that docs/invariants.md names is there', () => {
  const all = promised(read('docs/invariants.md'));
  expect(all.flatMap(({ names }) => names).length).toBeGreaterThan(30);
  expect(missing(all)).toEqual([]);
});

test('a name that is gone would be found', () => {
  expect(missing(promised('`architecture.test.ts` «no such test», `gone.test.ts`'))).toEqual([
    'test/architecture.test.ts: no such test',
    'test/gone.test.ts',
  ]);
});

test('every code path it names is there', () => {
  const cells = read('docs/invariants.md').match(/`[a-z][\w/-]*(?:\.ts|\/)`/g) ?? [];
  const paths = cells.map((cell) => cell.slice(1, -1)).filter((path) => !path.endsWith('.test.ts'));
  expect(paths.length).toBeGreaterThan(20);
  expect(paths.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
});
