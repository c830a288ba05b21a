// The platforms a local command knows: ours, and a vendor's own from the folder that MOORING_PLATFORMS names.
import type { Platform } from '../domain/platform.ts';
import { loadPlatforms } from '../platforms/load.ts';
import { asInput, InputError } from './input.ts';

export function knownPlatforms(): Promise<ReadonlyMap<string, Platform>> {
  const folder = process.env['MOORING_PLATFORMS']?.trim();
  return asInput('MOORING_PLATFORMS', () =>
    loadPlatforms(folder === undefined || folder === '' ? null : folder),
  );
}

/** Throws InputError with the ids there are. */
export async function knownPlatform(id: string): Promise<Platform> {
  const platforms = await knownPlatforms();
  const platform = platforms.get(id);
  if (platform !== undefined) return platform;
  throw new InputError(`there is no platform "${id}"`, [`known: ${[...platforms.keys()].sort().join(', ')}`]);
}
