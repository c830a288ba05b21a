// mooring sync with its progress, and the short commands beside it.
import { setTimeout as wait } from 'node:timers/promises';
import { type components, dataOf, type SyncRun } from '../client/index.ts';
import type { Context } from './context.ts';
import { table } from './table.ts';

type Resources = NonNullable<components['schemas']['SyncWish']['resources']>;

export interface SyncOptions {
  readonly resources?: Resources;
  readonly backfill?: boolean;
  readonly wait: boolean;
}

const LOOK_EVERY_MS = 500;
const START_WITHIN_MS = 60_000;

export async function sync(context: Context, id: string, options: SyncOptions): Promise<void> {
  const path = { id };
  const before = await runsOf(context, id);
  const accepted = await dataOf(
    context.client.POST('/v1/connections/{id}/sync', {
      params: { path },
      body: {
        mode: options.backfill === true ? 'backfill' : 'incremental',
        ...(options.resources === undefined ? {} : { resources: options.resources }),
      },
    }),
  );
  if (!options.wait) {
    context.print(accepted, ({ syncRequestId }) => `accepted as ${syncRequestId}`);
    return;
  }
  const known = new Set(before.filter(({ finishedAt }) => finishedAt !== null).map((run) => run.id));
  const run = await watch(context, id, known);
  if (run.status !== 'completed') process.exitCode = 1;
  context.print(run, runText);
}

export async function command(
  context: Context,
  name: 'pause' | 'resume' | 'refresh',
  id: string,
): Promise<void> {
  const params = { path: { id } };
  if (name === 'refresh') {
    const outcome = await dataOf(context.client.POST('/v1/connections/{id}/refresh', { params }));
    context.print(outcome, (one) => one.outcome.replaceAll('_', ' '));
    return;
  }
  const answer =
    name === 'pause'
      ? context.client.POST('/v1/connections/{id}/pause', { params })
      : context.client.POST('/v1/connections/{id}/resume', { params });
  context.print(await dataOf(answer), (one) => `${name} accepted for ${one.id}`);
}

export async function confirmDeletions(context: Context, id: string, runId: string): Promise<void> {
  const run = await dataOf(
    context.client.POST('/v1/connections/{id}/runs/{runId}/confirm-deletions', {
      params: { path: { id, runId } },
    }),
  );
  context.print(run, (one) => `the deletions that ${one.id} holds are made by the next run`);
}

async function watch(context: Context, id: string, known: ReadonlySet<string>): Promise<SyncRun> {
  const deadline = Date.now() + START_WITHIN_MS;
  let shown = '';
  for (;;) {
    const run = (await runsOf(context, id)).find((one) => !known.has(one.id));
    if (run === undefined && Date.now() > deadline)
      throw new Error('no run began within a minute; see mooring doctor');
    if (run !== undefined && run.finishedAt !== null) return run;
    const now = run === undefined ? 'waiting for the run' : progressLine(run);
    if (now !== shown && !context.isJson) console.error(now);
    shown = now;
    await wait(LOOK_EVERY_MS);
  }
}

async function runsOf(context: Context, id: string): Promise<SyncRun[]> {
  const query = { limit: 20 };
  const page = await dataOf(
    context.client.GET('/v1/connections/{id}/runs', { params: { path: { id }, query } }),
  );
  return page.data;
}

function progressLine(run: SyncRun): string {
  const parts = rowsOf(run).map(([resource, , seen]) => `${resource} ${seen}`);
  return parts.length === 0 ? 'running' : parts.join('  ');
}

function runText(run: SyncRun): string {
  const rows = rowsOf(run);
  const failure = run.error === null || run.error === undefined ? '' : `\n${JSON.stringify(run.error)}`;
  const held =
    run.status === 'held'
      ? `\nDeletions wait for a confirmation: mooring confirm-deletions ${run.connectionId} ${run.id}`
      : '';
  return `${run.id} ${run.status}${held}\n${table(['resource', 'pages', 'seen', 'written', 'unchanged', 'deleted', 'set aside'], rows, 'Nothing was due.')}${failure}`;
}

function rowsOf(run: SyncRun): string[][] {
  return Object.entries(run.progress).map(([resource, counts]) => [
    resource,
    ...['pages', 'seen', 'written', 'unchanged', 'deleted', 'setAside'].map((name) => countOf(counts, name)),
  ]);
}

function countOf(counts: unknown, name: string): string {
  const value: unknown =
    typeof counts === 'object' && counts !== null ? Reflect.get(counts, name) : undefined;
  return typeof value === 'number' ? String(value) : '0';
}
