// Runs a command: in this process where only its words matter, as a process of its own where that is what is tested, or where it works against an API.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, vi } from 'vitest';
import { run } from '../../cli/main.ts';

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** In this process. One at a time. */
export async function here(...args: readonly string[]): Promise<Ran> {
  const out: string[] = [];
  const err: string[] = [];
  const log = vi.spyOn(console, 'log').mockImplementation(
    (line) =>
      void out.push(`${line}
`),
  );
  const error = vi.spyOn(console, 'error').mockImplementation(
    (line) =>
      void err.push(`${line}
`),
  );
  try {
    const code = await run(['node', 'mooring', ...args]);
    return { code, out: out.join(''), err: err.join('') };
  } finally {
    process.exitCode = undefined;
    log.mockRestore();
    error.mockRestore();
  }
}

/** As a process of its own, with what it reads from standard input. */
export async function mooring(
  args: readonly string[],
  {
    stdin = '',
    env = {},
  }: { readonly stdin?: string | Uint8Array; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<Ran> {
  const child = spawn(process.execPath, ['cli/mooring.mjs', ...args], {
    env: { PATH: process.env['PATH'] ?? '', ...env },
    timeout: 90_000,
  });
  const ended = new Promise<number>((resolve) => child.once('close', (code) => resolve(code ?? -1)));
  child.stdin.on('error', () => undefined);
  child.stdin.end(stdin);
  const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { code, out, err };
}

/** The same against an API. */
export const mooringAt = (
  { apiUrl, apiKey }: { readonly apiUrl: string; readonly apiKey: string },
  args: readonly string[],
): Promise<Ran> => mooring(args, { env: { MOORING_URL: apiUrl, MOORING_KEY: apiKey } });

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** Writes files into a folder of their own, which goes with the test file, and gives the path of each. */
export function filesOf(contents: Readonly<Record<string, string | Uint8Array>>): (name: string) => string {
  const folder = mkdtempSync(join(tmpdir(), 'mooring-cli-'));
  folders.push(folder);
  for (const [name, content] of Object.entries(contents)) writeFileSync(join(folder, name), content);
  return (name) => join(folder, name);
}
