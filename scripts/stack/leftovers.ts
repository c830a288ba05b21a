// Parts that outlived a start script that was killed: remembered by process id in .mooring/run/, stopped by the next start. A process is
// stopped only when its command line still says that it is that part, because ids are used again.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const STOP_WITHIN_MS = 15_000;
const LOOK_EVERY_MS = 100;

export interface RunningPart {
  readonly name: string;
  readonly pid: number | undefined;
  /** A piece of its command line that no other program has. */
  readonly command: string;
}

export async function rememberPart(folder: string, part: RunningPart): Promise<void> {
  if (part.pid === undefined) return;
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, part.name), JSON.stringify({ pid: part.pid, command: part.command }));
}

export async function forgetPart(folder: string, name: string): Promise<void> {
  await rm(join(folder, name), { force: true });
}

/** Stops what is left and gives the names of what it stopped. */
export async function stopLeftovers(folder: string): Promise<readonly string[]> {
  if (!existsSync(folder)) return [];
  const names = await readdir(folder);
  const stopped = await Promise.all(
    names.map(async (name) => {
      const { pid, command }: { pid: number; command: string } = JSON.parse(
        await readFile(join(folder, name), 'utf8'),
      );
      const wasRunning = await stopProcess(pid, command);
      await forgetPart(folder, name);
      return wasRunning ? [name] : [];
    }),
  );
  return stopped.flat();
}

async function stopProcess(pid: number, command: string): Promise<boolean> {
  if (!isRunning(pid, command)) return false;
  process.kill(pid, 'SIGTERM');
  const deadline = Date.now() + STOP_WITHIN_MS;
  while (isRunning(pid, command)) {
    if (Date.now() > deadline) process.kill(pid, 'SIGKILL');
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  return true;
}

/** Whether the process is there and its command line holds `command`. */
export function isRunning(pid: number, command: string): boolean {
  try {
    const state = execFileSync('ps', ['-o', 'stat=,args=', '-p', String(pid)], { encoding: 'utf8' });
    return !state.startsWith('Z') && state.includes(command);
  } catch {
    return false; // ps found no such process
  }
}
