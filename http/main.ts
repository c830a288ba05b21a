// The HTTP process: reads the settings, opens what it needs, listens, says "ready", and on SIGTERM stops taking requests, lets those
// under way end, and closes what it opened. Nothing else constructs.
import { Client, Connection } from '@temporalio/client';
import { pino } from 'pino';
import { MooringError } from '../domain/errors.ts';
import { readSettings, type Settings } from '../domain/settings.ts';
import {
  createEgress,
  endpointGuard,
  ensureFreshBy,
  type OriginOverrides,
  parseOriginOverrides,
} from '../egress/index.ts';
import { loadPlatforms } from '../platforms/load.ts';
import { createDataKeyPort, listDataKeyUses } from '../store/data-keys.ts';
import { openDatabase } from '../store/database.ts';
import { noteReceiving } from '../store/subscriptions.ts';
import { temporalSettings } from '../temporal.config.ts';
import { createVault, openKeyProvider } from '../vault/index.ts';
import type { HttpSettings } from './deps.ts';
import { createFleetCommands } from './fleet-commands.ts';
import { createLifecycleCommands } from './lifecycle.ts';
import { createServer } from './server.ts';

const GRACE_MS = 25_000;
/** How often it is written down that notifications are taken, and after how long without it some may have been missed. */
const BEAT_MS = 10_000;
const LONGEST_GAP_MS = 60_000;

// This library's debug output prints client secrets.
delete process.env['DEBUG'];
const settings = begin(() => readSettings(process.env));
const temporal = temporalSettings(process.env);
const log = pino({
  level: settings.logLevel,
  base: { part: 'http' },
  redact: {
    paths: ['authorization', '*.authorization', 'cookie', '*.cookie', 'secret', '*.secret'],
    censor: '[secret]',
  },
});
const platforms = await loadPlatforms(settings.platformsFolder).catch(refuse);
const overrides = parseOriginOverrides(settings.originOverrides ?? undefined);

const connection = await Connection.connect({ ...temporal.connection, address: temporal.address });
const client = new Client({ connection, namespace: temporal.namespace });
const lifecycle = createLifecycleCommands(client);
const db = openDatabase({ url: settings.databaseUrl, poolSize: settings.databasePool, log });
const keyProvider = await openKeyProvider(settings, {
  listUses: () => db.sqlAcrossTenants(listDataKeyUses),
  log,
}).catch(refuse);
const vault = createVault({ keyProvider, dataKeys: createDataKeyPort(db) });
const egress = createEgress({
  db,
  vault,
  platforms,
  ensureFresh: ensureFreshBy(db, lifecycle.ensureFresh),
  originOverrides: overrides,
  allowPrivateNetworks: settings.allowPrivateNetworks,
  log,
});
const addresses = endpointGuard({ allowPrivateNetworks: settings.allowPrivateNetworks });
const app = await createServer({
  db,
  vault,
  keyProvider,
  lifecycle,
  fleet: createFleetCommands(client),
  platforms,
  settings: httpSettings(settings, overrides),
  withCredential: egress.withCredential,
  receive: egress.receive,
  openPrivacyRequest: egress.openPrivacyRequest,
  checkEndpointUrl: (url) => void addresses.check(url),
  log,
  nowMs: Date.now,
});

/** A database that is down is heard of at the next beat; a longer gap is made up for. */
const beat = (): Promise<unknown> =>
  db.sqlAcrossTenants((sql) => noteReceiving(sql, LONGEST_GAP_MS)).catch(() => undefined);
const beating = setInterval(() => void beat(), BEAT_MS);

let isStopping = false;
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop(signal));
const address = await app.listen({ port: settings.port, host: settings.host });
await beat();
log.info({ address, publicUrl: settings.publicUrl }, 'ready');

async function stop(signal: string): Promise<void> {
  if (isStopping) return;
  isStopping = true;
  log.info({ signal }, 'stopping');
  const late = setTimeout(() => process.exit(1), GRACE_MS);
  clearInterval(beating);
  await app.close();
  await egress.close();
  await db.close();
  await connection.close();
  clearTimeout(late);
  log.info('stopped');
  process.exit(0);
}

function begin<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    return refuse(error);
  }
}

/** What is wrong is said to whoever starts it; a stack is for faults of the program. */
function refuse(error: unknown): never {
  if (!(error instanceof MooringError)) throw error;
  console.error(error.message);
  process.exit(1);
}

function httpSettings(from: Settings, originOverrides: OriginOverrides): HttpSettings {
  return {
    publicUrl: from.publicUrl,
    returnOrigins: from.returnOrigins,
    claimUrl: from.claimUrl,
    pubSub: from.pubSub,
    trustedProxies: from.trustedProxies,
    browserOverride: (origin) => {
      const target = originOverrides(origin);
      return target === undefined
        ? undefined
        : `http${target.tls ? 's' : ''}://${target.hostname}:${target.port}`;
    },
    sessionLifetimeMs: 24 * 3_600_000,
    stateLifetimeMs: 10 * 60_000,
    wrongKeysPerMinute: 30,
  };
}
