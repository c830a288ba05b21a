// Amazon SQS and EventBridge as PyPI's `moto` plays them, which nobody here wrote: in a virtual environment in the cache folder, made once.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { until } from '../world.ts';

const run = promisify(execFile);
const CACHE = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
const HOME = join(CACHE, 'mooring', 'moto-5.2.5');
const PYTHON = join(HOME, 'bin', 'python');
/** Written last, so that an install that was cut short begins anew. */
const INSTALLED = join(HOME, 'installed');

export interface Moto {
  readonly url: string;
  /** One action of a service by its JSON protocol. */
  ask(service: 'sqs' | 'events', action: string, body: object): Promise<Record<string, unknown>>;
  close(): void;
}

/** Null, with the reason said, where Python cannot. */
export async function startMoto(): Promise<Moto | null> {
  try {
    if (!existsSync(INSTALLED)) {
      await rm(HOME, { recursive: true, force: true });
      await run('python3', ['-m', 'venv', HOME], { timeout: 120_000 });
      await run(PYTHON, ['-m', 'pip', 'install', '--quiet', 'moto[events]==5.2.5', 'flask', 'flask-cors'], {
        timeout: 240_000,
      });
      await writeFile(INSTALLED, '');
    }
    await run(PYTHON, ['-c', 'import moto.server'], { timeout: 60_000 });
  } catch (error) {
    console.warn(
      `moto is left out: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`,
    );
    return null;
  }
  const port = await freePort();
  const child = spawn(PYTHON, ['-m', 'moto.server', '-p', String(port)], { stdio: 'ignore' });
  const url = `http://127.0.0.1:${port}`;
  await until('moto answers', () =>
    fetch(`${url}/moto-api/`).then(
      ({ ok }) => ok,
      () => false,
    ),
  );
  return { url, ask: (service, action, body) => ask(url, service, action, body), close: () => end(child) };
}

const end = (child: ChildProcess): void => {
  child.kill('SIGKILL');
};

async function ask(
  url: string,
  service: 'sqs' | 'events',
  action: string,
  body: object,
): Promise<Record<string, unknown>> {
  const target = service === 'sqs' ? `AmazonSQS.${action}` : `AWSEvents.${action}`;
  const scope = `AKIDEXAMPLE/20261121/eu-west-1/${service}/aws4_request`;
  const answer = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': service === 'sqs' ? 'application/x-amz-json-1.0' : 'application/x-amz-json-1.1',
      'x-amz-target': target,
      authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0`,
    },
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  if (answer.status !== 200) throw new Error(`moto answered ${action} with ${answer.status}: ${text}`);
  return text === '' ? {} : JSON.parse(text);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return typeof address === 'object' && address !== null ? address.port : 0;
}
