// npm run migrate: prepares what production runs on: applies the missing migrations to DATABASE_URL and registers the search attributes at
// Temporal. Safe to run before every deployment, and twice.
import { temporalSettings } from '../temporal.config.ts';
import { migrate } from './stack/migrate.ts';
import { registerSearchAttributes } from './stack/temporal.ts';

try {
  const url = process.env['DATABASE_URL'];
  if (url === undefined || url === '') throw new Error('DATABASE_URL must name the database');
  const applied = await migrate(url);
  console.log(applied.length === 0 ? 'the database is up to date' : `applied ${applied.join(', ')}`);
  const temporal = temporalSettings(process.env);
  await registerSearchAttributes(temporal);
  console.log(`the search attributes are registered at ${temporal.address}, namespace ${temporal.namespace}`);
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(1);
}
