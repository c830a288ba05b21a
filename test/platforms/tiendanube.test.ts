// What is Tiendanube's alone: pages that end in a 404, its approval address, its notifications.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { verifyReceived } from '../../auth/index.ts';
import type { Json, PageCursor } from '../../domain/platform.ts';
import { Secret } from '../../domain/secret.ts';
import { authorizeUrl } from '../../platforms/authorize-url.ts';
import { tiendanube } from '../../platforms/tiendanube/platform.ts';
import { PASS } from './fixtures.ts';

const pass = { ...PASS, pageSize: 5 };

test('a store approves at the address of the app', () => {
  const [{ obtain }] = tiendanube.auth;
  const values = { shop: {}, clientId: '123', state: 's', redirectUri: 'https://us.example/c', scopes: [] };
  expect(authorizeUrl(obtain, values)).toBe('https://www.tiendanube.com/apps/123/authorize?state=s');
  expect(authorizeUrl(obtain, { ...values, clientId: '1/../2?x#' })).toBe(
    'https://www.tiendanube.com/apps/1%2F..%2F2%3Fx%23/authorize?state=s',
  );
});

describe('a pass', () => {
  const { request, read, idOf } = tiendanube.resources.products;

  test('misses nothing that stays, whatever goes while it runs', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 40 }), fc.array(fc.nat(39), { maxLength: 12 }), (count, gone) => {
        const alive = new Set(Array.from({ length: count }, (_, id) => id + 1));
        const pending = [...gone];
        const ids: (string | null)[] = [];
        let cursor: PageCursor | null = null;
        for (let requests = 0; requests < 200; requests++) {
          alive.delete((pending.shift() ?? -1) + 1);
          const page = Number(request(pass, cursor).query?.['page']);
          const items: Json[] = [...alive].slice((page - 1) * 5, page * 5).map((id) => ({ id }));
          const isPast = items.length === 0;
          const last = Math.ceil(alive.size / 5);
          const body: Json = isPast ? { code: 404, description: `Last page is ${last}` } : items;
          const headers: Record<string, string> = isPast ? {} : { 'x-total-count': String(alive.size) };
          const told = read(pass, cursor, { body, headers });
          ids.push(...told.items.map(idOf));
          cursor = told.next;
          if (cursor === null) break;
        }
        expect(cursor).toBeNull();
        if (gone.length === 0) expect(ids).toHaveLength(count);
        for (const id of alive) expect(ids).toContain(String(id));
      }),
      { examples: [[7, [0, 1]]] },
    );
  });

  test('ends where the total is more than the pages show', () => {
    let cursor: PageCursor | null = { offset: 10, total: 11 };
    const asked: number[] = [];
    while (cursor !== null && asked.length < 20) {
      const page: number = Number(request(pass, cursor).query?.['page']);
      asked.push(page);
      const items: Json[] = [1, 2, 3, 4, 5].map((id) => ({ id: page * 5 + id }));
      const body: Json = page > 2 ? { description: 'Last page is 2' } : items;
      cursor = read(pass, cursor, { body, headers: { 'x-total-count': '11' } }).next;
    }
    expect(asked).toEqual([3, 2, 3]);
  });

  test('ends at a short page where no total is told', () => {
    const page = (size: number) => Array.from({ length: size }, (_, id) => ({ id }));
    expect(read(pass, null, { body: page(5), headers: {} }).next).toEqual({ offset: 5, total: null });
    expect(read(pass, null, { body: page(4), headers: {} }).next).toBeNull();
  });

  test('is not ended by another 404', () => {
    const body = { code: 404, message: 'Not Found', description: 'Store not found' };
    expect(() => read(pass, null, { body, headers: {} })).toThrow('is not a list');
  });
});

test('a notification is signed by the app’s secret over its exact body', async () => {
  const body = '{"store_id":123,"event":"order/created","id":456}';
  const signature = '5374ee11d603b79e57a201d29748fc36fcac9e4d3f68b559f451d7cd88ab7069';
  const { signature: how } = tiendanube.notifications;
  if (how === null) throw new Error('it is signed');
  const verdict = (text: string, secret: string) =>
    verifyReceived(
      how,
      {
        method: 'POST',
        url: 'https://us.example/notify/tiendanube',
        headers: { 'x-linkedstore-hmac-sha256': signature },
        parameters: {},
        body: Buffer.from(text, 'utf8'),
      },
      { secrets: [new Secret(secret)], nowMs: 0 },
    );
  expect(await verdict(body, 'test_secret')).toEqual({ ok: true });
  expect(await verdict(`${body} `, 'test_secret')).toMatchObject({ ok: false });
  expect(await verdict(body, 'another')).toMatchObject({ ok: false });
});

test('what is left of the bucket is told with every answer', () => {
  const observe = (headers: Record<string, string>) =>
    tiendanube.rateLimits[0].observe({ body: null, headers });
  expect(observe({ 'x-rate-limit-remaining': '38', 'x-rate-limit-limit': '400' })).toEqual({
    available: 38,
    burst: 400,
  });
  expect(observe({ 'x-rate-limit-remaining': 'many', 'x-rate-limit-limit': '40' })).toBeNull();
  expect(observe({})).toBeNull();
});
