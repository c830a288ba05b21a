// Temporal's dev server with its UI, kept in a file of ours; and the search attributes, on any cluster.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Connection } from '@temporalio/client';
import { SEARCH_ATTRIBUTES, type TemporalSettings } from '../../temporal.config.ts';
import { TEMPORAL_CLI, temporalBinary } from './temporal-binary.ts';

export interface LocalTemporal {
  readonly address: string;
  readonly uiUrl: string;
  readonly pid: number | undefined;
  stop(): Promise<void>;
  /** kill -9. */
  kill(): Promise<void>;
}

const START_TIMEOUT_MS = 30_000;

/** Starts the dev server. Without `file` it keeps nothing. */
export async function startTemporal(options: {
  port: number;
  uiPort: number;
  file?: string;
  extraArgs?: readonly string[];
}): Promise<LocalTemporal> {
  const binary = await temporalBinary(TEMPORAL_CLI);
  const onDisk = ['--sqlite-pragma', 'journal_mode=wal', '--sqlite-pragma', 'synchronous=1'];
  if (options.file !== undefined) await mkdir(dirname(options.file), { recursive: true });
  const child = spawn(
    binary,
    [
      ...[
        'server',
        'start-dev',
        '--ip',
        '127.0.0.1',
        '--port',
        String(options.port),
        '--ui-port',
        String(options.uiPort),
      ],
      ...[
        '--log-level',
        'error',
        ...(options.file === undefined ? [] : ['--db-filename', options.file, ...onDisk]),
      ],
      ...(options.extraArgs ?? []),
    ],
    { stdio: ['ignore', 'ignore', 'pipe'], detached: true },
  );
  let lastLines = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    lastLines = (lastLines + chunk.toString()).slice(-2000);
  });
  const address = `127.0.0.1:${options.port}`;
  try {
    await Promise.race([
      answers(address),
      ended(child).then(() => Promise.reject(new Error(lastLines.trim() || 'it ended at once'))),
    ]);
  } catch (cause) {
    child.kill('SIGKILL');
    throw new Error(`Temporal's dev server did not start on port ${options.port}: ${String(cause)}`, {
      cause,
    });
  }
  return {
    address,
    uiUrl: `http://127.0.0.1:${options.uiPort}`,
    pid: child.pid,
    stop: () => stop(child),
    kill: async () => {
      child.kill('SIGKILL');
      await ended(child);
    },
  };
}

async function answers(address: string): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  for (;;) {
    try {
      const connection = await Connection.connect({ address, connectTimeout: '2s' });
      await connection.workflowService.describeNamespace({ namespace: 'default' });
      await connection.close();
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

const ended = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode === null && child.signalCode === null)
    await new Promise((resolve) => child.once('exit', resolve));
};

async function stop(child: ChildProcess): Promise<void> {
  child.kill('SIGTERM');
  const hard = setTimeout(() => child.kill('SIGKILL'), 10_000);
  await ended(child);
  clearTimeout(hard);
}

/** Registers what is missing, on a dev server, a cluster or Temporal Cloud; a second call changes nothing. */
export async function registerSearchAttributes(
  settings: Pick<TemporalSettings, 'connection' | 'namespace'>,
): Promise<void> {
  const connection = await Connection.connect(settings.connection);
  try {
    const { customAttributes } = await connection.operatorService.listSearchAttributes({
      namespace: settings.namespace,
    });
    const types = { KEYWORD: 2, DATETIME: 6 } as const;
    const missing = Object.values(SEARCH_ATTRIBUTES).filter(
      (key) => customAttributes?.[key.name] === undefined,
    );
    if (missing.length === 0) return;
    const searchAttributes = Object.fromEntries(missing.map((key) => [key.name, types[key.type]]));
    await connection.operatorService.addSearchAttributes({ namespace: settings.namespace, searchAttributes });
  } finally {
    await connection.close();
  }
}
