// One call through the door, over real PostgreSQL, vault and HTTP: what is sent, and what its caller gets.
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { until } from '../world.ts';
import { doorForTests, OK } from './door.ts';
import { failure, ORDERS, useOf } from './use.ts';

const CANARY = 'canary-5d0c7a31';

const door = doorForTests();

describe('a call', () => {
  it('is signed, sent to the platform’s own address, parsed and counted', async () => {
    const connection = await door.connect();
    door.answer((_asked, response) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"id":9007199254740993,"n":2}'),
    );
    const egress = door.open();
    const result = await egress.withCredential(useOf(connection), (call) =>
      call({ ...ORDERS, query: { limit: '5' } }),
    );
    expect(result).toMatchObject({
      status: 200,
      classification: 'ok',
      body: { id: '9007199254740993', n: 2 },
    });
    expect(door.asked).toMatchObject([
      {
        method: 'GET',
        url: '/v1/orders?limit=5',
        host: 'api.plain.example',
        authorization: 'Bearer token-1',
      },
    ]);
    await egress.close();
    const { rows } = await door.world.owner.query(
      'SELECT endpoint, calls, failures FROM endpoint_uses WHERE connection_id = $1',
      [connection.connectionId],
    );
    expect(rows).toEqual([{ endpoint: 'GET /orders', calls: '1', failures: '0' }]);
  });

  it.each([
    [401, 'credential_expired'],
    [403, 'scope_missing'],
    [404, 'platform_not_found'],
    [422, 'platform_rejected'],
    [500, 'platform_down'],
    [503, 'platform_down'],
  ])('answered %i is %s, without the answer’s text', async (status, code) => {
    const connection = await door.connect();
    door.answer((_asked, response) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(`{"note":"${CANARY}"}`),
    );
    const ensureFresh = async () => ({ outcome: 'fresh', generation: 1 }) as const;
    const error = await failure(
      door.open({ ensureFresh }).withCredential(useOf(connection), (call) => call(ORDERS)),
    );
    expect(error).toMatchObject({ code, detail: { status } });
    expect(inspect(error, { depth: 10 })).not.toContain(CANARY);
  });

  it('gives the classes its caller accepts as results', async () => {
    const connection = await door.connect();
    door.answer((_asked, response) =>
      response.writeHead(404, { 'content-type': 'application/json' }).end('{"message":"gone"}'),
    );
    const result = await door
      .open()
      .withCredential(useOf(connection, { purpose: 'proxy' }), (call) =>
        call(ORDERS, { accept: ['not_found'] }),
      );
    expect(result).toMatchObject({ status: 404, classification: 'not_found', body: { message: 'gone' } });
  });

  it('that goes on to somebody else repeats no secret, though the platform does', async () => {
    const connection = await door.connect({ token: CANARY });
    door.answer(({ authorization = '' }, response) =>
      response
        .writeHead(422, { 'content-type': 'application/json', link: `<https://a.example/?t=${CANARY}>` })
        .end(JSON.stringify({ errors: `not with ${authorization}` })),
    );
    const result = await door
      .open()
      .withCredential(useOf(connection), (call) => call(ORDERS, { accept: ['rejected'], hideSecrets: true }));
    expect(JSON.stringify(result)).not.toContain(CANARY);
    expect(result.bodyText).toBe('{"errors":"not with Bearer [redacted]"}');
  });

  it('follows no redirect, and carries the credential to no other host', async () => {
    const connection = await door.connect();
    door.answer((_asked, response) =>
      response.writeHead(302, { location: 'https://api.plain.example/v1/elsewhere' }).end(),
    );
    const error = await failure(door.open().withCredential(useOf(connection), (call) => call(ORDERS)));
    expect(error).toMatchObject({ code: 'platform_answer_invalid' });
    expect(door.asked).toHaveLength(1);
  });

  it.each([
    '/../admin',
    '/a/../../admin',
    '/%2e%2e/admin',
    '//evil.example/x',
    '/a\\..\\b',
    'https://evil.example/',
    '@evil.example/',
    '/a\r\nx: y',
    '/a#b',
    '/orders/%2E%2e/%2e%2e/secret',
  ])('to the path %j is refused before anything is sent', async (path) => {
    const connection = await door.connect();
    const error = await failure(
      door.open().withCredential(useOf(connection), (call) => call({ ...ORDERS, path })),
    );
    expect(error).toMatchObject({ code: 'address_not_allowed' });
    expect(door.asked).toEqual([]);
  });

  it('waits out a short Retry-After, and makes a long one the caller’s', async () => {
    const connection = await door.connect();
    let waits = 1;
    door.answer((asked, response, request) =>
      waits-- > 0 ? response.writeHead(429, { 'retry-after': '0.2' }).end() : OK(asked, response, request),
    );
    const egress = door.open();
    await egress.withCredential(useOf(connection), (call) => call(ORDERS));
    const [first, second] = door.asked;
    expect((second?.atMs ?? 0) - (first?.atMs ?? 0)).toBeGreaterThan(180);
    door.answer((_asked, response) => response.writeHead(429, { 'retry-after': '600' }).end());
    const error = await failure(egress.withCredential(useOf(connection), (call) => call(ORDERS)));
    expect(error).toMatchObject({ code: 'platform_rate_limited' });
    expect((error as { retryAtMs: number }).retryAtMs - Date.now()).toBeGreaterThan(590_000);
    expect(door.asked).toHaveLength(3);
  });

  it('under way is aborted with the caller’s reason, or when the door closes', async () => {
    const connection = await door.connect();
    door.answer(() => {});
    const stop = new AbortController();
    const egress = door.open();
    const calling = failure(
      egress.withCredential(useOf(connection, { signal: stop.signal }), (call) => call(ORDERS)),
    );
    await until('the call to arrive', async () => door.asked.length === 1);
    const reason = new Error('the activity was cancelled');
    stop.abort(reason);
    expect(await calling).toBe(reason);
    const other = failure(egress.withCredential(useOf(connection), (call) => call(ORDERS)));
    await until('the call to arrive', async () => door.asked.length === 2);
    await egress.close();
    expect(await other).toMatchObject({ code: 'worker_unavailable' });
  });
});
