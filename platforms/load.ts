// All platforms a process knows: ours, and a vendor's own from the folder that MOORING_PLATFORMS names. A module exports `platform`, and is held to
// everything the type says before a process starts with it.
import { existsSync, readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { MooringError } from '../domain/errors.ts';
import type { Platform } from '../domain/platform.ts';
import { checkPlatform } from './check.ts';
import type { Finding } from './check-shape.ts';
import { PLATFORMS } from './index.ts';

const LOADS_WITHIN_MS = 20_000;

export interface CheckedModule {
  readonly file: string;
  readonly platform: Platform | null;
  readonly findings: readonly Finding[];
}

/** Throws invalid_settings naming each file, field and rule that is broken. */
export async function loadPlatforms(folder: string | null): Promise<ReadonlyMap<string, Platform>> {
  if (folder === null) return new Map(PLATFORMS);
  const modules = await checkModules(folder);
  const fields = modules.flatMap(({ file, findings }) =>
    findings.map(({ field, rule, because }) => ({ path: `${file}: ${field}`, rule: `${rule}: ${because}` })),
  );
  if (fields.length > 0) {
    const told = fields.map(({ path, rule }) => `${path}: ${rule}`).join('; ');
    throw new MooringError('invalid_settings', `"MOORING_PLATFORMS" holds what is no platform: ${told}`, {
      fields,
    });
  }
  const all = new Map<string, Platform>(PLATFORMS);
  for (const { platform } of modules) if (platform !== null) all.set(platform.id, platform);
  return all;
}

/** Every module of a folder with what is wrong with it. Throws invalid_settings where the folder cannot be read. */
export async function checkModules(
  folder: string,
  { loadsWithinMs = LOADS_WITHIN_MS }: { readonly loadsWithinMs?: number } = {},
): Promise<readonly CheckedModule[]> {
  const ids = new Map([...PLATFORMS.keys()].map((id) => [id, 'Mooring']));
  const modules: CheckedModule[] = [];
  for (const file of await modulesIn(folder)) {
    const checked = await checkModule(join(resolve(folder), file), file, loadsWithinMs);
    const id = checked.platform?.id;
    const taken = id === undefined ? undefined : ids.get(id);
    if (id !== undefined && taken === undefined) ids.set(id, `"${file}"`);
    modules.push(
      taken === undefined
        ? checked
        : {
            file,
            platform: null,
            findings: [
              { field: 'id', rule: 'duplicate_id', because: `"${id}" is defined by ${taken} already` },
            ],
          },
    );
  }
  return modules;
}

async function modulesIn(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder))
      .filter((file) => /\.(ts|mts|js|mjs)$/.test(file) && !/(\.d|\.test)\.m?ts$/.test(file))
      .sort();
  } catch (cause) {
    throw new MooringError(
      'invalid_settings',
      `"MOORING_PLATFORMS" names "${folder}", which is no readable folder`,
      { cause },
    );
  }
}

async function checkModule(path: string, file: string, loadsWithinMs: number): Promise<CheckedModule> {
  const refused = (rule: Finding['rule'], because: string): CheckedModule => ({
    file,
    platform: null,
    findings: [{ field: '', rule, because }],
  });
  let module: unknown;
  try {
    module = await inTime(import(pathToFileURL(path).href), loadsWithinMs);
  } catch (error) {
    const told = error instanceof Error ? (error.message.split('\n')[0] ?? '') : 'it throws what is no error';
    const hint = /\.m[jt]s$/.test(file) || isModuleFolder(dirname(path)) ? '' : `; ${NOT_A_MODULE_FOLDER}`;
    return refused('module_fails', `does not load: ${told}${hint}`);
  }
  if (typeof module !== 'object' || module === null || !('platform' in module))
    return refused('no_platform', 'exports no `platform`');
  return { file, ...checkPlatform(module.platform) };
}

/** Without a limit a module that waits for ever would end the process without a word. */
async function inTime<T>(loading: Promise<T>, limitMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`it is not done after ${limitMs} ms`)), limitMs);
  });
  return await Promise.race([loading, late]).finally(() => clearTimeout(timer));
}

export const NOT_A_MODULE_FOLDER = 'its folder needs a package.json with "type": "module"';

/** Whether Node takes a .ts or .js file of this folder for an ES module, which alone can import ours: the nearest package.json says it. */
export function isModuleFolder(folder: string): boolean {
  const file = join(folder, 'package.json');
  if (existsSync(file)) return /"type"\s*:\s*"module"/.test(readFileSync(file, 'utf8'));
  return dirname(folder) === folder ? false : isModuleFolder(dirname(folder));
}
