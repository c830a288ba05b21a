// Records the histories of new lifecycle tests into test/histories/: run after adding a path to test/workflows/, commit what it adds.
// A file that is there is never written over.
import { spawnSync } from 'node:child_process';

const TESTS = ['test/workflows/connection.test.ts', 'test/workflows/beside-connections.test.ts'];

const { status } = spawnSync('npx', ['vitest', 'run', ...TESTS], {
  stdio: 'inherit',
  env: { ...process.env, MOORING_RECORD_HISTORIES: '1' },
});
process.exitCode = status ?? 1;
