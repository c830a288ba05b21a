// Requests to erase and to report whose workflow was lost with Temporal's state: the sweep goes on with them. Real PostgreSQL; a Temporal whose clock skips.
import { Worker } from '@temporalio/worker';
import { afterAll, expect, test } from 'vitest';
import { createPrivacyActivities } from '../../activities/fulfil-privacy.ts';
import { restartRuns } from '../../activities/restart-runs.ts';
import { newId } from '../../store/new-id.ts';
import {
  addPrivacyRequest,
  noteHeld,
  type PrivacyKind,
  privacyBinding,
} from '../../store/privacy-requests.ts';
import { privacyWorkflowId, TASK_QUEUES } from '../../workflows/messages.ts';
import { createDoor } from '../egress/door.ts';
import { workflowsIn } from '../workflows/lifecycle-ports.ts';
import { lifecycleBundle } from '../workflows/lifecycle-world.ts';
import { startTimeSkipping, until } from '../world.ts';

const DAY_MS = 86_400_000;
const door = await createDoor();
const env = await startTimeSkipping();
afterAll(async () => {
  await env.teardown();
  await door.close();
});

test('a request that lost its workflow is carried out, a counted report closed at its deadline or at once where that is past', async () => {
  const of = await door.connect({});
  const { db, owner } = door.world;
  const ask = async (kind: PrivacyKind, dueInMs: number) => {
    const id = newId('privacyRequest');
    const sealed = await door.vault.seal(privacyBinding(of.tenantId, id), {
      subject: JSON.stringify({ customer: 'somebody', orders: [] }),
    });
    await db.sqlAcrossTenants(async (sql) => {
      const scope = { tenantId: of.tenantId, connectionId: of.connectionId, registrationId: null };
      const dueAt = new Date(Date.now() + dueInMs);
      await addPrivacyRequest(sql, { ...scope, id, platform: 'plain', kind, topic: 'told', dueAt, sealed });
      if (kind === 'customer_data') await noteHeld(sql, id, { customers: 0 });
    });
    return id;
  };
  const states = async () =>
    Object.fromEntries(
      (await owner.query('SELECT id, state FROM privacy_requests')).rows.map((row) => [row.id, row.state]),
    );
  const [erase, late, counted] = [
    await ask('erase_customer', DAY_MS),
    await ask('customer_data', -DAY_MS),
    await ask('customer_data', DAY_MS),
  ];
  const activities = createPrivacyActivities({
    ...{ db, openPrivacyRequest: door.open().openPrivacyRequest, nowMs: Date.now },
    log: (name, error) => console.error(name, error),
  });
  const connection = env.nativeConnection;
  const workers = await Promise.all([
    Worker.create({ connection, taskQueue: TASK_QUEUES.workflows, workflowBundle: await lifecycleBundle() }),
    Worker.create({ connection, taskQueue: TASK_QUEUES.lifecycle, activities: { ...activities } }),
  ]);
  const running = workers.map((worker) => worker.run());
  try {
    let looked = 0;
    const restart = () => restartRuns({ db, workflows: workflowsIn(env) }, () => void looked++);
    expect(await restart()).toBe(3);
    expect(looked).toBe(3);
    await until('the ends of two', async () => {
      const now = await states();
      return now[erase] === 'done' && now[late] === 'done';
    });
    expect((await states())[counted]).toBe('open');
    expect(await restart()).toBe(0);
    await env.client.workflow.getHandle(privacyWorkflowId(counted)).result();
    expect((await states())[counted]).toBe('done');
    expect(await restart()).toBe(0);
  } finally {
    for (const worker of workers) worker.shutdown();
    await Promise.all(running);
  }
});
