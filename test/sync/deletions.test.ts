// What a full pass finds gone: tombstones, deletions that are held until somebody confirms them, and what is not taken for gone.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { confirmDeletions } from '../../store/deletions.ts';
import { deleteByIds } from '../../store/records.ts';
import { createDoor, type Door } from '../egress/door.ts';
import { items, SHELF } from './shelf.ts';
import { createStage } from './stage.ts';

let door: Door;
beforeAll(async () => {
  door = await createDoor(SHELF);
});
afterAll(() => door.close());

describe('deletions', () => {
  test('a full pass turns what is gone into tombstones, and a record that comes back lives again', async () => {
    const stage = await createStage(door, 'inventory');
    stage.shop.put('inventory', ...items(30, '1'));
    await stage.sync();
    const [gone] = items(1, '1');
    stage.shop.shelves.get('inventory')?.delete('item-000000');
    await stage.request('incremental');
    await stage.sync();
    const [tombstone] = await stage.records('inventory');
    expect(tombstone).toMatchObject({ platform_id: 'item-000000', record: null });
    expect(tombstone?.deleted_at).not.toBeNull();
    stage.shop.put('inventory', { ...gone, id: 'item-000000', updatedAtMs: 1, amount: '1' });
    await stage.request('incremental');
    await stage.sync();
    const [alive] = await stage.records('inventory');
    expect(alive?.deleted_at).toBeNull();
    expect(alive?.record).toMatchObject({ available: 1 });
    expect(Number(alive?.position)).toBeGreaterThan(Number(tombstone?.position));
  });

  test('a page that was read before a deletion was told brings nothing back; a newer state does', async () => {
    const stage = await createStage(door, 'orders');
    const { tenantId, connectionId, shop } = stage;
    // Not before the instant from which on the next pass asks.
    const soonMs = Date.now() + 60_000;
    shop.put('orders', ...items(2, '1.00', soonMs));
    await stage.sync();
    const { answer } = shop;
    const of = { tenantId, connectionId, resource: 'orders' } as const;
    shop.answer = (url, response) =>
      void door.world.db
        .sqlInTenant(tenantId, (sql) => deleteByIds(sql, of, ['item-000000']))
        .then(() => answer(url, response));
    await stage.request('incremental');
    await stage.sync();
    expect((await stage.records('orders')).map(({ deleted_at }) => deleted_at === null)).toEqual([
      false,
      true,
    ]);
    shop.answer = answer;
    shop.put('orders', { id: 'item-000000', amount: '2.00', updatedAtMs: soonMs + 1 });
    await stage.request('incremental');
    await stage.sync();
    expect((await stage.records('orders'))[0]).toMatchObject({ deleted_at: null });
  });

  test('what a list of recent things does not tell any more is not taken for deleted', async () => {
    const stage = await createStage(door, 'inventory');
    stage.shop.put('inventory', ...items(30, '1'));
    const { inventory } = SHELF.resources;
    if (inventory === undefined) throw new Error('the shelf has no inventory');
    const resources = { ...SHELF.resources, inventory: { ...inventory, reach: 'recent' as const } };
    const deps = { platforms: new Map([[SHELF.id, { ...SHELF, resources }]]) };
    await stage.sync({ deps });
    stage.shop.shelves.get('inventory')?.delete('item-000000');
    await stage.request('incremental');
    expect(await stage.sync({ deps })).toMatchObject({ status: 'completed' });
    expect((await stage.records('inventory'))[0]).toMatchObject({ deleted_at: null });
  });

  test('of more than a fifth are held, told, and carried out once confirmed', async () => {
    const stage = await createStage(door, 'inventory');
    stage.shop.put('inventory', ...items(40, '1'));
    await stage.sync();
    for (const { id } of items(15)) stage.shop.shelves.get('inventory')?.delete(id);
    await stage.request('incremental');
    expect(await stage.sync()).toMatchObject({ status: 'held' });
    expect(stage.reports.at(-1)?.health).toEqual({ status: 'ok' });
    const alive = async () =>
      (await stage.records('inventory')).filter((row) => row.deleted_at === null).length;
    expect(await alive()).toBe(40);
    const [, held] = await stage.runs();
    expect(held).toMatchObject({ status: 'held', held_deletions: { inventory: 15 } });
    expect(await stage.events()).toEqual(['sync.completed', 'sync.held', 'sync.completed']);

    await door.world.db.inTenant(stage.tenantId, (tx) =>
      confirmDeletions(tx, { connectionId: stage.connectionId, runId: held?.id ?? '' }),
    );
    expect(await stage.sync()).toMatchObject({ status: 'completed' });
    expect(await alive()).toBe(25);
    expect((await stage.runs()).map(({ status }) => status)).toEqual(['completed', 'completed', 'completed']);
    await expect(
      door.world.db.inTenant(stage.tenantId, (tx) =>
        confirmDeletions(tx, { connectionId: stage.connectionId, runId: held?.id ?? '' }),
      ),
    ).rejects.toMatchObject({ code: 'run_not_held' });
  });

  test('held once are dropped when a later full pass finds the records again', async () => {
    const stage = await createStage(door, 'inventory');
    stage.shop.put('inventory', ...items(40, '1'));
    await stage.sync();
    for (const { id } of items(15)) stage.shop.shelves.get('inventory')?.delete(id);
    await stage.request('incremental');
    expect(await stage.sync()).toMatchObject({ status: 'held' });
    stage.shop.put('inventory', ...items(40, '1'));
    await stage.request('incremental');
    await stage.sync();
    expect((await stage.runs()).map(({ status }) => status)).toEqual(['completed', 'completed', 'completed']);
    expect((await stage.records('inventory')).filter((row) => row.deleted_at === null)).toHaveLength(40);
  });

  test('a record that is set aside is not taken for deleted', async () => {
    const stage = await createStage(door, 'inventory');
    stage.shop.put('inventory', ...items(20, '1'));
    await stage.sync();
    stage.shop.put('inventory', { id: 'item-000003', updatedAtMs: 1, amount: null });
    await stage.request('incremental');
    await stage.sync();
    const rows = await stage.records('inventory');
    expect(rows.filter((row) => row.deleted_at === null)).toHaveLength(20);
  });

  test('a pass with an item that names no id deletes nothing', async () => {
    const stage = await createStage(door, 'inventory');
    stage.shop.put('inventory', ...items(20, '1'));
    await stage.sync();
    stage.shop.shelves.get('inventory')?.delete('item-000003');
    stage.shop.put('inventory', 'not an item');
    await stage.request('incremental');
    await stage.sync();
    expect((await stage.records('inventory')).filter((row) => row.deleted_at === null)).toHaveLength(20);
  });
});
