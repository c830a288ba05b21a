// What every test file shares: one PostgreSQL with a migrated template database, one Temporal dev server, and where the time-skipping server is.
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { generateClient } from '../scripts/stack/generate.ts';
import { migrate } from '../scripts/stack/migrate.ts';
import { freePort } from '../scripts/stack/ports.ts';
import { startPostgres } from '../scripts/stack/postgres.ts';
import { registerSearchAttributes, startTemporal } from '../scripts/stack/temporal.ts';
import { TEMPORAL_TEST_SERVER, temporalBinary } from '../scripts/stack/temporal-binary.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    postgresUrl: string;
    templateDatabase: string;
    temporalAddress: string;
    temporalUiUrl: string;
    timeSkippingServer: string;
  }
}

const TEMPLATE = 'mooring_template';

/** For all projects of a run: the first that is set up starts it, the others find it. */
export default async function setUp({ vitest }: TestProject): Promise<(() => Promise<void>) | undefined> {
  if ('postgresUrl' in vitest.getRootProject().getProvidedContext()) return undefined;
  const folder = await mkdtemp(join(tmpdir(), 'mooring-test-'));
  // As root, PostgreSQL runs as a user of its own, who must be able to reach its folder.
  await chmod(folder, 0o755);
  await generateClient();
  const [postgres, temporal, timeSkippingServer] = await Promise.all([
    // Durability of a throw-away cluster is not under test; kill -9 is aimed at our processes, not at the database's.
    startPostgres({
      folder: join(folder, 'postgres'),
      port: await freePort(),
      flags: ['-c', 'fsync=off', '-c', 'max_connections=400'],
    }),
    startTemporal({ port: await freePort(), uiPort: await freePort() }),
    temporalBinary(TEMPORAL_TEST_SERVER),
  ]);
  await postgres.createDatabase(TEMPLATE);
  await migrate(postgres.urlOf(TEMPLATE));
  await registerSearchAttributes({ connection: { address: temporal.address }, namespace: 'default' });
  vitest.provide('postgresUrl', postgres.urlOf('postgres'));
  vitest.provide('templateDatabase', TEMPLATE);
  vitest.provide('temporalAddress', temporal.address);
  vitest.provide('temporalUiUrl', temporal.uiUrl);
  vitest.provide('timeSkippingServer', timeSkippingServer);
  return async () => {
    await Promise.all([temporal.stop(), postgres.stop()]);
    await rm(folder, { recursive: true, force: true });
  };
}
