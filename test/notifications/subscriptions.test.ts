// Subscriptions kept at a platform that a test plays: made on connecting, made again where they are dropped or switched off, the gap made up for, and gone at the
// end. Real PostgreSQL, the real door.
import { createHash } from 'node:crypto';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { destroyCredential, revokeUpstream } from '../../activities/end-connection.ts';
import { keepSubscriptions } from '../../activities/keep-subscriptions.ts';
import { closeGaps, noteReceiving } from '../../store/subscriptions.ts';
import { createDoor, type Door } from '../egress/door.ts';
import { HOOKED } from './hooked-platform.ts';
import { startLooking } from './looking.ts';

const door: Door = await createDoor(HOOKED);
let { stage, shop, triggered, deps, ask, wake, look } = await startLooking(door);

beforeEach(async () => {
  ({ stage, shop, triggered, deps, ask, wake, look } = await startLooking(door));
});
afterAll(() => door.close());

describe('subscriptions', () => {
  it('are made once a connection works: what its permissions need, each at an address nobody can guess, with a secret', async () => {
    await look();
    expect(shop.hooks.map(({ topic }) => topic).sort()).toEqual(['gone', 'order/changed', 'stock/changed']);
    for (const { url, secret } of shop.hooks) {
      expect(url).toMatch(/^https:\/\/mooring\.example\/notify\/plain\/[\w-]{43}$/);
      expect(secret).toMatch(/^[\w-]{43}$/);
    }
    const rows = await ask(
      `SELECT topic, state, platform_ref FROM subscriptions WHERE connection_id = $1 ORDER BY 1`,
    );
    expect(rows.map(({ state }) => state)).toEqual(['active', 'active', 'active']);
    const [address] = await ask(`SELECT token_hash FROM notification_addresses WHERE connection_id = $1`);
    const token = shop.hooks[0]?.url.split('/').at(-1) ?? '';
    expect(Buffer.from(address?.token_hash).equals(createHash('sha256').update(token).digest())).toBe(true);
    const everything = JSON.stringify(await ask('SELECT s::text, $1::text FROM subscriptions AS s'));
    expect(everything).not.toContain(token);
    expect(everything).not.toContain(shop.hooks[0]?.secret);
    expect(await ask('SELECT * FROM notification_gaps WHERE connection_id = $1')).toEqual([]);
  });

  it('that are there are left alone, however often they are looked at, and by how many', async () => {
    await look();
    const before = JSON.stringify(shop.hooks);
    await wake();
    await Promise.all([keepSubscriptions(deps()), keepSubscriptions(deps())]);
    expect(JSON.stringify(shop.hooks)).toBe(before);
  });

  it('that the platform dropped or switched off are made again, and a sync makes up for the gap', async () => {
    await look();
    shop.hooks = shop.hooks.filter(({ topic }) => topic !== 'order/changed');
    for (const hook of shop.hooks) if (hook.topic === 'stock/changed') hook.enabled = false;
    await look();
    expect(shop.hooks.map(({ topic, enabled }) => `${topic} ${enabled}`).sort()).toEqual([
      'gone true',
      'order/changed true',
      'stock/changed true',
    ]);
    expect(triggered).toEqual([stage.connectionId]);
    const [gap] = await ask('SELECT * FROM notification_gaps WHERE connection_id = $1');
    expect(gap).toMatchObject({ closed_at: null });
    expect(gap.from_at.getTime()).toBeLessThan(gap.until_at.getTime());
    const [request] = await ask('SELECT id, resources, mode FROM sync_requests WHERE connection_id = $1');
    expect(request).toMatchObject({ mode: 'incremental', id: gap.request_id });
    expect(request.resources.sort()).toEqual(['inventory', 'orders']);
    await door.world.owner.query(
      `WITH run AS (
         INSERT INTO sync_runs (id, tenant_id, connection_id, workflow_id, temporal_run_id, trigger, status, finished_at)
         VALUES ('run of ' || $1, $2, $1, 'sync of ' || $1, 'first', 'notification', 'completed', now()) RETURNING id)
       UPDATE sync_requests SET finished_at = now(), run_id = run.id FROM run WHERE connection_id = $1`,
      [stage.connectionId, stage.tenantId],
    );
    await door.world.db.sqlAcrossTenants(closeGaps);
    const [closed] = await ask('SELECT * FROM notification_gaps WHERE connection_id = $1');
    expect(closed.closed_at).not.toBeNull();
  });

  it('that could not be made again at once leave a gap from when they were there last', async () => {
    await look();
    const ours = shop.hooks;
    shop.hooks = [];
    shop.down = ['stock/changed'];
    await look();
    expect(shop.hooks.map(({ topic }) => topic)).not.toContain('stock/changed');
    const asked = async () =>
      (
        await ask(
          'SELECT r.resources, g.from_at, g.found_at FROM notification_gaps AS g JOIN sync_requests AS r ON r.id = g.request_id WHERE g.connection_id = $1 ORDER BY found_at',
        )
      ).map(({ resources, from_at, found_at }) => ({
        resources,
        from: from_at.getTime(),
        found: found_at.getTime(),
      }));
    expect((await asked()).map(({ resources }) => resources)).toEqual([['orders']]);
    await look();
    expect(await asked()).toHaveLength(1);
    shop.down = [];
    await look();
    expect(shop.hooks).toHaveLength(ours.length);
    const gaps = await asked();
    expect(gaps.map(({ resources }) => resources)).toEqual([['orders'], ['inventory']]);
    expect(gaps[1]?.from).toBeLessThan(gaps[0]?.found ?? 0);
    await look();
    expect(await asked()).toHaveLength(2);
  });

  it('made again by a look that was stopped there leave their gap to the next one', async () => {
    await look();
    shop.hooks = [];
    await wake();
    const { db } = door.world;
    const stopped = { ...db, inTenant: () => Promise.reject(new Error('stopped')) };
    await keepSubscriptions({ ...deps(), db: stopped });
    const gaps = () => ask('SELECT cause FROM notification_gaps WHERE connection_id = $1');
    expect(shop.hooks).toHaveLength(3);
    expect(await gaps()).toEqual([]);
    await look();
    await look();
    expect(await gaps()).toEqual([{ cause: 'dropped' }]);
    expect(triggered).toEqual([stage.connectionId]);
  });

  it('switched off long after they were refused leave the gap of what was switched off', async () => {
    shop.refused = ['stock/changed'];
    for (let time = 0; time < 2; time++) await look();
    shop.refused = [];
    await look();
    for (const hook of shop.hooks) if (hook.topic === 'stock/changed') hook.enabled = false;
    await look();
    expect(await ask('SELECT cause FROM notification_gaps WHERE connection_id = $1')).toEqual([
      { cause: 'disabled' },
    ]);
  });

  it('of another connection at the same shop, or of somebody else, are not ours to remove', async () => {
    await look();
    shop.hooks.push({
      id: 'x',
      topic: 'order/changed',
      url: 'https://elsewhere.example/notify/plain/abcdefghijklmnopqrstuv',
      secret: '',
      enabled: true,
    });
    await look();
    expect(shop.hooks.map(({ id }) => id)).toContain('x');
  });

  it('are not asked for where others have as many as the shop may have', async () => {
    const theirs = ['a', 'b', 'c', 'd'].map((id) => ({
      id,
      topic: 'order/changed',
      url: `https://elsewhere.example/${id}`,
      secret: '',
      enabled: true,
    }));
    shop.hooks = [...theirs];
    await look();
    expect(shop.hooks).toEqual(theirs);
    const rows = await ask('SELECT state, code FROM subscriptions WHERE connection_id = $1');
    expect(rows).toEqual(Array(3).fill({ state: 'refused', code: 'platform_rejected' }));
  });

  it('for one topic that is refused stop no other, and are tried again', async () => {
    shop.refused = ['stock/changed'];
    await look();
    expect(shop.hooks.map(({ topic }) => topic).sort()).toEqual(['gone', 'order/changed']);
    const rows = await ask(
      'SELECT topic, state, code FROM subscriptions WHERE connection_id = $1 ORDER BY topic',
    );
    expect(rows[2]).toEqual({ topic: 'stock/changed', state: 'refused', code: 'platform_rejected' });
    const addresses = () => ask('SELECT 1 FROM notification_addresses WHERE connection_id = $1');
    const before = await addresses();
    for (let time = 0; time < 3; time++) await look();
    // An address that the platform did not take is nobody's.
    expect(await addresses()).toEqual(before);
    shop.refused = [];
    await look();
    expect(shop.hooks).toHaveLength(3);
  });

  it('for what may no longer be read go', async () => {
    await look();
    await door.world.owner.query(`UPDATE connections SET permissions = '{orders:read}' WHERE id = $1`, [
      stage.connectionId,
    ]);
    await look();
    expect(shop.hooks.map(({ topic }) => topic).sort()).toEqual(['gone', 'order/changed']);
  });

  it('whose answer was lost are found by their address, and not made twice', async () => {
    await look();
    await door.world.owner.query(`UPDATE subscriptions SET state = 'creating', platform_ref = NULL`);
    await look();
    expect(shop.hooks).toHaveLength(3);
    const rows = await ask('SELECT state FROM subscriptions WHERE connection_id = $1');
    expect(rows.every(({ state }) => state === 'active')).toBe(true);
  });

  it('are removed with the grant, but for what the platform keeps', async () => {
    await look();
    shop.kept = shop.hooks[0]?.id;
    const refuse = () => Promise.reject(new Error('no grant is ended in this test'));
    const grants = {
      obtain: refuse,
      renew: refuse,
      upgrade: refuse,
      revoke: refuse,
      missingScopes: () => [],
    };
    await revokeUpstream({ db: door.world.db, exchange: door.open().exchange, grants })(stage);
    expect(shop.hooks.map(({ id }) => id)).toEqual([shop.kept]);
  });

  it('leave nothing behind when the connection ends', async () => {
    await look();
    await destroyCredential({
      db: door.world.db,
      nowMs: Date.now,
      keepRecordsMs: null,
      eraseRecords: async () => 0,
    })({ ...stage, erase: false });
    for (const table of ['subscriptions', 'notification_addresses', 'subscription_checks'])
      expect(await ask(`SELECT 1 FROM ${table} WHERE connection_id = $1`), table).toEqual([]);
  });
});

describe('an outage of ours', () => {
  it('is noticed when the receiver is back, once, for every connection that is told things', async () => {
    await look();
    const beat = () => door.world.db.sqlAcrossTenants((sql) => noteReceiving(sql, 60_000));
    await beat();
    expect(await ask('SELECT 1 FROM notification_gaps WHERE connection_id = $1')).toEqual([]);
    await door.world.owner.query(`UPDATE receiver_times SET alive_at = now() - interval '5 minutes'`);
    await Promise.all([beat(), beat()]);
    const gaps = await ask('SELECT * FROM notification_gaps WHERE connection_id = $1');
    expect(gaps).toHaveLength(1);
    expect(gaps[0]).toMatchObject({ cause: 'outage', request_id: null });
    expect(gaps[0].until_at - gaps[0].from_at).toBeGreaterThan(290_000);
  });
});
