// The demo of npm start: on an empty database a tenant, our apps at the simulated platforms, and one shop per platform that has a demo,
// connected the way a merchant does it and synced with progress. It goes through the HTTP API alone and writes nothing by itself.
import { Listr } from 'listr2';
import type { Platform } from '../domain/platform.ts';
import { PLATFORMS } from '../platforms/index.ts';
import { createLocalApi, type LocalApi, type LocalConnection, type LocalRun } from './stack/local-api.ts';
import type { LocalAddresses } from './stack/local-state.ts';
import { createMerchant, type Page } from './stack/merchant.ts';

export interface DemoRow {
  readonly platform: string;
  readonly shop: string;
  readonly state: string;
  readonly records: string;
  readonly connectionId: string;
}

const TENANT = 'Demo vendor';
const CONNECTED_WITHIN_MS = 30_000;
const RUN_WITHIN_MS = 5_000;
const SYNCED_WITHIN_MS = 120_000;
const LOOK_EVERY_MS = 150;
/** A partial run left out a resource, and says so; its other records are there. */
const ENDED = ['completed', 'partial', 'held'];

/** Makes the demo where there is no tenant yet; either way gives a row a connection of it. Throws when a platform's flow fails. */
export async function runDemo(addresses: LocalAddresses): Promise<readonly DemoRow[]> {
  const api = createLocalApi(addresses);
  const tenants = await api.tenants();
  const tenantId = tenants.find((one) => one.name === TENANT)?.id;
  if (tenants.length === 0) await makeDemo(api, addresses);
  else if (tenantId === undefined) return [];
  const owner = tenantId ?? (await api.tenants())[0]?.id ?? '';
  const connections = await api.connections({ tenantId: owner });
  return await Promise.all(connections.map((connection) => rowOf(api, connection)));
}

async function makeDemo(api: LocalApi, addresses: LocalAddresses): Promise<void> {
  const tenantId = await api.createTenant(TENANT);
  const platforms = [...PLATFORMS.values()].filter((platform) => platform.demo !== undefined);
  const withApps = new Set(platforms.filter((one) => one.needsRegistration).map((one) => one.id));
  for (const app of await sandboxApps(addresses.sandboxUrl)) {
    if (withApps.has(app.platform)) await api.register(app);
  }
  await new Listr(
    platforms.map((platform) => ({
      title: platform.name,
      task: async (_context: unknown, task: { title: string; output: string }) => {
        let said = '';
        const say = (text: string): void => {
          if (text !== said) task.output = text;
          said = text;
        };
        say(platform.demo?.how === 'pasted' ? 'a merchant pastes a key' : 'a merchant approves');
        const keys = await pastedKeys(addresses.sandboxUrl, platform);
        const connection = await connect(api, { tenantId, platform, keys });
        const run = await synced(api, connection.id, say);
        task.title = `${platform.name}: connected, ${recordsText(run)}`;
      },
    })),
    { concurrent: true, renderer: process.stdout.isTTY ? 'default' : 'simple' },
  ).run();
}

interface SandboxApp {
  readonly platform: string;
  readonly clientId: string;
  readonly secret: string;
}

async function sandboxApps(sandboxUrl: string): Promise<readonly SandboxApp[]> {
  const answer = await fetch(`${sandboxUrl}/_control/apps`);
  const { data } = (await answer.json()) as { data: readonly SandboxApp[] };
  return data;
}

const PASTED_SHOP = { orders: 60, products: 12, customers: 20 };

/** Where the merchant makes a key at the platform and pastes it: made at the sandbox, by the names of the form. Nothing where they approve. */
async function pastedKeys(sandboxUrl: string, { id, auth, demo }: Platform): Promise<Record<string, string>> {
  if (demo?.how !== 'pasted') return {};
  const { key } = await control<{ key: string }>(sandboxUrl, '/shops', { platform: id, ...PASTED_SHOP });
  const path = `/shops/${encodeURIComponent(key)}/credential`;
  const given = Object.entries(await control<Record<string, string>>(sandboxUrl, path, {}));
  const form = auth.find((method) => 'fields' in method.obtain)?.obtain;
  const names = form !== undefined && 'fields' in form ? form.fields.map(({ name }) => name) : [];
  return Object.fromEntries(
    names.map((name) => {
      // «client_id» there is «apiClientId» in a form.
      const found = given.find(([word]) => name.toLowerCase().endsWith(word.replaceAll('_', '')));
      return [name, found?.[1] ?? ''];
    }),
  );
}

async function control<T>(sandboxUrl: string, path: string, body: object): Promise<T> {
  const answer = await fetch(`${sandboxUrl}/_control${path}`, { method: 'POST', body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`the sandbox answered ${answer.status} to ${path}`);
  return (await answer.json()) as T;
}

interface ConnectWish {
  readonly tenantId: string;
  readonly platform: Platform;
  readonly keys: Readonly<Record<string, string>>;
}

/** What a merchant does: opens the link, names the shop, approves at the platform, comes back. */
async function connect(api: LocalApi, wish: ConnectWish): Promise<LocalConnection> {
  const { tenantId, platform, keys } = wish;
  const merchant = createMerchant();
  const form = await merchant.open(await api.connectLink({ tenantId, platform: platform.id }));
  // The page leads on to the platform by itself, as in a browser.
  const entered = { ...platform.demo?.shop, ...keys };
  const asked = await merchant.send(form, entered, /^(continue|connect)/i);
  const back = /approve/i.test(asked.text) ? await merchant.send(asked, {}, /^approve/i) : asked;
  if (back.status >= 400) throw new Error(`the approval was refused: ${sayPage(back)}`);
  const connection = await until(CONNECTED_WITHIN_MS, 'the connection', async () => {
    const [found] = await api.connections({ tenantId, platform: platform.id });
    return found === undefined || found.state === 'connecting' ? undefined : found;
  });
  if (connection.state !== 'active')
    throw new Error(`${platform.name} is ${connection.state}: ${sayPage(back)}`);
  return connection;
}

const sayPage = (page: Page): string => `${page.status} ${page.text.replaceAll(/\s+/g, ' ').slice(0, 300)}`;

/** Waits for the end of the first run, telling how far it is. A new connection syncs by itself; it is asked only when it does not. */
async function synced(api: LocalApi, connectionId: string, say: (text: string) => void): Promise<LocalRun> {
  const newest = async () => (await api.runs(connectionId))[0];
  try {
    await until(RUN_WITHIN_MS, 'a sync run', newest);
  } catch {
    await api.sync(connectionId);
  }
  return await until(SYNCED_WITHIN_MS, 'the first sync', async () => {
    const found = await newest();
    if (found === undefined) return undefined;
    say(recordsText(found));
    // A run that failed or was interrupted is followed by another one.
    return ENDED.includes(found.status) ? found : undefined;
  });
}

async function rowOf(api: LocalApi, connection: LocalConnection): Promise<DemoRow> {
  // The newest run may have found nothing new: what is there is what counts.
  const kept = await api.keptRecords(connection.id);
  return {
    platform: connection.platform,
    shop: connection.shop.name ?? Object.values(connection.shop.values)[0] ?? connection.shop.key ?? '',
    state: connection.state,
    records: String(kept),
    connectionId: connection.id,
  };
}

function recordsText(run: LocalRun): string {
  const parts = Object.entries(run.progress).map(([resource, { seen = 0, setAside = 0 }]) =>
    setAside === 0 ? `${seen} ${resource}` : `${seen - setAside} ${resource} (${setAside} set aside)`,
  );
  return parts.length === 0 ? 'nothing yet' : parts.join(', ');
}

async function until<T>(withinMs: number, what: string, look: () => Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error(`${what} did not come within ${withinMs / 1000} s`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}
