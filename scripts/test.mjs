// npm test and its kin: installs what is missing, runs vitest with the given configuration, and ends with the line "N passed, N failed".
import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureInstalled } from './ensure-installed.mjs';

ensureInstalled();
const inRoot = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
// Whatever the run leaves behind goes with this folder. PostgreSQL, as a user of its own, must be able to pass through it.
const scratch = mkdtempSync(join(tmpdir(), 'mooring-run-'));
chmodSync(scratch, 0o711);
const results = join(scratch, 'results.json');
const vitest = inRoot('node_modules/vitest/vitest.mjs');
const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${results}`];
const child = spawn(process.execPath, [vitest, 'run', ...reporters, ...process.argv.slice(2)], {
  cwd: inRoot('.'),
  stdio: 'inherit',
  env: { ...process.env, TMPDIR: scratch },
});

child.on('exit', (code) => {
  const counts = readCounts();
  rmSync(scratch, { recursive: true, force: true });
  // A file that cannot be loaded, or an error outside a test, fails the run although every test that ran passed.
  const failed = Math.max(counts.failed, code === 0 ? 0 : 1);
  console.log(`${counts.passed} passed, ${failed} failed`);
  process.exit(failed === 0 && counts.passed > 0 ? 0 : 1);
});

function readCounts() {
  try {
    const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(results, 'utf8'));
    return { passed: numPassedTests, failed: numFailedTests };
  } catch {
    return { passed: 0, failed: 1 };
  }
}
