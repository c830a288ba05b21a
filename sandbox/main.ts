/**
 * Starts the sandbox by itself: `--port` (4010; 0: any free one), `--data` (a folder; nothing: in memory), `--seed`, `--table` (how to reach
 * each platform, for a person). SANDBOX_PORT and SANDBOX_DATA stand in for the first two, where another program starts it.
 */
import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import { SIMULATED } from './platforms.ts';
import { type RunningSandbox, startSandbox } from './server.ts';
import { PLATFORM_NAMES } from './state.ts';

const options = readOptions();
if (typeof options === 'string') {
  console.error(options);
  process.exit(2);
}
const sandbox = await startSandbox(options).catch((error: unknown) => {
  console.error(`the sandbox did not start: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
});
if (options.table) console.log(pageFor(sandbox));
else
  console.log(
    JSON.stringify({
      level: 30,
      time: Date.now(),
      name: 'sandbox',
      msg: 'ready',
      url: sandbox.url,
      port: sandbox.port,
    }),
  );

let closing = false;
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => {
    if (closing) return;
    closing = true;
    void sandbox.close().then(() => process.exit(0));
  });
}

interface Options {
  port: number;
  dataFolder?: string;
  seed?: string;
  table: boolean;
}

/** What was asked for; a sentence where it cannot be done. */
function readOptions(): Options | string {
  try {
    const { values } = parseArgs({
      options: {
        port: { type: 'string' },
        data: { type: 'string' },
        seed: { type: 'string' },
        table: { type: 'boolean', default: false },
      },
    });
    const text = values.port ?? process.env['SANDBOX_PORT'] ?? '4010';
    const port = Number(text);
    if (!/^\d+$/.test(text) || port > 65_535) return `the port "${text}" is not a number from 0 to 65535`;
    const dataFolder = values.data ?? process.env['SANDBOX_DATA'];
    return {
      port,
      table: values.table,
      ...(dataFolder ? { dataFolder } : {}),
      ...(values.seed === undefined ? {} : { seed: values.seed }),
    };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** As wide as the terminal, one line after another. */
function pageFor({ url }: RunningSandbox): string {
  const width = Math.max(72, Math.min(process.stdout.columns ?? 100, 140));
  const between = { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' };
  const table = new Table({
    head: ['platform', 'how to reach a shop'],
    style: { head: [], border: [] },
    chars: between,
    colWidths: [16, width - 19],
    wordWrap: true,
  });
  for (const name of PLATFORM_NAMES) table.push([name, SIMULATED[name].reach]);
  return [
    table.toString(),
    '',
    `The sandbox is at ${url}`,
    `  a program sends the platform's host as Host or x-forwarded-host; a browser goes to ${url}/_host/<host>/…`,
    `  a shop: curl -d '{"platform":"${PLATFORM_NAMES[0]}"}' '${url}/_control/shops'`,
    `  keys to paste: curl -X POST '${url}/_control/shops/<key>/credential'; our apps: ${url}/_control/apps`,
    'Ctrl-C ends it.',
  ].join('\n');
}
