// A server beside the benchmark, in a process of its own: its first line is its port on loopback.
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface ChildServer {
  readonly url: string;
  readonly child: ChildProcess;
}

/** `script` stands beside this file. */
export async function startServer(script: string, ...args: readonly string[]): Promise<ChildServer> {
  const file = fileURLToPath(new URL(script, import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx/esm', file, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const port = await new Promise<string>((resolve) =>
    createInterface({ input: child.stdout }).once('line', resolve),
  );
  return { url: `http://127.0.0.1:${port}`, child };
}
