// The whole door in front of one platform that a test plays: real PostgreSQL, real vault, a real HTTP server on loopback.
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import type { EnsureFreshOutcome } from '../../domain/credential.ts';
import type { ClientRegistrationId } from '../../domain/ids.ts';
import type { Platform } from '../../domain/platform.ts';
import { createEgress, type Egress, type EgressDeps } from '../../egress/index.ts';
import { parseOriginOverrides } from '../../egress/overrides.ts';
import { credentialBinding } from '../../store/credentials.ts';
import { createDataKeyPort } from '../../store/data-keys.ts';
import { newId } from '../../store/new-id.ts';
import { clientSecretBinding } from '../../store/opening-rows.ts';
import { createVault, localKeyProvider, type Vault } from '../../vault/index.ts';
import { createTestDatabase, type TestDatabase } from '../world.ts';
import { PLAIN } from './plain-platform.ts';
import { type ConnectionSeed, type SeededConnection, SILENT, seedConnection } from './seed.ts';

export interface Asked {
  readonly method: string;
  readonly url: string;
  readonly host: string;
  readonly authorization: string | undefined;
  readonly atMs: number;
}

export type Answerer = (asked: Asked, response: ServerResponse, request: IncomingMessage) => void;

export interface Door {
  readonly world: TestDatabase;
  readonly vault: Vault;
  /** Everything the platform was asked, in order. */
  readonly asked: Asked[];
  /** How the platform answers from now on. */
  answer(answerer: Answerer): void;
  /** A door of its own, as another worker would have. */
  open(deps?: Partial<EgressDeps>): Egress;
  /** A connection with a sealed credential of generation 1. */
  connect(seed?: CredentialSeed): Promise<SeededConnection>;
  /** The next generation, saved as a refresh would. */
  renew(connection: SeededConnection, generation: number, seed?: CredentialSeed): Promise<EnsureFreshOutcome>;
  /** A registration of the installation: the newest secret, an older one in its overlap, and a retired one. */
  register(): Promise<ClientRegistrationId>;
  close(): Promise<void>;
}

export interface CredentialSeed extends ConnectionSeed {
  readonly token?: string;
  readonly expiresAtMs?: number;
  readonly lifetimeS?: number;
}

export const OK: Answerer = (_asked, response) =>
  response.writeHead(200, { 'content-type': 'application/json' }).end('{"ok":true}');

export async function createDoor(platform: Platform = PLAIN): Promise<Door> {
  const world = await createTestDatabase();
  const vault = createVault({
    keyProvider: localKeyProvider({ id: 'test', bytes: randomBytes(32) }),
    dataKeys: createDataKeyPort(world.db),
  });
  const asked: Asked[] = [];
  const opened: Egress[] = [];
  let answerer = OK;
  const server = createServer((request, response) => {
    const { method = '', url = '', headers } = request;
    const one = {
      method,
      url,
      host: headers.host ?? '',
      authorization: headers.authorization,
      atMs: performance.now(),
    };
    asked.push(one);
    answerer(one, response, request);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const originOverrides = parseOriginOverrides(
    JSON.stringify({ 'https://api.plain.example': `http://127.0.0.1:${port}` }),
  );

  const save = async (
    { tenantId, connectionId }: SeededConnection,
    generation: number,
    seed: CredentialSeed,
  ) => {
    const kind = 'plain_token';
    const sealed = await vault.seal(credentialBinding(tenantId, connectionId, { kind, generation }), {
      accessToken: seed.token ?? `token-${generation}`,
    });
    await world.owner.query(
      `INSERT INTO credentials (connection_id, generation, tenant_id, kind, sealed, key_version, expires_at, lifetime_s) VALUES ($1,$2,$3,$4,$5,$6,$7,$8)`,
      [
        connectionId,
        generation,
        tenantId,
        kind,
        sealed.bytes,
        sealed.keyVersion,
        seed.expiresAtMs === undefined ? null : new Date(seed.expiresAtMs),
        seed.lifetimeS ?? null,
      ],
    );
  };
  return {
    world,
    vault,
    asked,
    answer: (next) => {
      answerer = next;
    },
    open: (deps = {}) => {
      const egress = createEgress({
        db: world.db,
        vault,
        platforms: new Map([[platform.id, platform]]),
        ensureFresh: async () => ({ outcome: 'retry_later', retryAtMs: Date.now() + 1_000 }),
        originOverrides,
        allowPrivateNetworks: false,
        log: SILENT,
        ...deps,
      });
      opened.push(egress);
      return egress;
    },
    connect: async (seed = {}) => {
      const connection = await seedConnection(world, { platform: platform.id, ...seed });
      await save(connection, 1, seed);
      return connection;
    },
    renew: async (connection, generation, seed = {}) => {
      await save(connection, generation, seed);
      await world.owner.query('UPDATE connections SET generation = $2 WHERE id = $1', [
        connection.connectionId,
        generation,
      ]);
      return { outcome: 'fresh', generation };
    },
    register: () => register(world, vault),
    close: async () => {
      for (const egress of opened) await egress.close();
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
      await world.close();
    },
  };
}

async function register({ owner }: TestDatabase, vault: Vault): Promise<ClientRegistrationId> {
  const id = newId('clientRegistration');
  await owner.query(
    `INSERT INTO client_registrations (id, platform, name, client_id, redirect_uri, version, updated_at) VALUES ($1, 'plain', 'app', 'our-app', 'https://us.example/cb', 3, now())`,
    [id],
  );
  const rows: [number, string | null][] = [
    [1, '2020-01-01'],
    [2, '2999-01-01'],
    [3, null],
  ];
  for (const [version, retiresAt] of rows) {
    const sealed = await vault.seal(clientSecretBinding(null, id, version), {
      clientSecret: `secret-${version}`,
    });
    await owner.query(
      'INSERT INTO client_secrets (registration_id, version, sealed, key_version, retires_at) VALUES ($1,$2,$3,$4,$5)',
      [id, version, sealed.bytes, sealed.keyVersion, retiresAt],
    );
  }
  return id;
}

/** A door for the tests of a file: open before the first, shut after the last; before each it answers OK and was asked nothing. */
export function doorForTests(): Door {
  let opened: Door | null = null;
  const door = (): Door => {
    if (opened === null) throw new Error('the door opens before the first test');
    return opened;
  };
  beforeAll(async () => {
    opened = await createDoor();
  }, 60_000);
  afterAll(() => opened?.close());
  beforeEach(() => {
    door().asked.length = 0;
    door().answer(OK);
  });
  return {
    get world() {
      return door().world;
    },
    get vault() {
      return door().vault;
    },
    get asked() {
      return door().asked;
    },
    answer: (answerer) => door().answer(answerer),
    open: (deps) => door().open(deps),
    connect: (seed) => door().connect(seed),
    renew: (connection, generation, seed) => door().renew(connection, generation, seed),
    register: () => door().register(),
    close: () => door().close(),
  };
}
