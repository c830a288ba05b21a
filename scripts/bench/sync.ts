// The same sync job in one run: a plain Node loop (the limit), dlt where Python has it, and Mooring as users run it: HTTP, Temporal schedule, worker
// process, vault, audit, fence, checkpoints, feed. Prints rows/s, CPU seconds, peak memory, and the ratios. Linux only: it reads /proc.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import Table from 'cli-table3';
import { startServer } from './child-server.ts';
import type { BenchOptions } from './main.ts';
import { type Cost, cpuSeconds, median, postgresCpuSeconds, watchMemory } from './measure.ts';
import { createMooringContestant, type MooringContestant } from './mooring-contestant.ts';

const run_ = promisify(execFile);
const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url));
const PYTHON = join(
  process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'),
  'mooring',
  'dlt',
  'bin',
  'python',
);

type Name = 'plain sequential' | 'plain prefetch' | 'dlt flat' | 'dlt full' | 'mooring' | 'mooring resync';

export async function run(options: BenchOptions): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'mooring-bench-'));
  await chmod(folder, 0o755);
  process.env['MOORING_FOLDER'] = folder;
  const say = (line: string): void => {
    if (!options.json) console.error(line);
  };
  const source = await startServer('./orders-server.ts', String(options.orders), '250');
  const mooring = await createMooringContestant({ source: source.url, folder, say }).catch(
    (error: unknown) => {
      source.child.kill();
      throw error;
    },
  );
  const costs = new Map<Name, Cost[]>();
  const stop = once(async () => {
    source.child.kill();
    for (const child of contesting) child.kill();
    await mooring.stop();
    await rm(folder, { recursive: true, force: true });
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void stop().finally(() => process.exit(130)));
  try {
    const dlt = await dltPython(say);
    for (let round = 1; round <= options.rounds; round++) {
      for (const [name, contest] of contestants({
        source: source.url,
        mooring,
        dlt,
        orders: options.orders,
        folder,
      })) {
        const cost = await contest();
        costs.set(name, [...(costs.get(name) ?? []), cost]);
        say(`round ${round}/${options.rounds}  ${name.padEnd(17)} ${Math.round(cost.rowsPerS)} orders/s`);
      }
    }
  } finally {
    await stop();
  }
  report(costs, options);
}

function once(job: () => Promise<void>): () => Promise<void> {
  let started: Promise<void> | undefined;
  return () => {
    started ??= job();
    return started;
  };
}

interface Contest {
  readonly source: string;
  readonly mooring: MooringContestant;
  readonly dlt: string | null;
  readonly orders: number;
  readonly folder: string;
}

function contestants({
  source,
  mooring,
  dlt,
  orders,
  folder,
}: Contest): readonly (readonly [Name, () => Promise<Cost>])[] {
  const loop = (mode: string) => () =>
    mooring.inScratchDatabase((url) =>
      measureChild(process.execPath, ['--import', 'tsx/esm', here('./plain-loop.ts'), source, url, mode], {
        orders,
        folder,
      }),
    );
  const peer = (shape: string) => () =>
    mooring.inScratchDatabase((url) =>
      // On stock settings its child tables are replaced by a quadratic NOT IN; so it was measured, so it is fair.
      measureChild(
        dlt ?? '',
        [here('./dlt-pipeline.py'), source, `${url}?options=-c%20work_mem%3D256MB`, shape],
        {
          orders,
          folder,
        },
      ),
    );
  return [
    ['plain sequential', loop('sequential')],
    ['plain prefetch', loop('prefetch')],
    ['mooring', () => mooring.firstLoad(orders)],
    ['mooring resync', () => mooring.resync(orders)],
    ...(dlt === null
      ? []
      : ([
          ['dlt flat', peer('flat')],
          ['dlt full', peer('full')],
        ] as const)),
  ];
}

/** Contestants that run now. */
const contesting = new Set<ChildProcess>();

/** Runs a program that prints `{ rows, seconds }`, and reads its cost while it runs. */
async function measureChild(
  command: string,
  args: readonly string[],
  { orders, folder }: { readonly orders: number; readonly folder: string },
): Promise<Cost> {
  const dbBefore = postgresCpuSeconds(folder);
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const pid = child.pid ?? 0;
  const memory = watchMemory(pid);
  let cpuS = 0;
  const sampler = setInterval(() => {
    cpuS = Math.max(cpuS, cpuSeconds(pid));
  }, 100);
  let [output, errors] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    errors = (errors + chunk.toString()).slice(-2000);
  });
  contesting.add(child);
  const code = await new Promise((resolve) => child.once('exit', resolve));
  contesting.delete(child);
  clearInterval(sampler);
  const peakMb = memory.stop();
  if (code !== 0) throw new Error(`${command} ended with ${String(code)}: ${errors}`);
  const { rows, seconds } = JSON.parse(output.trim().split('\n').at(-1) ?? '{}') as {
    rows: number;
    seconds: number;
  };
  if (rows !== orders) throw new Error(`${command} loaded ${rows} of ${orders} orders`);
  return { rowsPerS: rows / seconds, cpuS, dbCpuS: postgresCpuSeconds(folder) - dbBefore, peakMb };
}

/** Installs dlt into a cache folder once; null, with the reason, where Python cannot. */
async function dltPython(say: (line: string) => void): Promise<string | null> {
  try {
    if (!existsSync(PYTHON)) {
      say('installing dlt into a cache folder, once');
      await run_('python3', ['-m', 'venv', join(PYTHON, '..', '..')]);
      await run_(PYTHON, ['-m', 'pip', 'install', '--quiet', 'dlt[postgres]']);
    }
    await run_(PYTHON, ['-c', 'import dlt']);
    return PYTHON;
  } catch (error) {
    say(`dlt is left out: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`);
    return null;
  }
}

function report(costs: ReadonlyMap<Name, readonly Cost[]>, options: BenchOptions): void {
  const rows = [...costs].map(([name, all]) => ({
    name,
    rowsPerS: Math.round(median(all.map((cost) => cost.rowsPerS))),
    cpuS: round(median(all.map((cost) => cost.cpuS)), 1),
    dbCpuS: round(median(all.map((cost) => cost.dbCpuS)), 1),
    peakMb: Math.round(median(all.map((cost) => cost.peakMb))),
  }));
  const ratio = (a: Name, b: Name): number | null => {
    const [over, under] = [costs.get(a), costs.get(b)];
    if (over === undefined || under === undefined) return null;
    return round(
      median(over.map((cost, index) => cost.rowsPerS / (under[index]?.rowsPerS ?? Number.NaN))),
      2,
    );
  };
  const ratios = {
    'mooring / plain prefetch': ratio('mooring', 'plain prefetch'),
    'mooring / plain sequential': ratio('mooring', 'plain sequential'),
    'mooring / dlt flat': ratio('mooring', 'dlt flat'),
    'mooring / dlt full': ratio('mooring', 'dlt full'),
    'mooring resync / plain sequential': ratio('mooring resync', 'plain sequential'),
  };
  if (options.json) {
    console.log(JSON.stringify({ rows, ratios }));
    return;
  }
  const table = new Table({ head: ['', 'orders/s', 'CPU s', 'PostgreSQL CPU s', 'peak MB'] });
  table.push(...rows.map((row) => [row.name, row.rowsPerS, row.cpuS, row.dbCpuS, row.peakMb]));
  console.log(`${options.orders} orders, medians of ${options.rounds} rounds\n${table.toString()}`);
  for (const [name, value] of Object.entries(ratios))
    console.log(`${name.padEnd(36)} ${value ?? 'not measured'}`);
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
