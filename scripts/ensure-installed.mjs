// Makes sure that what package-lock.json names is installed. No dependencies: it runs on a fresh clone.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const inRoot = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const [major, minor] = process.versions.node.split('.').map(Number);

/** Installs when something the lock file names is missing or of another version; shows npm's own progress. Ends the process with a sentence when it cannot. */
export function ensureInstalled() {
  if (major < 20 || (major === 20 && minor < 19)) {
    console.error(`Mooring needs Node 20.19 or newer; this is ${process.versions.node}.`);
    process.exit(1);
  }
  if (isInstalled()) return;
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
}

/** npm notes in node_modules/.package-lock.json what it installed. Packages for other systems are optional and not there. */
function isInstalled() {
  const notes = inRoot('node_modules/.package-lock.json');
  if (!existsSync(notes)) return false;
  const installed = JSON.parse(readFileSync(notes, 'utf8')).packages;
  const wanted = JSON.parse(readFileSync(inRoot('package-lock.json'), 'utf8')).packages;
  return Object.entries(wanted).every(
    ([path, { version, optional }]) =>
      path === '' || installed[path]?.version === version || (optional === true && !(path in installed)),
  );
}
