import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { appendEvent } from '../../store/events.ts';
import { until } from '../world.ts';
import { type Delivering, startDeliveries } from './delivering.ts';
import { type Receiver, startReceiver } from './receiver.ts';

const EVENTS = 600;
const KEY = randomBytes(32);

let world: Delivering;
let target: Receiver;
const children: ChildProcess[] = [];
beforeAll(async () => {
  world = await startDeliveries({ key: KEY });
  target = await startReceiver();
});
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await target.close();
  await world.close();
});

async function deliverer(): Promise<ChildProcess> {
  const file = fileURLToPath(new URL('./deliverer-process.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', file], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, DATABASE_URL: world.api.database.url, KEY: KEY.toString('base64') },
  });
  children.push(child);
  await once(child.stdout, 'data');
  return child;
}

/** As if the time of a lease had passed. */
function letLeasesEnd(): Promise<unknown> {
  return world.api.database.owner.query(
    `UPDATE deliveries SET leased_until = now(), due_at = now() WHERE state = 'pending' AND leased_until IS NOT NULL`,
  );
}

test('a deliverer killed in the midst of it, twice, loses nothing and sends nothing twice under another id', async () => {
  const { db } = world.api.database;
  const { tenantId } = world;
  target.answer = (_got, response) => void setTimeout(() => response.writeHead(204).end(), 5);
  await world.endpoint({ url: target.url });
  const told: string[] = [];
  const writing = (async () => {
    for (let n = 0; n < EVENTS; n++)
      told.push(
        await db.inTenant(tenantId, (tx) =>
          appendEvent(tx, { tenantId, type: 'sync.completed', data: { n } }),
        ),
      );
  })();
  let killedInFlight = 0;
  for (const share of [0.2, 0.5]) {
    const child = await deliverer();
    await until(
      'a part of it',
      async () => target.received.length >= EVENTS * share && target.open.now > 0,
      60_000,
    );
    child.kill('SIGKILL');
    await once(child, 'exit');
    const { rows } = await world.api.database.owner.query(
      `SELECT count(*)::int AS n FROM deliveries WHERE state = 'pending' AND leased_until > now()`,
    );
    killedInFlight += rows[0].n;
    await letLeasesEnd();
  }
  await deliverer();
  await writing;
  const settled = async () => {
    const { rows } = await world.api.database.owner.query(
      `SELECT count(*)::int AS n FROM deliveries WHERE state = 'delivered'`,
    );
    return rows[0].n === EVENTS;
  };
  await until('all of it', settled, 60_000);
  expect(killedInFlight).toBeGreaterThan(0);
  const bodies = new Map<string, Set<string>>();
  for (const { id, body } of target.received) bodies.set(id, (bodies.get(id) ?? new Set()).add(body));
  expect([...bodies.keys()].sort()).toEqual([...told].sort());
  for (const [id, seen] of bodies) {
    expect(seen.size, id).toBe(1);
    expect(JSON.parse([...seen][0] ?? '').id).toBe(id);
  }
}, 120_000);
