import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApi, type TestApi } from './api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const named = async (name: string) =>
  Number(
    (await api.database.owner.query('SELECT count(*) FROM tenants WHERE name = $1', [name])).rows[0].count,
  );
const post = (name: string, key: string, headers: Record<string, string> = {}) =>
  api.call('POST', '/v1/tenants', { body: { name }, headers: { 'idempotency-key': key, ...headers } });

describe('an idempotency key', () => {
  it('lets a hundred equal requests at once have one effect, the others its answer or 409', async () => {
    const answers = await Promise.all(Array.from({ length: 100 }, () => post('Race', 'race')));
    expect(await named('Race')).toBe(1);
    const made = answers.filter(({ status }) => status === 201);
    expect(new Set(made.map(({ text }) => text)).size).toBe(1);
    const rest = answers.filter(({ status }) => status !== 201);
    expect(rest.every(({ body }) => body.code === 'idempotency_in_progress')).toBe(true);
  });

  it('gives a later equal request the same answer, byte for byte, and says so', async () => {
    const first = await post('Again', 'again');
    const second = await post('Again', 'again');
    expect(second.text).toBe(first.text);
    expect(second.status).toBe(201);
    expect(second.headers['idempotent-replayed']).toBe('true');
    expect(first.headers['idempotent-replayed']).toBeUndefined();
    expect(await named('Again')).toBe(1);
  });

  it('is refused with another request', async () => {
    await post('One', 'reused');
    const other = await post('Two', 'reused');
    expect(other.body).toMatchObject({ status: 422, code: 'idempotency_key_reused' });
    expect(await named('Two')).toBe(0);
  });

  it('is not used up by a request that was refused before anything ran', async () => {
    expect((await post('', 'mended')).status).toBe(422);
    expect((await post('Mended', 'mended')).status).toBe(201);
  });

  it('of one key says nothing to another', async () => {
    const [a, b] = [await api.tenant('A'), await api.tenant('B')];
    const wish = { name: 'k', role: 'read' };
    const of = async (tenantId: typeof a) =>
      api.call('POST', '/v1/api-keys', {
        key: await api.key('admin', tenantId),
        body: wish,
        headers: { 'idempotency-key': 'same' },
      });
    const [first, second] = [await of(a), await of(b)];
    expect([first.body.tenantId, second.body.tenantId]).toEqual([a, b]);
    expect(second.headers['idempotent-replayed']).toBeUndefined();
  });

  it('keeps an answer with a secret sealed', async () => {
    const made = await api.call('POST', '/v1/api-keys', {
      body: { name: 'sealed', role: 'operator' },
      headers: { 'idempotency-key': 'sealed' },
    });
    const { rows } = await api.database.owner.query(
      "SELECT encode(sealed, 'escape') AS text FROM idempotency_keys WHERE key = 'sealed'",
    );
    expect(rows[0].text).not.toContain(made.body.secret);
    const again = await api.call('POST', '/v1/api-keys', {
      body: { name: 'sealed', role: 'operator' },
      headers: { 'idempotency-key': 'sealed' },
    });
    expect(again.body.secret).toBe(made.body.secret);
  });

  it('whose first request died is free again later', async () => {
    await api.database.owner.query(
      `INSERT INTO idempotency_keys (scope, key, request_hash, status, created_at)
       SELECT scope, 'dead', request_hash, 'running', now() - interval '2 minutes' FROM idempotency_keys WHERE key = 'again'`,
    );
    const answer = await post('Again', 'dead');
    expect(answer.status).toBe(201);
  });
});
