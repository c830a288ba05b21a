// The product as it runs in production, for tests of its promises: HTTP, worker and sandbox as processes of their own, on a database, a Temporal
// namespace and a folder of this test file's own. It goes through the public API, the sandbox's control and signals to processes alone.
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writePorts } from '../../scripts/stack/local-state.ts';
import { createMerchant, type Page } from '../../scripts/stack/merchant.ts';
import { freePort } from '../../scripts/stack/ports.ts';
import { type Part, startPart } from '../../scripts/stack/process.ts';
import { planStack, type Stack } from '../../scripts/stack/stack.ts';
import {
  connectTemporal,
  createTestDatabase,
  type TestDatabase,
  type TestTemporal,
  until,
} from '../world.ts';

export interface Answer<T> {
  readonly status: number;
  readonly body: T;
}

export interface ConnectionView {
  readonly id: string;
  readonly platform: string;
  readonly state: string;
  readonly reauthReason: string | null;
  readonly credential: { readonly generation: number };
}

export interface GrantView {
  readonly id: string;
  readonly state: string;
  readonly generation: number;
  readonly exchanges: Readonly<Record<string, number>>;
  readonly refusedExchanges: number;
}

export interface Product {
  readonly database: TestDatabase;
  readonly temporal: TestTemporal;
  readonly folder: string;
  readonly tenantId: string;
  readonly apiUrl: string;
  readonly apiKey: string;
  /** Throws where it is answered 500. */
  api<T>(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer<T>>;
  /** The sandbox's own doors: faults, apps, shops, grants. Throws unless it answers 2xx. */
  control<T>(method: string, path: string, body?: unknown): Promise<T>;
  /** What a merchant does at a browser, from the link to the page that says how it went. */
  approve(link: string, shop: Readonly<Record<string, string>>): Promise<Page>;
  connect(platform: string, shop: Readonly<Record<string, string>>): Promise<ConnectionView>;
  connection(id: string): Promise<ConnectionView>;
  grants(shop: string): Promise<readonly GrantView[]>;
  /** Every token, key and code the sandbox remembers having issued. */
  issuedSecrets(): Promise<readonly string[]>;
  /** One more process of the kind, beside those of the stack. */
  startMore(
    kind: 'worker' | 'http',
    name: string,
    wantedPort?: number,
  ): Promise<Part & { readonly url: string }>;
  part(name: string): Part;
  stop(): Promise<void>;
}

export interface ProductOptions {
  /** A database and a Temporal that the test brings; the ones that all tests share where not said. They are closed with the product. */
  readonly ground?: Pick<Product, 'database' | 'temporal'>;
  readonly env?: Readonly<Record<string, string>>;
  /** Further origins that are played on this machine: real origin → loopback origin. */
  readonly origins?: Readonly<Record<string, string>>;
  /** What our app's secret is at a platform of the sandbox, by platform; the sandbox's own where not said. */
  readonly clientSecrets?: Readonly<Record<string, string>>;
}

export async function startProduct(options: ProductOptions = {}): Promise<Product> {
  const folder = await mkdtemp(join(tmpdir(), 'mooring-product-'));
  await chmod(folder, 0o755);
  const { database, temporal } = options.ground ?? (await sharedGround());
  Object.assign(process.env, {
    MOORING_FOLDER: folder,
    DATABASE_URL: database.url,
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: temporal.namespace,
    PORT: String(await freePort()),
  });
  // Products that start at the same moment would all find the usual port free.
  await writePorts({ sandbox: await freePort() });
  const { env = {}, origins = {} } = options;
  const stack = planStack({ env, origins });
  for (const step of stack.steps) await step.run();
  const product = await describeProduct(stack, { folder, database, temporal }, options);
  await registerApps(product, options.clientSecrets ?? {});
  return product;
}

async function sharedGround(): Promise<Pick<Product, 'database' | 'temporal'>> {
  const [database, temporal] = await Promise.all([createTestDatabase(), connectTemporal()]);
  return { database, temporal };
}

interface Ground {
  readonly folder: string;
  readonly database: TestDatabase;
  readonly temporal: TestTemporal;
}

async function describeProduct(stack: Stack, ground: Ground, options: ProductOptions): Promise<Product> {
  const { apiUrl, apiKey, sandboxUrl } = stack.addresses();
  const more: Part[] = [];
  const api: Product['api'] = async <T>(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer<T>> => {
    const answer = await fetch(apiUrl + path, {
      method,
      headers: {
        authorization: `Bearer ${apiKey}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const told = readJson(await answer.text());
    if (answer.status === 500) throw new Error(await loggedOf(ground.folder, `${method} ${path}`, told));
    return { status: answer.status, body: told as T };
  };
  const control: Product['control'] = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const answer = await fetch(`${sandboxUrl}/_control${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`the sandbox answered ${answer.status} to ${method} ${path}: ${text}`);
    return readJson(text) as T;
  };
  const tenant = await api<{ id: string }>('POST', '/v1/tenants', { name: 'A tenant' });
  const product: Product = {
    ...ground,
    apiUrl,
    apiKey,
    api,
    control,
    tenantId: tenant.body.id,
    approve,
    connect: (platform, shop) => connect(product, platform, shop),
    connection: async (id) => (await api<ConnectionView>('GET', `/v1/connections/${id}`)).body,
    grants: async (shop) =>
      (await control<{ data: GrantView[] }>('GET', `/grants?shop=${encodeURIComponent(shop)}`)).data,
    issuedSecrets: () => readIssued(ground.folder),
    startMore: async (kind, name, wantedPort) => {
      const port = await freePort(wantedPort);
      const part = await startPart({
        name,
        script: `${kind}/main.ts`,
        env: { ...(await environment(product)), ...options.env, PORT: String(port) },
        logFile: join(ground.folder, 'logs', `${name}.log`),
      });
      more.push(part);
      return { ...part, url: `http://127.0.0.1:${port}` };
    },
    part: (name) => {
      const found = stack.parts().find((one) => one.name === name);
      if (found === undefined) throw new Error(`the stack has no part "${name}"`);
      return found;
    },
    stop: async () => {
      for (const part of more) await part.stop();
      await stack.stop(() => undefined);
      await ground.temporal.close();
      await ground.database.close();
      await rm(ground.folder, { recursive: true, force: true });
    },
  };
  return product;
}

/** No request may end so: why is in the log alone. */
async function loggedOf(folder: string, request: string, problem: unknown): Promise<string> {
  const { instance } = problem as { readonly instance?: string };
  const lines = (await readFile(join(folder, 'logs', 'http.log'), 'utf8')).split('\n');
  const about = lines.filter((line) => instance !== undefined && line.includes(instance));
  return `${request} was answered 500: ${[JSON.stringify(problem), ...about].join('\n')}`;
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** What the stack gives its own processes. */
async function environment(product: Product): Promise<Record<string, string>> {
  const { origins } = await product.control<{ origins: string[] }>('GET', '/origins');
  const sandboxUrl = await sandboxAddress(product);
  return {
    MOORING_PUBLIC_URL: product.apiUrl,
    MOORING_KEK_FILE: join(product.folder, 'kek'),
    MOORING_ORIGIN_OVERRIDES: JSON.stringify(
      Object.fromEntries(origins.map((origin) => [origin, sandboxUrl])),
    ),
  };
}

async function sandboxAddress({ folder }: Product): Promise<string> {
  const ports: { sandbox: number } = JSON.parse(await readFile(join(folder, 'ports.json'), 'utf8'));
  return `http://127.0.0.1:${ports.sandbox}`;
}

interface App {
  readonly platform: string;
  readonly clientId: string;
  readonly secret: string;
}

async function registerApps(product: Product, secrets: Readonly<Record<string, string>>): Promise<void> {
  const { data } = await product.control<{ data: App[] }>('GET', '/apps');
  const offered = await product.api<{ data: { id: string }[] }>('GET', '/v1/platforms');
  const known = new Set(offered.body.data.map(({ id }) => id));
  for (const { platform, clientId, secret } of data.filter((app) => known.has(app.platform))) {
    // A platform of keys and handshakes knows no app.
    if (clientId === '') continue;
    const clientSecret = secrets[platform] ?? secret;
    await product.control('PATCH', `/apps/${platform}`, { secret: clientSecret });
    const made = await product.api<{ detail?: string }>('POST', '/v1/client-registrations', {
      platform,
      clientId,
      clientSecret,
    });
    // An app with fields of its own is registered by the test that connects through it.
    if (made.status === 422 && made.body.detail?.endsWith('is required') === true) continue;
    if (made.status !== 201) throw new Error(`no registration at ${platform}: ${JSON.stringify(made.body)}`);
  }
}

async function approve(link: string, shop: Readonly<Record<string, string>>): Promise<Page> {
  const merchant = createMerchant();
  const first = await merchant.open(link);
  // A link of a connection that works shows it first, and knows its shop.
  const again = first.html.querySelector('a[href="?again=1"]');
  const form = again === null ? first : await merchant.open(`${link}?again=1`);
  const asked = await merchant.send(form, again === null ? shop : {}, /continue/i);
  return /approve/i.test(asked.text) ? await merchant.send(asked, {}, /^approve/i) : asked;
}

async function connect(
  product: Product,
  platform: string,
  shop: Readonly<Record<string, string>>,
): Promise<ConnectionView> {
  const { tenantId } = product;
  const list = async () =>
    (
      await product.api<{ data: ConnectionView[] }>(
        'GET',
        `/v1/connections?tenantId=${tenantId}&platform=${platform}&limit=100`,
      )
    ).body.data;
  const known = new Set((await list()).map(({ id }) => id));
  const session = await product.api<{ url: string }>('POST', '/v1/connect-sessions', { tenantId, platform });
  const page = await product.approve(session.body.url, shop);
  try {
    return await until(`${platform} to be connected`, async () =>
      (await list()).find(({ id, state }) => !known.has(id) && state === 'active'),
    );
  } catch (cause) {
    throw new Error(`${page.status} ${page.text.slice(0, 400)}`, { cause });
  }
}

interface Remembered {
  readonly grants: Readonly<
    Record<string, { generations: readonly { access: string; refresh: string | null }[] }>
  >;
  readonly codes: Readonly<Record<string, unknown>>;
}

async function readIssued(folder: string): Promise<readonly string[]> {
  const file = join(folder, 'sandbox', 'sandbox.json');
  const { grants, codes }: Remembered = JSON.parse(await readFile(file, 'utf8'));
  const tokens = Object.values(grants)
    .flatMap((grant) => grant.generations)
    .flatMap(({ access, refresh }) => (refresh === null ? [access] : [access, refresh]));
  return [...tokens, ...Object.keys(codes)];
}
