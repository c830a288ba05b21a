// A sync run against a shop over real HTTP and into real PostgreSQL, stretch by stretch.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SYNC_DEFAULTS } from '../../activities/sync-deps.ts';
import { createDoor, type Door } from '../egress/door.ts';
import { items, SHELF } from './shelf.ts';
import { createStage } from './stage.ts';

let door: Door;
beforeAll(async () => {
  door = await createDoor(SHELF);
});
afterAll(() => door.close());

/** Stops after every page. */
const ONE_PAGE = { timings: { ...SYNC_DEFAULTS.timings, activityMs: 0, sliceMs: 0 } };

describe('a first sync', () => {
  test('brings every record and tells the connection once', async () => {
    const stage = await createStage(door, 'orders', 'inventory');
    stage.shop.put('orders', ...items(35));
    stage.shop.put('inventory', ...items(12, '7'));
    const result = await stage.sync();
    expect(result).toMatchObject({ outcome: 'finished', status: 'completed', records: 47 });
    expect(await stage.records('orders')).toHaveLength(35);
    expect((await stage.records('inventory')).map((row) => row.record)).toContainEqual(
      expect.objectContaining({ available: 7 }),
    );
    expect(stage.reports).toEqual([expect.objectContaining({ health: { status: 'ok' } })]);
    expect(await stage.events()).toEqual(['sync.completed']);
    const [run] = await stage.runs();
    expect(run?.progress['orders']).toMatchObject({
      pages: 4,
      seen: 35,
      written: 35,
      unchanged: 0,
      done: true,
    });
  });

  test('opens the credential once, with its audit row', async () => {
    const stage = await createStage(door, 'orders');
    stage.shop.put('orders', ...items(45));
    await stage.sync();
    const { rows } = await door.world.owner.query(
      'SELECT reason FROM audit_events WHERE connection_id = $1',
      [stage.connectionId],
    );
    const [run] = await stage.runs();
    expect(rows).toEqual([{ reason: run?.id }]);
  });

  test('that finds another run begun beside it leaves the rest to that one', async () => {
    const stage = await createStage(door, 'orders');
    stage.shop.put('orders', ...items(35));
    await stage.stretch('older', { deps: ONE_PAGE });
    expect(await stage.stretch('newer', { deps: ONE_PAGE })).toMatchObject({ outcome: 'more' });
    expect(await stage.stretch('older')).toMatchObject({ outcome: 'finished', status: 'interrupted' });
    expect(await stage.stretch('newer')).toMatchObject({ outcome: 'finished', status: 'completed' });
    expect(await stage.records('orders')).toHaveLength(35);
    expect((await stage.runs()).map((run) => run.status)).toEqual(['interrupted', 'completed']);
  });

  test('stopped after every page goes on from the checkpoint, and asks for no page twice', async () => {
    const stage = await createStage(door, 'orders');
    stage.shop.put('orders', ...items(35));
    const before = door.asked.length;
    for (let page = 0; page < 3; page++)
      expect(await stage.stretch('page-wise', { deps: ONE_PAGE })).toMatchObject({
        outcome: 'more',
        pages: page + 1,
      });
    expect(await stage.stretch('page-wise', { deps: ONE_PAGE })).toMatchObject({
      outcome: 'finished',
      records: 35,
    });
    expect(await stage.records('orders')).toHaveLength(35);
    expect(door.asked.length - before).toBe(4);
  });
});

describe('a later sync', () => {
  test('reads only what changed since, and gives only that a new position in the feed', async () => {
    const stage = await createStage(door, 'orders');
    stage.shop.put('orders', ...items(25));
    await stage.sync();
    const before = await stage.records('orders');
    stage.shop.put('orders', ...items(2, '9.99', Date.now() + 1_000));
    await stage.request('incremental');
    await stage.sync();
    const after = await stage.records('orders');
    expect(after.slice(2)).toEqual(before.slice(2));
    expect(after[0]?.record).toMatchObject({ total: { amount: '9.99' } });
    expect(Number(after[0]?.position)).toBeGreaterThan(Number(before.at(-1)?.position));
    const runs = await stage.runs();
    expect(runs[1]?.progress['orders']).toMatchObject({ mode: 'incremental', seen: 2, written: 2 });
  });

  test('started with nothing due ends at once, opens nothing and leaves no run', async () => {
    const stage = await createStage(door, 'orders');
    stage.shop.put('orders', ...items(5));
    await stage.sync();
    const asked = door.asked.length;
    expect(await stage.sync()).toEqual({ outcome: 'idle', reason: 'nothing_due' });
    expect(door.asked.length).toBe(asked);
    expect(await stage.runs()).toHaveLength(1);
  });

  test('of everything writes no record that did not change', async () => {
    const stage = await createStage(door, 'orders');
    stage.shop.put('orders', ...items(25));
    await stage.sync();
    const before = await stage.records('orders');
    await stage.request('backfill');
    await stage.sync();
    expect(await stage.records('orders')).toEqual(before);
    expect((await stage.runs())[1]?.progress['orders']).toMatchObject({
      seen: 25,
      written: 0,
      unchanged: 25,
    });
  });

  test('lets changes go first while a backfill is under way', async () => {
    const stage = await createStage(door, 'orders', 'inventory');
    stage.shop.put('orders', ...items(60));
    stage.shop.put('inventory', ...items(3, '1'));
    const oneSlice = { timings: { ...SYNC_DEFAULTS.timings, sliceMs: 0 } };
    for (let page = 0; page < 3; page++) await stage.stretch('side-by-side', { deps: ONE_PAGE });
    stage.shop.put('orders', ...items(1, '5.00', Date.now() + 60_000));
    await stage.request('incremental', 'orders');
    const before = door.asked.length;
    expect(await stage.stretch('side-by-side', { deps: oneSlice })).toMatchObject({ status: 'completed' });
    const asked = door.asked.slice(before).map((one) => new URL(one.url, 'http://shop'));
    const firstChange = asked.findIndex((url) => (url.searchParams.get('since') ?? '') !== '');
    const lastBackfill = asked.findLastIndex(
      (url) => url.pathname.endsWith('/orders') && url.searchParams.get('since') === '',
    );
    expect(firstChange).toBeGreaterThanOrEqual(0);
    expect(firstChange).toBeLessThan(lastBackfill);
  });
});

describe('records that cannot be mapped', () => {
  test('are set aside with reason and path, the others go on, and a later page that maps clears them', async () => {
    const stage = await createStage(door, 'orders');
    stage.shop.put('orders', ...items(12), { id: 'item-000005', updatedAtMs: 1, amount: null });
    expect(await stage.sync()).toMatchObject({ status: 'completed' });
    const aside = () =>
      door.world.owner.query('SELECT platform_id, reason, path FROM set_aside WHERE connection_id = $1', [
        stage.connectionId,
      ]);
    expect((await aside()).rows).toEqual([
      { platform_id: 'item-000005', reason: '"/amount" is not text', path: '/amount' },
    ]);
    expect(await stage.records('orders')).toHaveLength(11);
    stage.shop.put('orders', { id: 'item-000005', updatedAtMs: Date.now() + 1_000, amount: '2.00' });
    await stage.request('incremental');
    await stage.sync();
    expect((await aside()).rows).toEqual([]);
    expect(await stage.records('orders')).toHaveLength(12);
  });

  test('text that PostgreSQL cannot keep does not stop the page', async () => {
    const stage = await createStage(door, 'orders');
    stage.shop.put('orders', ...items(3), { id: 'item-000001', updatedAtMs: 1, amount: '1\u0000 \ud800' });
    await stage.sync();
    expect((await stage.records('orders'))[1]?.record).toMatchObject({ total: { amount: '1 \ufffd' } });
  });
});

describe('what the platform answers', () => {
  test.each([
    ['an HTML page', 200, 'text/html', '<html>', 'platform_answer_invalid'],
    ['an empty body', 200, 'application/json', '', 'platform_answer_invalid'],
    ['half a body', 200, 'application/json', '{"items":[', 'platform_answer_invalid'],
    ['the wrong types', 200, 'application/json', '{"items":7}', 'platform_answer_invalid'],
    ['an error of its own', 503, 'text/plain', 'down', 'platform_down'],
  ])('%s fails the run and nothing is half-written', async (_name, status, type, body, code) => {
    const stage = await createStage(door, 'orders');
    stage.shop.put('orders', ...items(25));
    let asked = 0;
    door.answer((one, response) => {
      if (asked++ === 0) stage.shop.answer(one.url, response);
      else response.writeHead(status, { 'content-type': type }).end(body);
    });
    expect(await stage.sync()).toMatchObject({ outcome: 'finished', status: 'failed' });
    expect(await stage.records('orders')).toHaveLength(10);
    expect((await stage.runs())[0]?.error).toMatchObject({ code });
    expect(stage.reports[0]?.health).toMatchObject({ status: 'failed', code });
    expect(await stage.events()).toEqual(['sync.failed']);
    // Once it answers again the next run goes on where this one stopped.
    door.answer((one, response) => stage.shop.answer(one.url, response));
    const before = door.asked.length;
    expect(await stage.sync()).toMatchObject({ status: 'completed' });
    expect(await stage.records('orders')).toHaveLength(25);
    expect(door.asked.length - before).toBe(2);
  });

  test('one passing failure is not even told', async () => {
    const stage = await createStage(door, 'orders');
    stage.shop.put('orders', ...items(25));
    let asked = 0;
    door.answer((one, response) => {
      if (asked++ === 1) response.writeHead(502).end();
      else stage.shop.answer(one.url, response);
    });
    expect(await stage.sync()).toMatchObject({ status: 'completed' });
    expect(stage.reports[0]?.health).toEqual({ status: 'ok' });
  });

  test('a long rate limit ends the run and tells when to go on', async () => {
    const stage = await createStage(door, 'orders');
    door.answer((_one, response) => response.writeHead(429, { 'retry-after': '600' }).end());
    const before = Date.now();
    expect(await stage.sync()).toMatchObject({ status: 'failed' });
    const health = stage.reports[0]?.health;
    expect(health).toMatchObject({ status: 'failed', code: 'platform_rate_limited' });
    if (health?.status !== 'failed') throw new Error('unreachable');
    expect(health.retryAtMs).toBeGreaterThanOrEqual(before + 600_000);
  });

  test('a resource the grant does not cover stops alone', async () => {
    const stage = await createStage(door, 'orders', 'inventory');
    stage.shop.put('orders', ...items(5));
    door.answer((one, response) => {
      if (one.url.includes('/inventory')) response.writeHead(403).end();
      else stage.shop.answer(one.url, response);
    });
    expect(await stage.sync()).toMatchObject({ status: 'partial' });
    expect(await stage.records('orders')).toHaveLength(5);
    expect(stage.reports[0]?.health).toEqual({
      status: 'ok',
      stopped: { inventory: 'scope_missing' },
      running: 1,
    });
  });
});

describe('a connection that must not be synced', () => {
  test.each([
    ['paused', "paused_by = 'operator'", 'paused'],
    ['waiting for a new approval', "lifecycle = 'reauth_required'", 'reauth_required'],
    ['fenced', 'fenced_at = now()', 'fenced'],
    ['held back after a failure', "health = 'degraded', next_try_at = now() + interval '1 hour'", 'waiting'],
  ])('%s: the run ends at once with the reason, and nothing is asked', async (_name, set, reason) => {
    const stage = await createStage(door, 'orders');
    await door.world.owner.query(`UPDATE connections SET ${set} WHERE id = $1`, [stage.connectionId]);
    const asked = door.asked.length;
    expect(await stage.sync()).toEqual({ outcome: 'idle', reason });
    expect(door.asked.length).toBe(asked);
    expect(await stage.runs()).toEqual([]);
  });

  test('fenced in the middle of a run: it ends within 2 s, and no page is written after the fence', async () => {
    const stage = await createStage(door, 'orders');
    stage.shop.put('orders', ...items(2_000));
    let asked = 0;
    let fencedAtMs = Number.POSITIVE_INFINITY;
    door.answer((one, response) => {
      asked++;
      if (asked === 5)
        void door.world.owner
          .query('UPDATE connections SET fenced_at = now() WHERE id = $1', [stage.connectionId])
          .then(() => {
            fencedAtMs = performance.now();
          });
      // From the fence on the shop never answers: only the fence can end the call.
      if (asked < 5) stage.shop.answer(one.url, response);
    });
    const result = await stage.sync();
    const tookMs = performance.now() - fencedAtMs;
    expect(result).toMatchObject({ status: 'cancelled' });
    expect(tookMs).toBeLessThan(2_000);
    expect((await stage.runs())[0]).toMatchObject({ status: 'cancelled', error: { code: 'fenced' } });
    expect(stage.reports).toEqual([]);
    // The fourth page was in the air while the fence went up: it is in whole or not at all.
    expect([30, 40]).toContain((await stage.records('orders')).length);
  });

  test('paused in the middle: the run ends between two stretches', async () => {
    const stage = await createStage(door, 'orders');
    stage.shop.put('orders', ...items(50));
    await stage.stretch('paused', { deps: { timings: { ...SYNC_DEFAULTS.timings, sliceMs: 0 } } });
    await stage.request('backfill');
    const slow = { timings: { ...SYNC_DEFAULTS.timings, activityMs: 1, sliceMs: 0 } };
    await stage.stretch('paused-2', { deps: slow });
    await door.world.owner.query("UPDATE connections SET paused_by = 'operator' WHERE id = $1", [
      stage.connectionId,
    ]);
    expect(await stage.stretch('paused-2')).toMatchObject({ outcome: 'finished', status: 'cancelled' });
  });
});
