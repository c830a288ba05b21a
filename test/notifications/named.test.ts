// Objects that were named, read again: real PostgreSQL, the real door, a shop that a test plays. What comes late, twice, or while it is read converges to what
// the shop holds.
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { NAMED_TIMINGS, type NamedDeps } from '../../activities/named-deps.ts';
import { readNamed } from '../../activities/read-named.ts';
import type { Platform } from '../../domain/platform.ts';
import { claimNamed } from '../../store/named-objects.ts';
import { type NewNotification, takeNotification } from '../../store/notifications.ts';
import { createDoor, type Door } from '../egress/door.ts';
import { SHELF } from '../sync/shelf.ts';
import { createStage, type Stage } from '../sync/stage.ts';

const { orders, inventory } = SHELF.resources;
if (orders === undefined || inventory === undefined) throw new Error('the shelf has orders and stock');

const PLATFORM: Platform = {
  ...SHELF,
  answers: [{ status: 404, means: 'not_found' }, ...SHELF.answers],
  resources: {
    inventory,
    orders: {
      ...orders,
      one: {
        id: '^[a-z0-9]{1,20}$',
        request: (_pass, id) => ({ method: 'GET', path: `/one/${id}`, endpoint: 'GET /one/{id}' }),
        read: ({ body }) => [body],
      },
    },
  },
};

const door: Door = await createDoor(PLATFORM);
let stage: Stage;
let shop: Map<string, { id: string; updatedAtMs: number; amount: string }>;
let reads: string[];
let triggered: string[];
let whileReading: (() => Promise<void>) | null;

beforeEach(async () => {
  stage = await createStage(door, 'orders', 'inventory');
  shop = new Map();
  reads = [];
  triggered = [];
  whileReading = null;
  door.answer((asked, response) => {
    const id = asked.url.split('/').at(-1) ?? '';
    reads.push(id);
    const item = shop.get(id);
    const send = () =>
      response
        .writeHead(item === undefined ? 404 : 200, { 'content-type': 'application/json' })
        .end(JSON.stringify(item ?? {}));
    const wait = whileReading;
    whileReading = null;
    void (wait?.() ?? Promise.resolve()).then(send);
  });
  await door.world.owner.query('DELETE FROM named_objects');
});
afterAll(() => door.close());

const deps = (timings: Partial<NamedDeps['timings']> = {}): NamedDeps => ({
  db: door.world.db,
  egress: door.open(),
  platforms: new Map([[PLATFORM.id, PLATFORM]]),
  triggerSync: async (id) => triggered.push(id) > 0,
  nowMs: Date.now,
  timings: { ...NAMED_TIMINGS, ...timings },
});

let told = 0;
async function tell(id: string, resource = 'orders'): Promise<void> {
  told += 1;
  const { tenantId, connectionId } = stage;
  const one: NewNotification = {
    scope: { tenantId, connectionId },
    dedupeKey: Buffer.from(String(told)),
    platform: PLATFORM.id,
    topic: 'changed',
    means: resource,
    objectId: id,
    named: { resource, platformId: id },
    isToBeTold: false,
  };
  await door.world.db.sqlInTenant(tenantId, (sql) => takeNotification(sql, one));
}

const put = (id: string, updatedAtMs: number, amount: string) => shop.set(id, { id, updatedAtMs, amount });
const stored = async () =>
  (await stage.records('orders')).map(({ platform_id, record, deleted_at }) => [
    platform_id,
    deleted_at === null ? (record as { total: { amount: string } }).total.amount : 'gone',
  ]);
const waiting = async () => (await door.world.owner.query('SELECT * FROM named_objects')).rows;

describe('what a platform named', () => {
  it('a hundred times is read once', async () => {
    put('a', 1_000, '1.00');
    for (let time = 0; time < 100; time++) await tell('a');
    await readNamed(deps());
    expect(reads).toEqual(['a']);
    expect(await stored()).toEqual([['a', '1.00']]);
    expect(await waiting()).toEqual([]);
  });

  it('and that is gone at the platform becomes a tombstone', async () => {
    put('a', 1_000, '1.00');
    await tell('a');
    await readNamed(deps());
    shop.delete('a');
    await tell('a');
    await readNamed(deps());
    expect(await stored()).toEqual([['a', 'gone']]);
  });

  it('again while it is read is read once more, and ends as the shop has it', async () => {
    put('a', 1_000, '1.00');
    await tell('a');
    whileReading = async () => {
      put('a', 2_000, '2.00');
      await tell('a');
    };
    await readNamed(deps());
    expect(await stored()).toEqual([['a', '1.00']]);
    await readNamed(deps());
    expect(await stored()).toEqual([['a', '2.00']]);
    expect(await waiting()).toEqual([]);
  });

  it('and read by one who was given up for dead is not written over what the next one wrote', async () => {
    put('a', 1_000, '1.00');
    await tell('a');
    whileReading = async () => {
      await door.world.owner.query('UPDATE named_objects SET next_try_at = now()');
      put('a', 2_000, '2.00');
      await readNamed(deps());
    };
    await readNamed(deps());
    expect(reads).toEqual(['a', 'a']);
    expect(await stored()).toEqual([['a', '2.00']]);
  });

  it('and read by one who was given up for dead ends no later claim, though its count is the same', async () => {
    put('a', 1_000, '1.00');
    await tell('a');
    whileReading = async () => {
      await door.world.owner.query('UPDATE named_objects SET next_try_at = now()');
      await readNamed(deps());
      // Named anew: claimed for the first time, as the one that is still reading had claimed it.
      await tell('a');
      await door.world.db.sqlAcrossTenants((sql) => claimNamed(sql, { limit: 10, leaseMs: 60_000 }));
    };
    await readNamed(deps());
    expect(await waiting()).toHaveLength(1);
  });

  it('an older state never takes a newer one’s place, by the platform’s own clock', async () => {
    put('a', 5_000, '5.00');
    await tell('a');
    await readNamed(deps());
    put('a', 4_000, '4.00');
    await tell('a');
    await readNamed(deps());
    expect(await stored()).toEqual([['a', '5.00']]);
  });

  it('is claimed by one reader at a time', async () => {
    for (const id of ['a', 'b', 'c']) {
      put(id, 1_000, '1.00');
      await tell(id);
    }
    await Promise.all([readNamed(deps()), readNamed(deps()), readNamed(deps())]);
    expect(reads.sort()).toEqual(['a', 'b', 'c']);
    expect(await stored()).toHaveLength(3);
  });

  it('but cannot be read by itself asks for one sync, however much of it was named', async () => {
    await tell('', 'inventory');
    await tell('', 'inventory');
    await readNamed(deps());
    expect(reads).toEqual([]);
    expect(triggered).toEqual([stage.connectionId]);
    const { rows } = await door.world.owner.query(
      'SELECT resources, mode, requested_by FROM sync_requests WHERE connection_id = $1',
      [stage.connectionId],
    );
    expect(rows).toEqual([{ resources: ['inventory'], mode: 'incremental', requested_by: 'notification' }]);
    expect(await waiting()).toEqual([]);
  });

  it('and cannot be had is tried again, and at last left to a sync', async () => {
    await tell('a');
    door.answer((_asked, response) => response.writeHead(500).end('no'));
    for (let attempt = 0; attempt <= NAMED_TIMINGS.retryMs.length; attempt++) {
      expect(triggered).toEqual([]);
      await door.world.owner.query('UPDATE named_objects SET next_try_at = now()');
      await readNamed(deps());
    }
    expect(triggered).toEqual([stage.connectionId]);
    expect(await waiting()).toEqual([]);
  });

  it('waits while the connection is paused, and is dropped once it has ended', async () => {
    put('a', 1_000, '1.00');
    await tell('a');
    await door.world.owner.query(`UPDATE connections SET paused_by = 'somebody' WHERE id = $1`, [
      stage.connectionId,
    ]);
    await readNamed(deps());
    expect(reads).toEqual([]);
    expect(await waiting()).toHaveLength(1);
    await door.world.owner.query(`UPDATE connections SET fenced_at = now() WHERE id = $1`, [
      stage.connectionId,
    ]);
    await door.world.owner.query('UPDATE named_objects SET next_try_at = now()');
    await readNamed(deps());
    expect(await waiting()).toEqual([]);
    expect(await stored()).toEqual([]);
  });

  it('is free again when its reader died', async () => {
    put('a', 1_000, '1.00');
    await tell('a');
    await door.world.db.sqlAcrossTenants((sql) => claimNamed(sql, { limit: 10, leaseMs: 60_000 }));
    await readNamed(deps());
    expect(reads).toEqual([]);
    await door.world.owner.query(`UPDATE named_objects SET next_try_at = now()`);
    await readNamed(deps());
    expect(await stored()).toEqual([['a', '1.00']]);
  });
});
