// A live reader of the change feed against writers of many shops: it must miss nothing, whatever commits in which order.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ConnectionId, TenantId } from '../../domain/ids.ts';
import { claimPass, newWriter } from '../../store/checkpoints.ts';
import { readRecordsAfter } from '../../store/feeds.ts';
import { newId } from '../../store/new-id.ts';
import { writePage } from '../../store/records.ts';
import { beginRun } from '../../store/sync-runs.ts';
import { seedConnection } from '../egress/seed.ts';
import { createTestDatabase, type TestDatabase } from '../world.ts';

let world: TestDatabase;
beforeAll(async () => {
  world = await createTestDatabase({ poolSize: 12 });
});
afterAll(() => world.close());

const WRITERS = 4;
const PAGES = 50;
const PER_PAGE = 100;
const TOTAL = WRITERS * PAGES * PER_PAGE;

test('a reader beside four writers of 20,000 records misses none and sees none twice', async () => {
  const tenantId = newId('tenant');
  const connections = await Promise.all(
    Array.from({ length: WRITERS }, () => seedConnection(world, {}, tenantId)),
  );
  const written = Promise.all(connections.map((one) => writeAll(tenantId, one.connectionId)));
  const seen = new Map<string, number>();
  let after = 0n;
  let isOver = false;
  void written.finally(() => {
    isOver = true;
  });
  for (;;) {
    const wasOver = isOver;
    const rows = await world.db.inTenant(tenantId, (tx) =>
      readRecordsAfter(tx, { tenantId, resource: 'orders', connectionId: null, after, limit: 500 }),
    );
    for (const row of rows) {
      const key = `${row.connectionId}/${row.platformId}`;
      seen.set(key, (seen.get(key) ?? 0) + 1);
    }
    after = rows.at(-1)?.position ?? after;
    // One more read after the last commit: what it does not find was missed.
    if (rows.length === 0 && wasOver) break;
  }
  await written;
  expect(seen.size).toBe(TOTAL);
  expect([...seen.values()].every((times) => times === 1)).toBe(true);
}, 60_000);

async function writeAll(tenantId: TenantId, connectionId: ConnectionId): Promise<void> {
  const of = { tenantId, connectionId, resource: 'orders' as const };
  const run = await world.db.inTenant(tenantId, (tx) =>
    beginRun(tx, {
      tenantId,
      connectionId,
      workflowId: connectionId,
      temporalRunId: '1',
      trigger: 'request',
    }),
  );
  const pass = await world.db.sqlInTenant(tenantId, (sql) =>
    claimPass(sql, {
      of,
      mode: 'backfill',
      runId: run.id,
      writer: newWriter(),
      takesOver: true,
      startsIncremental: true,
    }),
  );
  for (let page = 0; page < PAGES; page++) {
    await world.db.sqlInTenant(tenantId, (sql) =>
      writePage(sql, {
        of,
        runId: run.id,
        advance: {
          mode: 'backfill',
          writer: pass.writer,
          pagesBefore: page,
          recordsSeen: PER_PAGE,
          cursor: { at: 'page', windowStartMs: null, page },
        },
        records: Array.from({ length: PER_PAGE }, (_, index) => ({
          id: `${page}-${index}`,
          hash: '0123456789abcdef0123456789abcdef',
          json: '{}',
          updatedAt: null,
        })),
        deletedIds: [],
        seen: null,
        setAside: [],
        mayClearSetAside: false,
        probeFirst: false,
        progress: () => ({
          mode: 'backfill',
          pages: page + 1,
          seen: 0,
          written: 0,
          unchanged: 0,
          deleted: 0,
          setAside: 0,
          done: false,
        }),
      }),
    );
  }
}
