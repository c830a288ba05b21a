// Makes sure that what package-lock.json names is installed. No dependencies: it runs on a fresh clone.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const inRoot = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const [major, minor] = process.versions.node.split('.').map(Number);

/** Installs when the lock file is newer than what is there; shows npm's own progress. Ends the process with a sentence when it cannot. */
export function ensureInstalled() {
  if (major < 20 || (major === 20 && minor < 19)) {
    console.error(`Mooring needs Node 20.19 or newer; this is ${process.versions.node}.`);
    process.exit(1);
  }
  const mark = inRoot('node_modules/.mooring-lock-sha256');
  const wanted = createHash('sha256')
    .update(readFileSync(inRoot('package-lock.json')))
    .digest('hex');
  if (existsSync(mark) && readFileSync(mark, 'utf8') === wanted) return;
  console.error('Installing dependencies (npm ci)…');
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const { status, error } = spawnSync(npm, ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: inRoot('.'),
    stdio: ['ignore', 2, 2],
  });
  if (status !== 0) {
    console.error(
      `Dependencies could not be installed: ${error?.message ?? `npm ci ended with ${status}`}. See npm's own message above.`,
    );
    process.exit(1);
  }
  writeFileSync(mark, wanted);
}
