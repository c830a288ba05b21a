// PostgreSQL and Temporal that belong to one test and that it may therefore crash: the ones that test files share must outlive them all. Both run as npm
// start runs them, keep what they have in files, and come back on the same ports.
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { freePort } from '../../scripts/stack/ports.ts';
import { startPostgres } from '../../scripts/stack/postgres.ts';
import { startTemporal } from '../../scripts/stack/temporal.ts';
import { openDatabase } from '../../store/database.ts';
import { connectTemporal, type TestDatabase, type TestTemporal } from '../world.ts';

export interface OwnGround {
  readonly database: TestDatabase;
  readonly temporal: TestTemporal;
  /** Stopped at once, as by a crash, and started again on its data after `downMs`. */
  restartPostgres(downMs: number): Promise<void>;
  /** kill -9, and started again on its file after `downMs`. */
  restartTemporal(downMs: number): Promise<void>;
  /** After `database` and `temporal` were closed. */
  close(): Promise<void>;
}

/** An empty database, and a namespace of its own. */
export async function startOwnGround(): Promise<OwnGround> {
  const folder = await mkdtemp(join(tmpdir(), 'mooring-ground-'));
  await chmod(folder, 0o755);
  // What durability costs is part of what is tested.
  const postgres = { folder: join(folder, 'postgres'), port: await freePort() };
  const temporal = { file: join(folder, 'temporal.db'), port: await freePort(), uiPort: await freePort() };
  let [database, server] = await Promise.all([startPostgres(postgres), startTemporal(temporal)]);
  await database.createDatabase('mooring');
  return {
    database: openOwn(database.urlOf('mooring')),
    temporal: await connectTemporal(server.address),
    restartPostgres: async (downMs) => {
      await database.crash();
      await pause(downMs);
      database = await startPostgres(postgres);
    },
    restartTemporal: async (downMs) => {
      await server.kill();
      await pause(downMs);
      server = await startTemporal(temporal);
    },
    close: async () => {
      await Promise.all([database.stop(), server.stop()]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function openOwn(url: string): TestDatabase {
  const owner = new pg.Pool({ connectionString: url, max: 4 });
  // Its idle connections break with the server.
  owner.on('error', () => undefined);
  const db = openDatabase({ url, poolSize: 4 });
  return {
    url,
    db,
    owner,
    close: async () => {
      await db.close();
      await owner.end();
    },
  };
}
