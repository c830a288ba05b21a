import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TenantId } from '../../domain/ids.ts';
import { newId } from '../../store/new-id.ts';
import { startApi, type TestApi } from './api.ts';

const ROLES = ['read', 'sync', 'admin', 'operator'] as const;
const ALL_ROLES: readonly string[] = ROLES;

interface Operation {
  readonly method: string;
  readonly path: string;
  readonly access: string;
}

let api: TestApi;
let operations: Operation[];
let mine: TenantId;
let theirs: {
  tenantId: TenantId;
  connectionId: string;
  registrationId: string;
  keyId: string;
  sessionId: string;
  runId: string;
  endpointId: string;
  deliveryId: string;
};

beforeAll(async () => {
  api = await startApi();
  const { body } = await api.call('GET', '/openapi.json', { key: null });
  operations = Object.entries<Record<string, { 'x-access': string }>>(body.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      method: method.toUpperCase(),
      path,
      access: operation['x-access'],
    })),
  );
  mine = await api.tenant('Mine');
  const tenantId = await api.tenant('Theirs');
  const connection = await api.call('POST', '/v1/connections', {
    body: {
      tenantId,
      platform: 'cedar',
      shop: { url: 'https://theirs.example' },
      credential: { apiKey: 'sk_abcd1234' },
    },
  });
  const registration = await api.call('POST', '/v1/client-registrations', {
    body: { tenantId, platform: 'acorn', clientId: 'theirs', clientSecret: 'theirs' },
  });
  const key = await api.call('POST', '/v1/api-keys', { body: { tenantId, role: 'read', name: 'theirs' } });
  const session = await api.call('POST', '/v1/connect-sessions', { body: { tenantId, platform: 'cedar' } });
  const endpoint = await api.call('POST', '/v1/endpoints', {
    body: { tenantId, url: 'https://hooks.theirs.example/' },
  });
  const test = await api.call('POST', `/v1/endpoints/${endpoint.body.id}/test`);
  theirs = {
    tenantId,
    connectionId: connection.body.id,
    registrationId: registration.body.id,
    keyId: key.body.id,
    sessionId: session.body.id,
    runId: newId('syncRun'),
    endpointId: endpoint.body.id,
    deliveryId: test.body.deliveryId,
  };
});
afterAll(() => api.close());

type Ids = 'connection' | 'registration' | 'key' | 'tenant' | 'session' | 'run' | 'endpoint' | 'delivery';

/** An address of the operation with these ids in it. */
function address(path: string, ids: Readonly<Record<Ids, string>>): string {
  return path
    .replace(/\{id\}/, () => {
      if (path.startsWith('/v1/client-registrations')) return ids.registration;
      if (path.startsWith('/v1/api-keys')) return ids.key;
      if (path.startsWith('/v1/tenants')) return ids.tenant;
      if (path.startsWith('/v1/connect-sessions')) return ids.session;
      if (path.startsWith('/v1/endpoints')) return ids.endpoint;
      if (path.startsWith('/v1/deliveries')) return ids.delivery;
      if (path.startsWith('/v1/platforms')) return 'cedar';
      return ids.connection;
    })
    .replace('{runId}', ids.run)
    .replace('{resource}', 'orders')
    .replace(/\{(\*|wildcard)\}/, 'things/1')
    .replace(/\{platform\}/, 'acorn')
    .replace(/\{step\}/, 'callback')
    .replace(/\{token\}/, 'unknown');
}

const unknownIds = () => ({
  connection: newId('connection'),
  registration: newId('clientRegistration'),
  key: newId('apiKey'),
  tenant: newId('tenant'),
  session: newId('connectSession'),
  run: newId('syncRun'),
  endpoint: newId('endpoint'),
  delivery: newId('delivery'),
});

const BODIES: Readonly<Record<string, unknown>> = {
  'POST /v1/connections/{id}/sync': {},
  'PATCH /v1/connections/{id}': { syncIntervalS: 600 },
  'PUT /v1/connections/{id}/credential': { credential: { apiKey: 'sk_abcd1234' } },
  'POST /v1/connections/{id}/confirm-move': { authorizationId: newId('authorization') },
  'POST /v1/connections/{id}/refuse-move': { authorizationId: newId('authorization') },
  'PATCH /v1/client-registrations/{id}': { name: 'x' },
  'PATCH /v1/endpoints/{id}': { name: 'x' },
  'POST /v1/endpoints/{id}/secrets': {},
  'POST /v1/endpoints/{id}/replay': { state: 'failed' },
};
const bodyOf = ({ method, path }: Operation) => {
  const body = BODIES[`${method} ${path}`];
  return body === undefined ? {} : { body };
};

describe('every route of the OpenAPI document', () => {
  it('is listed with the access it needs', () => {
    expect(operations.length).toBeGreaterThan(40);
    for (const one of operations)
      expect([...ROLES, 'public'], `${one.method} ${one.path}`).toContain(one.access);
  });

  it('answers 401 without a key, and with a wrong, revoked or expired one', async () => {
    const revoked = await api.call('POST', '/v1/api-keys', {
      body: { tenantId: mine, role: 'admin', name: 'revoked' },
    });
    await api.call('DELETE', `/v1/api-keys/${revoked.body.id}`);
    const expired = await api.call('POST', '/v1/api-keys', {
      body: {
        tenantId: mine,
        role: 'admin',
        name: 'expired',
        expiresAt: new Date(Date.now() + 60_000).toISOString(),
      },
    });
    await api.database.owner.query("UPDATE api_keys SET expires_at = now() - interval '1 s' WHERE id = $1", [
      expired.body.id,
    ]);
    for (const one of operations.filter(({ access }) => access !== 'public')) {
      for (const key of [null, revoked.body.secret, expired.body.secret]) {
        api.clock.nowMs += 5_000;
        const answer = await api.call(one.method, address(one.path, unknownIds()), { key, ...bodyOf(one) });
        expect(answer.status, `${one.method} ${one.path}`).toBe(401);
        expect(answer.body.code).toBe('unauthenticated');
      }
    }
  });

  it('answers 403 to every role below the one it needs, and not to those from there on', async () => {
    const keys = { read: '', sync: '', admin: '', operator: api.operatorKey };
    for (const role of ['read', 'sync', 'admin'] as const) keys[role] = await api.key(role, mine);
    for (const one of operations.filter(({ access }) => access !== 'public')) {
      for (const role of ROLES) {
        const isEnough = ROLES.indexOf(role) >= ALL_ROLES.indexOf(one.access);
        const answer = await api.call(one.method, address(one.path, unknownIds()), {
          key: keys[role],
          ...bodyOf(one),
        });
        const isForbidden = answer.status === 403;
        expect(isForbidden, `${role}: ${one.method} ${one.path} → ${answer.text}`).toBe(!isEnough);
        expect(answer.status, answer.text).toBeLessThan(500);
      }
    }
  });

  it("answers another tenant's id exactly as an unknown one, and changes nothing", async () => {
    const key = await api.key('admin', mine);
    const before = await api.database.owner.query(
      'SELECT state, fenced_at, sync_interval_s FROM connections WHERE id = $1',
      [theirs.connectionId],
    );
    const foreign = {
      connection: theirs.connectionId,
      registration: theirs.registrationId,
      key: theirs.keyId,
      session: theirs.sessionId,
      tenant: theirs.tenantId,
      run: theirs.runId,
      endpoint: theirs.endpointId,
      delivery: theirs.deliveryId,
    };
    const strangers = unknownIds();
    const withId = operations.filter(
      ({ path, access }) =>
        path.includes('{id}') &&
        access !== 'public' &&
        access !== 'operator' &&
        !path.startsWith('/v1/platforms'),
    );
    expect(withId.length).toBeGreaterThan(18);
    for (const one of withId) {
      const answers = [];
      for (const ids of [foreign, strangers]) {
        const answer = await api.call(one.method, address(one.path, ids), { key, ...bodyOf(one) });
        expect(answer.status, `${one.method} ${one.path} ${answer.text}`).toBe(404);
        const { instance: _instance, detail, ...rest } = answer.body;
        answers.push({ ...rest, detail: String(detail).replaceAll(/[a-z]{3}_[0-9a-z]{26}/g, 'id') });
      }
      expect(answers[0]).toEqual(answers[1]);
    }
    const after = await api.database.owner.query(
      'SELECT state, fenced_at, sync_interval_s FROM connections WHERE id = $1',
      [theirs.connectionId],
    );
    expect(after.rows).toEqual(before.rows);
  });

  it("refuses another tenant's id in bodies, filters and queries as unknown", async () => {
    const key = await api.key('admin', mine);
    const { tenantId, connectionId, registrationId } = theirs;
    const attempts: [string, string, unknown?][] = [
      ['GET', `/v1/connections?tenantId=${tenantId}`],
      ['GET', `/v1/records/orders?tenantId=${tenantId}`],
      ['GET', `/v1/records/orders?connectionId=${connectionId}`],
      ['GET', `/v1/events?tenantId=${tenantId}`],
      ['GET', `/v1/audit?tenantId=${tenantId}`],
      ['GET', `/v1/endpoints?tenantId=${tenantId}`],
      ['POST', '/v1/endpoints', { tenantId, url: 'https://hooks.mine.example/' }],
      ['POST', '/v1/api-keys', { tenantId, role: 'read', name: 'x' }],
      ['POST', '/v1/client-registrations', { tenantId, platform: 'acorn', clientId: 'x', clientSecret: 'x' }],
      ['POST', '/v1/connect-sessions', { tenantId }],
      ['POST', '/v1/connect-sessions', { connectionId }],
      [
        'POST',
        '/v1/connections',
        {
          tenantId,
          platform: 'cedar',
          shop: { url: 'https://a.example' },
          credential: { apiKey: 'sk_abcd1' },
        },
      ],
      [
        'POST',
        '/v1/connections',
        {
          platform: 'acorn',
          clientRegistrationId: registrationId,
          shop: { shop: 'a.acorn.example' },
          credential: {},
        },
      ],
    ];
    for (const [method, url, body] of attempts) {
      const answer = await api.call(method, url, { key, ...(body === undefined ? {} : { body }) });
      const isRefused =
        answer.status === 404 || (answer.status === 422 && answer.body.code === 'connect_by_browser_only');
      expect(isRefused, `${method} ${url} → ${answer.text}`).toBe(true);
    }
    const audit = await api.call('GET', '/v1/audit?limit=500', { key });
    expect(audit.body.data.every((one: { tenantId: string }) => one.tenantId === mine)).toBe(true);
  });

  it('shows a tenant itself alone', async () => {
    const key = await api.key('read', mine);
    const { body } = await api.call('GET', '/v1/tenants', { key });
    expect(body.data.map((one: { id: string }) => one.id)).toEqual([mine]);
    expect((await api.call('GET', '/v1/connections', { key })).body.data).toEqual([]);
  });
});
