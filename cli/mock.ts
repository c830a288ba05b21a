// mooring mock: the sandbox by itself, as a process of its own. This one only starts it, tells how to use it, and hands it the end.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { InputError } from './input.ts';
import { table } from './table.ts';

export interface MockOptions {
  readonly port: string;
  readonly platform?: readonly string[];
  readonly seed?: string;
  readonly json?: boolean;
}

const READY = z.object({ msg: z.literal('ready'), url: z.string() });
const APPS = z.object({
  data: z.array(z.object({ platform: z.string(), clientId: z.string(), secret: z.string() })),
});
const ORIGINS = z.object({ origins: z.array(z.string()) });

/** Ends when the sandbox does, with its exit code. */
export async function mock(options: MockOptions): Promise<void> {
  const run = fileURLToPath(new URL('../scripts/run.mjs', import.meta.url));
  const main = fileURLToPath(new URL('../sandbox/main.ts', import.meta.url));
  const seed = options.seed === undefined ? [] : ['--seed', options.seed];
  const child = spawn(process.execPath, [run, main, '--port', options.port, ...seed], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<number>((resolve) => child.once('close', (code) => resolve(code ?? 1)));
  // Ctrl-C reaches the child by itself in a terminal; another signal, or one to this process alone, is handed on.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill('SIGTERM'));
  const url = await Promise.race([readyUrl(child.stdout), ended.then(() => null)]);
  try {
    if (url !== null) await tell(url, options);
  } catch (error) {
    child.kill('SIGTERM');
    await ended;
    throw error;
  }
  process.exitCode = await ended;
}

async function readyUrl(output: AsyncIterable<Buffer>): Promise<string | null> {
  let text = '';
  for await (const chunk of output) {
    text += chunk.toString('utf8');
    const line = text.split('\n').find((one) => one.startsWith('{') && one.includes('"ready"'));
    if (line !== undefined) return READY.parse(JSON.parse(line)).url;
  }
  return null;
}

async function tell(url: string, { platform: wanted, json }: MockOptions): Promise<void> {
  const apps = APPS.parse(await read(`${url}/_control/apps`)).data;
  const unknown = (wanted ?? []).filter((id) => !apps.some(({ platform }) => platform === id));
  if (unknown.length > 0)
    throw new InputError(`the sandbox does not play "${unknown.join('", "')}"`, [
      `it plays: ${apps.map(({ platform }) => platform).join(', ')}`,
    ]);
  const shown = apps.filter(({ platform }) => wanted === undefined || wanted.includes(platform));
  const { origins } = ORIGINS.parse(await read(`${url}/_control/origins`));
  if (json === true) {
    console.log(JSON.stringify({ url, platforms: shown, origins }));
    return;
  }
  const overrides = Object.fromEntries(origins.map((origin) => [origin, url]));
  const lines = [
    table(
      ['platform', 'our client id', 'its secret'],
      shown.map(({ platform, clientId, secret }) => [platform, clientId || '–', secret || '–']),
      '',
    ),
    `The sandbox is at ${url}; its credentials are worth nothing elsewhere.`,
    `  a shop, its "key"   curl -d '{"platform":"${shown[0]?.platform ?? ''}"}' '${url}/_control/shops'`,
    `  its credential      curl -X POST '${url}/_control/shops/<key>/credential'`,
    `  a call              curl -H 'x-forwarded-host: <the host of the platform>' '${url}/<path>'`,
    `  a browser           ${url}/_host/<the host of the platform>/<path>`,
    `  a Mooring process   MOORING_ORIGIN_OVERRIDES='${JSON.stringify(overrides)}'`,
    'What each enforces, and how to do harm: docs/sandbox.md. Ctrl-C ends it.',
  ];
  console.log(lines.join('\n'));
}

async function read(url: string): Promise<unknown> {
  return await (await fetch(url)).json();
}
