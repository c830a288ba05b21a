import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

let folder: string;
let starting: ChildProcess;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mooring-second-'));
  starting = spawn(process.execPath, ['--eval', 'setInterval(() => {}, 1000) // scripts/start.ts']);
  await new Promise((resolve) => starting.once('spawn', resolve));
});
afterEach(async () => {
  starting.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

test('a start beside one that is not ready yet is refused, and leaves its parts alone', {
  timeout: 30_000,
}, async () => {
  await writeFile(join(folder, 'pid'), String(starting.pid));
  // Were it not refused, the wrong port would end it before anything starts.
  const second = spawn(process.execPath, ['--import', 'tsx/esm', 'scripts/start.ts', '--empty'], {
    env: { ...process.env, MOORING_FOLDER: folder, PORT: 'none' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  second.stderr.on('data', (text) => {
    said += text;
  });
  expect(await new Promise((resolve) => second.once('exit', resolve))).toBe(1);
  expect(said).toContain(`already runs from this folder (process ${starting.pid})`);
  expect(starting.exitCode).toBeNull();
});
