import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TenantId } from '../../domain/ids.ts';
import { orderEvents } from '../../store/event-order.ts';
import { appendEvent } from '../../store/events.ts';
import { until } from '../world.ts';
import { startApi, type TestApi } from './api.ts';

let api: TestApi;
let address: string;
beforeAll(async () => {
  api = await startApi();
  address = await api.app.listen({ port: 0, host: '127.0.0.1' });
});
afterAll(() => api.close());

interface Streamed {
  readonly status: number;
  readonly type: string | null;
  readonly headers: Headers;
  readonly events: { id: string; event: string; data: { type: string } }[];
  readonly text: () => string;
  readonly isOver: () => boolean;
  end(): void;
}

/** A reader that parses what it gets and leaves when told. */
async function stream(key: string, of = '', headers: Record<string, string> = {}): Promise<Streamed> {
  const leaving = new AbortController();
  const answer = await fetch(`${address}/v1/events${of}`, {
    headers: { authorization: `Bearer ${key}`, accept: 'text/event-stream', ...headers },
    signal: leaving.signal,
  });
  const events: Streamed['events'] = [];
  let [text, unread, isOver] = ['', '', false];
  void (async () => {
    for await (const chunk of answer.body ?? []) {
      text += Buffer.from(chunk).toString('utf8');
      unread += Buffer.from(chunk).toString('utf8');
      const blocks = unread.split('\n\n');
      unread = blocks.pop() ?? '';
      for (const block of blocks) {
        const fields = Object.fromEntries(block.split('\n').map((line) => line.split(/: (.*)/s, 2)));
        if (fields.data !== undefined) events.push({ ...fields, data: JSON.parse(fields.data) });
      }
    }
  })()
    .catch(() => undefined)
    .finally(() => {
      isOver = true;
    });
  return {
    status: answer.status,
    type: answer.headers.get('content-type'),
    headers: answer.headers,
    events,
    text: () => text,
    isOver: () => isOver,
    end: () => leaving.abort(),
  };
}

async function tell(tenantId: TenantId, type: string): Promise<void> {
  await api.database.db.inTenant(tenantId, (tx) => appendEvent(tx, { tenantId, type, data: {} }));
  await orderEvents(api.database.db);
}

const typesOf = ({ events }: Streamed) => events.map(({ event }) => event);

test('a stream tells what was and what comes, each with a cursor that goes on behind it', async () => {
  const tenantId = await api.tenant();
  const key = await api.key('read', tenantId);
  await tell(tenantId, 'test.1');
  const reader = await stream(key);
  expect(reader).toMatchObject({ status: 200, type: 'text/event-stream; charset=utf-8' });
  await until('what was', async () => reader.events.length === 1);
  await tell(tenantId, 'test.2');
  await until('what comes', async () => reader.events.length === 2);
  expect(typesOf(reader)).toEqual(['test.1', 'test.2']);
  expect(reader.events[1]?.data).toMatchObject({ type: 'test.2', tenantId });
  reader.end();
  await tell(tenantId, 'test.3');
  const [first] = reader.events;
  const again = await stream(key, '?last=1', { 'last-event-id': first?.id ?? '' });
  await until('the rest', async () => again.events.length === 2);
  expect(typesOf(again)).toEqual(['test.2', 'test.3']);
  const page = await api.call('GET', `/v1/events?cursor=${again.events[0]?.id}`, { key });
  expect(page.body.data.map((event: { type: string }) => event.type)).toEqual(['test.3']);
  again.end();
});

test('a stream shows its tenant’s events alone, an operator’s those of all', async () => {
  const [mine, theirs] = [await api.tenant(), await api.tenant()];
  const tenants = await stream(await api.key('read', mine), '?last=1');
  const operators = await stream(api.operatorKey, '?last=1');
  await tell(theirs, 'test.theirs');
  await tell(mine, 'test.mine');
  await until('both', async () => typesOf(operators).includes('test.mine') && tenants.events.length > 0);
  expect(typesOf(tenants)).toEqual(['test.mine']);
  expect(typesOf(operators)).toContain('test.theirs');
  tenants.end();
  operators.end();
});

test('a stream ends when its key is revoked', async () => {
  const tenantId = await api.tenant();
  const key = await api.key('read', tenantId);
  const reader = await stream(key);
  await api.database.owner.query('UPDATE api_keys SET revoked_at = now() WHERE tenant_id = $1', [tenantId]);
  api.clock.nowMs += 3_000;
  await until('its end', async () => reader.isOver());
  await tell(tenantId, 'test.secret');
  expect(reader.events).toEqual([]);
});

test('a key holds twenty streams, also when it asks for more at once; each that ends makes room', async () => {
  const key = await api.key('read', await api.tenant());
  const asked = await Promise.all(Array.from({ length: 30 }, () => stream(key)));
  const served = asked.filter(({ status }) => status === 200);
  expect(served).toHaveLength(20);
  expect(asked.filter(({ status }) => status === 429)).toHaveLength(10);
  served[0]?.end();
  await until('room', async () => {
    const again = await stream(key);
    again.end();
    return again.status === 200;
  });
  for (const one of served) one.end();
});

test('a stream carries the headers that every other answer carries', async () => {
  const key = await api.key('read', await api.tenant());
  const page = await api.app.inject({ url: '/v1/events', headers: { authorization: `Bearer ${key}` } });
  const reader = await stream(key);
  for (const name of [
    'content-security-policy',
    'cache-control',
    'referrer-policy',
    'x-content-type-options',
    'x-frame-options',
    'cross-origin-opener-policy',
  ]) {
    expect(page.headers[name], name).toBeDefined();
    expect(reader.headers.get(name), name).toBe(page.headers[name]);
  }
  reader.end();
});

test('what is wrong with the wish is a problem, not a stream', async () => {
  const key = await api.key('read', await api.tenant());
  const wrong = await stream(key, '', { 'last-event-id': 'bm90LW91cnM' });
  expect(wrong).toMatchObject({ status: 422, type: 'application/problem+json' });
  expect((await stream('mk_live_nobody')).status).toBe(401);
});

test('streams end when the server stops', async () => {
  const other = await startApi();
  const at = await other.app.listen({ port: 0, host: '127.0.0.1' });
  const answer = await fetch(`${at}/v1/events`, {
    headers: { authorization: `Bearer ${other.operatorKey}`, accept: 'text/event-stream' },
  });
  const reading = answer.text();
  await other.close();
  expect(await reading).toContain('retry: 3000');
});
