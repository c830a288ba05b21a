// mooring fleet: plans work on many connections, starts it, watches it, and tells it to pause, go on or stop.
import { setTimeout as wait } from 'node:timers/promises';
import { type components, dataOf } from '../client/index.ts';
import { isConfirmed } from './confirm.ts';
import type { Context } from './context.ts';
import { readRate, readWhole } from './input.ts';
import { table } from './table.ts';

type Run = components['schemas']['FleetRun'];
type Kind = components['schemas']['NewFleetRun']['kind'];

export interface FleetOptions {
  readonly platform?: string;
  readonly registration?: string;
  readonly tenant?: string;
  readonly connections?: string[];
  readonly canary?: string;
  readonly canaryWait?: string;
  readonly batch?: string;
  readonly concurrency?: string;
  readonly perMinute?: string;
  readonly maxErrorRate?: string;
  readonly yes?: boolean;
  readonly wait?: boolean;
}

const LOOK_EVERY_MS = 500;
const SHOWN_ITEMS = 50;

export async function plan(context: Context, kind: Kind, options: FleetOptions): Promise<void> {
  const planned = await create(context, kind, { options, dryRun: true });
  context.print(planned, (run) => `${planText(run)}\nNothing was changed.`);
}

export async function start(context: Context, kind: Kind, options: FleetOptions): Promise<void> {
  if (options.yes !== true) {
    const planned = await create(context, kind, { options, dryRun: true });
    console.error(planText(planned));
    if (planned.counts.pending === 0) return;
    if (!(await isConfirmed('Start?'))) {
      console.error('Nothing was done.');
      process.exitCode = 1;
      return;
    }
  }
  const run = await create(context, kind, { options, dryRun: false });
  if (options.wait === false) context.print(run, ({ id }) => `${id} started`);
  else await status(context, (await watch(context, run.id)).id);
}

export async function status(context: Context, id: string): Promise<void> {
  const query = { limit: SHOWN_ITEMS, outcome: 'failed' as const };
  const report = await dataOf(context.client.GET('/v1/fleet-runs/{id}', { params: { path: { id }, query } }));
  if (report.status === 'stopped') process.exitCode = 1;
  const failed = table(
    ['connection', 'stage', 'why', 'tries'],
    report.items.data.map((one) => [
      one.connectionId,
      one.stage ?? '–',
      one.code ?? '–',
      String(one.attempts),
    ]),
    'None failed.',
  );
  context.print(report, () => `${runText(report)}\n${failed}`);
}

export async function tell(context: Context, word: 'pause' | 'resume' | 'stop', id: string): Promise<void> {
  const params = { path: { id } };
  const { client } = context;
  const answers = {
    pause: () => client.POST('/v1/fleet-runs/{id}/pause', { params }),
    resume: () => client.POST('/v1/fleet-runs/{id}/resume', { params }),
    stop: () => client.POST('/v1/fleet-runs/{id}/stop', { params }),
  };
  context.print(await dataOf(answers[word]()), (run) => `${word} accepted for ${run.id}`);
}

function create(
  context: Context,
  kind: Kind,
  { options, dryRun }: { readonly options: FleetOptions; readonly dryRun: boolean },
): Promise<Run> {
  return dataOf(
    context.client.POST('/v1/fleet-runs', {
      body: {
        kind,
        dryRun,
        ...(options.platform === undefined ? {} : { platform: options.platform }),
        ...(options.registration === undefined ? {} : { clientRegistrationId: options.registration }),
        ...(options.tenant === undefined ? {} : { tenantId: options.tenant }),
        ...(options.connections === undefined ? {} : { connectionIds: options.connections }),
        ...numbersOf(options),
      },
    }),
  );
}

function numbersOf({ canary, canaryWait, batch, concurrency, perMinute, maxErrorRate }: FleetOptions) {
  const whole = (field: string, option: string, text: string | undefined) =>
    text === undefined ? {} : { [field]: readWhole(option, text) };
  return {
    ...whole('canary', '--canary', canary),
    ...whole('canaryWaitS', '--canary-wait', canaryWait),
    ...whole('batchSize', '--batch', batch),
    ...whole('concurrency', '--concurrency', concurrency),
    ...whole('perMinute', '--per-minute', perMinute),
    ...(maxErrorRate === undefined ? {} : { maxErrorRate: readRate('--max-error-rate', maxErrorRate) }),
  };
}

async function watch(context: Context, id: string): Promise<Run> {
  let shown = '';
  for (;;) {
    const query = { limit: 1 };
    const run = await dataOf(context.client.GET('/v1/fleet-runs/{id}', { params: { path: { id }, query } }));
    const now = countsText(run);
    if (now !== shown && !context.isJson) console.error(now);
    shown = now;
    if (run.status === 'completed' || run.status === 'stopped') return run;
    await wait(LOOK_EVERY_MS);
  }
}

function planText(run: Run): string {
  const reasons = Object.entries(run.reasons).map(([why, count]) => [why, String(count)]);
  return [
    `${run.id}: ${run.kind} ${targetText(run)}`,
    `${run.counts.pending} connections would be worked, ${run.counts.skipped} left alone.${run.counts.pending === 0 ? ' There is nothing to start.' : ''}`,
    ...(reasons.length === 0 ? [] : [table(['left alone because', 'connections'], reasons, '')]),
  ].join('\n');
}

function runText(run: Run): string {
  const left = run.proof?.['left'];
  return [
    `${run.id}: ${run.kind} ${targetText(run)} ${run.status}${run.reason === null ? '' : ` (${run.reason})`}`,
    countsText(run),
    ...(left === undefined ? [] : [`Proof: ${left} on the old form.`]),
  ].join('\n');
}

function countsText({ counts }: Run): string {
  return `${counts.done} done, ${counts.failed} failed, ${counts.skipped} left alone, ${counts.pending} to do`;
}

function targetText(run: Run): string {
  const { from, to, version } = run.target;
  return to === undefined ? `to ${String(version ?? '')}` : `from ${String(from)} to ${String(to)}`;
}
