// One checkpoint, two attempts: whoever claimed last writes, and the older one's page leaves no trace.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ClaimedPass, claimPass, newWriter } from '../../store/checkpoints.ts';
import { newId } from '../../store/new-id.ts';
import { type PageWrite, writePage } from '../../store/records.ts';
import { type SeededConnection, seedConnection } from '../egress/seed.ts';
import { createTestDatabase, type TestDatabase } from '../world.ts';

let world: TestDatabase;
beforeAll(async () => {
  world = await createTestDatabase();
});
afterAll(() => world.close());

const runId = newId('syncRun');

function claim(
  connection: SeededConnection,
  as: { writer: string; takesOver: boolean } = { writer: newWriter(), takesOver: true },
): Promise<ClaimedPass> {
  return world.db.sqlInTenant(connection.tenantId, (sql) =>
    claimPass(sql, {
      of: { ...connection, resource: 'orders' },
      mode: 'backfill',
      runId,
      ...as,
      startsIncremental: true,
    }),
  );
}

function write(pass: ClaimedPass, page: Partial<PageWrite> & { pages: number; ids: readonly string[] }) {
  return world.db.sqlInTenant(pass.of.tenantId, (sql) =>
    writePage(sql, {
      of: pass.of,
      runId,
      advance: {
        mode: pass.mode,
        writer: pass.writer,
        pagesBefore: page.pages,
        recordsSeen: page.ids.length,
        cursor: { at: 'page', windowStartMs: null, page: page.pages },
      },
      records: page.ids.map((id) => ({
        id,
        hash: '0123456789abcdef0123456789abcdef',
        json: '{}',
        updatedAt: null,
      })),
      deletedIds: [],
      seen: { passId: pass.passId, ids: page.ids },
      setAside: [],
      mayClearSetAside: false,
      probeFirst: false,
      progress: () => ({
        mode: 'backfill',
        pages: 0,
        seen: 0,
        written: 0,
        unchanged: 0,
        deleted: 0,
        setAside: 0,
        done: false,
      }),
      ...page,
    }),
  );
}

async function idsOf(connection: SeededConnection): Promise<string[]> {
  const { rows } = await world.owner.query(
    'SELECT platform_id FROM records WHERE connection_id = $1 ORDER BY 1',
    [connection.connectionId],
  );
  return rows.map((row) => row.platform_id);
}

test('an attempt that was taken over writes nothing more', async () => {
  const connection = await seedConnection(world);
  const zombie = await claim(connection);
  await write(zombie, { pages: 0, ids: ['a'] });
  const next = await claim(connection);
  expect(next).toMatchObject({ passId: zombie.passId, pages: 1 });
  await expect(write(zombie, { pages: 1, ids: ['zombie'] })).rejects.toMatchObject({ code: 'stale_write' });
  await write(next, { pages: 1, ids: ['b'] });
  expect(await idsOf(connection)).toEqual(['a', 'b']);
});

test('an attempt that wakes after another took over cannot claim the checkpoint back', async () => {
  const connection = await seedConnection(world);
  const zombie = await claim(connection);
  await write(zombie, { pages: 0, ids: ['a'] });
  const again = { writer: zombie.writer, takesOver: false };
  expect(await claim(connection, again)).toMatchObject({ pages: 1 });
  const next = await claim(connection);
  await expect(claim(connection, again)).rejects.toMatchObject({ code: 'stale_write' });
  await write(next, { pages: 1, ids: ['b'] });
});

test('the same page written twice at once is written once', async () => {
  const connection = await seedConnection(world);
  const pass = await claim(connection);
  const outcomes = await Promise.allSettled(
    [1, 2, 3, 4].map((n) => write(pass, { pages: 0, ids: [`x${n}`] })),
  );
  expect(outcomes.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
  expect(await idsOf(connection)).toHaveLength(1);
});

test('a page that fails in its middle leaves neither records nor a moved checkpoint', async () => {
  const connection = await seedConnection(world);
  const pass = await claim(connection);
  const broken = [{ id: 'a', hash: 'not a hash', json: '{}', updatedAt: null }];
  await expect(write(pass, { pages: 0, ids: ['a'], records: broken })).rejects.toThrow();
  expect(await idsOf(connection)).toEqual([]);
  expect(await claim(connection)).toMatchObject({ pages: 0, cursor: { at: 'page', page: null } });
});

test('a page of a fenced connection is refused', async () => {
  const connection = await seedConnection(world);
  const pass = await claim(connection);
  await world.owner.query('UPDATE connections SET fenced_at = now() WHERE id = $1', [
    connection.connectionId,
  ]);
  await expect(write(pass, { pages: 0, ids: ['a'] })).rejects.toMatchObject({ code: 'fenced' });
  expect(await idsOf(connection)).toEqual([]);
});

test('counts what is new, what changed and what did not', async () => {
  const connection = await seedConnection(world);
  const pass = await claim(connection);
  expect(await write(pass, { pages: 0, ids: ['a', 'b'] })).toEqual({
    created: 2,
    changed: 0,
    unchanged: 0,
    deleted: 0,
  });
  const other = 'fedcba9876543210fedcba9876543210';
  const records = [
    { id: 'a', hash: other, json: '{"n":1}', updatedAt: null },
    { id: 'b', hash: '0123456789abcdef0123456789abcdef', json: '{}', updatedAt: null },
    { id: 'c', hash: other, json: '{}', updatedAt: null },
  ];
  for (const [pages, probeFirst] of [[1, true] as const, [2, false] as const]) {
    const expected =
      pages === 1
        ? { created: 1, changed: 1, unchanged: 1, deleted: 0 }
        : { created: 0, changed: 0, unchanged: 3, deleted: 0 };
    expect(await write(pass, { pages, ids: ['a', 'b', 'c'], records, probeFirst })).toEqual(expected);
  }
});
