import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ERRORS } from '../../domain/errors.ts';
import type { TenantId } from '../../domain/ids.ts';
import { openDatabase } from '../../store/database.ts';
import { newId } from '../../store/new-id.ts';
import { startApi, type TestApi } from './api.ts';

let api: TestApi;
let tenantId: TenantId;

beforeAll(async () => {
  api = await startApi();
  tenantId = await api.tenant();
});
afterAll(() => api.close());

const good = () => ({
  tenantId,
  platform: 'cedar',
  shop: { url: 'https://shop.example' },
  credential: { apiKey: 'sk_abcd1234' },
});

interface Row {
  readonly why: string;
  readonly method?: string;
  readonly url?: string;
  readonly body?: () => unknown;
  readonly headers?: Record<string, string>;
  readonly code: keyof typeof ERRORS;
  readonly path?: string;
}

const TABLE: readonly Row[] = [
  { why: 'the body is not JSON', body: () => '{"tenantId":', code: 'malformed_json' },
  { why: 'the body is empty', body: () => '', code: 'malformed_json' },
  { why: 'the body is a list', body: () => [], code: 'invalid_request' },
  {
    why: 'the body is of another type',
    body: () => 'a=1',
    headers: { 'content-type': 'text/plain' },
    code: 'unsupported_media_type',
  },
  {
    why: 'the body is too large',
    body: () => ({ ...good(), shop: { url: 'x'.repeat(80_000) } }),
    code: 'body_too_large',
  },
  {
    why: 'the body reaches for the prototype',
    body: () => '{"__proto__":{"role":"operator"}}',
    code: 'malformed_json',
  },
  {
    why: 'a nested object reaches for the prototype',
    body: () => '{"shop":{"constructor":{"prototype":{}}}}',
    code: 'malformed_json',
  },
  {
    why: 'a field is there that nobody reads',
    body: () => ({ ...good(), state: 'active' }),
    code: 'invalid_request',
  },
  { why: 'a column name is tried', body: () => ({ ...good(), tenant_id: 'x' }), code: 'invalid_request' },
  {
    why: 'the tenant is of the wrong form',
    body: () => ({ ...good(), tenantId: 'x' }),
    code: 'invalid_request',
    path: '/tenantId',
  },
  {
    why: 'the tenant is null',
    body: () => ({ ...good(), tenantId: null }),
    code: 'invalid_request',
    path: '/tenantId',
  },
  {
    why: 'the tenant is a list',
    body: () => ({ ...good(), tenantId: [tenantId] }),
    code: 'invalid_request',
    path: '/tenantId',
  },
  {
    why: 'an operator names no tenant',
    body: () => ({ ...good(), tenantId: undefined }),
    code: 'invalid_request',
    path: '/tenantId',
  },
  { why: 'the tenant is unknown', body: () => ({ ...good(), tenantId: newId('tenant') }), code: 'not_found' },
  {
    why: 'the platform is unknown',
    body: () => ({ ...good(), platform: 'nonesuch' }),
    code: 'unknown_platform',
    path: '/platform',
  },
  {
    why: 'the shop is missing',
    body: () => ({ ...good(), shop: {} }),
    code: 'invalid_shop',
    path: '/shop/url',
  },
  {
    why: 'the shop is malformed',
    body: () => ({ ...good(), shop: { url: 'https://a b' } }),
    code: 'invalid_shop',
    path: '/shop/url',
  },
  {
    why: 'the shop hides a user name',
    body: () => ({ ...good(), shop: { url: 'https://a@evil.example' } }),
    code: 'invalid_shop',
  },
  {
    why: 'the shop has a field of another platform',
    body: () => ({ ...good(), shop: { url: 'https://a.example', region: 'x' } }),
    code: 'invalid_shop',
  },
  {
    why: 'the credential is missing',
    body: () => ({ ...good(), credential: {} }),
    code: 'invalid_credential_form',
    path: '/credential/apiKey',
  },
  {
    why: 'the credential is malformed',
    body: () => ({ ...good(), credential: { apiKey: 'nope' } }),
    code: 'invalid_credential_form',
  },
  {
    why: 'the credential is not text',
    body: () => ({ ...good(), credential: { apiKey: 1 } }),
    code: 'invalid_request',
  },
  {
    why: 'the platform is connected by its own page',
    body: () => ({ ...good(), platform: 'acorn' }),
    code: 'connect_by_browser_only',
  },
  {
    why: 'the permission is unknown',
    body: () => ({ ...good(), permissions: ['orders:fly'] }),
    code: 'invalid_request',
  },
  {
    why: 'the platform lacks the permission',
    body: () => ({ ...good(), permissions: ['customers:read'] }),
    code: 'unsupported_permission',
  },
  {
    why: 'the interval is out of bounds',
    body: () => ({ ...good(), syncIntervalS: 1 }),
    code: 'invalid_request',
    path: '/syncIntervalS',
  },
  { why: 'the method is wrong', method: 'PUT', code: 'method_not_allowed' },
  { why: 'the address is unknown', method: 'GET', url: '/v1/nothing', code: 'not_found' },
  { why: 'the id has the wrong form', method: 'GET', url: '/v1/connections/x', code: 'not_found' },
  { why: 'the id has a NUL', method: 'GET', url: '/v1/connections/con_%00', code: 'not_found' },
  { why: 'the id is not encoded validly', method: 'GET', url: '/v1/connections/%ff', code: 'not_found' },
  {
    why: 'the limit is not a number',
    method: 'GET',
    url: '/v1/connections?limit=many',
    code: 'invalid_request',
  },
  {
    why: 'the limit is too large',
    method: 'GET',
    url: '/v1/connections?limit=100000',
    code: 'invalid_request',
  },
  { why: 'the cursor is made up', method: 'GET', url: '/v1/connections?cursor=abc', code: 'invalid_cursor' },
  {
    why: 'a filter is given twice',
    method: 'GET',
    url: '/v1/connections?state=active&state=paused',
    code: 'invalid_request',
  },
  { why: 'a filter is unknown', method: 'GET', url: '/v1/connections?where=1', code: 'invalid_request' },
  { why: 'the resource is unknown', method: 'GET', url: '/v1/records/secrets', code: 'invalid_request' },
  {
    why: 'a return address leads elsewhere',
    method: 'POST',
    url: '/v1/connect-sessions',
    body: () => ({ tenantId, returnUrl: 'https://evil.example/' }),
    code: 'invalid_return_url',
  },
  {
    why: 'a return address is no origin',
    method: 'POST',
    url: '/v1/tenants',
    body: () => ({ name: 'x', returnOrigins: ['https://a.example/path'] }),
    code: 'invalid_return_url',
  },
  {
    why: 'a name has a line break',
    method: 'POST',
    url: '/v1/tenants',
    body: () => ({ name: 'a\nb' }),
    code: 'invalid_request',
  },
  {
    why: 'a name turns the text beside it around',
    method: 'POST',
    url: '/v1/tenants',
    body: () => ({ name: 'a\u202eb' }),
    code: 'invalid_request',
  },
  {
    why: 'a name holds half a character',
    method: 'POST',
    url: '/v1/tenants',
    body: () => ({ name: 'a\ud800b' }),
    code: 'invalid_request',
  },
  {
    why: 'an idempotency key is too long',
    headers: { 'idempotency-key': 'x'.repeat(256) },
    body: good,
    code: 'invalid_request',
  },
];

describe('bad input', () => {
  it.each(TABLE)('$why → $code', async (row) => {
    const { method = 'POST', url = '/v1/connections', body, headers = {}, code, path } = row;
    const rows = async () =>
      (await api.database.owner.query('SELECT count(*) FROM connections')).rows[0].count;
    const before = await rows();
    const answer = await api.call(method, url, { ...(body === undefined ? {} : { body: body() }), headers });
    expect(answer.body, answer.text).toMatchObject({
      code,
      status: ERRORS[code].status,
      actor: ERRORS[code].actor,
    });
    expect(answer.status).toBe(ERRORS[code].status);
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(answer.body.type).toBe(`http://127.0.0.1:3000/problems#${code}`);
    expect(answer.body.instance).toBe(answer.headers['x-request-id']);
    if (path !== undefined)
      expect(answer.body.fields.map((one: { path: string }) => one.path)).toContain(path);
    expect(await rows()).toBe(before);
    expect(answer.text).not.toContain('node_modules');
  });

  it('a return address is taken only when it is plainly one of the allowed', async () => {
    const hostile = [
      '//evil.example',
      'https://app.vendor.example@evil.example/',
      'https://app.vendor.example.evil.example/',
      'https:\\\\app.vendor.example\\@evil.example',
      'https://app.vendor.example\\@evil.example/',
      'https://app.vendor.example:8443/',
      'http://app.vendor.example/',
      'javascript:alert(1)',
      'https://app.vendor.example%2eevil.example/',
      'https:/app.vendor.example',
      ' https://app.vendor.example/',
      'https://app.vendor.example/\r\nx: y',
      '/done',
    ];
    for (const returnUrl of hostile) {
      const { body } = await api.call('POST', '/v1/connect-sessions', { body: { tenantId, returnUrl } });
      expect(body.code, returnUrl).toBe('invalid_return_url');
    }
    const good = await api.call('POST', '/v1/connect-sessions', {
      body: { tenantId, returnUrl: 'https://app.vendor.example/done?x=1' },
    });
    expect(good.status).toBe(201);
  });

  it('an instant of another zone is told what an instant is', async () => {
    const { body } = await api.call('GET', '/v1/deliveries?since=2026-11-21T08:00:00%2B01:00');
    expect(body.fields[0].rule).toBe('must be an instant in UTC such as "2026-11-21T08:00:00Z"');
  });

  it('a key in the query is refused and stands in no log line', async () => {
    const key = await api.key('read', tenantId);
    const answer = await api.call('GET', `/v1/connections?api_key=${key}`, { key });
    expect(answer.status).toBe(401);
    expect(api.logged.join('\n')).not.toContain(key.slice(8));
  });

  it('a thousand wrong keys get 429, and a right key from the same address still works', async () => {
    const wrong = 'mk_live_000000000000000000000000000000000000';
    const statuses = new Set<number>();
    for (let at = 0; at < 1000; at++)
      statuses.add((await api.call('GET', '/v1/tenants', { key: wrong })).status);
    expect([...statuses].sort()).toEqual([401, 429]);
    expect((await api.call('GET', '/v1/tenants', { key: await api.key('read', tenantId) })).status).toBe(200);
  });

  it('what the database cannot answer is 503, not 500', async () => {
    const db = openDatabase({ url: 'postgresql://nobody@127.0.0.1:1/nothing', poolSize: 2 });
    const other = await startApi({ db });
    const answer = await other.call('GET', '/v1/tenants');
    expect(answer.body).toMatchObject({ code: 'store_unavailable', status: 503 });
    await other.close();
    await db.close();
  });
});
