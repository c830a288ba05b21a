// Projections in PostgreSQL follow the workflow's order, not the order in which activities get through.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeProjection } from '../../activities/write-projection.ts';
import type { PublicState } from '../../domain/connection.ts';
import type { Projection } from '../../domain/connection-projection.ts';
import { type SeededConnection, seedConnection } from '../egress/seed.ts';
import { createTestDatabase, type TestDatabase } from '../world.ts';

let world: TestDatabase;

beforeAll(async () => {
  world = await createTestDatabase();
});

afterAll(() => world.close());

function projection(of: SeededConnection, seq: number, state: PublicState): Projection {
  return {
    ...of,
    seq,
    lifecycle: state === 'reauth_required' ? 'reauth_required' : 'active',
    state,
    health: 'ok',
    healthCause: null,
    healthSinceMs: null,
    nextTryAtMs: null,
    nextRefreshAtMs: null,
    pausedBy: null,
    reauthReason: state === 'reauth_required' ? 'grant_dead' : null,
    stateSinceMs: seq,
    upstreamRevocation: null,
    stopped: {},
    isEnding: false,
    transition: { event: { type: 'tested' }, from: 'active', to: state, atMs: seq },
    outbox: [{ type: `connection.${state}`, data: {} }],
  };
}

async function left({ connectionId }: SeededConnection) {
  const ask = async (sql: string) => (await world.owner.query(sql, [connectionId])).rows;
  return {
    row: (await ask('SELECT seq::int, state FROM connections WHERE id = $1'))[0],
    timeline: await ask('SELECT seq::int FROM transitions WHERE connection_id = $1 ORDER BY seq'),
    events: (await ask('SELECT type FROM events WHERE connection_id = $1 ORDER BY type')).map(
      (one) => one.type,
    ),
  };
}

test('an older transition that gets through late does not overwrite a newer one, and is told all the same', async () => {
  const connection = await seedConnection(world);
  const write = writeProjection({ db: world.db });
  await write(projection(connection, 6, 'reauth_required'));
  await write(projection(connection, 5, 'active'));
  expect(await left(connection)).toEqual({
    row: { seq: 6, state: 'reauth_required' },
    timeline: [{ seq: 5 }, { seq: 6 }],
    events: ['connection.active', 'connection.reauth_required'],
  });
});

test('a transition that is written twice, or by twenty at once, is there once with one event', async () => {
  const connection = await seedConnection(world);
  const write = writeProjection({ db: world.db });
  const same = projection(connection, 3, 'reauth_required');
  await Promise.all(Array.from({ length: 20 }, () => write(same)));
  await write(same);
  expect(await left(connection)).toEqual({
    row: { seq: 3, state: 'reauth_required' },
    timeline: [{ seq: 3 }],
    events: ['connection.reauth_required'],
  });
});
