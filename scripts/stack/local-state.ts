// What the local stack remembers in .mooring/ between starts: its ports and secrets. Files with secrets are for their owner alone (0600).
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const OURS = fileURLToPath(new URL('../../.mooring', import.meta.url));

/** In .mooring/ of this checkout; MOORING_FOLDER names another one, so that a benchmark or a test does not touch it. */
export const inFolder = (...path: string[]): string =>
  join(resolve(process.env['MOORING_FOLDER'] ?? OURS), ...path);

/** What `npm start` tells programs, in .mooring/local.json, once all is ready. */
export interface LocalAddresses {
  readonly apiUrl: string;
  readonly consoleUrl: string;
  readonly temporalUiUrl: string;
  readonly temporalAddress: string;
  readonly databaseUrl: string;
  readonly sandboxUrl: string;
  readonly apiKey: string;
}

const ADDRESSES = 'local.json';
const PORTS = 'ports.json';

export async function writeAddresses(addresses: LocalAddresses): Promise<void> {
  await writeSecretFile(inFolder(ADDRESSES), `${JSON.stringify(addresses, null, 2)}\n`);
}

/** Removed while the stack is not ready, so that nobody reads addresses of a stack that is down. */
export async function removeAddresses(): Promise<void> {
  await rm(inFolder(ADDRESSES), { force: true });
}

export async function readPorts(): Promise<Readonly<Record<string, number>>> {
  const file = inFolder(PORTS);
  return existsSync(file) ? JSON.parse(await readFile(file, 'utf8')) : {};
}

export async function writePorts(ports: Readonly<Record<string, number>>): Promise<void> {
  await mkdir(inFolder(), { recursive: true });
  await writeFile(inFolder(PORTS), JSON.stringify(ports));
}

/** The file of a secret made at the first start: 32 random bytes in base64. */
export async function keepSecretFile(name: string): Promise<string> {
  const file = inFolder(name);
  if (!existsSync(file)) await writeSecretFile(file, `${randomBytes(32).toString('base64')}\n`);
  return file;
}

/** The text of a file kept by an earlier start; null when there is none. */
export async function readKept(name: string): Promise<string | null> {
  const file = inFolder(name);
  return existsSync(file) ? (await readFile(file, 'utf8')).trim() : null;
}

export async function keep(name: string, text: string): Promise<void> {
  await writeSecretFile(inFolder(name), text);
}

async function writeSecretFile(file: string, text: string): Promise<void> {
  await mkdir(inFolder(), { recursive: true });
  await writeFile(file, text, { mode: 0o600 });
  await chmod(file, 0o600);
}
