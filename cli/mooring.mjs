#!/usr/bin/env node
// The `mooring` command: hands over to main.ts, which needs tsx.
import { register } from 'tsx/esm/api';

register();
// Whoever reads our lines may have read enough (`| head`).
process.stdout.on('error', (error) => process.exit(error.code === 'EPIPE' ? 0 : 1));
const { run } = await import('./main.ts');
process.exitCode = await run(process.argv);
