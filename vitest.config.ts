import { defineConfig } from 'vitest/config';
import { SlowestFirst } from './test/slowest-first.ts';

const suites = (...folders: string[]) => folders.map((folder) => `test/${folder}/**/*.test.ts`);

/** Suites that need no PostgreSQL and no Temporal: they share their processes, and run alone in a moment. */
const ALONE = suites('auth', 'domain', 'platforms', 'sandbox', 'libraries');

/** Suites that keep all they change in a database of their own: they share their processes too, or most of their time would go into loading the same modules again. */
const TOGETHER = suites(
  'activities',
  'deliveries',
  'egress',
  'http',
  'notifications',
  'store',
  'sync',
  'vault',
);

/** Suites that start the product, each with a database and a folder of its own: what they keep in their process is its driver alone. */
const PRODUCT = suites('browser', 'docs', 'fleet', 'invariants', 'oauth1', 'oidc');

const SET_UP = { globalSetup: ['test/global-setup.ts'] };

export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 3,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    sequence: { sequencer: SlowestFirst },
    projects: [
      { extends: true, test: { name: 'alone', include: ALONE, isolate: false } },
      { extends: true, test: { ...SET_UP, name: 'together', include: TOGETHER, isolate: false } },
      {
        extends: true,
        test: {
          globalSetup: [...SET_UP.globalSetup, 'test/browser/unpacked.ts'],
          name: 'product',
          include: PRODUCT,
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          ...SET_UP,
          name: 'world',
          include: ['test/**/*.test.ts'],
          exclude: [...ALONE, ...TOGETHER, ...PRODUCT, 'test/long/**', 'test/real/**', 'node_modules/**'],
        },
      },
    ],
  },
});
