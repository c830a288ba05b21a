// The whole stack on one machine: PostgreSQL, Temporal, migrations, sandbox, worker, HTTP. Whatever DATABASE_URL, TEMPORAL_ADDRESS or PORT name
// replaces its embedded part. Parts start in this order and stop in the reverse one. Used by npm start, the real-shop test and the benchmarks.
import { openDatabase } from '../../store/database.ts';
import { temporalSettings } from '../../temporal.config.ts';
import { forgetPart, type RunningPart, rememberPart, stopLeftovers } from './leftovers.ts';
import { inFolder, keepSecretFile, type LocalAddresses, readPorts, writePorts } from './local-state.ts';
import { migrate } from './migrate.ts';
import { ensureOperatorKey } from './operator-key.ts';
import { freePort, isClosedToBrowsers, isPortFree } from './ports.ts';
import { startPostgres } from './postgres.ts';
import { type Part, startPart } from './process.ts';
import { registerSearchAttributes, startTemporal } from './temporal.ts';

export interface StackStep {
  readonly title: string;
  run(): Promise<string>;
}

export interface Stack {
  /** In order; each says in a few words what it did. */
  readonly steps: readonly StackStep[];
  /** Complete once every step has run. */
  addresses(): LocalAddresses;
  /** Parts that must not end by themselves. */
  parts(): readonly Part[];
  stop(report: (title: string) => void): Promise<void>;
}

const WANTED_PORTS = { http: 3000, sandbox: 4400, postgres: 5499, temporal: 7233, temporalUi: 8233 };
type PortName = keyof typeof WANTED_PORTS;

/** Pages are large and short-lived: V8 would let the heap grow by a third more for no speed (measured). As in package.json's `worker`. */
const WORKER_HEAP = '--max-semi-space-size=8 --max-old-space-size=512';

/** Where the parts that run are remembered. */
const RUNNING = 'run';

interface Running {
  databaseUrl: string;
  temporalAddress: string;
  temporalUiUrl: string;
  sandboxUrl: string;
  apiUrl: string;
  apiKey: string;
}

export interface StackOptions {
  /** Added to what worker and HTTP are given. */
  readonly env?: Readonly<Record<string, string>>;
  /** Further origins that are played on this machine: real origin → loopback origin. */
  readonly origins?: Readonly<Record<string, string>>;
}

/** Plans the stack; nothing starts until its steps run. */
export function planStack(options: StackOptions = {}): Stack {
  const now: Partial<Running> = {};
  const stops: { title: string; stop: () => Promise<void> }[] = [];
  const parts: Part[] = [];
  const ports = portKeeper();
  const given = process.env;

  const remember = async (running: RunningPart, stop: () => Promise<void>): Promise<void> => {
    await rememberPart(inFolder(RUNNING), running);
    stops.push({
      title: running.name,
      stop: async () => {
        await stop();
        await forgetPart(inFolder(RUNNING), running.name);
      },
    });
  };

  const part = async (
    name: string,
    script: string,
    env: Readonly<Record<string, string | undefined>>,
  ): Promise<void> => {
    const started = await startPart({ name, script, env, logFile: inFolder('logs', `${name}.log`) });
    parts.push(started);
    await remember({ name, pid: started.pid, command: script }, started.stop);
  };

  const postgres = async (): Promise<string> => {
    await stopLeftovers(inFolder(RUNNING));
    // Said before anything starts, because PORT may be taken.
    await ports.get('http');
    if (given['DATABASE_URL'] !== undefined) {
      now.databaseUrl = given['DATABASE_URL'];
      return 'DATABASE_URL is used';
    }
    const port = await ports.get('postgres');
    const server = await startPostgres({ folder: inFolder('postgres'), port });
    stops.push({ title: 'PostgreSQL', stop: server.stop });
    await server.createDatabase('mooring');
    now.databaseUrl = server.urlOf('mooring');
    return `PostgreSQL 18 on port ${port}`;
  };

  const temporal = async (): Promise<string> => {
    if (given['TEMPORAL_ADDRESS'] !== undefined || given['TEMPORAL_PROFILE'] !== undefined) {
      const settings = temporalSettings(given);
      now.temporalAddress = settings.address;
      now.temporalUiUrl = given['TEMPORAL_UI_URL'] ?? '';
      await naming(`Temporal at ${settings.address}`, registerSearchAttributes(settings));
      return `the cluster at ${settings.address} is used`;
    }
    const [port, uiPort] = [await ports.get('temporal'), await ports.get('temporalUi')];
    const server = await startTemporal({ port, uiPort, file: inFolder('temporal.db') });
    await remember({ name: 'Temporal', pid: server.pid, command: inFolder('temporal.db') }, server.stop);
    now.temporalAddress = server.address;
    now.temporalUiUrl = server.uiUrl;
    await registerSearchAttributes({ connection: { address: server.address }, namespace: 'default' });
    return `dev server on port ${port}, UI on ${uiPort}`;
  };

  const schema = async (): Promise<string> => {
    const applied = await naming('the database', migrate(known(now.databaseUrl)));
    return applied.length === 0 ? 'up to date' : `${applied.length} applied`;
  };

  const sandbox = async (): Promise<string> => {
    const port = await ports.get('sandbox');
    await part('sandbox', 'sandbox/main.ts', {
      SANDBOX_PORT: String(port),
      SANDBOX_DATA: inFolder('sandbox'),
    });
    now.sandboxUrl = `http://127.0.0.1:${port}`;
    return `simulated platforms on port ${port}`;
  };

  const childEnv = async (): Promise<Record<string, string>> => {
    const httpPort = await ports.get('http');
    return {
      DATABASE_URL: known(now.databaseUrl),
      TEMPORAL_ADDRESS: known(now.temporalAddress),
      PORT: String(httpPort),
      MOORING_PUBLIC_URL: `http://127.0.0.1:${httpPort}`,
      MOORING_KEK_FILE: await keepSecretFile('kek'),
      MOORING_ORIGIN_OVERRIDES: JSON.stringify({
        ...(await sandboxOrigins(known(now.sandboxUrl))),
        ...options.origins,
      }),
      ...options.env,
    };
  };

  const worker = async (): Promise<string> => {
    await part('worker', 'worker/main.ts', { ...(await childEnv()), NODE_OPTIONS: WORKER_HEAP });
    return 'polls workflows, lifecycle and pages';
  };

  const http = async (): Promise<string> => {
    const port = await ports.get('http');
    const db = openDatabase({ url: known(now.databaseUrl), poolSize: 2 });
    try {
      now.apiKey = await ensureOperatorKey(db);
    } finally {
      await db.close();
    }
    await part('http', 'http/main.ts', await childEnv());
    now.apiUrl = `http://127.0.0.1:${port}`;
    return `API on port ${port}`;
  };

  return {
    steps: [
      { title: 'PostgreSQL', run: postgres },
      { title: 'Temporal', run: temporal },
      { title: 'Database schema', run: schema },
      { title: 'Sandbox', run: sandbox },
      { title: 'Worker', run: worker },
      { title: 'HTTP', run: http },
    ],
    addresses: () => ({
      apiUrl: known(now.apiUrl),
      consoleUrl: `${known(now.apiUrl)}/console`,
      temporalUiUrl: known(now.temporalUiUrl),
      temporalAddress: known(now.temporalAddress),
      databaseUrl: known(now.databaseUrl),
      sandboxUrl: known(now.sandboxUrl),
      apiKey: known(now.apiKey),
    }),
    parts: () => parts,
    stop: async (report) => {
      for (const { title, stop } of stops.splice(0).reverse()) {
        report(title);
        await stop();
      }
    },
  };
}

function known<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('a part of the stack was asked for before it was started');
  return value;
}

/** Says which part a failure is about. */
async function naming<T>(part: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    throw new Error(`${part} cannot be used: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
}

/** The origins the sandbox plays, each pointing to it. */
async function sandboxOrigins(sandboxUrl: string): Promise<Record<string, string>> {
  const answer = await fetch(`${sandboxUrl}/_control/origins`);
  const { origins } = (await answer.json()) as { origins: readonly string[] };
  return Object.fromEntries(origins.map((origin) => [origin, sandboxUrl]));
}

/** Ports stay the same between starts. One that somebody else took is replaced, but PORT is a promise and is refused. */
function portKeeper(): { get(name: PortName): Promise<number> } {
  const chosen = new Map<PortName, number>();
  return {
    get: async (name) => {
      const had = chosen.get(name);
      if (had !== undefined) return had;
      const port = await choose(name);
      chosen.set(name, port);
      await writePorts({ ...(await readPorts()), [name]: port });
      return port;
    },
  };
}

async function choose(name: PortName): Promise<number> {
  const asked = name === 'http' ? process.env['PORT'] : undefined;
  if (asked === undefined) return await freePort((await readPorts())[name] ?? WANTED_PORTS[name]);
  const port = Number(asked);
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new Error(`PORT "${asked}" is not a port number from 1 to 65535`);
  if (isClosedToBrowsers(port))
    throw new Error(
      `PORT ${port} is one that browsers open nothing at; set PORT to another one, such as 3000`,
    );
  if (!(await isPortFree(port)))
    throw new Error(`PORT ${port} is taken by another program; set PORT to a free one`);
  return port;
}
