// docs/invariants.md says which test fails when an invariant is broken. A test that was renamed or removed must not leave a promise behind.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

interface Promised {
  readonly file: string;
  readonly names: readonly string[];
}

/** Each file of tests the document names, with the test names that follow it. */
function promised(text: string): Promised[] {
  return text
    .split(/(?=`[\w/-]+\.test\.ts`)/)
    .filter((part) => /^`[\w/-]+\.test\.ts`/.test(part))
    .map((part) => ({
      file: `test/${(/^`([^`]+)`/.exec(part)?.[1] ?? '').replace(/^test\//, '')}`,
      names: [...part.matchAll(/«([^»]+)»/g)].map((match) => match[1] ?? ''),
    }));
}

function missing(all: readonly Promised[]): string[] {
  return all.flatMap(({ file, names }) => {
    if (!existsSync(join(ROOT, file))) return [file];
    const source = read(file).replaceAll("\\'", "'");
    return names.filter((name) => !source.includes(name)).map((name) => `${file}: ${name}`);
  });
}

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
