// The audit trail is linked behind the openings, so that they do not queue, but never far behind.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { appendAudit } from '../../store/audit.ts';
import { verifyAudit } from '../../store/audit-chain.ts';
import { keepAuditChain } from '../../worker/audit-chain.ts';
import { type SeededConnection, seedConnection } from '../egress/seed.ts';
import { createTestDatabase, type TestDatabase, until } from '../world.ts';

let world: TestDatabase;
let seeded: SeededConnection;

beforeAll(async () => {
  world = await createTestDatabase();
  seeded = await seedConnection(world);
});

afterAll(() => world.close());

async function unlinked(): Promise<number> {
  const { rows } = await world.owner.query<{ n: string }>(
    'SELECT count(*) AS n FROM audit_events WHERE hash IS NULL',
  );
  return Number(rows[0]?.n);
}

test('an event is linked within a second of being written, also by two workers at once', async () => {
  const { tenantId } = seeded;
  const chains = [1, 2].map(() => keepAuditChain(world.db, { warn: () => undefined }));
  try {
    for (const round of [1, 2, 3]) {
      await world.db.inTenant(tenantId, (tx) =>
        appendAudit(tx, {
          tenantId,
          actor: 'worker',
          action: 'tested',
          target: 't',
          outcome: 'done',
          reason: `round ${round}`,
        }),
      );
      const writtenAt = performance.now();
      await until('the link', async () => (await unlinked()) === 0);
      expect(performance.now() - writtenAt).toBeLessThan(1_000);
    }
  } finally {
    for (const chain of chains) await chain.stop();
  }
  expect(await verifyAudit(world.db)).toEqual({ intact: true, linked: 3, waiting: 0 });
});
