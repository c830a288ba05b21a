// A part of the stack as a child process: its output goes to a log file, and it is ready when it says so by a log line with msg "ready".
import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface Part {
  readonly name: string;
  readonly pid: number | undefined;
  /** Resolves when the process has ended, with its exit code. */
  readonly ended: Promise<number | null>;
  stop(): Promise<void>;
  kill(): void;
}

export interface PartOptions {
  readonly name: string;
  /** Entry point below the root, e.g. "worker/main.ts". */
  readonly script: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly logFile: string;
  readonly readyWithinMs?: number;
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const READY_WITHIN_MS = 120_000;
const STOP_WITHIN_MS = 40_000;

/** Starts the part and waits until it is ready. Throws with its last error line when it ends or stays silent. */
export async function startPart(options: PartOptions): Promise<Part> {
  await mkdir(dirname(options.logFile), { recursive: true });
  const log = createWriteStream(options.logFile, { flags: 'a', mode: 0o600 });
  const child = spawn(process.execPath, ['scripts/run.mjs', options.script], {
    cwd: ROOT,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // Ctrl-C reaches the start script alone, which stops the parts in their order.
    detached: true,
  });
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  await ready(child, ended, options, (line) => log.write(`${line}\n`));
  return {
    name: options.name,
    pid: child.pid,
    ended,
    stop: () => stop(child, ended),
    kill: () => child.kill('SIGKILL'),
  };
}

async function ready(
  child: ChildProcess,
  ended: Promise<number | null>,
  options: PartOptions,
  write: (line: string) => void,
): Promise<void> {
  let last = '';
  const isReady = new Promise<void>((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      if (stream === null) continue;
      createInterface({ input: stream }).on('line', (line) => {
        write(line);
        if (/"msg":\s*"ready"/.test(line)) resolve();
        else if (saysMore(line, last)) last = line;
      });
    }
  });
  const withinMs = options.readyWithinMs ?? READY_WITHIN_MS;
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () =>
        reject(
          new Error(`${options.name} was not ready within ${withinMs / 1000} s; see ${options.logFile}`),
        ),
      withinMs,
    );
  });
  const tooEarly = ended.then((code) =>
    Promise.reject(new Error(`${options.name} ended (${code}) before it was ready: ${messageOf(last)}`)),
  );
  try {
    await Promise.race([isReady, tooLate, tooEarly]);
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  } finally {
    clearTimeout(timer);
    tooEarly.catch(() => undefined);
  }
}

/** Node ends what it says of an error with a stack and its own version: the line that names the error stays. */
function saysMore(line: string, last: string): boolean {
  const isError = (text: string): boolean => /^\w*Error\b/.test(text);
  return line.trim() !== '' && (!isError(last) || isError(line) || line.startsWith('{'));
}

function messageOf(line: string): string {
  try {
    const parsed: unknown = JSON.parse(line);
    if (typeof parsed === 'object' && parsed !== null && 'msg' in parsed) return String(parsed.msg);
  } catch {
    // not a log line
  }
  return line;
}

async function stop(child: ChildProcess, ended: Promise<number | null>): Promise<void> {
  if (child.exitCode !== null) return;
  child.kill('SIGTERM');
  const hard = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
  await ended;
  clearTimeout(hard);
}
