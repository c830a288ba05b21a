/** Starts the sandbox by itself. SANDBOX_PORT (0: any free one), SANDBOX_DATA (a folder; nothing: in memory). */
import { startSandbox } from './server.ts';

const dataFolder = process.env['SANDBOX_DATA'];
const port = Number(process.env['SANDBOX_PORT'] ?? 4010);
const sandbox = await startSandbox({ port, ...(dataFolder ? { dataFolder } : {}) });
console.log(
  JSON.stringify({
    level: 30,
    time: Date.now(),
    name: 'sandbox',
    msg: 'ready',
    url: sandbox.url,
    port: sandbox.port,
  }),
);

let closing = false;
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => {
    if (closing) return;
    closing = true;
    void sandbox.close().then(() => process.exit(0));
  });
}
