// The API in a test: the real server over a real database, with commands to workflows answered by the test.
import { randomBytes } from 'node:crypto';
import { pino } from 'pino';
import type { TenantId } from '../../domain/ids.ts';
import type { Platform } from '../../domain/platform.ts';
import { endpointGuard } from '../../egress/index.ts';
import type { NotificationKeys } from '../../egress/notification-keys.ts';
import { createOpenPrivacyRequest } from '../../egress/privacy-subject.ts';
import { createReceive } from '../../egress/receive.ts';
import { hashApiKey, mintApiKey } from '../../http/api-key.ts';
import type { Role } from '../../http/auth.ts';
import type { HttpDeps } from '../../http/deps.ts';
import type { FleetCommands } from '../../http/fleet-commands.ts';
import type { LifecycleCommands } from '../../http/lifecycle.ts';
import { type App, createServer } from '../../http/server.ts';
import { createApiKey } from '../../store/api-keys.ts';
import { createDataKeyPort } from '../../store/data-keys.ts';
import type { Database } from '../../store/database.ts';
import { newId } from '../../store/new-id.ts';
import { createTenant } from '../../store/tenants.ts';
import { createVault, type KeyProvider, localKey, localKeyProvider, type Vault } from '../../vault/index.ts';
import { createTestDatabase, type TestDatabase } from '../world.ts';
import { TEST_PLATFORMS } from './platforms.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into whatever came back
  readonly body: any;
  readonly text: string;
}

export interface Call {
  readonly key?: string | null;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly form?: Readonly<Record<string, string>>;
  readonly cookie?: string;
}

export interface TestApi {
  readonly app: App;
  readonly database: TestDatabase;
  readonly vault: Vault;
  readonly logged: string[];
  readonly commands: string[];
  readonly operatorKey: string;
  readonly clock: { nowMs: number };
  /** Replaces single commands for one test. */
  readonly lifecycle: { -readonly [K in keyof LifecycleCommands]: LifecycleCommands[K] };
  call(method: string, url: string, call?: Call): Promise<Answer>;
  tenant(name?: string): Promise<TenantId>;
  key(role: Role, tenantId?: TenantId | null): Promise<string>;
  close(): Promise<void>;
}

export async function startApi(
  options: {
    platforms?: ReadonlyMap<string, Platform>;
    withCredential?: HttpDeps['withCredential'];
    db?: Database;
    keyProvider?: KeyProvider;
    claimUrl?: string;
    notificationKeys?: NotificationKeys;
    pubSub?: HttpDeps['settings']['pubSub'];
    /** Endpoints on this machine. */
    allowPrivateNetworks?: boolean;
  } = {},
): Promise<TestApi> {
  const database = await createTestDatabase();
  const logged: string[] = [];
  const commands: string[] = [];
  const clock = { nowMs: Date.now() };
  const lifecycle = answerCommands(commands, database);
  const keyProvider = options.keyProvider ?? localKeyProvider(localKey(randomBytes(32)));
  const vault = createVault({ keyProvider, dataKeys: createDataKeyPort(database.db) });
  const app = await createServer({
    db: options.db ?? database.db,
    vault,
    openPrivacyRequest: createOpenPrivacyRequest({ db: database.db, vault }),
    receive: createReceive({
      db: options.db ?? database.db,
      vault,
      keys: options.notificationKeys ?? { send: noCall, read: noCall },
      clock: { nowMs: () => clock.nowMs, monotonicMs: () => clock.nowMs },
    }),
    keyProvider,
    lifecycle,
    fleet: answerFleet(commands),
    platforms: options.platforms ?? TEST_PLATFORMS,
    settings: {
      publicUrl: 'http://127.0.0.1:3000',
      returnOrigins: ['https://app.vendor.example'],
      claimUrl: options.claimUrl ?? null,
      pubSub: options.pubSub ?? null,
      browserOverride: () => undefined,
      trustedProxies: 0,
      sessionLifetimeMs: 86_400_000,
      stateLifetimeMs: 600_000,
      wrongKeysPerMinute: 30,
    },
    checkEndpointUrl: (url) =>
      void endpointGuard({ allowPrivateNetworks: options.allowPrivateNetworks === true }).check(url),
    withCredential:
      options.withCredential ?? (() => Promise.reject(new Error('no platform is called in this test'))),
    log: pino({ level: 'trace' }, { write: (line: string) => void logged.push(line) }),
    nowMs: () => clock.nowMs,
  });
  const operatorKey = await insertKey(database, 'operator', null);
  return {
    app,
    database,
    vault,
    logged,
    commands,
    operatorKey,
    clock,
    lifecycle,
    call: (method, url, call = {}) => inject(app, operatorKey, { method, url, call }),
    tenant: async (name = 'Acme') => {
      const row = await database.db.acrossTenants((tx) =>
        createTenant(tx, { id: newId('tenant'), name, settings: {} }),
      );
      return row.id as TenantId;
    },
    key: (role, tenantId = null) => insertKey(database, role, tenantId),
    close: async () => {
      await app.close();
      await database.close();
    },
  };
}

const noCall = () => Promise.reject(new Error('no platform is called in this test'));

async function inject(
  app: App,
  operatorKey: string,
  of: { method: string; url: string; call: Call },
): Promise<Answer> {
  const { key = operatorKey, body, headers = {}, form, cookie } = of.call;
  const isText = typeof body === 'string';
  const payload =
    form === undefined
      ? isText
        ? body
        : body === undefined
          ? undefined
          : JSON.stringify(body)
      : new URLSearchParams(form).toString();
  const answer = await app.inject({
    method: of.method as 'GET',
    url: of.url,
    headers: {
      ...(key === null ? {} : { authorization: `Bearer ${key}` }),
      ...(payload === undefined
        ? {}
        : { 'content-type': form === undefined ? 'application/json' : 'application/x-www-form-urlencoded' }),
      ...(cookie === undefined ? {} : { cookie }),
      ...headers,
    },
    ...(payload === undefined ? {} : { payload }),
  });
  const isJson = String(answer.headers['content-type'] ?? '').includes('json');
  return {
    status: answer.statusCode,
    headers: answer.headers,
    body: isJson && answer.body !== '' ? JSON.parse(answer.body) : null,
    text: answer.body,
  };
}

async function insertKey(database: TestDatabase, role: Role, tenantId: TenantId | null): Promise<string> {
  const secret = mintApiKey();
  await database.db.acrossTenants((tx) =>
    createApiKey(tx, {
      id: newId('apiKey'),
      tenantId,
      role,
      name: role,
      hash: hashApiKey(secret),
      expiresAt: null,
    }),
  );
  return secret;
}

function answerFleet(commands: string[]): FleetCommands {
  const note = (text: string) => void commands.push(text);
  return {
    startImport: async (id) => note(`start ${id}`),
    endReading: async (id) => note(`read ${id}`),
    startFleetRun: async (id) => note(`start ${id}`),
    tellFleetRun: async ({ fleetRunId }, signal) => note(`${signal} ${fleetRunId}`),
    inspect: async () => ({ workflow: 'running', schedule: { pausedNote: null } }),
  };
}

/** Notes each command and lets it succeed, and the row show it as the workflow would. */
function answerCommands(commands: string[], { db }: TestDatabase): TestApi['lifecycle'] {
  const note = (text: string) => void commands.push(text);
  const show = (id: string, data: { pausedBy?: string | null; generation?: number }) =>
    db.acrossTenants((tx) => tx.connection.updateMany({ where: { id }, data }));
  return {
    start: async ({ connectionId }) => note(`start ${connectionId}`),
    startAndAuthorize: async ({ connectionId }) => {
      note(`authorize ${connectionId}`);
      return { outcome: 'authorized' };
    },
    authorize: async (id) => {
      note(`authorize ${id}`);
      return { outcome: 'authorized' };
    },
    decideMove: async (id, { authorizationId, decision }) => {
      note(`${decision} ${authorizationId} ${id}`);
      return { outcome: decision === 'confirm' ? 'authorized' : 'move_ended' };
    },
    startInstall: async ({ installId }) => note(`exchange ${installId}`),
    exchangeInstall: async ({ installId }) => {
      note(`exchange ${installId}`);
      return { outcome: 'exchanged' };
    },
    answerRegistration: async ({ installId }) => {
      note(`answer ${installId}`);
      return { outcome: 'answered', proof: 'pr00f' };
    },
    confirmRegistration: async (id) => {
      note(`confirm ${id}`);
      return { outcome: 'confirmed', again: null };
    },
    askTemporary: async ({ authorizationId }) => {
      note(`temporary ${authorizationId}`);
      return { outcome: 'issued', requestToken: `request-${authorizationId}` };
    },
    refreshNow: async (id) => {
      note(`refresh ${id}`);
      await show(id, { generation: 2 });
      return { outcome: 'fresh', generation: 2 };
    },
    ensureFresh: async () => ({ outcome: 'fresh', generation: 2 }),
    tell: async (id, command) => {
      note(`${command.name} ${id}`);
      if (command.name === 'pause') await show(id, { pausedBy: command.by });
      if (command.name === 'resume') await show(id, { pausedBy: null });
      return true;
    },
    triggerSync: async (id) => {
      note(`trigger ${id}`);
      return true;
    },
    ping: async () => undefined,
  };
}
