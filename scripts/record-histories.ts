// Records the histories of new lifecycle tests into test/histories/: run after adding a path to test/workflows/, commit what it adds.
// A file that is there is never written over.
import { spawnSync } from 'node:child_process';

const { status } = spawnSync('npx', ['vitest', 'run', 'test/workflows/connection.test.ts'], {
  stdio: 'inherit',
  env: { ...process.env, MOORING_RECORD_HISTORIES: '1' },
});
process.exitCode = status ?? 1;
