// npm start: installs what is missing, then hands over to start.ts.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { ensureInstalled } from './ensure-installed.mjs';

ensureInstalled();
const script = fileURLToPath(new URL('./start.ts', import.meta.url));
const child = spawn(process.execPath, ['--import', 'tsx/esm', script, ...process.argv.slice(2)], {
  stdio: 'inherit',
});
// The terminal sends Ctrl-C to both, other senders to this process alone; the second of two signals changes nothing.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(code ?? (signal === null ? 0 : 1)));
