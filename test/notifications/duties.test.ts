// Requests to erase or to report, handed on to their workflows: each of them, however many are open. Real PostgreSQL; Temporal is a list of what was started.
import { afterAll, expect, test } from 'vitest';
import { tellNotified } from '../../activities/tell-notified.ts';
import { newId } from '../../store/new-id.ts';
import { takeNotification } from '../../store/notifications.ts';
import { addPrivacyRequest } from '../../store/privacy-requests.ts';
import { createDoor } from '../egress/door.ts';

const door = await createDoor();
afterAll(() => door.close());

test('a request is handed on however many reports wait for their deadline, or requests for their turn', async () => {
  const of = await door.connect({});
  const { db, owner } = door.world;
  const open = async (count: number, proof: string | null, dueInDays: number) => {
    const ids = Array.from({ length: count }, () => newId('privacyRequest'));
    await owner.query(
      `INSERT INTO privacy_requests (id, tenant_id, connection_id, platform, kind, topic, due_at, proof)
       SELECT id, $2, $3, 'plain', 'customer_data', 'told', now() + $4::int * interval '1 day', $5 FROM unnest($1::text[]) AS t(id)`,
      [ids, of.tenantId, of.connectionId, dueInDays, proof],
    );
    return ids;
  };
  const held = await open(600, '{"held":{"customers":1}}', 1);
  const unbegun = await open(1_100, null, 2);
  await db.sqlInTenant(of.tenantId, async (sql) => {
    const request = {
      ...{ id: newId('privacyRequest'), ...of, registrationId: null, platform: 'plain' },
      ...{ kind: 'erase_customer' as const, topic: 'told', dueAt: new Date(Date.now() + 3 * 86_400_000) },
      sealed: { bytes: Buffer.from('sealed'), keyVersion: 1 },
    };
    await addPrivacyRequest(sql, request);
    unbegun.push(request.id);
    await takeNotification(sql, {
      ...{ scope: of, dedupeKey: Buffer.from('duty'), platform: 'plain', topic: 'told' },
      ...{ means: 'erase_customer', objectId: null, named: null, isToBeTold: true },
    });
  });
  const started: string[] = [];
  const told = await tellNotified({
    db,
    tellUninstalled: async () => true,
    startPrivacy: async ({ privacyRequestId }) => started.push(privacyRequestId) > 0,
  });
  expect(told).toBe(1);
  expect(started.sort()).toEqual(unbegun.sort());
  expect(started).not.toContain(held[0]);
  const { rows } = await owner.query('SELECT 1 FROM notifications WHERE handled_at IS NULL');
  expect(rows).toEqual([]);
});
