// Runs a program of ours from its TypeScript: `node scripts/run.mjs http/main.ts …`. It is made one file first: docs/decisions/0017.
import { pathToFileURL } from 'node:url';
import { bundled } from './bundled.mjs';

const [program] = process.argv.splice(2, 1);
if (program === undefined) {
  console.error('which program? For example: node scripts/run.mjs http/main.ts');
  process.exit(2);
}
const file = await bundled(program);
process.argv[1] = file;
process.setSourceMapsEnabled(true);
// A vendor's own modules are loaded as they were written, and so is what they import of ours.
if (process.env.MOORING_PLATFORMS) (await import('tsx/esm/api')).register();
await import(pathToFileURL(file).href);
