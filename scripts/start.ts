// npm start: the whole stack with progress on the terminal, a demo on an empty database, and the addresses. Ctrl-C stops it cleanly.
import { existsSync } from 'node:fs';
import Table from 'cli-table3';
import { Listr } from 'listr2';
import { runDemo } from './demo.ts';
import { generateClient } from './stack/generate.ts';
import { isRunning } from './stack/leftovers.ts';
import { inFolder, keep, readKept, removeAddresses, writeAddresses } from './stack/local-state.ts';

const startedAt = performance.now();
const wantsDemo = !process.argv.includes('--empty');

await refuseSecondStart();
await generateClient();
// Loaded only now: it needs Prisma's client, which a fresh clone does not have before.
const { planStack } = await import('./stack/stack.ts');
const stack = planStack();
let stopping = false;

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void stop(0));

try {
  await removeAddresses();
  await new Listr(
    stack.steps.map(({ title, run }) => ({
      title,
      task: async (_context: unknown, task: { title: string }) => {
        task.title = `${title}: ${await run()}`;
      },
    })),
    { renderer: process.stdout.isTTY ? 'default' : 'simple', rendererOptions: { collapseErrors: false } },
  ).run();
  for (const part of stack.parts()) void part.ended.then((code) => partEnded(part.name, code));
  const addresses = stack.addresses();
  if (wantsDemo) printTable(await runDemo(addresses));
  await writeAddresses(addresses);
  printAddresses();
} catch (error) {
  if (!stopping) {
    console.error(`\nMooring did not start: ${error instanceof Error ? error.message : String(error)}`);
    await stop(1);
  }
}

async function refuseSecondStart(): Promise<void> {
  const pid = Number(await readKept('pid'));
  const isOther = pid > 0 && pid !== process.pid && isAlive(pid);
  // One that still starts has written no addresses, and its parts are no leftovers.
  if (isOther && (existsSync(inFolder('local.json')) || isRunning(pid, 'scripts/start.ts'))) {
    console.error(
      `Mooring already runs from this folder (process ${pid}); its addresses are in ${inFolder('local.json')} once it is ready.`,
    );
    process.exit(1);
  }
  await keep('pid', String(process.pid));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function partEnded(name: string, code: number | null): void {
  if (stopping) return;
  console.error(
    `\nThe ${name} ended by itself (${code ?? 'killed'}); its log is ${inFolder('logs', `${name}.log`)}`,
  );
  void stop(1);
}

async function stop(exitCode: number): Promise<void> {
  if (stopping) return;
  stopping = true;
  console.log('');
  await removeAddresses();
  await stack.stop((title) => console.log(`stopping ${title}`));
  process.exit(exitCode);
}

function printTable(rows: Awaited<ReturnType<typeof runDemo>>): void {
  if (rows.length === 0) return;
  const table = new Table({
    head: ['platform', 'shop', 'state', 'records', 'connection'],
    style: { head: ['cyan'] },
  });
  table.push(...rows.map((row) => [row.platform, row.shop, row.state, row.records, row.connectionId]));
  console.log(`\n${table.toString()}`);
}

function printAddresses(): void {
  const { apiUrl, consoleUrl, temporalUiUrl, sandboxUrl } = stack.addresses();
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  console.log(`
Mooring is ready after ${seconds} s.

  API          ${apiUrl}
  Reference    ${apiUrl}/docs
  Console      ${consoleUrl}
  Temporal     ${temporalUiUrl}
  Sandbox      ${sandboxUrl}
  Key          in ${inFolder('local.json')} ("apiKey")

Ctrl-C stops it; the next start resumes.`);
}
