// Mooring as users run it, for the benchmark: the local stack in a folder of its own, one new connection a round, driven through the HTTP API.
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import type { Stack } from '../stack/stack.ts';
import { type Cost, cpuSeconds, postgresCpuSeconds, watchMemory } from './measure.ts';

export interface MooringContestant {
  /** A new connection and its first sync, from the wish to the finished run. */
  firstLoad(orders: number): Promise<Cost>;
  /** The same shop read again from the beginning, unchanged. */
  resync(orders: number): Promise<Cost>;
  /** An empty database on the same PostgreSQL, for the others. */
  inScratchDatabase<T>(use: (url: string) => Promise<T>): Promise<T>;
  stop(): Promise<void>;
}

interface Setting {
  readonly source: string;
  readonly folder: string;
  readonly say: (line: string) => void;
}

interface Run {
  readonly id: string;
  readonly status: string;
  readonly startedAt: string;
  readonly finishedAt: string | null;
}

const POLL_MS = 50;

export async function createMooringContestant({ source, folder, say }: Setting): Promise<MooringContestant> {
  const { planStack } = await import('../stack/stack.ts');
  const stack = planStack({
    origins: { 'https://*.bench.example': source },
    env: { MOORING_PLATFORMS: fileURLToPath(new URL('./platforms', import.meta.url)) },
  });
  try {
    for (const step of stack.steps) say(`${step.title}: ${await step.run()}`);
  } catch (error) {
    await stack.stop(say);
    throw error;
  }
  const api = createApi(stack);
  const tenant = await api<{ id: string }>('POST', '/v1/tenants', { name: 'bench' });
  let shops = 0;
  let connectionId = '';

  const connect = async (): Promise<void> => {
    shops += 1;
    const made = await api<{ id: string }>('POST', '/v1/connections', {
      tenantId: tenant.id,
      platform: 'bench',
      shop: { shop: `shop-${shops}.bench.example` },
      credential: { accessToken: 'bench' },
      permissions: ['orders:read'],
    });
    connectionId = made.id;
  };
  const runs = async (): Promise<readonly Run[]> =>
    (await api<{ data: readonly Run[] }>('GET', `/v1/connections/${connectionId}/runs`)).data;
  const finished = async (known: ReadonlySet<string>): Promise<Run> => {
    for (;;) {
      const done = (await runs()).find((one) => !known.has(one.id) && one.finishedAt !== null);
      if (done?.status === 'completed') return done;
      if (done !== undefined) throw new Error(`the run ended as ${done.status}`);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  };

  return {
    firstLoad: (orders) =>
      measured(stack, { orders, folder }, async () => {
        const wishedAt = performance.now();
        await connect();
        await finished(new Set());
        return (performance.now() - wishedAt) / 1000;
      }),
    resync: (orders) =>
      measured(stack, { orders, folder }, async () => {
        const known = new Set((await runs()).map((one) => one.id));
        const wishedAt = performance.now();
        await api('POST', `/v1/connections/${connectionId}/sync`, { mode: 'backfill' });
        await finished(known);
        return (performance.now() - wishedAt) / 1000;
      }),
    inScratchDatabase: (use) => inScratchDatabase(stack.addresses().databaseUrl, use),
    stop: () => stack.stop(say),
  };
}

async function measured(
  stack: Stack,
  at: { readonly orders: number; readonly folder: string },
  job: () => Promise<number>,
): Promise<Cost> {
  const pid = stack.parts().find((part) => part.name === 'worker')?.pid ?? 0;
  const [cpuBefore, dbBefore] = [cpuSeconds(pid), postgresCpuSeconds(at.folder)];
  const memory = watchMemory(pid);
  const seconds = await job();
  return {
    rowsPerS: at.orders / seconds,
    cpuS: cpuSeconds(pid) - cpuBefore,
    dbCpuS: postgresCpuSeconds(at.folder) - dbBefore,
    peakMb: memory.stop(),
  };
}

function createApi(stack: Stack): <T>(method: string, path: string, body?: unknown) => Promise<T> {
  return async (method, path, body) => {
    const { apiUrl, apiKey } = stack.addresses();
    const answer = await fetch(apiUrl + path, {
      method,
      headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text}`);
    return JSON.parse(text);
  };
}

async function inScratchDatabase<T>(databaseUrl: string, use: (url: string) => Promise<T>): Promise<T> {
  const name = `bench_scratch_${process.pid}`;
  const admin = new pg.Client({ connectionString: databaseUrl });
  // An interrupted benchmark stops PostgreSQL under this connection.
  admin.on('error', () => undefined);
  await admin.connect();
  try {
    await admin.query(`CREATE DATABASE ${name}`);
    const url = new URL(databaseUrl);
    url.pathname = `/${name}`;
    return await use(url.href);
  } finally {
    await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    await admin.end();
  }
}
