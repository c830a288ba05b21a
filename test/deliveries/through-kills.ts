// Deliverers killed in the midst of their work, and what arrived all the same: shown by counting.
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { appendEvent } from '../../store/events.ts';
import { until } from '../world.ts';
import { startDeliveries } from './delivering.ts';
import { startReceiver } from './receiver.ts';

export interface Kills {
  readonly events: number;
  /** A deliverer is killed each time that this share has arrived. */
  readonly at: readonly number[];
  /** Every connection to the database is broken as often, as when it restarts. */
  readonly breaksDatabase: boolean;
}

export interface Arrived {
  /** Ids of the events that were written. */
  readonly told: readonly string[];
  /** Bodies by webhook-id. */
  readonly bodies: ReadonlyMap<string, ReadonlySet<string>>;
  readonly requests: number;
  /** Attempts under way when a deliverer was killed. */
  readonly cutOff: number;
}

export async function deliverThroughKills({ events, at, breaksDatabase }: Kills): Promise<Arrived> {
  const key = randomBytes(32);
  const world = await startDeliveries({ key });
  const target = await startReceiver();
  const { db } = world.api.database;
  const { owner, url } = world.api.database;
  const children: ChildProcess[] = [];
  const start = async (): Promise<ChildProcess> => {
    const child = spawnDeliverer(url, key);
    children.push(child);
    await once(child.stdout ?? child, 'data');
    return child;
  };
  const count = async (where: string): Promise<number> =>
    (await owner.query<{ n: number }>(`SELECT count(*)::int AS n FROM deliveries WHERE ${where}`)).rows[0]
      ?.n ?? 0;
  try {
    // From here on no answer is given, so that some attempt is under way when its deliverer is killed.
    let holdsFrom = Number.POSITIVE_INFINITY;
    target.answer = (_got, response) => {
      if (target.received.length < holdsFrom) setTimeout(() => response.writeHead(204).end(), 5);
    };
    await world.endpoint({ url: target.url });
    const { tenantId } = world;
    const writing = (async () => {
      for (let n = 0; n < events; n++)
        await db
          .inTenant(tenantId, (tx) => appendEvent(tx, { tenantId, type: 'sync.completed', data: { n } }))
          .catch(() => {
            // The connection broke: whether it was written, the table tells.
            n -= 1;
          });
    })();
    let cutOff = 0;
    for (const share of at) {
      holdsFrom = events * share;
      const child = await start();
      const isThere = async () => target.received.length >= holdsFrom && target.open.now > 0;
      await until('a part of it', isThere, 600_000);
      if (breaksDatabase)
        await owner.query(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'mooring%'`,
        );
      child.kill('SIGKILL');
      await once(child, 'exit');
      holdsFrom = Number.POSITIVE_INFINITY;
      cutOff += await count(`state = 'pending' AND leased_until > now()`);
      // As if the time of the leases had passed.
      await owner.query(
        `UPDATE deliveries SET leased_until = now(), due_at = now() WHERE state = 'pending' AND leased_until IS NOT NULL`,
      );
    }
    await start();
    await writing;
    const written = await owner.query<{ id: string }>(`SELECT id FROM events WHERE type = 'sync.completed'`);
    const told = written.rows.map(({ id }) => id);
    await until('all of it', async () => (await count(`state = 'delivered'`)) === told.length, 600_000);
    const bodies = new Map<string, Set<string>>();
    for (const { id, body } of target.received) bodies.set(id, (bodies.get(id) ?? new Set()).add(body));
    return { told, bodies, requests: target.received.length, cutOff };
  } finally {
    for (const child of children) child.kill('SIGKILL');
    await target.close();
    await world.close();
  }
}

function spawnDeliverer(databaseUrl: string, key: Buffer): ChildProcess {
  const file = fileURLToPath(new URL('./deliverer-process.ts', import.meta.url));
  return spawn(process.execPath, ['scripts/run.mjs', file], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, DATABASE_URL: databaseUrl, KEY: key.toString('base64') },
  });
}
