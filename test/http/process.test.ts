import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createFleetCommands } from '../../http/fleet-commands.ts';
import { createLifecycleCommands } from '../../http/lifecycle.ts';
import { freePort } from '../../scripts/stack/ports.ts';
import { startPart } from '../../scripts/stack/process.ts';
import { newId } from '../../store/new-id.ts';
import { connectTemporal, createTestDatabase, type TestDatabase, type TestTemporal } from '../world.ts';

let database: TestDatabase;
let temporal: TestTemporal;
beforeAll(async () => {
  [database, temporal] = await Promise.all([createTestDatabase(), connectTemporal()]);
}, 60_000);
afterAll(async () => {
  await temporal.close();
  await database.close();
});

describe('the HTTP process', { timeout: 90_000 }, () => {
  it('says ready once it answers, and on SIGTERM lets go of what it opened and ends', async () => {
    const port = await freePort();
    const logFile = join(await mkdtemp(join(tmpdir(), 'mooring-http-')), 'http.log');
    const part = await startPart({
      name: 'http',
      script: 'http/main.ts',
      logFile,
      env: {
        DATABASE_URL: database.url,
        TEMPORAL_ADDRESS: temporal.address,
        TEMPORAL_NAMESPACE: temporal.namespace,
        PORT: String(port),
        MOORING_PUBLIC_URL: `http://127.0.0.1:${port}`,
        MOORING_KEK: randomBytes(32).toString('base64'),
      },
    });
    const ready = await fetch(`http://127.0.0.1:${port}/readyz`);
    expect(ready.status).toBe(200);
    await part.stop();
    expect(await part.ended).toBe(0);
    expect(await readFile(logFile, 'utf8')).toContain('"msg":"stopped"');
  });

  it('does not start with another key than the database was written with, and names the one it lacks', async () => {
    const tenantId = newId('tenant');
    await database.owner.query(
      `INSERT INTO data_keys (owner, version, tenant_id, wrapped, kek_id, status) VALUES ($1, 1, $1, '\\x00', 'kek-0123456789abcdef', 'primary')`,
      [tenantId],
    );
    const key = randomBytes(32).toString('base64');
    const { code, err } = await startWrongly({
      DATABASE_URL: database.url,
      TEMPORAL_ADDRESS: temporal.address,
      TEMPORAL_NAMESPACE: temporal.namespace,
      PORT: String(await freePort()),
      MOORING_KEK: key,
    });
    await database.owner.query('DELETE FROM data_keys WHERE owner = $1', [tenantId]);
    expect(code).not.toBe(0);
    expect(err).toContain('lack the key-encrypting key "kek-0123456789abcdef" (1 data keys)');
    expect(err).not.toContain(key);
  });

  it('lists every wrong setting and does not start', async () => {
    const { code, err } = await startWrongly({
      PORT: 'many',
      MOORING_KEK: 'short',
      NODE_ENV: 'production',
      MOORING_ALLOW_PRIVATE_NETWORKS: 'true',
    });
    expect(code).not.toBe(0);
    for (const name of [
      'PORT',
      'MOORING_KEK',
      'DATABASE_URL',
      'MOORING_PUBLIC_URL',
      'MOORING_ALLOW_PRIVATE_NETWORKS',
    ])
      expect(err).toContain(`"${name}"`);
    expect(err).not.toContain('short');
    // One sentence; a stack would be of a fault of ours.
    expect(err.trim().split('\n')).toHaveLength(1);
  });
});

function startWrongly(env: Record<string, string>): Promise<{ code: number | null; err: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['scripts/run.mjs', 'http/main.ts'], {
      env: { PATH: process.env['PATH'], ...env },
    });
    let text = '';
    const hear = (data: Buffer) => {
      text += String(data);
    };
    child.stderr.on('data', hear);
    child.stdout.on('data', hear);
    child.on('exit', (code) => resolve({ code, err: text }));
  });
}

describe('commands to a workflow that is not there', () => {
  it('say so as values, not as errors', async () => {
    const commands = createLifecycleCommands(temporal.client);
    const id = newId('connection');
    expect(await commands.authorize(id, { authorizationId: newId('authorization') })).toBeNull();
    expect(await commands.tell(id, { name: 'pause', by: 'test' })).toBe(false);
    expect(await commands.triggerSync(id)).toBe(false);
    expect(await commands.refreshNow(id, { requestedBy: 'test' }, { generation: 1, epoch: 0 })).toEqual({
      outcome: 'revoked',
    });
    await commands.ping();
  });
});

describe('commands while Temporal', () => {
  let client: Client;
  const says = async (command: Promise<unknown>) =>
    expect(await command.catch((error: unknown) => error)).toMatchObject({ code: 'temporal_unavailable' });
  afterEach(() => client.connection.close());

  it('is away say so, however they are asked', async () => {
    client = new Client({ connection: Connection.lazy({ address: `127.0.0.1:${await freePort()}` }) });
    const commands = createLifecycleCommands(client);
    const fleet = createFleetCommands(client);
    const connectionId = newId('connection');
    await Promise.all([
      says(commands.start({ tenantId: newId('tenant'), connectionId })),
      says(commands.refreshNow(connectionId, { requestedBy: 'test' }, { generation: 1, epoch: 0 })),
      says(commands.tell(connectionId, { name: 'pause', by: 'test' })),
      says(commands.triggerSync(connectionId)),
      says(fleet.inspect(connectionId)),
    ]);
  });

  it('takes calls but answers none, a probe ends within a second', async () => {
    const silent = createServer(() => undefined).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    client = new Client({ connection: Connection.lazy({ address: `127.0.0.1:${port}` }) });
    await says(createLifecycleCommands(client).ping());
    silent.close();
  }, 5_000);
});
