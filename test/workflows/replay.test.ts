// Every history that ever ran must replay on today's workflows: a change that breaks one needs `patched()`.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { temporal } from '@temporalio/proto';
import { bundleWorkflowCode, DefaultLogger, Worker } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { beforeAll, expect, test } from 'vitest';
import { lifecycleBundle } from './lifecycle-world.ts';
import { quietRuntime } from './quiet-runtime.ts';

const FOLDER = new URL('../histories/', import.meta.url);
const files = readdirSync(FOLDER).filter((name) => name.endsWith('.json') && !name.startsWith('sync-'));
const read = (name: string) =>
  temporal.api.history.v1.History.fromObject(JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8')));

beforeAll(quietRuntime);

test('there are histories of many paths', () => {
  expect(files.length).toBeGreaterThan(10);
});

test.each(files)('%s replays', async (name) => {
  await Worker.runReplayHistory(
    { workflowBundle: await lifecycleBundle() },
    read(name),
    'connection/replayed',
  );
});

test('a workflow that does things in another order is found out', async () => {
  const changed = await bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('./changed-workflows.ts', import.meta.url)),
    logger: new DefaultLogger('ERROR'),
  });
  const name = files.find((one) => one.startsWith('a-dead-grant')) ?? '';
  await expect(
    Worker.runReplayHistory({ workflowBundle: changed }, read(name), 'connection/replayed'),
  ).rejects.toBeInstanceOf(DeterminismViolationError);
});
