import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TenantId } from '../../domain/ids.ts';
import { type OrderedEventRow, orderEvents, readOrderedEvents } from '../../store/event-order.ts';
import { appendEvent } from '../../store/events.ts';
import { newId } from '../../store/new-id.ts';
import { createTestDatabase, type TestDatabase } from '../world.ts';

let world: TestDatabase;
beforeAll(async () => {
  world = await createTestDatabase({ poolSize: 20 });
});
afterAll(() => world.close());

async function tenant(): Promise<TenantId> {
  const id = newId('tenant');
  await world.db.acrossTenants((tx) => tx.tenant.create({ data: { id, name: id } }));
  return id;
}

const append = (tenantId: TenantId, type: string, beforeCommit = async () => {}) =>
  world.db.inTenant(tenantId, async (tx) => {
    await appendEvent(tx, { tenantId, type, data: {} });
    await beforeCommit();
  });

const readOn = (after: bigint, limit = 1000) =>
  world.db.acrossTenants((tx) => readOrderedEvents(tx, { after, limit }));

/** A reader that goes by position alone, as a cursor does. */
function reader(limit: number) {
  let after = 0n;
  const seen: OrderedEventRow[] = [];
  return {
    seen,
    read: async () => {
      const rows = await readOn(after, limit);
      seen.push(...rows);
      after = rows.at(-1)?.overallPosition ?? after;
      return rows.length;
    },
  };
}

test('an event whose transaction was open while later ones were read is not missed, and made nobody wait', async () => {
  const [slow, quick] = [await tenant(), await tenant()];
  const { seen, read } = reader(10);
  let commit = () => {};
  let appended = () => {};
  const isAppended = new Promise<void>((resolve) => {
    appended = resolve;
  });
  const slowly = append(slow, 'slow', async () => {
    appended();
    await new Promise<void>((resolve) => {
      commit = resolve;
    });
  });
  await isAppended;
  await append(quick, 'quick');
  await orderEvents(world.db);
  await read();
  commit();
  await slowly;
  await orderEvents(world.db);
  await read();
  expect(seen.map(({ type }) => type)).toEqual(['quick', 'slow']);
});

test('a reader of all tenants misses nothing and sees nothing twice while writers and two orderers race, each tenant in its order', async () => {
  const tenants = await Promise.all(Array.from({ length: 6 }, tenant));
  const { seen, read } = reader(7);
  let isWriting = true;
  const ordering = [1, 2].map(async () => {
    while (isWriting) await orderEvents(world.db).catch(() => 0);
  });
  const reading = (async () => {
    while (isWriting) await read();
  })();
  await Promise.all(
    tenants.flatMap((tenantId) =>
      [1, 2].map(async (writer) => {
        for (let n = 0; n < 25; n++) await append(tenantId, `${writer}.${n}`);
      }),
    ),
  );
  isWriting = false;
  await Promise.all([...ordering, reading]);
  await orderEvents(world.db);
  while ((await read()) > 0);
  const ours = seen.filter(({ tenantId }) => tenants.some((one) => one === tenantId));
  expect(new Set(ours.map(({ id }) => id)).size).toBe(300);
  expect(ours).toHaveLength(300);
  for (const tenantId of tenants) {
    const positions = ours.filter((event) => event.tenantId === tenantId).map(({ position }) => position);
    expect(positions).toEqual(positions.toSorted((a, b) => (a < b ? -1 : 1)));
  }
});

test('no position is given twice, though an erasure takes events between two turns', async () => {
  const [kept, erased] = [await tenant(), await tenant()];
  await append(kept, 'before');
  await append(erased, 'erased');
  await orderEvents(world.db);
  await world.db.inTenant(erased, (tx) => tx.event.deleteMany({ where: { tenantId: erased } }));
  await append(kept, 'after');
  await orderEvents(world.db);
  const all = await readOn(0n);
  expect(new Set(all.map(({ overallPosition }) => overallPosition)).size).toBe(all.length);
  expect(all.at(-1)?.type).toBe('after');
});
