// What is damaged, invented or hostile before anybody is known: the answer is no, without a query, and the log stays one line a request.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { hashApiKey, mintApiKey } from '../../http/api-key.ts';
import type { Database } from '../../store/database.ts';
import { newId } from '../../store/new-id.ts';
import { startApi, type TestApi } from './api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

/** The API over a database that counts what it is asked. */
async function counting(): Promise<{ counted: TestApi; transactions: () => number }> {
  let transactions = 0;
  const { db } = api.database;
  const count = <F extends (...input: never[]) => unknown>(fn: F): F =>
    // The wrapper has the signature of what it wraps.
    ((...input: Parameters<F>) => {
      transactions += 1;
      return fn(...input);
    }) as F;
  const wrapped: Database = {
    ...db,
    inTenant: count(db.inTenant),
    acrossTenants: count(db.acrossTenants),
    sqlInTenant: count(db.sqlInTenant),
    sqlAcrossTenants: count(db.sqlAcrossTenants),
  };
  return { counted: await startApi({ db: wrapped }), transactions: () => transactions };
}

test('a key with a wrong checksum is 401 without one query, one that was never given out costs a look-up', async () => {
  const { counted, transactions } = await counting();
  try {
    const key = mintApiKey();
    const mistyped = `${key.slice(0, -1)}${key.endsWith('0') ? '1' : '0'}`;
    for (const wrong of [
      mistyped,
      key.slice(0, -1),
      `${key}0`,
      key.toUpperCase(),
      'mk_live_',
      'x'.repeat(9000),
    ]) {
      expect((await counted.call('GET', '/v1/connections', { key: wrong })).status).toBe(401);
    }
    expect(transactions()).toBe(0);
    expect((await counted.call('GET', '/v1/connections', { key })).status).toBe(401);
    expect(transactions()).toBe(1);
  } finally {
    await counted.close();
  }
});

test.each([
  ['no tenant, although it is no operator’s', 'admin', null],
  ['a tenant, although it is an operator’s', 'operator', 'ten_00000000000000000000000000'],
  ['a role that nobody knows', 'root', null],
])('a key whose row was damaged opens nothing: %s', async (_what, role, tenantId) => {
  const key = mintApiKey();
  await api.database.owner.query(
    "INSERT INTO api_keys (id, tenant_id, role, name, hash) VALUES ($1, $2, $3, 'damaged', $4)",
    [newId('apiKey'), tenantId, role, Buffer.from(hashApiKey(key))],
  );
  for (const address of ['/v1/connections', '/v1/tenants', '/v1/audit']) {
    const answer = await api.call('GET', address, { key });
    expect([answer.status, answer.body.code]).toEqual([401, 'unauthenticated']);
  }
});

test('a revoked key is 401 within five seconds, by every process', async () => {
  const key = await api.key('read', await api.tenant());
  expect((await api.call('GET', '/v1/connections', { key })).status).toBe(200);
  // As another process would do it: this one has just read the row.
  await api.database.owner.query('UPDATE api_keys SET revoked_at = now() WHERE hash = $1', [
    Buffer.from(hashApiKey(key)),
  ]);
  api.clock.nowMs += 5_000;
  expect((await api.call('GET', '/v1/connections', { key })).status).toBe(401);
});

test('line breaks and escape sequences in what comes in leave one encoded line in the log', async () => {
  const evil = 'a\r\n{"level":50,"msg":"forged"}\u001b[2J\u2028b';
  const before = api.logged.length;
  const encoded = encodeURIComponent(evil);
  await api.call('GET', `/v1/connections/${encoded}?tenantId=${encoded}`);
  await api.call('POST', '/v1/tenants', { body: { name: evil }, headers: { 'idempotency-key': 'evil' } });
  await api.call('GET', `/oauth/acorn/callback?state=${encoded}&error=${encoded}`, { key: null });
  await api.call('GET', `/connect/${encoded}`, { key: null });
  const lines = api.logged.slice(before);
  expect(lines.length).toBeGreaterThanOrEqual(4);
  for (const line of lines) {
    expect(line.endsWith('\n') && !line.slice(0, -1).includes('\n')).toBe(true);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not be there
    expect(line.slice(0, -1)).not.toMatch(/[\u0000-\u001f\u007f]/);
    expect(JSON.parse(line).msg).not.toBe('forged');
  }
});
