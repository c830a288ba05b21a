#!/usr/bin/env node
// The `mooring` command: hands over to main.ts, which needs tsx.
import { register } from 'tsx/esm/api';

register();
const { run } = await import('./main.ts');
process.exitCode = await run(process.argv);
