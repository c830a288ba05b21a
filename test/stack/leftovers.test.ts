import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { rememberPart, stopLeftovers } from '../../scripts/stack/leftovers.ts';

let folder: string;
let child: ChildProcess;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mooring-run-'));
  child = spawn(process.execPath, ['--eval', 'setInterval(() => {}, 1000) // a part of ours']);
  await new Promise((resolve) => child.once('spawn', resolve));
});
afterEach(async () => {
  child.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

test('a part that outlived its start script is stopped by the next start', async () => {
  const ended = new Promise((resolve) => child.once('exit', (_code, signal) => resolve(signal)));
  await rememberPart(folder, { name: 'worker', pid: child.pid, command: 'a part of ours' });
  expect(await stopLeftovers(folder)).toEqual(['worker']);
  expect(await ended).toBe('SIGTERM');
  expect(await stopLeftovers(folder)).toEqual([]);
});

test('another program that was given the same process id is left alone', async () => {
  await rememberPart(folder, { name: 'worker', pid: child.pid, command: 'worker/main.ts' });
  expect(await stopLeftovers(folder)).toEqual([]);
  expect(child.exitCode).toBeNull();
  expect(child.signalCode).toBeNull();
});
