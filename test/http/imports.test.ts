import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TenantId } from '../../domain/ids.ts';
import { IMPORT_LIMITS } from '../../domain/import.ts';
import type { Platform } from '../../domain/platform.ts';
import { newId } from '../../store/new-id.ts';
import { type Answer, startApi, type TestApi } from './api.ts';
import { TEST_PLATFORMS } from './platforms.ts';

let api: TestApi;
let tenantId: TenantId;
let unknownTenant: TenantId;

beforeAll(async () => {
  api = await startApi({ platforms: withFir() });
  tenantId = await api.tenant();
  unknownTenant = newId('tenant');
});
afterAll(() => api.close());

/** Fir’s shops have no name: only the credential tells them apart. */
function withFir(): ReadonlyMap<string, Platform> {
  const cedar = TEST_PLATFORMS.get('cedar');
  if (cedar === undefined) throw new Error('cedar is not there');
  return new Map(TEST_PLATFORMS).set('fir', { ...cedar, id: 'fir', shop: [] });
}

const SECRET = 'sk_0canary0';
let shops = 0;
function shopNumber(): number {
  shops += 1;
  return shops;
}
const lineOf = (over: Record<string, unknown> = {}) => ({
  tenantId,
  platform: 'cedar',
  shop: { url: `https://shop${shopNumber()}.example` },
  credential: { apiKey: SECRET },
  ...over,
});

function upload(body: string | Buffer, key?: string): Promise<Answer> {
  const text = typeof body === 'string' ? body : body.toString('latin1');
  return api.call('POST', '/v1/imports', {
    body: text,
    headers: { 'content-type': 'application/x-ndjson' },
    ...(key === undefined ? {} : { key }),
  });
}

const ndjson = (...lines: unknown[]) =>
  lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n');

async function reportOf(id: string, query = ''): Promise<Answer> {
  return api.call('GET', `/v1/imports/${id}?limit=500${query}`);
}

describe('an import', () => {
  it('answers once the upload is read, with a workflow that stood before its first line', async () => {
    const answer = await upload(ndjson(lineOf(), '', lineOf()));
    expect(answer.status, answer.text).toBe(202);
    expect(answer.body).toMatchObject({
      status: 'running',
      cutShort: null,
      counts: { total: 2, pending: 2 },
    });
    expect(answer.headers['location']).toBe(`/v1/imports/${answer.body.id}`);
    expect(api.commands.slice(-2)).toEqual([`start ${answer.body.id}`, `read ${answer.body.id}`]);
    const { body } = await reportOf(answer.body.id);
    expect(body.lines.data.map((one: { line: number }) => one.line)).toEqual([1, 3]);
  });

  const BROKEN: readonly [string, () => unknown, string, string][] = [
    ['half a line', () => '{"tenantId":', 'malformed_json', 'not one JSON object'],
    ['a list', () => '[]', 'malformed_json', 'not one JSON object'],
    ['not UTF-8', () => '{"a":"\u0000\ufffd', 'malformed_json', 'not one JSON object'],
    [
      'a field that nobody knows',
      () => lineOf({ sk_0canary0: 1 }),
      'invalid_request',
      'field that is not known',
    ],
    ['no platform', () => lineOf({ platform: undefined }), 'invalid_request', '"platform"'],
    ['no credential', () => lineOf({ credential: undefined }), 'invalid_request', '"credential"'],
    ['a credential that is text', () => lineOf({ credential: SECRET }), 'invalid_request', '"credential"'],
    [
      'no tenant with an operator key',
      () => lineOf({ tenantId: undefined }),
      'invalid_request',
      '"tenantId"',
    ],
    ['a tenant of the wrong form', () => lineOf({ tenantId: 'ten_1' }), 'invalid_request', '"tenantId"'],
    ['a tenant that is not there', () => lineOf({ tenantId: unknownTenant }), 'not_found', 'no tenant'],
    ['an unknown platform', () => lineOf({ platform: 'none' }), 'unknown_platform', '"none"'],
    ['no shop field', () => lineOf({ shop: {} }), 'invalid_shop', 'is required'],
    ['a hostile shop', () => lineOf({ shop: { url: 'https://a@b.example' } }), 'invalid_shop', 'user name'],
    [
      'a shop field that nobody knows',
      () => lineOf({ shop: { url: 'https://a.example', sk_0canary0: 'x' } }),
      'invalid_shop',
      'does not have',
    ],
    ['no credential field', () => lineOf({ credential: {} }), 'invalid_credential_form', 'api_key'],
    [
      'the secret in place of a name',
      () => lineOf({ credential: { sk_0canary0: 'x' } }),
      'invalid_credential_form',
      'does not have the fields',
    ],
    [
      'a malformed credential',
      () => lineOf({ credential: { apiKey: 'canary' } }),
      'invalid_credential_form',
      'form the platform gives out',
    ],
    [
      'a permission the platform does not offer',
      () => lineOf({ permissions: ['orders:write'] }),
      'unsupported_permission',
      'orders:write',
    ],
    [
      'a permission nobody offers',
      () => lineOf({ permissions: ['all'] }),
      'invalid_request',
      '"permissions"',
    ],
    ['a line that is too long', () => 'x'.repeat(IMPORT_LIMITS.lineBytes + 1), 'line_too_long', 'longer'],
    ['__proto__', () => '{"__proto__":{"platform":"cedar"}}', 'invalid_request', ''],
  ];

  it('says of each broken line what is wrong with it, by a stable code, and works the others', async () => {
    const lines = BROKEN.flatMap(([, line]) => [line(), lineOf()]);
    const answer = await upload(ndjson(...lines));
    expect(answer.status, answer.text).toBe(202);
    expect(answer.body.counts).toMatchObject({ broken: BROKEN.length, pending: BROKEN.length });
    const { body, text } = await reportOf(answer.body.id, '&outcome=broken');
    for (const [at, [why, , code, says]] of BROKEN.entries()) {
      const line = body.lines.data[at];
      expect(line, why).toMatchObject({ line: at * 2 + 1, outcome: 'broken', code, connectionId: null });
      expect(line.message, why).toContain(says);
    }
    expect(text).not.toContain('canary');
    expect(api.logged.join()).not.toContain('canary');
  });

  it('keeps one line a shop, of a file and of two files sent at once', async () => {
    const same = lineOf({ shop: { url: 'https://same.example' } });
    const file = ndjson(same, { ...same, shop: { url: 'https://SAME.example/' } }, lineOf());
    const [first, second] = await Promise.all([upload(file), upload(file)]);
    const reports = await Promise.all([reportOf(first.body.id), reportOf(second.body.id)]);
    const outcomes = reports.flatMap(({ body }) => body.lines.data);
    expect(outcomes.filter((one) => one.outcome === 'pending')).toHaveLength(2);
    expect(outcomes.filter((one) => one.code === 'duplicate_line')).toHaveLength(4);
  });

  it('keeps one line a credential where nothing else tells the shops apart', async () => {
    const fir = (apiKey: string) => lineOf({ platform: 'fir', shop: {}, credential: { apiKey } });
    const { body } = await upload(ndjson(fir('sk_first'), fir('sk_second'), fir('sk_first')));
    expect(body.counts).toMatchObject({ pending: 2, duplicate: 1 });
  });

  it('holds secrets sealed alone, in no other column, answer or log', async () => {
    await upload(ndjson(lineOf()));
    const { rows } = await api.database.owner.query<{ text: string }>(
      "SELECT row_to_json(l)::text || encode(coalesce(sealed, ''), 'escape') AS text FROM import_lines AS l",
    );
    expect(rows.length).toBeGreaterThan(5);
    for (const { text } of rows) expect(text).not.toContain('canary');
    expect(api.logged.join()).not.toContain('canary');
  });

  it.each([
    ['JSON', '{}', 'application/json'],
    ['lines that are called JSON', '{}\n{}', 'application/json'],
    ['text', '{}', 'text/plain'],
    ['a form', 'a=b', 'application/x-www-form-urlencoded'],
  ])('does not take %s, and says what it takes', async (_what, body, type) => {
    const answer = await api.call('POST', '/v1/imports', { body, headers: { 'content-type': type } });
    expect(answer.body, answer.text).toMatchObject({
      status: 415,
      code: 'unsupported_media_type',
      detail: 'the body must be application/x-ndjson',
    });
  });

  it('takes what was read up to its limit of lines, and says that it was cut short', async () => {
    const answer = await upload(`${'{}\n'.repeat(IMPORT_LIMITS.lines + 1)}`);
    expect(answer.status, answer.text.slice(0, 300)).toBe(413);
    expect(answer.body.code).toBe('too_many_lines');
    const { body } = await reportOf(answer.body.facts.importId);
    expect(body).toMatchObject({ cutShort: 'too_many_lines', counts: { broken: IMPORT_LIMITS.lines } });
  });

  it('pages its report, and refuses the cursor of another', async () => {
    const { body } = await upload(ndjson(lineOf(), lineOf(), lineOf()));
    const first = await api.call('GET', `/v1/imports/${body.id}?limit=2`);
    expect(first.body.lines.data).toHaveLength(2);
    const cursor = first.body.lines.nextCursor;
    const second = await api.call('GET', `/v1/imports/${body.id}?limit=2&cursor=${cursor}`);
    expect(second.body.lines).toMatchObject({ data: [{ line: 3 }], nextCursor: null });
    const other = await upload(ndjson(lineOf()));
    const refused = await api.call('GET', `/v1/imports/${other.body.id}?cursor=${cursor}`);
    expect(refused.body.code).toBe('invalid_cursor');
  });

  it("of a tenant's own key is for that tenant, and nobody else's", async () => {
    const other = await api.tenant('Other');
    const key = await api.key('admin', tenantId);
    const answer = await upload(ndjson(lineOf({ tenantId: undefined }), lineOf({ tenantId: other })), key);
    expect(answer.body).toMatchObject({ tenantId, counts: { pending: 1, broken: 1 } });
    const foreign = await api.call('GET', `/v1/imports/${answer.body.id}`, {
      key: await api.key('admin', other),
    });
    expect(foreign.status).toBe(404);
    const mine = await api.call('GET', '/v1/imports', { key });
    expect(mine.body.data.map((one: { id: string }) => one.id)).toEqual([answer.body.id]);
  });
});
