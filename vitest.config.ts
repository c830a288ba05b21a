import { defineConfig } from 'vitest/config';

/** Suites that need no PostgreSQL and no Temporal: they share their processes, and run alone in a moment. */
const ALONE = ['auth', 'domain', 'platforms', 'sandbox', 'libraries'].map(
  (folder) => `test/${folder}/**/*.test.ts`,
);

export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 3,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      { extends: true, test: { name: 'alone', include: ALONE, isolate: false } },
      {
        extends: true,
        test: {
          name: 'world',
          include: ['test/**/*.test.ts'],
          exclude: [...ALONE, 'test/long/**', 'test/real/**', 'node_modules/**'],
          globalSetup: ['test/global-setup.ts'],
        },
      },
    ],
  },
});
