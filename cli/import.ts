// mooring import: uploads a file of existing connections, watches how they are proved, and ends with what became of each line. The file is
// the caller's: it is read and sent, never written, and nothing of it is printed.
import { setTimeout as wait } from 'node:timers/promises';
import { type components, dataOf, eachItem } from '../client/index.ts';
import type { Context } from './context.ts';
import { readBytes } from './input.ts';
import { table } from './table.ts';

type Summary = components['schemas']['Import'];
type Line = components['schemas']['ImportLine'];

export interface ImportOptions {
  readonly wait: boolean;
}

const LOOK_EVERY_MS = 500;
const SHOWN_LINES = 100;

export async function importFile(context: Context, file: string, options: ImportOptions): Promise<void> {
  const bytes = await readBytes('the file', file);
  const started = await dataOf(
    context.client.POST('/v1/imports', {
      body: bytes,
      bodySerializer: () => new Blob([bytes]),
      headers: { 'content-type': 'application/x-ndjson' },
    }),
  );
  if (!context.isJson) console.error(`${started.id}: ${started.counts.total} lines read`);
  if (options.wait) await watch(context, started.id);
  await importStatus(context, started.id);
}

export async function importStatus(context: Context, id: string): Promise<void> {
  const { lines: _page, ...summary } = await readReport(context, id);
  const rows: Line[] = [];
  const pages = eachItem(async (cursor) => (await readReport(context, id, { cursor, limit: 500 })).lines);
  for await (const line of pages) if (context.isJson || line.outcome !== 'connected') rows.push(line);
  if (summary.status === 'done' && summary.counts.connected + summary.counts.duplicate < summary.counts.total)
    process.exitCode = 1;
  context.print({ ...summary, lines: rows }, () => reportText(summary, rows));
}

async function watch(context: Context, id: string): Promise<void> {
  let shown = '';
  for (;;) {
    const summary = await readReport(context, id);
    const now = progressText(summary);
    if (now !== shown && !context.isJson) console.error(now);
    shown = now;
    if (summary.status === 'done') return;
    await wait(LOOK_EVERY_MS);
  }
}

function readReport(
  context: Context,
  id: string,
  page: { cursor?: string | undefined; limit?: number } = {},
) {
  const { cursor, limit = 1 } = page;
  return dataOf(
    context.client.GET('/v1/imports/{id}', {
      params: { path: { id }, query: { limit, ...(cursor === undefined ? {} : { cursor }) } },
    }),
  );
}

function progressText({ counts }: Summary): string {
  return `${counts.total - counts.pending} of ${counts.total}: ${counts.connected} connected, ${counts.refused} refused, ${counts.duplicate} duplicate, ${counts.broken} broken`;
}

function reportText(summary: Summary, rows: readonly Line[]): string {
  const { counts, cutShort, id, status } = summary;
  const head = table(
    ['connected', 'duplicate', 'refused', 'broken', 'pending'],
    [
      [counts.connected, counts.duplicate, counts.refused, counts.broken, counts.pending].map((count) =>
        String(count),
      ),
    ],
    '',
  );
  const lines = table(
    ['line', 'outcome', 'code', 'platform', 'connection', 'what'],
    rows
      .slice(0, SHOWN_LINES)
      .map((one) => [
        String(one.line),
        one.outcome,
        one.code ?? '–',
        one.platform ?? '–',
        one.connectionId ?? '–',
        one.message ?? '–',
      ]),
    counts.total === 0 ? 'There was no line in it.' : 'Every line is connected.',
  );
  return [
    `${id}: ${status}${cutShort === null ? '' : ` (cut short: ${cutShort})`}`,
    head,
    lines,
    ...(rows.length > SHOWN_LINES ? [`and ${rows.length - SHOWN_LINES} more: --json shows all`] : []),
  ].join('\n');
}
