// Shops of the sandbox, connected in one process and told of: real PostgreSQL, the real door in and the real door out, and what the sandbox pushes by its own rules.
import type { AddressInfo } from 'node:net';
import { revokeUpstream } from '../../activities/end-connection.ts';
import { keepSubscriptions } from '../../activities/keep-subscriptions.ts';
import { NAMED_TIMINGS } from '../../activities/named-deps.ts';
import { readNamed } from '../../activities/read-named.ts';
import { setSchedule } from '../../activities/set-schedule.ts';
import type { Json } from '../../domain/platform.ts';
import { RESOURCES } from '../../domain/resource.ts';
import { createEgress, type Egress } from '../../egress/index.ts';
import { createNotificationKeys } from '../../egress/notification-keys.ts';
import { parseOriginOverrides } from '../../egress/overrides.ts';
import { SYSTEM_CLOCK } from '../../egress/surroundings.ts';
import { PLATFORMS } from '../../platforms/index.ts';
import { isList, textOf, valueAt } from '../../platforms/json.ts';
import { credentialBinding } from '../../store/credentials.ts';
import { type SeededConnection, SILENT, seedConnection } from '../egress/seed.ts';
import { startApi, type TestApi } from '../http/api.ts';
import {
  type ConnectCase,
  connectShop,
  type Door,
  openDoor,
  prove,
  type Shop,
} from '../platforms/sandbox-door.ts';
import { control } from '../platforms/sandbox-shop.ts';

export interface PlayedShop {
  readonly of: Shop;
  readonly connection: SeededConnection;
}

export interface Played {
  readonly api: TestApi;
  /** Connections for which a sync was triggered. */
  readonly triggered: string[];
  readonly sandboxUrl: string;
  connect(one: ConnectCase): Promise<PlayedShop>;
  /** Looks at what it is subscribed to, as the worker does. */
  look(shop: PlayedShop): Promise<void>;
  /** Reads what was named, as the worker does. */
  read(): Promise<void>;
  revoke(shop: PlayedShop): Promise<void>;
  /** The sandbox's own control, at the shop. */
  act(shop: PlayedShop, name: string, body: Json): Promise<Json>;
  ask(path: string): Promise<Json>;
  fault(shop: PlayedShop, kind: string): Promise<void>;
  rows<T>(shop: PlayedShop, sql: string): Promise<T[]>;
  close(): Promise<void>;
}

const SIZE = { orders: 4, products: 3, customers: 2 };
const PUBLIC_URL = 'http://127.0.0.1:3000';

export async function startPlayed(): Promise<Played> {
  const door = await openDoor();
  // Keys are read by the door out, which needs the database that comes with the API.
  const parts: { keys?: ReturnType<typeof createNotificationKeys> } = {};
  const keys = () => {
    if (parts.keys === undefined) throw new Error('keys are read once all is there');
    return parts.keys;
  };
  const api = await startApi({
    platforms: PLATFORMS,
    notificationKeys: {
      send: (...asked) => keys().send(...asked),
      read: (...asked) => keys().read(...asked),
    },
  });
  const { db } = api.database;
  const egress = await egressTo(door, api);
  parts.keys = createNotificationKeys({
    db,
    withCredential: egress.withCredential,
    sender: door.sender,
    clock: SYSTEM_CLOCK,
  });
  await api.app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = api.app.server.address() as AddressInfo; // it listens on TCP, one line above
  await control(door.sandboxUrl, 'POST', '/settings', { pushTo: `http://127.0.0.1:${port}` });
  const triggered: string[] = [];
  const deps = {
    db,
    vault: api.vault,
    egress,
    platforms: PLATFORMS,
    triggerSync: async (id: string) => triggered.push(id) > 0,
    publicUrl: PUBLIC_URL,
    checkEveryMs: 3_600_000,
    nowMs: Date.now,
    timings: NAMED_TIMINGS,
  };
  const schedules = {
    ensure: async () => 'set' as const,
    remove: async () => true,
    cancelRuns: async () => 0,
    list: async function* () {},
  };
  return {
    api,
    triggered,
    sandboxUrl: door.sandboxUrl,
    connect: (one) => connect(door, api, one),
    look: async ({ connection }) => {
      await setSchedule({ db, schedules })({ ...connection, pausedNote: null });
      await keepSubscriptions(deps);
      // What was opened for verifying is looked at anew.
      api.clock.nowMs = Math.max(Date.now(), api.clock.nowMs) + 2_000;
    },
    read: async () => void (await readNamed(deps)),
    revoke: async ({ connection }) => {
      const refuse = () => Promise.reject(new Error('no grant is ended in this test'));
      const grants = {
        obtain: refuse,
        renew: refuse,
        upgrade: refuse,
        revoke: async () => undefined,
        missingScopes: () => [],
      };
      await revokeUpstream({ db, exchange: egress.exchange, grants })(connection);
    },
    act: (shop, name, body) =>
      control(door.sandboxUrl, 'POST', `/shops/${encodeURIComponent(shop.of.key)}/${name}`, body),
    ask: (path) => control(door.sandboxUrl, 'GET', path),
    fault: async (shop, kind) =>
      void (await control(door.sandboxUrl, 'POST', '/faults', { kind, shop: shop.of.key })),
    rows: async ({ connection }, sql) =>
      (await api.database.owner.query(sql, [connection.connectionId])).rows,
    close: async () => {
      await egress.close();
      await api.close();
      await door.close();
    },
  };
}

async function egressTo(door: Door, api: TestApi): Promise<Egress> {
  const origins = valueAt(await control(door.sandboxUrl, 'GET', '/origins'), 'origins');
  const pairs = (isList(origins) ? origins : []).map((one) => [textOf(one), door.sandboxUrl]);
  return createEgress({
    db: api.database.db,
    vault: api.vault,
    platforms: PLATFORMS,
    ensureFresh: async () => ({ outcome: 'retry_later', retryAtMs: Date.now() + 1_000 }),
    originOverrides: parseOriginOverrides(JSON.stringify(Object.fromEntries(pairs))),
    allowPrivateNetworks: false,
    log: SILENT,
  });
}

/** As authorizing leaves it: a row, what it may do, what the proof told, and the sealed credential. */
async function connect(door: Door, api: TestApi, one: ConnectCase): Promise<PlayedShop> {
  const of = await connectShop(door, one, SIZE);
  const { platform, issued } = of;
  const proven = await prove(of);
  const registrationId = platform.needsRegistration ? await register(api, of) : null;
  const { owner } = api.database;
  const connection = await seedConnection(api.database, {
    platform: platform.id,
    shop: of.shop,
    ...(registrationId === null ? {} : { registrationId }),
  });
  const { tenantId, connectionId } = connection;
  const permissions = RESOURCES.flatMap((resource) => platform.resources[resource]?.requires ?? []);
  await owner.query(
    'UPDATE connections SET permissions = $2, shop_key = coalesce($3, shop_key), facts = $4 WHERE id = $1',
    [connectionId, permissions, proven.shopKey, JSON.stringify(proven.facts)],
  );
  const { kind } = issued;
  const binding = credentialBinding(tenantId, connectionId, { kind, generation: 1 });
  const sealed = await api.vault.seal(binding, issued.parts);
  await owner.query(
    `INSERT INTO credentials (connection_id, generation, tenant_id, kind, sealed, key_version, expires_at, lifetime_s) VALUES ($1, 1, $2, $3, $4, $5, $6, $7)`,
    [
      connectionId,
      tenantId,
      kind,
      sealed.bytes,
      sealed.keyVersion,
      issued.expiresAtMs === null ? null : new Date(issued.expiresAtMs),
      issued.lifetimeS,
    ],
  );
  return { of, connection };
}

const registered = new WeakMap<TestApi, Map<string, string>>();

/** Our app there, once a platform; null where none is needed for this way. */
async function register(api: TestApi, { platform, context: { registration } }: Shop): Promise<string | null> {
  if (registration === null) return null;
  const known = registered.get(api) ?? new Map<string, string>();
  registered.set(api, known);
  const id = known.get(platform.id);
  if (id !== undefined) return id;
  const fields = Object.entries(registration.fields ?? {}).map(([name, value]) => [name, value.reveal()]);
  const made = await api.call('POST', '/v1/client-registrations', {
    body: {
      platform: platform.id,
      clientId: registration.clientId,
      clientSecret: registration.secret?.reveal(),
      ...(fields.length === 0 ? {} : { fields: Object.fromEntries(fields) }),
    },
  });
  if (made.status !== 201) throw new Error(made.text);
  known.set(platform.id, made.body.id);
  return made.body.id;
}
