// Key-encrypting keys from a file that may change while the process runs: one key a line in base64, the first wraps, all unwrap.
// Whoever changes it must replace it as a whole (rename); a version that cannot be read or is wrong is not taken up.
import { readFile, stat } from 'node:fs/promises';
import { MooringError } from '../../domain/errors.ts';
import type { KeyProvider } from '../key-provider.ts';
import { checkRing, type KeyRing, localKey, ringProvider } from './local.ts';

const KEY_FORM = /^[A-Za-z0-9+/]{43}=$/;

/** Reads the file now, and again whenever it was replaced. Throws `invalid_settings` when it cannot be used now. */
export async function keyFileProvider(path: string, log: { warn(text: string): void }): Promise<KeyProvider> {
  let known = await versionOf(path);
  let ring = await readRing(path);
  return ringProvider(async () => {
    try {
      const now = await versionOf(path);
      if (now === known) return ring;
      ring = await readRing(path);
      known = now;
    } catch (error) {
      log.warn(error instanceof MooringError ? error.message : unreadable(path).message);
    }
    return ring;
  });
}

async function readRing(path: string): Promise<KeyRing> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw unreadable(path, cause);
  });
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  if (!lines.every((line) => KEY_FORM.test(line))) throw wrong(path);
  const [newest, ...former] = lines.map((line) => localKey(Buffer.from(line, 'base64')));
  if (newest === undefined) throw wrong(path);
  const ring = { newest, former };
  checkRing(ring);
  return ring;
}

/** Which file it is and when it was written: another one after every replacement. */
async function versionOf(path: string): Promise<string> {
  const { ino, mtimeMs, size } = await stat(path).catch((cause: unknown) => {
    throw unreadable(path, cause);
  });
  return `${ino} ${mtimeMs} ${size}`;
}

function unreadable(path: string, cause?: unknown): MooringError {
  return new MooringError('invalid_settings', `the key file "${path}" cannot be read`, { cause });
}

function wrong(path: string): MooringError {
  return new MooringError('invalid_settings', `"${path}" must hold keys of 32 bytes in base64, one a line`);
}
