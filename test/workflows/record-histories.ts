// Keeps the histories of a test's workflows in test/histories/, when asked by MOORING_RECORD_HISTORIES. One file a test, never written
// over: a history that is kept says what once ran, and every later version must replay it.
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import type { Client } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import { expect } from 'vitest';

const FOLDER = new URL('../histories/', import.meta.url);
const MAX_EVENTS = 400;

export async function recordHistories(client: Client, workflowIds: readonly string[]): Promise<void> {
  const [workflowId] = workflowIds;
  if (process.env['MOORING_RECORD_HISTORIES'] === undefined || workflowId === undefined) return;
  const name = (expect.getState().currentTestName ?? 'unnamed').toLowerCase().replace(/[^a-z0-9]+/g, '-');
  const file = new URL(`${name.slice(0, 80).replace(/^-|-$/g, '')}.json`, FOLDER);
  if (existsSync(file)) return;
  const history = await client.workflow.getHandle(workflowId).fetchHistory();
  if ((history.events?.length ?? 0) > MAX_EVENTS) return;
  await mkdir(FOLDER, { recursive: true });
  const { History } = temporal.api.history.v1;
  const plain = History.toObject(History.fromObject(history), {
    bytes: String,
    longs: String,
    enums: String,
  });
  await writeFile(file, `${JSON.stringify(plain)}\n`);
}
