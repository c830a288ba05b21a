// What is Square's alone: locations that are asked first and searched by tens, items that are gone, and a notification signed with our own address.
import { expect, test } from 'vitest';
import { verifyReceived } from '../../auth/received.ts';
import type { Json, PageCursor } from '../../domain/platform.ts';
import { square } from '../../platforms/square/platform.ts';
import { PASS } from './fixtures.ts';

const { orders, products } = square.resources;
const pass = { ...PASS, sinceMs: Date.UTC(2026, 10, 20) };

test('a pass over orders asks for the locations, and searches ten at a time with the instants it began with', () => {
  expect(orders.request(pass, null)).toMatchObject({ method: 'GET', path: '/v2/locations' });
  const locations = Array.from({ length: 12 }, (_, at) => ({ id: `L${at}` }));
  const asked: Json[] = [];
  let cursor = step(null, { locations });
  // A later attempt of the same pass may be told another end.
  const later = { ...pass, untilMs: pass.untilMs + 60_000 };
  for (const body of [{ orders: [{ id: 'a' }], cursor: 'next-1' }, { orders: [] }, {}] satisfies Json[]) {
    asked.push(orders.request(later, cursor).body ?? null);
    cursor = step(cursor, body);
  }
  const range = { start_at: '2026-11-20T00:00:00.000Z', end_at: '2026-11-21T00:00:00.000Z' };
  const query = { filter: { date_time_filter: { updated_at: range } } };
  expect(asked).toMatchObject([
    { location_ids: locations.slice(0, 10).map(({ id }) => id), query },
    { location_ids: locations.slice(0, 10).map(({ id }) => id), query, cursor: 'next-1' },
    { location_ids: ['L10', 'L11'], query },
  ]);
  expect(cursor).toBeNull();
});

function step(cursor: PageCursor | null, body: Json): PageCursor | null {
  return JSON.parse(JSON.stringify(orders.read(pass, cursor, { body, headers: {} }).next)) as Json;
}

test('what changed in the catalog is asked for with what was deleted, which is told apart', () => {
  expect(products.request(pass, null).body).toMatchObject({
    begin_time: '2026-11-19T23:59:59.999Z',
    include_deleted_objects: true,
  });
  const objects = [{ id: 'A', is_deleted: true }, { id: 'B' }];
  expect(products.read(pass, null, { body: { objects }, headers: {} })).toMatchObject({
    items: [{ id: 'B' }],
    deleted: ['A'],
  });
});

test('a page that holds errors is no page', () => {
  const body = { errors: [{ code: 'INVALID_CURSOR' }] };
  expect(() => products.read(pass, null, { body, headers: {} })).toThrow('refuses');
});

test('a notification is signed over our address and its body, as in the vector of the facts', async () => {
  const judged = async (url: string) =>
    await verifyReceived(
      square.notifications.signature,
      {
        method: 'POST',
        url,
        headers: { 'x-square-hmacsha256-signature': '2kRE5qRU2tR+tBGlDwMEw2avJ7QM4ikPYD/PJ3bd9Og=' },
        parameters: {},
        body: Buffer.from('{"hello":"world"}'),
      },
      { secrets: [], values: { webhookSignatureKey: 'asdf1234' }, nowMs: 0 },
    );
  expect(await judged('https://example.com/webhook')).toMatchObject({ ok: true });
  expect(await judged('https://example.com/other')).toMatchObject({ ok: false });
});
