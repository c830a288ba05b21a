// What is Wix's alone: a cursor that stands for the whole query, contacts that are paged by their creation, products that are read one by one.
import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { obtainCredential } from '../../auth/index.ts';
import type { Json, PageCursor } from '../../domain/platform.ts';
import { valueAt } from '../../platforms/json.ts';
import { wix } from '../../platforms/wix/platform.ts';
import { NOW_MS, play } from '../auth/exchanging.ts';
import { PASS } from './fixtures.ts';

const { orders, customers, products } = wix.resources;
const SINCE = { ...PASS, sinceMs: Date.UTC(2026, 10, 20) };

describe('a pass over orders', () => {
  test('asks for what changed, by update time', () => {
    expect(orders.request(SINCE, null).body).toEqual({
      search: {
        filter: { updatedDate: { $gte: '2026-11-20T00:00:00.000Z' } },
        sort: [{ fieldName: 'updatedDate', order: 'ASC' }],
        cursorPaging: { limit: 50 },
      },
    });
  });

  test('goes on by the cursor, and neither filters nor sorts again', () => {
    const body = { orders: [{ id: '1' }], metadata: { cursors: { next: 'abc' } } };
    const { next } = orders.read(SINCE, null, { body, headers: {} });
    expect(orders.request(SINCE, next).body).toEqual({
      search: { cursorPaging: { limit: 50, cursor: 'abc' } },
    });
  });
});

type Contact = { readonly id: string; readonly createdDate: string };

/** Filters, sorts and pages as Wix does. */
function query(contacts: readonly Contact[], body: Json | undefined): Json {
  const from = String(valueAt(body, 'query.filter.createdDate.$gte') ?? '');
  const offset = Number(valueAt(body, 'query.paging.offset'));
  const found = contacts
    .filter((one) => one.createdDate >= from)
    .sort((a, b) => (a.createdDate < b.createdDate ? -1 : a.createdDate > b.createdDate ? 1 : 0));
  const page = found.slice(offset, offset + Number(valueAt(body, 'query.paging.limit')));
  return { contacts: page, pagingMetadata: { count: page.length, offset, total: found.length } };
}

test('a pass over contacts misses none that stays, also where many came in one import', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(2), { minLength: 12, maxLength: 40, size: 'max' }), (times) => {
      const contacts = times.map((time, at) => ({
        id: `c${at}`,
        createdDate: `2026-01-0${time + 1}T00:00:00Z`,
      }));
      const seen = new Set<string | null>();
      let cursor: PageCursor | null = null;
      for (let requests = 0; requests < 100; requests++) {
        const pass = { ...PASS, pageSize: 3 };
        const body: Json = query(contacts, customers.request(pass, cursor).body);
        const page = customers.read(pass, cursor, { body, headers: {} });
        for (const item of page.items) seen.add(customers.idOf(item));
        cursor = page.next === null ? null : (JSON.parse(JSON.stringify(page.next)) as Json);
        if (cursor === null) break;
      }
      expect(cursor).toBeNull();
      expect(seen.size).toBe(contacts.length);
    }),
  );
});

describe('a product', () => {
  const listed = { id: 'p/1', name: 'Tea tin', plainDescription: 'Keeps tea.' };

  test('is read by its own id, and keeps what the list alone told', () => {
    expect(products.details?.request(PASS, [listed])).toMatchObject({
      path: '/stores/v3/products/p%2F1',
      query: { fields: 'VARIANT_OPTION_CHOICE_NAMES' },
    });
    const body = { product: { id: 'p/1', name: 'Tea tin', currency: 'EUR' } };
    expect(products.details?.read({ body }, [listed])).toEqual([{ ...listed, currency: 'EUR' }]);
  });

  test('that went meanwhile is left out', () => {
    expect(products.details?.read({ body: { message: 'x' } }, [listed])).toEqual([]);
  });
});

describe('who names an instance id', () => {
  const INSTANCE = '8f0e4c1a-2b3d-4e5f-8a9b-0c1d2e3f4a5b';
  const OTHER = '11111111-2b3d-4e5f-8a9b-0c1d2e3f4a5b';
  const good = { instanceId: INSTANCE, signDate: new Date(NOW_MS - 60_000).toISOString(), uid: 'owner' };
  const signed = (claims: object, secret = 'our-secret') => {
    const data = Buffer.from(JSON.stringify(claims)).toString('base64url');
    return `${createHmac('sha256', secret).update(data).digest('base64url')}.${data}`;
  };
  const obtain = (instance: string, way: 'pasted' | 'client_credentials' = 'pasted') => {
    const shop = { instanceId: INSTANCE };
    const { context, asked } = play({ platform: wix, shop, approval: { instance } });
    return { asked, issued: obtainCredential(context, way) };
  };

  test.each(['pasted', 'client_credentials'] as const)(
    'shows what Wix signed for its owner (%s), which is no part of the credential',
    async (way) => {
      const { issued, asked } = obtain(signed(good), way);
      expect((await issued).parts).toEqual({ accessToken: 'at' });
      expect(JSON.parse(asked[0]?.body ?? '{}')).toMatchObject({ instance_id: INSTANCE });
    },
  );

  test.each<[string, string, object]>([
    ['is an id alone', INSTANCE, { at: 'form' }],
    ['was signed by another secret', signed(good, 'another'), { at: 'signature' }],
    ['was signed by an empty secret', signed(good, ''), { at: 'signature' }],
    [
      'has another half',
      `${signed(good).split('.')[0]}.${signed({ ...good, instanceId: OTHER }).split('.')[1]}`,
      { at: 'signature' },
    ],
    [
      'is too old',
      signed({ ...good, signDate: new Date(NOW_MS - 2 * 3_600_000).toISOString() }),
      { at: 'timestamp' },
    ],
    [
      'is of the future',
      signed({ ...good, signDate: new Date(NOW_MS + 600_000).toISOString() }),
      { at: 'timestamp' },
    ],
    ['has no date', signed({ ...good, signDate: undefined }), { at: 'timestamp' }],
    ['was given to a visitor', signed({ ...good, aid: 'anonymous' }), { at: 'holder' }],
    ['was given to nobody', signed({ ...good, uid: undefined }), { at: 'holder' }],
  ])('what %s is refused before anything is sent', async (_why, instance, detail) => {
    const { issued, asked } = obtain(instance);
    const code = instance === INSTANCE ? 'invalid_credential_form' : 'credential_rejected';
    await expect(issued).rejects.toMatchObject(code === 'credential_rejected' ? { code, detail } : { code });
    expect(asked).toEqual([]);
  });

  test('what was signed for another site is refused, and so is a token of another site', async () => {
    const { issued, asked } = obtain(signed({ ...good, instanceId: OTHER }));
    await expect(issued).rejects.toMatchObject({ code: 'shop_mismatch' });
    expect(asked).toEqual([]);
    const body = { instance: { instanceId: OTHER } };
    expect(() => wix.proof.read({ body, headers: {} }, { instanceId: INSTANCE })).toThrow(
      expect.objectContaining({ code: 'shop_mismatch' }),
    );
  });
});
