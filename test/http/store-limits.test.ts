// What the store cannot take is refused before it is asked: places of cursors that nobody was given, texts and instants that it cannot hold.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TenantId } from '../../domain/ids.ts';
import { writeCursor } from '../../http/cursor.ts';
import { startApi, type TestApi } from './api.ts';

let api: TestApi;
let tenantId: TenantId;
let connectionId: string;
let endpointId: string;
let runId: string;

beforeAll(async () => {
  api = await startApi();
  tenantId = await api.tenant();
  const made = async (url: string, body: object): Promise<string> => {
    const answer = await api.call('POST', url, { body });
    expect(answer.status, answer.text).toBe(201);
    return answer.body.id;
  };
  connectionId = await made('/v1/connections', {
    tenantId,
    platform: 'cedar',
    shop: { url: 'https://shop.example' },
    credential: { apiKey: 'sk_abcd1234' },
  });
  endpointId = await made('/v1/endpoints', { tenantId, url: 'https://hooks.vendor.example/' });
  runId = await made('/v1/revocations', { tenantId, dryRun: true });
});
afterAll(() => api.close());

interface List {
  readonly url: () => string;
  readonly of: () => string;
  readonly tenant?: () => string;
  readonly taken: string;
  /** Beside those that no list takes. */
  readonly refused?: readonly string[];
}

const ofConnection = (what: string): Pick<List, 'url' | 'of' | 'tenant'> => ({
  url: () => `/v1/connections/${connectionId}/${what}`,
  of: () => `${what} ${connectionId}`,
  tenant: () => tenantId,
});
const NO_BIGINT = ['', '-1', '1e3', '9'.repeat(19)];

const LISTS: Readonly<Record<string, List>> = {
  endpoints: { url: () => '/v1/endpoints', of: () => 'endpoints ', taken: 'end_0' },
  deliveries: { url: () => '/v1/deliveries', of: () => 'deliveries [{},null,null]', taken: 'dlv_0' },
  'privacy requests': {
    url: () => '/v1/privacy-requests',
    of: () => 'privacy-requests',
    tenant: () => 'all',
    taken: 'prv_0',
  },
  connections: { url: () => '/v1/connections', of: () => 'connections {}', taken: 'con_0' },
  registrations: {
    url: () => '/v1/client-registrations',
    of: () => 'client-registrations ',
    taken: 'reg_0',
  },
  'sync runs': { ...ofConnection('runs'), taken: 'run_0' },
  'what was set aside': { ...ofConnection('set-aside'), taken: 'orders/a\tb' },
  'a timeline': { ...ofConnection('timeline'), taken: '9'.repeat(18), refused: NO_BIGINT },
  audit: { url: () => '/v1/audit', of: () => 'audit {}', taken: '9'.repeat(18), refused: NO_BIGINT },
  tenants: { url: () => '/v1/tenants', of: () => 'tenants', taken: 'ten_0' },
  'API keys': { url: () => '/v1/api-keys', of: () => 'api-keys', taken: 'key_0' },
  installs: { url: () => '/v1/installs', of: () => 'installs', taken: 'ins_0' },
  imports: { url: () => '/v1/imports', of: () => 'imports', taken: 'imp_0' },
  'fleet runs': { url: () => '/v1/fleet-runs', of: () => 'fleet-runs ', taken: 'flt_0' },
  'a fleet run': {
    url: () => `/v1/fleet-runs/${runId}`,
    of: () => `fleet-run ${runId} `,
    taken: '2147483647',
    refused: [...NO_BIGINT, '2147483648', '9'.repeat(18)],
  },
  credentials: {
    url: () => '/v1/inventory/credentials',
    of: () => 'inventory/credentials {}',
    taken: 'con_0',
  },
  workflows: {
    url: () => '/v1/inventory/workflows',
    of: () => 'inventory/workflows {}',
    taken: 'con_9',
  },
  'the calendar': {
    url: () => '/v1/calendar',
    of: () => 'calendar {}',
    taken: '["2026-11-21T08:00:00.000Z","consent","con_0"]',
    refused: [
      'null',
      '[',
      '[]',
      '["never","consent","con_0"]',
      '["0000-01-01T00:00:00.000Z","consent","con_0"]',
      '["2026-11-21T08:00:00.000Z","\\u0000","con_0"]',
      '["2026-11-21T08:00:00.000Z","consent","\\u0000"]',
    ],
  },
  events: {
    url: () => '/v1/events',
    of: () => 'events ',
    taken: `1.${'9'.repeat(18)}`,
    refused: ['1', '1.', `1.${'9'.repeat(19)}`],
  },
};

describe('a cursor', () => {
  const ask = ({ url, of, tenant = () => '*' }: List, position: string) =>
    api.call('GET', `${url()}?cursor=${writeCursor({ of: of(), tenant: tenant() }, position)}`);

  it.each(Object.keys(LISTS))(
    'with a place that no row has is refused, not asked of the store: %s',
    async (name) => {
      const list = LISTS[name];
      if (list === undefined) throw new Error(`no list "${name}"`);
      const taken = await ask(list, list.taken);
      expect(taken.status, taken.text).toBe(200);
      for (const position of ['\u0000', 'a\u0000', ...(list.refused ?? [])]) {
        const { status, body } = await ask(list, position);
        expect([status, body.code], JSON.stringify(position)).toEqual([422, 'invalid_cursor']);
      }
    },
  );
});

describe('text', () => {
  it.each([
    ['GET', '/v1/connections?shopKey=a%00', undefined],
    ['GET', '/v1/connections?search=a%00', undefined],
    ['GET', '/v1/audit?action=a%00', undefined],
    ['GET', '/v1/inventory/credentials?kind=a%00', undefined],
    ['POST', '/v1/revocations', { credentialKind: 'a\u0000' }],
    ['POST', '/v1/client-registrations', { platform: 'acorn', clientId: 'a\u0000', clientSecret: 'b' }],
  ])('with a character that the store cannot hold is refused: %s %s', async (method, url, body) => {
    const answer = await api.call(method, url, { body });
    expect(answer.body, answer.text).toMatchObject({
      status: 422,
      fields: [{ rule: 'must not hold the character U+0000' }],
    });
  });
});

describe('an instant', () => {
  const YEAR_0 = '0000-12-31T23:59:59.999Z';
  const rule = 'must be of the year 0001 or later';

  it.each([
    ['GET', (): string => `/v1/deliveries?since=${YEAR_0}`],
    ['GET', (): string => `/v1/deliveries?until=${YEAR_0}`],
    ['GET', (): string => `/v1/calendar?until=${YEAR_0}`],
    ['POST', (): string => `/v1/endpoints/${endpointId}/replay`, { state: 'all', since: YEAR_0 }],
    ['POST', (): string => `/v1/endpoints/${endpointId}/replay`, { state: 'all', until: YEAR_0 }],
    ['POST', (): string => '/v1/revocations', { grantedBefore: YEAR_0 }],
    ['POST', (): string => '/v1/api-keys', { tenantId, name: 'a', role: 'read', expiresAt: YEAR_0 }],
  ] as const)(
    'of a year that the store does not have is refused: %s %s %o',
    async (...[method, url, body]) => {
      const answer = await api.call(method, url(), { body });
      expect(answer.body, answer.text).toMatchObject({ status: 422, fields: [{ rule }] });
    },
  );

  it.each(['0001-01-01T00:00:00Z', '9999-12-31T23:59:59Z'])('of the year of %s is taken', async (at) => {
    for (const name of ['since', 'until'])
      expect((await api.call('GET', `/v1/deliveries?${name}=${at}`)).status).toBe(200);
  });

  it('that is none is told one rule', async () => {
    const { body } = await api.call('GET', '/v1/deliveries?since=0000');
    expect(body.fields.map((one: { rule: string }) => one.rule)).toEqual([
      'must be an instant in UTC such as "2026-11-21T08:00:00Z"',
    ]);
  });
});
