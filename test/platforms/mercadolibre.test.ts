// What is Mercado Libre's alone: orders beyond an offset's reach, a scroll that dies, items read 20 at once.
import { describe, expect, test } from 'vitest';
import type { Json, PageCursor } from '../../domain/platform.ts';
import { authorizeUrl } from '../../platforms/authorize-url.ts';
import { mercadolibre } from '../../platforms/mercadolibre/platform.ts';
import { expandShop } from '../../platforms/shop.ts';
import { passFor } from './fixtures.ts';

const pass = { ...passFor(mercadolibre), pageSize: 50 };
const { orders, products } = mercadolibre.resources;

test('a seller approves at the host of the country, with a challenge', () => {
  const url = authorizeUrl(mercadolibre.auth[0].obtain, {
    shop: expandShop(mercadolibre, { site: 'MLB' }),
    clientId: '1',
    state: 's',
    redirectUri: 'https://us.example/cb',
    scopes: [],
    codeChallenge: 'c',
  });
  expect(url).toMatch(
    /^https:\/\/auth\.mercadolivre\.com\.br\/authorization\?response_type=code&client_id=1&/,
  );
  expect(url).toContain('code_challenge=c&code_challenge_method=S256');
});

test('a pass over orders goes beyond what an offset reaches, by halves of the time they were made', () => {
  const startMs = Date.UTC(2025, 0, 1);
  const all = Array.from({ length: 10_100 }, (_, at) => ({ id: at + 1, ms: startMs + at * 3_600_000 }));
  const ids = new Set<string | null>();
  let cursor: PageCursor | null = null;
  for (let requests = 0; requests < 500; requests++) {
    const { query = {} } = orders.request(pass, cursor);
    const [from, to] = ['from', 'to'].map((end) => Date.parse(query[`order.date_created.${end}`] ?? ''));
    const found = all.filter(({ ms }) => ms >= (from ?? 0) && !(ms > (to ?? 0)));
    const offset = Number(query['offset']);
    expect(offset).toBeLessThan(9_900);
    const results: Json = found.slice(offset, offset + 50).map(({ id }) => ({ id }));
    const body = { results, paging: { total: found.length, offset, limit: 50 } };
    const page = orders.read(pass, cursor, { body, headers: {} });
    for (const item of page.items) ids.add(orders.idOf(item));
    if (page.next === null) break;
    cursor = page.next;
  }
  expect(ids.size).toBe(10_100);
});

test('changed orders are asked for by the parameter that is not ignored', () => {
  const { query } = orders.request({ ...pass, sinceMs: Date.UTC(2026, 10, 1) }, null);
  expect(query).toMatchObject({ 'order.date_last_updated.from': '2026-11-01T00:00:00.000Z' });
});

describe('a scroll', () => {
  const read = (cursor: PageCursor | null, body: Json) => products.read(pass, cursor, { body, headers: {} });

  test('goes on while there are ids, though its id stays the same', () => {
    const first = read(null, { results: ['MLB1'], scroll_id: 's' });
    const second = read(first.next, { results: ['MLB2'], scroll_id: 's' });
    expect(second.next).not.toEqual(first.next);
    expect(products.request(pass, second.next).query).toMatchObject({ search_type: 'scan', scroll_id: 's' });
    expect(read(second.next, { results: [], scroll_id: 's' }).next).toBeNull();
    expect(read(second.next, { results: null, scroll_id: null }).next).toBeNull();
  });

  test('that is over begins the pass again, three times at most', () => {
    const over = { error: 'bad_request', message: 'scroll_id is invalid', status: 400 };
    let { next } = read(null, { results: ['MLB1'], scroll_id: 's' });
    for (let at = 0; at < 3; at++) {
      next = read(next, over).next;
      expect(products.request(pass, next).query).not.toHaveProperty('scroll_id');
      next = read(next, { results: ['MLB1'], scroll_id: `s${at}` }).next;
    }
    expect(() => read(next, over)).toThrow('refuses the page');
    expect(() => read(null, over)).toThrow('refuses the page');
  });
});

test('items are read by their ids, and one that went meanwhile is left out', () => {
  expect(products.details?.request(pass, ['MLB1', 'MLB2']).query).toEqual({ ids: 'MLB1,MLB2' });
  expect(() => products.details?.request(pass, ['MLB1&x=1'])).toThrow('ids of items');
  const body = [
    { code: 200, body: { id: 'MLB1' } },
    { code: 404, body: { error: 'not_found' } },
  ];
  expect(products.details?.read({ body }, [])).toEqual([{ id: 'MLB1' }]);
});

test('an approval is ended at the seller’s own address, for our app', () => {
  expect(mercadolibre.revoke.request({ site: 'MLB', userId: '42' }, { clientId: '7982' })).toMatchObject({
    method: 'DELETE',
    path: '/users/42/applications/7982',
  });
});
