// Programs as they are run: one file made of today's sources.
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

const PROGRAM = `import { word } from './word.ts';
interface Told { readonly word: string }
const told: Told & Record<string, unknown> = { word, at: import.meta.url, options: process.argv.slice(2) };
if (process.argv.includes('--fail')) throw new Error('as asked');
console.log(JSON.stringify(told));
`;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mooring-run-'));
  await writeFile(join(folder, 'program.ts'), PROGRAM);
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  for (const file of await kept()) await rm(join(KEPT, file));
});

const KEPT = 'node_modules/.cache/mooring/programs';
const kept = async () => (await readdir(KEPT)).filter((file) => file.includes(basename(folder)));

const write = (word: string) =>
  writeFile(join(folder, 'word.ts'), `export const word: string = '${word}';\n`);

async function run(...options: string[]): Promise<string> {
  const program = join(folder, 'program.ts');
  const { stdout } = await promisify(execFile)(process.execPath, ['scripts/run.mjs', program, ...options]);
  return stdout;
}

test('a program sees its options, where its source is, and a source that changed', async () => {
  await write('one');
  const at = pathToFileURL(join(folder, 'program.ts')).href;
  expect(JSON.parse(await run('--port', '1'))).toEqual({ word: 'one', at, options: ['--port', '1'] });
  expect(JSON.parse(await run())).toEqual({ word: 'one', at, options: [] });
  await write('two');
  expect(JSON.parse(await run())).toMatchObject({ word: 'two' });
  expect(await kept()).toHaveLength(2);
});

test('what it throws names the line of TypeScript', async () => {
  await write('three');
  await expect(run('--fail')).rejects.toMatchObject({
    stderr: expect.stringMatching(/as asked[\s\S]*program\.ts:4/),
  });
});

test('without a program it says how', async () => {
  const asked = promisify(execFile)(process.execPath, ['scripts/run.mjs']);
  await expect(asked).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining('which program?') });
});
