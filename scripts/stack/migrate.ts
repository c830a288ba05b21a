// Applies prisma/migrations without Prisma's engine, whose download host is often out of reach, and leaves what `prisma migrate deploy`
// leaves, its table _prisma_migrations included. It must never change or reorder a migration.
import { createHash, randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';

const MIGRATIONS = fileURLToPath(new URL('../../prisma/migrations', import.meta.url));
/** The advisory lock Prisma itself takes while it migrates. */
const PRISMA_LOCK = 72_707_369;

const HISTORY_TABLE = `CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
  "id" VARCHAR(36) PRIMARY KEY NOT NULL,
  "checksum" VARCHAR(64) NOT NULL,
  "finished_at" TIMESTAMPTZ,
  "migration_name" VARCHAR(255) NOT NULL,
  "logs" TEXT,
  "rolled_back_at" TIMESTAMPTZ,
  "started_at" TIMESTAMPTZ NOT NULL DEFAULT now(),
  "applied_steps_count" INTEGER NOT NULL DEFAULT 0
)`;

/** Applies what is missing, in order, and gives the names. Throws when an applied migration was edited or failed half-way. */
export async function migrate(databaseUrl: string): Promise<readonly string[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query('SELECT pg_advisory_lock($1)', [PRISMA_LOCK]);
    await refuseForeignTables(client);
    await client.query(HISTORY_TABLE);
    const { rows: applied } = await client.query<{
      migration_name: string;
      checksum: string;
      finished_at: Date | null;
    }>('SELECT migration_name, checksum, finished_at FROM "_prisma_migrations" WHERE rolled_back_at IS NULL');
    const names: string[] = [];
    for (const migration of await readMigrations()) {
      const row = applied.find((one) => one.migration_name === migration.name);
      if (row === undefined) {
        await apply(client, migration);
        names.push(migration.name);
      } else if (row.finished_at === null) {
        throw new Error(
          `migration "${migration.name}" began and did not finish; resolve it with \`prisma migrate resolve\``,
        );
      } else if (row.checksum !== migration.checksum) {
        throw new Error(`migration "${migration.name}" was changed after it was applied to this database`);
      }
    }
    return names;
  } finally {
    await client.end();
  }
}

/** As `prisma migrate deploy` does: a database that has tables but no history of ours is somebody else's. */
async function refuseForeignTables(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    "SELECT tablename AS name FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename = '_prisma_migrations' DESC LIMIT 1",
  );
  const [found] = rows;
  if (found !== undefined && found.name !== '_prisma_migrations')
    throw new Error(`the database is not empty and not Mooring's: it has the table "${found.name}"`);
}

interface Migration {
  readonly name: string;
  readonly sql: string;
  readonly checksum: string;
}

async function readMigrations(): Promise<readonly Migration[]> {
  const folders = (await readdir(MIGRATIONS, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  return await Promise.all(
    folders
      .map((folder) => folder.name)
      .sort()
      .map(async (name) => {
        const sql = await readFile(join(MIGRATIONS, name, 'migration.sql'), 'utf8');
        return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
      }),
  );
}

async function apply(client: pg.Client, migration: Migration): Promise<void> {
  const id = randomUUID();
  await client.query(
    'INSERT INTO "_prisma_migrations" (id, checksum, migration_name, started_at) VALUES ($1, $2, $3, now())',
    [id, migration.checksum, migration.name],
  );
  try {
    await client.query(migration.sql);
  } catch (cause) {
    await client.query('UPDATE "_prisma_migrations" SET logs = $2 WHERE id = $1', [id, String(cause)]);
    throw new Error(`migration "${migration.name}" failed: ${String(cause)}`, { cause });
  }
  await client.query(
    'UPDATE "_prisma_migrations" SET finished_at = now(), applied_steps_count = 1 WHERE id = $1',
    [id],
  );
}
