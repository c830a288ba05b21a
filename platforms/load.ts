// All platforms a process knows: ours, and a vendor's own from the folder that MOORING_PLATFORMS names. A module exports `platform`.
import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { MooringError } from '../domain/errors.ts';
import type { Platform } from '../domain/platform.ts';
import { PLATFORMS } from './index.ts';

/** Throws invalid_settings naming the file that is not a platform or whose id is taken. */
export async function loadPlatforms(folder: string | null): Promise<ReadonlyMap<string, Platform>> {
  const all = new Map(PLATFORMS);
  if (folder === null) return all;
  for (const file of await modulesIn(folder)) {
    const platform = await importPlatform(join(resolve(folder), file), file);
    if (all.has(platform.id))
      throw new MooringError(
        'invalid_settings',
        `"${file}" defines "${platform.id}", which is there already`,
      );
    all.set(platform.id, platform);
  }
  return all;
}

async function modulesIn(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder))
      .filter((file) => /\.(ts|js|mjs)$/.test(file) && !file.endsWith('.d.ts'))
      .sort();
  } catch (cause) {
    throw new MooringError(
      'invalid_settings',
      `"MOORING_PLATFORMS" names "${folder}", which is no readable folder`,
      { cause },
    );
  }
}

async function importPlatform(path: string, file: string): Promise<Platform> {
  let module: unknown;
  try {
    module = await import(pathToFileURL(path).href);
  } catch (cause) {
    throw new MooringError('invalid_settings', `the platform module "${file}" does not load`, { cause });
  }
  if (typeof module === 'object' && module !== null && 'platform' in module && isPlatform(module.platform))
    return module.platform;
  throw new MooringError(
    'invalid_settings',
    `the platform module "${file}" exports no \`platform\` with an id`,
  );
}

function isPlatform(value: unknown): value is Platform {
  const isObject = typeof value === 'object' && value !== null;
  return (
    isObject &&
    'id' in value &&
    typeof value.id === 'string' &&
    'auth' in value &&
    Array.isArray(value.auth) &&
    'resources' in value
  );
}
