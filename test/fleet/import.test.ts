// Existing connections brought along, by the product's own processes against the sandbox: some good, some dead, some over; the worker killed in
// the middle; the same file again; and a search for every secret of the file afterwards.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { mooringAt } from '../cli/local-command.ts';
import { dumpDatabase, dumpTemporal, findAll, readLogs } from '../invariants/haystack.ts';
import { type Product, startProduct } from '../invariants/product.ts';
import { until } from '../world.ts';

const GOOD = 12;
const HOUR_MS = 3_600_000;

let product: Product;

beforeAll(async () => {
  product = await startProduct({ env: { LOG_LEVEL: 'trace' } });
}, 150_000);

afterAll(async () => {
  await product?.stop();
}, 60_000);

interface Tokens {
  readonly access_token: string;
  readonly refresh_token: string;
}

interface Keys {
  readonly client_key: string;
  readonly secret_key: string;
}

/** A shop whose grant was made elsewhere, before us. */
async function granted(name: string): Promise<{ host: string; tokens: Tokens }> {
  const host = `${name}.myshopify.com`;
  await product.control('POST', '/shops', {
    platform: 'shopify',
    host,
    orders: 1,
    products: 1,
    customers: 1,
  });
  return { host, tokens: await product.control<Tokens>('POST', `/shops/${host}/credential`, {}) };
}

function lineOf(
  host: string,
  tokens: Tokens,
  expiresAt: string | null = new Date(Date.now() + HOUR_MS).toISOString(),
) {
  return JSON.stringify({
    tenantId: product.tenantId,
    platform: 'shopify',
    shop: { shop: host },
    credential: { accessToken: tokens.access_token, refreshToken: tokens.refresh_token, expiresAt },
  });
}

interface Report {
  readonly id: string;
  readonly status: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly lines: {
    readonly data: readonly {
      line: number;
      outcome: string;
      code: string | null;
      connectionId: string | null;
    }[];
  };
}

const reportOf = async (id: string) => (await product.api<Report>('GET', `/v1/imports/${id}?limit=500`)).body;

async function upload(text: string): Promise<string> {
  const answer = await fetch(`${product.apiUrl}/v1/imports`, {
    method: 'POST',
    headers: { authorization: `Bearer ${product.apiKey}`, 'content-type': 'application/x-ndjson' },
    body: text,
  });
  expect(answer.status).toBe(202);
  return ((await answer.json()) as { id: string }).id;
}

const done = (id: string) =>
  until(
    `${id} to be done`,
    async () => {
      const report = await reportOf(id);
      return report.status === 'done' ? report : null;
    },
    120_000,
  );

async function connections(): Promise<number> {
  const { rows } = await product.database.owner.query<{ n: number }>(
    "SELECT count(*)::int AS n FROM connections WHERE lifecycle NOT IN ('revoked', 'abandoned')",
  );
  return rows[0]?.n ?? -1;
}

const mooring = (...args: readonly string[]) => mooringAt(product, args);

test('every line of a file is settled once, through a kill -9 of the worker, and the file again doubles nothing', async () => {
  const secrets: string[] = [];
  const lines: string[] = [];
  const add = (host: string, tokens: Tokens, expiresAt?: string | null) => {
    secrets.push(tokens.access_token, tokens.refresh_token);
    lines.push(lineOf(host, tokens, expiresAt));
  };
  for (let at = 0; at < GOOD; at++) {
    const { host, tokens } = await granted(`good${at}`);
    add(host, tokens);
  }
  const over = await granted('over');
  await product.control('POST', `/shops/${over.host}/expire-access`);
  add(over.host, over.tokens, new Date(Date.now() - HOUR_MS).toISOString());
  const undated = await granted('undated');
  await product.control('POST', `/shops/${undated.host}/expire-access`);
  add(undated.host, undated.tokens, null);
  const dead = await granted('dead');
  await product.control('POST', `/shops/${dead.host}/reject-grant`);
  add(dead.host, dead.tokens);

  const id = await upload(lines.join('\n'));
  await until('the first lines', async () => ((await reportOf(id)).counts['connected'] ?? 0) >= 4);
  product.part('worker').kill();
  expect((await reportOf(id)).status).toBe('running');
  await product.startMore('worker', 'worker-2');
  const report = await done(id);

  expect(report.counts).toMatchObject({ total: GOOD + 3, connected: GOOD + 2, refused: 1, pending: 0 });
  expect(report.lines.data.at(-1)).toMatchObject({ outcome: 'refused', code: 'credential_rejected' });
  expect(await connections()).toBe(GOOD + 2);
  for (const { host } of [over, undated]) {
    expect(await product.grants(host)).toMatchObject([{ state: 'live', exchanges: { 1: 1 }, generation: 2 }]);
  }
  const ids = new Set(report.lines.data.flatMap((one) => one.connectionId ?? []));
  expect(ids.size).toBe(GOOD + 2);
  for (const one of ids) expect((await product.connection(one)).state).toBe('active');

  const again = await done(await upload(lines.join('\n')));
  expect(again.counts).toMatchObject({ duplicate: GOOD + 2, refused: 1, connected: 0 });
  expect(again.lines.data[0]?.connectionId).toBe(report.lines.data[0]?.connectionId);
  expect(await connections()).toBe(GOOD + 2);

  const straws = [
    ...(await dumpDatabase(product.database.owner)),
    ...(await dumpTemporal(product.temporal.client)),
    ...(await readLogs(join(product.folder, 'logs'))),
    { where: 'report', text: JSON.stringify([report, again]) },
  ];
  expect(findAll(straws, [...secrets, ...(await product.issuedSecrets())])).toEqual([]);
}, 240_000);

test('sellers whom only their keys tell apart are a connection each, and the file again doubles nothing', async () => {
  const sellers = [];
  for (const key of ['seller-a', 'seller-b']) {
    await product.control('POST', '/shops', {
      platform: 'kaufland',
      key,
      orders: 1,
      products: 1,
      customers: 1,
    });
    const keys = await product.control<Keys>('POST', `/shops/${key}/credential`, {});
    sellers.push({ clientKey: keys.client_key, secretKey: keys.secret_key });
  }
  const file = [...sellers, sellers[0]]
    .map((credential) => {
      const shop = { storefront: 'de' };
      return JSON.stringify({ tenantId: product.tenantId, platform: 'kaufland', shop, credential });
    })
    .join('\n');
  const report = await done(await upload(file));
  expect(report.lines.data.map(({ outcome, code }) => [outcome, code])).toEqual([
    ['connected', null],
    ['connected', null],
    ['duplicate', 'duplicate_line'],
  ]);
  const again = await done(await upload(file));
  expect(again.counts).toMatchObject({ connected: 0, duplicate: 3 });
  expect(again.lines.data[1]?.connectionId).toBe(report.lines.data[1]?.connectionId);
  const body = { tenantId: product.tenantId, platform: 'kaufland', shop: { storefront: 'de' } };
  const twice = await product.api('POST', '/v1/connections', { ...body, credential: sellers[0] });
  expect(twice).toMatchObject({ status: 409, body: { code: 'shop_already_connected' } });
}, 120_000);

test('a line whose platform is down is tried again; one that renewed begins again with what it renewed', async () => {
  const { host, tokens } = await granted('shaky');
  await product.control('POST', `/shops/${host}/expire-access`);
  // The exchange works, the proof after it does not.
  await product.control('POST', '/faults', { shop: host, path: 'graphql', kind: 'status', status: 500 });
  const id = await upload(lineOf(host, tokens, new Date(Date.now() - HOUR_MS).toISOString()));
  const report = await done(id);
  expect(report.counts).toMatchObject({ connected: 1 });
  expect(await product.grants(host)).toMatchObject([{ state: 'live', exchanges: { 1: 1 }, generation: 2 }]);
}, 120_000);

test('the command line uploads, shows progress, and ends with what did not connect', async () => {
  const { host, tokens } = await granted('cli');
  const file = join(product.folder, 'import.ndjson');
  await writeFile(file, `${lineOf(host, tokens)}\n{"platform":"shopify"}\n`);
  const answer = await mooring('import', file);
  expect(answer.err).toContain('2 lines read');
  expect(answer.out).toContain('invalid_request');
  expect(answer.code).toBe(1);
  expect(answer.out + answer.err).not.toContain(tokens.access_token);
  const [id = ''] = /imp_\w+/.exec(answer.out) ?? [];
  const status = await mooring('import', 'status', id, '--json');
  expect(JSON.parse(status.out).counts).toMatchObject({ connected: 1, broken: 1 });
}, 120_000);

test('an import is told where it granted more than is asked for, and stands beside its workflow and schedule', async () => {
  const { host, tokens } = await granted('wide');
  const line = { ...JSON.parse(lineOf(host, tokens)), permissions: ['orders:read'] };
  const { counts, lines } = await done(await upload(JSON.stringify(line)));
  expect(counts).toMatchObject({ connected: 1 });
  const id = lines.data[0]?.connectionId;
  const query = `tenantId=${product.tenantId}&limit=100`;
  const credentials = await product.api<{
    data: { connectionId: string; drift: string; surplusScopes: string[] }[];
  }>('GET', `/v1/inventory/credentials?${query}&drift=true`);
  const item = credentials.body.data.find(({ connectionId }) => connectionId === id);
  expect(item).toMatchObject({ drift: 'more' });
  expect(item?.surplusScopes).toContain('read_customers');
  const events = await product.database.owner.query<{ data: { surplus: string[] } }>(
    "SELECT data FROM events WHERE connection_id = $1 AND type = 'connection.scope_drift'",
    [id],
  );
  expect(events.rows[0]?.data.surplus).toContain('read_customers');
  await until('workflow and schedule to stand', async () => {
    const { body } = await product.api<{
      data: { connectionId: string; workflow: string; schedule: string; drift: string[] }[];
    }>('GET', `/v1/inventory/workflows?${query}`);
    const found = body.data.find(({ connectionId }) => connectionId === id);
    return found?.workflow === 'running' && found.schedule === 'running' && found.drift.length === 0;
  });
}, 60_000);
