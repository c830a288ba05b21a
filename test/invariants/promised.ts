// Reads what a page of docs/ promises of tests: files and the names in «» after each, and which of them are not there.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
export const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

export interface Promised {
  readonly file: string;
  readonly names: readonly string[];
}

/** Each file of tests the text names, with the test names that follow it. */
export function promised(text: string): Promised[] {
  return text
    .split(/(?=`[\w/-]+\.test\.ts`)/)
    .filter((part) => /^`[\w/-]+\.test\.ts`/.test(part))
    .map((part) => ({
      file: `test/${(/^`([^`]+)`/.exec(part)?.[1] ?? '').replace(/^test\//, '')}`,
      names: [...part.matchAll(/«([^»]+)»/g)].map((match) => match[1] ?? ''),
    }));
}

export function missing(all: readonly Promised[]): string[] {
  return all.flatMap(({ file, names }) => {
    if (!existsSync(join(ROOT, file))) return [file];
    const source = read(file).replaceAll("\\'", "'");
    return names.filter((name) => !source.includes(name)).map((name) => `${file}: ${name}`);
  });
}
