// A gap is made up for although Temporal does not answer when its sync is to be triggered.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeUpForGaps } from '../../worker/notified.ts';
import { createDoor, type Door } from '../egress/door.ts';
import { SHELF } from '../sync/shelf.ts';
import { createStage, type Stage } from '../sync/stage.ts';

let door: Door;
let stage: Stage;
beforeAll(async () => {
  door = await createDoor(SHELF);
  stage = await createStage(door, 'orders');
});
afterAll(() => door.close());

const ask = async (sql: string) => (await door.world.owner.query(sql, [stage.connectionId])).rows;

test('a gap whose sync could not be triggered is asked for once, triggered again, and closed when that sync has ended', async () => {
  await door.world.owner.query(
    `INSERT INTO notification_gaps (connection_id, found_at, tenant_id, cause, from_at, until_at)
     VALUES ($1, now(), $2, 'outage', now() - interval '5 minutes', now())`,
    [stage.connectionId, stage.tenantId],
  );
  let triggers = 0;
  let isTemporalDown = true;
  const turn = () =>
    makeUpForGaps({
      db: door.world.db,
      triggerSync: async () => {
        triggers += 1;
        if (isTemporalDown) throw new Error('Temporal is down');
        return true;
      },
    });
  await expect(turn()).rejects.toThrow('Temporal is down');
  await expect(turn()).rejects.toThrow('Temporal is down');
  expect(await ask('SELECT 1 FROM sync_requests WHERE connection_id = $1')).toHaveLength(1);
  isTemporalDown = false;
  await turn();
  await turn();
  expect(triggers).toBe(3);
  expect(await ask('SELECT 1 FROM sync_requests WHERE connection_id = $1')).toHaveLength(1);
  expect(await stage.sync()).toMatchObject({ status: 'completed' });
  await turn();
  const [gap] = await ask('SELECT closed_at, request_id FROM notification_gaps WHERE connection_id = $1');
  expect(gap.closed_at).not.toBeNull();
});

test('a gap whose sync failed is open until one after it brought what was missed', async () => {
  const turn = () => makeUpForGaps({ db: door.world.db, triggerSync: async () => true });
  const open = () => ask('SELECT 1 FROM notification_gaps WHERE connection_id = $1 AND closed_at IS NULL');
  await door.world.owner.query(
    `INSERT INTO notification_gaps (connection_id, found_at, tenant_id, cause, from_at, until_at)
     VALUES ($1, now(), $2, 'outage', now() - interval '5 minutes', now())`,
    [stage.connectionId, stage.tenantId],
  );
  await turn();
  await stage.sync();
  await door.world.owner.query(
    `UPDATE sync_runs SET status = 'failed' WHERE id = (SELECT run_id FROM sync_requests WHERE connection_id = $1 ORDER BY id DESC LIMIT 1)`,
    [stage.connectionId],
  );
  await turn();
  expect(await open()).toHaveLength(1);
  await stage.request('incremental');
  expect(await stage.sync()).toMatchObject({ status: 'completed' });
  await turn();
  expect(await open()).toEqual([]);
});
