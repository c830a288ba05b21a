// Speaks to the sandbox as a stranger would: node:http with the real platform's host, signatures made here from the platforms' own rules.
import { createHmac } from 'node:crypto';
import { createServer, request } from 'node:http';
import { startSandbox } from '../../sandbox/server.ts';

export interface Answer {
  status: number;
  headers: Record<string, string>;
  text: string;
  // biome-ignore lint/suspicious/noExplicitAny: a platform's answer is looked into, field by field
  json: any;
}

export interface Sending {
  method?: string;
  host: string;
  path: string;
  headers?: Record<string, string>;
  /** An object is sent as JSON, a string as it is. */
  body?: unknown;
}

export interface World {
  url: string;
  call(sending: Sending): Promise<Answer>;
  control(path: string, body?: unknown, method?: string): Promise<Answer>;
  close(): Promise<void>;
}

export async function startWorld(options: Parameters<typeof startSandbox>[0] = {}): Promise<World> {
  const sandbox = await startSandbox(options);
  const call = (sending: Sending) => send(sandbox.port, sending);
  return {
    url: sandbox.url,
    call,
    control: (path, body, method = body === undefined ? 'GET' : 'POST') =>
      call({ method, host: 'sandbox', path: `/_control${path}`, body }),
    close: sandbox.close,
  };
}

function send(port: number, { method, host, path, headers = {}, body }: Sending): Promise<Answer> {
  const text = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
  const json = text !== undefined && typeof body !== 'string' ? { 'content-type': 'application/json' } : {};
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        port,
        host: '127.0.0.1',
        method: method ?? (text === undefined ? 'GET' : 'POST'),
        path,
        headers: { host, ...json, ...headers },
        agent: false,
      },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', reject);
        incoming.on('end', () => {
          const got = Buffer.concat(chunks).toString('utf8');
          const flat = Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]);
          resolve({
            status: incoming.statusCode ?? 0,
            headers: Object.fromEntries(flat),
            text: got,
            json: parsed(got),
          });
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.end(text);
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export const hexHmac = (key: string, message: string) =>
  createHmac('sha256', key).update(message).digest('hex');

export const SHOP = 'demo.myshopify.com';
export const REDIRECT = 'http://127.0.0.1:3000/oauth/shopify/callback';

export async function appSecret(world: World, platform: string): Promise<string> {
  const { json } = await world.control('/apps');
  return json.data.find((app: { platform: string }) => app.platform === platform).secret;
}

/** Approves at the shop and returns what the browser is sent back with. */
export async function approveShopify(
  world: World,
  params: Record<string, string> = {},
  decision = 'approve',
): Promise<URLSearchParams> {
  const query = new URLSearchParams({
    client_id: 'mooring-demo',
    scope: 'read_orders,read_products',
    redirect_uri: REDIRECT,
    state: 'st4te',
    ...params,
  });
  const answer = await world.call({
    method: 'POST',
    host: SHOP,
    path: `/admin/oauth/authorize?${query}`,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: `decision=${decision}`,
  });
  return new URL(answer.headers['location'] ?? 'http://none').searchParams;
}

export async function shopifyToken(world: World, fields: Record<string, unknown>): Promise<Answer> {
  const body = { client_id: 'mooring-demo', client_secret: await appSecret(world, 'shopify'), ...fields };
  return world.call({ host: SHOP, path: '/admin/oauth/access_token', body });
}

/** Connects the demo shop and returns the token answer. */
export async function connectShopify(
  world: World,
  scope = 'read_orders,read_products,read_customers,read_inventory',
) {
  const back = await approveShopify(world, { scope });
  const { json } = await shopifyToken(world, { code: back.get('code'), expiring: '1' });
  return json;
}

export async function graphql(
  world: World,
  token: string,
  query: string,
  variables: object = {},
): Promise<Answer> {
  return world.call({
    host: SHOP,
    path: '/admin/api/2026-07/graphql.json',
    headers: { 'x-shopify-access-token': token },
    body: { query, variables },
  });
}

/** Our app at a platform: its client id, secret and names. */
export async function appOf(
  world: World,
  platform: string,
): Promise<{ clientId: string; secret: string; names: Record<string, string> }> {
  const { json } = await world.control('/apps');
  return json.data.find((app: { platform: string }) => app.platform === platform);
}

/** A shop with a credential handed out, as an import would bring it. */
export async function shopWith(
  world: World,
  wish: Record<string, unknown>,
  credential: Record<string, unknown> = {},
  // biome-ignore lint/suspicious/noExplicitAny: each platform's credential has its own parts
): Promise<{ key: string; shop: any; credential: any }> {
  const { json: shop } = await world.control('/shops', wish);
  const act = `/shops/${encodeURIComponent(shop.key)}/credential`;
  return { key: shop.key, shop, credential: (await world.control(act, credential)).json };
}

/** What the browser is sent back with after the decision on an approval page. */
export async function approveAt(
  world: World,
  host: string,
  path: string,
  decision: 'approve' | 'deny' = 'approve',
): Promise<URLSearchParams> {
  const answer = await world.call({
    method: 'POST',
    host,
    path,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: `decision=${decision}`,
  });
  return new URL(answer.headers['location'] ?? 'http://none').searchParams;
}

export const formBody = (fields: Record<string, string>) => ({
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  body: new URLSearchParams(fields).toString(),
});

export const basic = (user: string, password: string) =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

/** One request to an address of ours, as the platform's server makes it: what came, answered with 200. */
export async function receiving(): Promise<{
  url: string;
  got: { path: string; headers: Record<string, string>; body: string }[];
  close(): Promise<void>;
}> {
  const got: { path: string; headers: Record<string, string>; body: string }[] = [];
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const headers = Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]);
      got.push({
        path: incoming.url ?? '',
        headers: Object.fromEntries(headers),
        body: Buffer.concat(chunks).toString('utf8'),
      });
      outgoing.end('ok');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    got,
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}
