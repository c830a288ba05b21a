// One LISTEN on a connection of its own that comes back by itself. Notifications sent while it is away are lost: what must not
// be missed is polled as well.
import pg from 'pg';
import type { StoreLog } from './database.ts';

interface ListenOptions {
  readonly url: string;
  readonly channel: string;
  readonly on: (payload: string) => void;
  readonly log: StoreLog | undefined;
}

const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 5_000;

/** Listens until the returned function is called. The first connection must succeed; later ones are retried for ever. */
export async function listenOn(options: ListenOptions): Promise<() => Promise<void>> {
  let stopped = false;
  let client: pg.Client | undefined;
  let timer: NodeJS.Timeout | undefined;

  async function connect(): Promise<void> {
    const next = new pg.Client({
      connectionString: options.url,
      keepAlive: true,
      application_name: 'mooring-listen',
    });
    next.on('notification', ({ payload }) => options.on(payload ?? ''));
    next.on('error', (error) => options.log?.warn({ error: error.message }, 'database listener lost'));
    await next.connect();
    await next.query(`LISTEN ${pg.escapeIdentifier(options.channel)}`);
    if (stopped) return await next.end();
    client = next;
    next.on('end', () => retry(FIRST_RETRY_MS));
  }

  function retry(afterMs: number): void {
    if (stopped) return;
    timer = setTimeout(() => {
      connect().catch(() => retry(Math.min(afterMs * 2, LAST_RETRY_MS)));
    }, afterMs);
  }

  await connect();
  return async () => {
    stopped = true;
    clearTimeout(timer);
    await client?.end();
  };
}
