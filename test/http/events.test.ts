import { afterAll, beforeAll, expect, test } from 'vitest';
import { orderEvents } from '../../store/event-order.ts';
import { appendEvent } from '../../store/events.ts';
import { newId } from '../../store/new-id.ts';
import { startApi, type TestApi } from './api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

interface Page {
  readonly data: readonly { readonly type: string; readonly tenantId: string }[];
  readonly nextCursor: string;
  readonly hasMore: boolean;
}

test('an operator reads the events of all tenants page by page, each once, each tenant in its order', async () => {
  const tenants = [newId('tenant'), newId('tenant'), newId('tenant')];
  for (const id of tenants)
    await api.database.db.acrossTenants((tx) => tx.tenant.create({ data: { id, name: 'T' } }));
  for (let n = 0; n < 7; n++) {
    for (const tenantId of tenants) {
      await api.database.db.inTenant(tenantId, (tx) =>
        appendEvent(tx, { tenantId, type: `test.${n}`, data: {} }),
      );
    }
  }
  await orderEvents(api.database.db);
  const read = async (cursor: string): Promise<Page> =>
    (await api.call('GET', `/v1/events?limit=4${cursor}`)).body;
  const seen: { type: string; tenantId: string }[] = [];
  let page = await read('');
  for (;;) {
    seen.push(...page.data.filter((event) => event.type.startsWith('test.')));
    if (!page.hasMore) break;
    page = await read(`&cursor=${page.nextCursor}`);
  }
  for (const tenantId of tenants) {
    expect(seen.filter((event) => event.tenantId === tenantId).map((event) => event.type)).toEqual(
      Array.from({ length: 7 }, (_, n) => `test.${n}`),
    );
  }
  const [first] = tenants;
  if (first === undefined) throw new Error('no tenant');
  await api.database.db.inTenant(first, (tx) =>
    appendEvent(tx, { tenantId: first, type: 'test.late', data: {} }),
  );
  await orderEvents(api.database.db);
  expect((await read(`&cursor=${page.nextCursor}`)).data.map((event) => event.type)).toEqual(['test.late']);
});

test('who asks for the last events gets the newest, and goes on from there', async () => {
  const tenantId = newId('tenant');
  await api.database.db.acrossTenants((tx) => tx.tenant.create({ data: { id: tenantId, name: 'T' } }));
  const tell = (type: string) =>
    api.database.db.inTenant(tenantId, (tx) => appendEvent(tx, { tenantId, type, data: {} }));
  for (const type of ['last.1', 'last.2', 'last.3']) await tell(type);
  await orderEvents(api.database.db);
  const places = ['', `&tenantId=${tenantId}`];
  const pages = await Promise.all(places.map((of) => api.call('GET', `/v1/events?last=2${of}`)));
  for (const { body } of pages) {
    expect(body.data.map((event: { type: string }) => event.type)).toEqual(['last.2', 'last.3']);
    expect(body.hasMore).toBe(false);
  }
  await tell('last.4');
  await orderEvents(api.database.db);
  for (const [at, of] of places.entries()) {
    const next = await api.call('GET', `/v1/events?cursor=${pages[at]?.body.nextCursor}${of}`);
    expect(next.body.data.map((event: { type: string }) => event.type)).toEqual(['last.4']);
  }
  const both = await api.call('GET', `/v1/events?last=1&cursor=${pages[0]?.body.nextCursor}`);
  expect(both).toMatchObject({ status: 422, body: { code: 'invalid_request' } });
});

test('a cursor of another list is refused by name', async () => {
  const answer = await api.call('GET', '/v1/events?cursor=bm90LW91cnM');
  expect(answer).toMatchObject({ status: 422, body: { code: 'invalid_cursor' } });
});
