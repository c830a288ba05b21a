// A real PostgreSQL 18 from an npm package, in a folder of ours. It must never be what production runs on. The package's own class is not
// used: it stops the server by itself on Ctrl-C and ends the process, before the parts that still need the database have stopped.
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, chown, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { type PostgresHome, postgresHome, runAsUser } from './postgres-home.ts';

export interface LocalPostgres {
  /** Connection string of the superuser for the given database. */
  urlOf(database: string): string;
  createDatabase(name: string, template?: string): Promise<void>;
  stop(): Promise<void>;
  /** As `pg_ctl stop -m immediate`: nothing is finished and nothing written; the next start recovers as after a crash. */
  crash(): Promise<void>;
}

const USER = 'postgres';
const PASSWORD = 'postgres';
const START_WITHIN_MS = 60_000;
const STOP_WITHIN_MS = 30_000;

/** Starts PostgreSQL on `port`; data stays in `folder` between starts. A server left there by a killed start is stopped first. */
export async function startPostgres(options: {
  folder: string;
  port: number;
  flags?: readonly string[];
}): Promise<LocalPostgres> {
  const home = await postgresHome(options.folder);
  try {
    if (!existsSync(join(home.data, 'PG_VERSION'))) await initialise(home);
    await stopLeftover(home.data);
    const child = await start(home, options.port, options.flags ?? []);
    const urlOf = (database: string) =>
      `postgresql://${USER}:${PASSWORD}@127.0.0.1:${options.port}/${database}`;
    return {
      urlOf,
      createDatabase: (name, template) => createDatabase(urlOf('postgres'), name, template),
      stop: () => stop(child, 'SIGINT'),
      crash: () => stop(child, 'SIGQUIT'),
    };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`PostgreSQL did not start in "${home.data}" on port ${options.port}: ${why}`, { cause });
  }
}

async function initialise(home: PostgresHome): Promise<void> {
  await mkdir(home.data, { recursive: true, mode: 0o700 });
  const passwordFile = join(tmpdir(), `mooring-${randomBytes(8).toString('hex')}`);
  await writeFile(passwordFile, PASSWORD, { mode: 0o600 });
  if (home.owner !== null) {
    await chown(home.data, home.owner.uid, home.owner.gid);
    await chown(passwordFile, home.owner.uid, home.owner.gid);
  }
  await chmod(home.data, 0o700);
  try {
    await runAsUser(home, 'initdb', [
      `--pgdata=${home.data}`,
      '--auth=scram-sha-256',
      `--username=${USER}`,
      `--pwfile=${passwordFile}`,
      '--encoding=UTF8',
      '--locale=C',
    ]);
  } finally {
    await rm(passwordFile, { force: true });
  }
}

/** A server whose start script was killed still holds the folder. Its first line is its process id. */
async function stopLeftover(data: string): Promise<void> {
  const file = join(data, 'postmaster.pid');
  if (!existsSync(file)) return;
  const pid = Number((await readFile(file, 'utf8')).split('\n')[0]);
  const deadline = Date.now() + STOP_WITHIN_MS;
  while (existsSync(file) && Date.now() < deadline) {
    try {
      process.kill(pid, 'SIGINT');
    } catch {
      return; // the file is stale; the server that starts replaces it
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function start(home: PostgresHome, port: number, flags: readonly string[]): Promise<ChildProcess> {
  const args = ['-D', home.data, '-p', String(port), '-c', 'listen_addresses=127.0.0.1'];
  // No socket file: its usual folder may not be writable, and only TCP is used.
  const child = spawn(join(home.bin, 'postgres'), [...args, '-c', 'unix_socket_directories=', ...flags], {
    ...(home.owner ?? {}),
    cwd: home.data,
    env: { ...process.env, LC_MESSAGES: 'C' },
    stdio: ['ignore', 'ignore', 'pipe'],
    // Ctrl-C reaches the start script alone, which stops the parts in their order.
    detached: true,
  });
  let lastLines = '';
  await new Promise<void>((resolve, reject) => {
    const late = setTimeout(() => reject(new Error('it was not ready in time')), START_WITHIN_MS);
    child.stderr?.on('data', (chunk: Buffer) => {
      lastLines = (lastLines + chunk.toString()).slice(-2000);
      if (!lastLines.includes('ready to accept connections')) return;
      clearTimeout(late);
      resolve();
    });
    child.once('error', reject);
    child.once('exit', () => {
      clearTimeout(late);
      reject(new Error(lastLines.trim() || 'it ended at once'));
    });
  });
  return child;
}

/** SIGINT is a fast shutdown: open transactions are rolled back, what was committed is kept. SIGQUIT is an immediate one. */
async function stop(child: ChildProcess, signal: 'SIGINT' | 'SIGQUIT'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  const hard = setTimeout(() => child.kill('SIGQUIT'), STOP_WITHIN_MS);
  await ended;
  clearTimeout(hard);
}

/** Creates a database unless it is there; from a template it is a copy of it. */
async function createDatabase(adminUrl: string, name: string, template?: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [name]);
    if (rowCount !== 0) return;
    const from = template === undefined ? '' : ` TEMPLATE ${client.escapeIdentifier(template)}`;
    await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}${from}`);
  } finally {
    await client.end();
  }
}
