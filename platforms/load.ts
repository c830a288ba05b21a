// All platforms a process knows: ours, and a vendor's own from the folder that MOORING_PLATFORMS names. A module exports `platform`, and is held to
// everything the type says before a process starts with it.
import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { MooringError } from '../domain/errors.ts';
import type { Platform } from '../domain/platform.ts';
import { checkPlatform } from './check.ts';
import type { Finding } from './check-shape.ts';
import { PLATFORMS } from './index.ts';

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
export async function checkModules(folder: string): Promise<readonly CheckedModule[]> {
  const ids = new Map([...PLATFORMS.keys()].map((id) => [id, 'Mooring']));
  const modules: CheckedModule[] = [];
  for (const file of await modulesIn(folder)) {
    const checked = await checkModule(join(resolve(folder), file), file);
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
      .filter((file) => /\.(ts|js|mjs)$/.test(file) && !/(\.d|\.test)\.ts$/.test(file))
      .sort();
  } catch (cause) {
    throw new MooringError(
      'invalid_settings',
      `"MOORING_PLATFORMS" names "${folder}", which is no readable folder`,
      { cause },
    );
  }
}

async function checkModule(path: string, file: string): Promise<CheckedModule> {
  const refused = (rule: Finding['rule'], because: string): CheckedModule => ({
    file,
    platform: null,
    findings: [{ field: '', rule, because }],
  });
  let module: unknown;
  try {
    module = await import(pathToFileURL(path).href);
  } catch (error) {
    const told = error instanceof Error ? error.message.split('\n')[0] : String(error);
    return refused('module_fails', `does not load: ${told ?? ''}`);
  }
  if (typeof module !== 'object' || module === null || !('platform' in module))
    return refused('no_platform', 'exports no `platform`');
  return { file, ...checkPlatform(module.platform) };
}
