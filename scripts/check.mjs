// npm run check: types, format and lint, and the architecture test. Ends with the line "N passed, N failed".
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { ensureInstalled } from './ensure-installed.mjs';

ensureInstalled();
const root = fileURLToPath(new URL('..', import.meta.url));
const node = (...args) => spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' }).status === 0;

const CHECKS = [
  ["Prisma's client", () => node('--import', 'tsx/esm', 'scripts/stack/generate.ts')],
  ['types', () => node('node_modules/typescript/bin/tsc', '-p', '.')],
  // Browser code: the DOM's types, and none of Node's.
  ["the console's types", () => node('node_modules/typescript/bin/tsc', '-p', 'console')],
  [
    'format and lint',
    () => node('node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '.'),
  ],
  [
    'architecture',
    () => node('node_modules/vitest/vitest.mjs', 'run', '--config', 'test/architecture.config.ts'),
  ],
];

let failed = 0;
for (const [name, check] of CHECKS) {
  const passed = check();
  console.log(`${passed ? 'ok  ' : 'FAIL'} ${name}`);
  if (!passed) failed += 1;
}
console.log(`${CHECKS.length - failed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
