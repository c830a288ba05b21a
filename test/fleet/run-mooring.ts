// Runs the `mooring` command against a product under test, as a process of its own.
import { execFile } from 'node:child_process';
import type { Product } from '../invariants/product.ts';

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export function runMooring({ apiUrl, apiKey }: Product, ...args: readonly string[]): Promise<Ran> {
  const env = { PATH: process.env['PATH'] ?? '', MOORING_URL: apiUrl, MOORING_KEY: apiKey };
  return new Promise((resolve) => {
    const options = { env, timeout: 90_000 };
    const child = execFile(process.execPath, ['cli/mooring.mjs', ...args], options, (_error, out, err) =>
      resolve({ code: child.exitCode ?? -1, out, err }),
    );
  });
}
