// What is Ecwid's alone: an offset over a list that shrinks while it is read, and a signature over two fields of a message.
import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { verifyReceived } from '../../auth/received.ts';
import type { Json, PageCursor } from '../../domain/platform.ts';
import { Secret } from '../../domain/secret.ts';
import { ecwid } from '../../platforms/ecwid/platform.ts';
import { PASS } from './fixtures.ts';

const { products } = ecwid.resources;

test('a pass reads every product that stays, whatever is deleted while it runs', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 30 }), fc.array(fc.nat(29), { maxLength: 8 }), (count, gone) => {
      const alive = Array.from({ length: count }, (_, at) => ({ id: at + 1 }));
      const pending = [...gone];
      const seen = new Set<string | null>();
      let cursor: PageCursor | null = null;
      for (let requests = 0; requests < 200; requests++) {
        const pass = { ...PASS, pageSize: 4 };
        const offset = Number(products.request(pass, cursor).query?.['offset']);
        const items = alive.slice(offset, offset + 4);
        const body: Json = { total: alive.length, count: items.length, offset, items };
        const page = products.read(pass, cursor, { body, headers: {} });
        for (const item of page.items) seen.add(products.idOf(item));
        cursor = page.next === null ? null : (JSON.parse(JSON.stringify(page.next)) as Json);
        if (cursor === null) break;
        const at = alive.findIndex(({ id }) => id === (pending.shift() ?? -1) + 1);
        if (at >= 0) alive.splice(at, 1);
      }
      expect(cursor).toBeNull();
      for (const { id } of alive) expect(seen).toContain(String(id));
    }),
  );
});

test('what changed is asked for within two instants, in seconds', () => {
  const since = { ...PASS, sinceMs: Date.UTC(2026, 10, 20) };
  expect(products.request(since, null).query).toMatchObject({
    updatedFrom: '1795132800',
    updatedTo: '1795219200',
  });
});

test('a notification is signed by its id and its time, and by nothing else of it', async () => {
  const { signature } = ecwid.notifications;
  const message = {
    eventId: '80aece08',
    eventCreated: 1795132800,
    storeId: 4870020,
    eventType: 'order.updated',
  };
  const signed = createHmac('sha256', 'secret-1').update('1795132800.80aece08').digest('base64');
  const judged = async (body: Json) =>
    await verifyReceived(
      signature,
      {
        method: 'POST',
        url: 'https://mooring.example/notify/ecwid',
        headers: { 'x-ecwid-webhook-signature': signed },
        parameters: {},
        body: Buffer.from(JSON.stringify(body)),
      },
      { secrets: [new Secret('secret-1')], nowMs: 0 },
    );
  expect(await judged(message)).toMatchObject({ ok: true });
  expect(await judged({ ...message, eventId: '80aece09' })).toMatchObject({ ok: false });
});
