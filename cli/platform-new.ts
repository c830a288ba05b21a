// mooring platforms new: a module, its fixtures and its test, all of which pass as they are written. Never overwrites a file.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isModuleFolder, NOT_A_MODULE_FOLDER } from '../platforms/load.ts';
import { InputError } from './input.ts';
import { knownPlatforms } from './known-platforms.ts';
import { FIXTURES, moduleText, testText } from './platform-skeleton.ts';

const OURS = fileURLToPath(new URL('..', import.meta.url));

export async function newPlatform(id: string, { folder = '.' }: { readonly folder?: string }): Promise<void> {
  if (!/^[a-z][a-z0-9_-]{1,39}$/.test(id))
    throw new InputError(`"${id}" is no id: lower-case letters, digits, - and _, from a letter on`, []);
  const isModule = isModuleFolder(resolve(folder));
  const files = new Map([
    [`${id}.ts`, moduleText(id, pathTo(folder))],
    [join('test', `${id}.test.ts`), testText(id, pathTo(folder))],
    ...Object.entries(FIXTURES).map(
      ([name, value]) => [join('fixtures', id, name), `${JSON.stringify(value, null, 2)}\n`] as const,
    ),
    // Outside a checkout nothing says that these are ES modules, and no others can import ours.
    ...(isModule || existsSync(join(folder, 'package.json'))
      ? []
      : [['package.json', '{ "type": "module" }\n'] as const]),
  ]);
  const taken = [...files.keys()].filter((file) => existsSync(join(folder, file)));
  if (taken.length > 0)
    throw new InputError(`"${folder}" has these files already, and nothing was written:`, taken);
  if ((await knownPlatforms()).has(id)) throw new InputError(`there is a platform "${id}" already`, []);
  for (const [file, text] of files) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
  console.log([...files.keys()].map((file) => join(folder, file)).join('\n'));
  if (!isModule && !files.has('package.json')) console.log(`\nFirst: ${NOT_A_MODULE_FOLDER}`);
  console.log(`\nNext: npx mooring platforms check ${folder} && npx mooring platforms try ${folder}`);
}

/** From the folder to Mooring's own, as an import has it. */
function pathTo(folder: string): string {
  const path = relative(resolve(folder), OURS).split(sep).join('/') || '.';
  return path.startsWith('.') ? path : `./${path}`;
}
