// Subscriptions that the platform will not remove: they keep no other from being made again, and it shows. Real PostgreSQL, the real door.
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { createDoor, type Door } from '../egress/door.ts';
import { HOOKED } from './hooked-platform.ts';
import { startLooking } from './looking.ts';

const door: Door = await createDoor(HOOKED);
let { stage, shop, triggered, ask, look } = await startLooking(door);

beforeEach(async () => {
  ({ stage, shop, triggered, ask, look } = await startLooking(door));
});
afterAll(() => door.close());

describe('subscriptions', () => {
  it('switched off that the platform will not remove are made again beside them, with all others and their gap', async () => {
    await look();
    const off = shop.hooks.find(({ topic }) => topic === 'order/changed');
    if (off === undefined) throw new Error('no hook for orders');
    off.enabled = false;
    shop.kept = off.id;
    shop.hooks = shop.hooks.filter(({ topic }) => topic !== 'stock/changed');
    await look();
    expect(shop.hooks.map(({ topic, enabled }) => `${topic} ${enabled}`).sort()).toEqual([
      'gone true',
      'order/changed false',
      'order/changed true',
      'stock/changed true',
    ]);
    const rows = () => ask('SELECT state, code FROM subscriptions WHERE connection_id = $1');
    expect(await rows()).toEqual(Array(3).fill({ state: 'active', code: null }));
    const [request] = await ask('SELECT resources FROM sync_requests WHERE connection_id = $1');
    expect(request.resources.sort()).toEqual(['inventory', 'orders']);
    const checks = () => ask('SELECT code FROM subscription_checks WHERE connection_id = $1');
    expect(await checks()).toEqual([{ code: 'platform_rejected' }]);
    // Switched on again, it has a secret that we have no more: what goes is the old one.
    off.enabled = true;
    const ours = shop.hooks.filter(({ id }) => id !== off.id).map(({ id }) => id);
    await look();
    expect(shop.hooks).toHaveLength(4);
    shop.kept = undefined;
    await look();
    expect(shop.hooks.map(({ id }) => id)).toEqual(ours);
    expect(await checks()).toEqual([{ code: null }]);
  });

  it('that are neither removed nor made again show as missing, and are tried again', async () => {
    await look();
    const off = shop.hooks.find(({ topic }) => topic === 'order/changed');
    if (off === undefined) throw new Error('no hook for orders');
    off.enabled = false;
    shop.kept = off.id;
    shop.refused = ['order/changed'];
    await look();
    const rows = () =>
      ask(`SELECT state, code FROM subscriptions WHERE connection_id = $1 AND topic = 'order/changed'`);
    expect(await rows()).toEqual([{ state: 'refused', code: 'platform_rejected' }]);
    shop.refused = [];
    await look();
    expect(await rows()).toEqual([{ state: 'active', code: null }]);
    expect(triggered).toEqual([stage.connectionId]);
  });

  it('that there are twice keep no other from being made again where one stays', async () => {
    await look();
    const [twice] = shop.hooks.filter(({ topic }) => topic === 'order/changed');
    if (twice === undefined) throw new Error('no hook for orders');
    shop.hooks = shop.hooks.filter(({ topic }) => topic !== 'stock/changed');
    shop.hooks.unshift({ ...twice, id: 'twice' });
    shop.kept = 'twice';
    await look();
    expect(shop.hooks.map(({ topic }) => topic)).toContain('stock/changed');
    expect(shop.hooks).toContainEqual(twice);
  });

  it('for what may no longer be read stay with why where the platform will not remove them, and keep no other', async () => {
    await look();
    shop.kept = shop.hooks.find(({ topic }) => topic === 'order/changed')?.id;
    const permit = (permissions: string) =>
      door.world.owner.query('UPDATE connections SET permissions = $2::text[] WHERE id = $1', [
        stage.connectionId,
        permissions,
      ]);
    await permit('{}');
    const rows = () =>
      ask('SELECT topic, state, code FROM subscriptions WHERE connection_id = $1 ORDER BY 1');
    const gone = { topic: 'gone', state: 'active', code: null };
    await look();
    expect(await rows()).toEqual([
      gone,
      { topic: 'order/changed', state: 'refused', code: 'platform_rejected' },
    ]);
    shop.kept = undefined;
    await look();
    expect(await rows()).toEqual([gone]);
    expect(shop.hooks.map(({ topic }) => topic)).toEqual(['gone']);
  });
});
