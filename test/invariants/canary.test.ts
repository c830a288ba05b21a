// No secret is anywhere but at its platform and sealed in its row: our apps' secrets, pasted keys, passwords, and every token and code
// the platforms issue are searched for in all tables, Temporal histories, logs and API answers, after things went well and went wrong.
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { EVENT_KINDS, isEventType } from '../../domain/event-catalogue.ts';
import { until } from '../world.ts';
import { readEverything } from './every-get.ts';
import { dumpDatabase, dumpTemporal, findAll, formsOf, readLogs, type Straw } from './haystack.ts';
import { type Answer, type ConnectionView, type Product, startProduct } from './product.ts';

/** With signs that look different in each form. */
const canary = (kind: string): string => `${kind}+/=%~${randomBytes(12).toString('hex')}`;
const hex = (bytes = 20): string => randomBytes(bytes).toString('hex');

const CLIENT_SECRETS = { shopify: canary('shopify'), shopee: canary('shopee') };
const TOKENS = 'access_token';

let product: Product;
const planted = new Set<string>(Object.values(CLIENT_SECRETS));
const answers: Straw[] = [];

beforeAll(async () => {
  product = await startProduct({ env: { LOG_LEVEL: 'trace' }, clientSecrets: CLIENT_SECRETS });
}, 120_000);

afterAll(async () => {
  await product?.stop();
}, 60_000);

function plant(secret: string): string {
  planted.add(secret);
  return secret;
}

/** Asks the API and keeps its answer for the search. */
async function ask<T = Record<string, unknown>>(
  method: string,
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
): Promise<Answer<T>> {
  const answer = await product.api<T>(method, path, body, headers);
  answers.push({ where: `answer to ${method} ${path}`, text: JSON.stringify(answer.body) });
  return answer;
}

async function shopify(name: string): Promise<ConnectionView> {
  const host = `${name}.myshopify.com`;
  await product.control('POST', '/shops', {
    platform: 'shopify',
    host,
    orders: 6,
    products: 3,
    customers: 3,
  });
  return product.connect('shopify', { shop: host });
}

/** An answer that repeats what it was asked with, as some platforms' error pages do. */
const echo = async (): Promise<string> =>
  JSON.stringify({ errors: `not with ${[...planted, ...(await product.issuedSecrets())].join(' ')}` });

const fault = (wish: Record<string, unknown>) => product.control('POST', '/faults', wish);
const refresh = (id: string) => ask<{ outcome: string }>('POST', `/v1/connections/${id}/refresh`);
const inState = (id: string, ...states: string[]) =>
  until(
    `${id} to be ${states.join(' or ')}`,
    async () => states.includes((await product.connection(id)).state),
    60_000,
  );

async function pastedWoo(
  host: string,
): Promise<{ shop: { url: string }; credential: Record<string, string> }> {
  await product.control('POST', '/shops', {
    platform: 'woocommerce',
    host,
    orders: 6,
    products: 3,
    customers: 3,
  });
  const key = await product.control<{ consumer_key: string; consumer_secret: string }>(
    'POST',
    `/shops/${host}/credential`,
    {},
  );
  const credential = {
    consumerKey: plant(key.consumer_key),
    consumerSecret: plant(key.consumer_secret),
  };
  return { shop: { url: `https://${host}` }, credential };
}

async function synced(id: string): Promise<void> {
  await until(
    `a sync of ${id}`,
    async () => {
      const { body } = await product.api<{ data: { status: string }[] }>('GET', `/v1/connections/${id}/runs`);
      return body.data.some(({ status }) => ['completed', 'partial', 'held'].includes(status));
    },
    40_000,
  );
}

async function connectAndSync(): Promise<void> {
  const shopee = await product.connect('shopee', {});
  const handshake = await product.connect('woocommerce', { url: 'https://handshake.woo.example' });
  const { shop, credential } = await pastedWoo('pasted.woo.example');
  const { tenantId } = product;
  const pasted = await ask<ConnectionView>('POST', '/v1/connections', {
    tenantId,
    platform: 'woocommerce',
    shop,
    credential,
  });
  expect(pasted.status).toBe(201);
  for (const { id } of [shopee, handshake, pasted.body]) await synced(id);

  // A proxied call that the platform refuses, repeating the key; and the sync after it.
  const path = `/v1/connections/${pasted.body.id}/proxy/orders/1`;
  const secret = credential['consumerSecret'] ?? '';
  const basic = Buffer.from(`a key:${secret}`).toString('base64');
  const body = JSON.stringify({ code: 'x', message: `not with ${secret}, Basic ${basic}` });
  await fault({ kind: 'status', shop: 'pasted.woo.example', status: 400, body, path: 'orders/1$' });
  expect((await ask('GET', path)).status).toBe(400);
  await fault({ kind: 'html', shop: 'pasted.woo.example', status: 200, body, count: 2 });
  await ask('GET', path);
  await ask('POST', `/v1/connections/${pasted.body.id}/sync`, {});
  await product.control('POST', '/shops/pasted.woo.example/reject-grant');
  await ask('GET', path);
  await ask('PUT', `/v1/connections/${pasted.body.id}/credential`, {
    credential: { consumerKey: plant(`ck_${hex()}`), consumerSecret: plant(`cs_${hex()}`) },
  });
  await fault({ kind: 'html', shop: '220001', path: TOKENS, body: await echo() });
  await refresh(shopee.id);
}

async function refreshWithFaults(): Promise<void> {
  // Fewer than five fail, or the platform's breaker would hold them all.
  const [down, lost, dead, refused, expired] = [
    await shopify('down'),
    await shopify('lost'),
    await shopify('dead'),
    await shopify('refused'),
    await shopify('expired'),
  ];
  await synced(down.id);
  const at = (shop: string) => ({ shop: `${shop}.myshopify.com`, path: TOKENS });
  await fault({ ...at('down'), kind: 'status', status: 500, body: await echo() });
  await fault({ ...at('lost'), kind: 'lose_answer' });
  await product.control('POST', '/shops/dead.myshopify.com/reject-grant');
  await Promise.all([down, lost, dead].map(({ id }) => refresh(id)));
  await inState(dead.id, 'reauth_required');

  await product.control('PATCH', '/apps/shopify', { rejecting: true });
  expect((await refresh(refused.id)).body.outcome).toBe('retry_later');
  await inState(refused.id, 'degraded');
  await product.control('PATCH', '/apps/shopify', { rejecting: false });

  await product.control('POST', '/shops/expired.myshopify.com/expire-access');
  const graphql = `/v1/connections/${expired.id}/proxy/api/2026-07/graphql.json`;
  expect(await ask('POST', graphql, { query: '{ shop { id } }' })).toMatchObject({ status: 200 });

  // Pages that fail in the middle of a sync, with what they were asked with in their answer.
  const body = await echo();
  await fault({ kind: 'status', shop: 'expired.myshopify.com', path: 'graphql', status: 403, body });
  await ask('POST', `/v1/connections/${expired.id}/sync`, {});
  await fault({ ...at('expired'), kind: 'html', body });
  await refresh(expired.id);
  await ask('DELETE', `/v1/connections/${down.id}`);
  await inState(down.id, 'revoked');
}

async function badRequests(): Promise<void> {
  const { tenantId } = product;
  const connect = (platform: string, shop: unknown, credential: unknown) =>
    ask('POST', '/v1/connections', { tenantId, platform, shop, credential });
  const wrong = { consumerKey: plant(`ck_${hex()}`), consumerSecret: plant(`cs_${hex()}`) };
  const body = JSON.stringify({ code: 'x', message: `no ${wrong.consumerKey} ${wrong.consumerSecret}` });
  await fault({ kind: 'status', shop: 'wrong.woo.example', status: 401, body });
  expect((await connect('woocommerce', { url: 'https://wrong.woo.example' }, wrong)).status).toBe(422);
  expect((await connect('woocommerce', { url: 'https://wrong.woo.example' }, wrong)).status).toBe(422);
  await connect('woocommerce', { url: plant(`https://u:${hex()}@wrong.woo.example`) }, wrong);
  await connect(
    'woocommerce',
    { url: 'https://a.woo.example' },
    { consumerKey: plant(`no${hex()}`), x: plant(hex()) },
  );
  await connect(
    'medusa',
    { url: 'https://nowhere.invalid' },
    { email: 'a@b.example', password: plant(canary('pw')) },
  );
  await ask('POST', '/v1/client-registrations', {
    platform: 'shopify',
    clientSecret: plant(canary('cs')),
    clientId: 7,
  });

  await ask('GET', `/oauth/shopify/callback?code=${plant(hex())}&state=${plant(hex())}&shop=a.myshopify.com`);
  await ask('GET', `/connect/${plant(hex())}`);
  await ask('GET', `/v1/tenants?apiKey=${plant(hex())}`);
  await ask('GET', '/v1/tenants', undefined, { authorization: `Bearer ${plant(`mk_live_${hex()}`)}` });
  await ask('GET', '/v1/tenants', undefined, { authorization: `Basic ${plant(hex())}` });

  // Told once, to whoever asked, and again to the same request; kept nowhere.
  const key = { 'idempotency-key': hex() };
  for (const _ of [1, 2]) {
    const made = await product.api<{ secret?: string; key?: string }>(
      'POST',
      '/v1/api-keys',
      { role: 'read', tenantId, name: 'reader' },
      key,
    );
    expect(made.status).toBe(201);
    const told = Object.values(made.body).filter((one) => typeof one === 'string' && one.startsWith('mk_'));
    for (const one of told) if (one !== undefined && one.length > 30) plant(one);
  }
  const session = await product.api<{ url: string }>(
    'POST',
    '/v1/connect-sessions',
    { tenantId, platform: 'shopify' },
    { 'idempotency-key': hex() },
  );
  plant(session.body.url.split('/').at(-1) ?? '');
}

/** What a platform tells of a person is a secret of theirs, and so is where it tells it; what we tell a vendor is signed with one. */
async function toldAndTelling(): Promise<void> {
  const { tenantId } = product;
  const asked = await shopify('asked');
  const address = await product.api<{ url: string }>(
    'POST',
    `/v1/connections/${asked.id}/notification-address`,
  );
  plant(address.body.url.split('/').at(-1) ?? '');
  await product.control('PATCH', '/apps/shopify', { notifyUrl: `${product.apiUrl}/notify/shopify` });
  const email = plant(`${hex()}@customers.example`);
  const payload = { customer: { id: 191167, email }, orders_requested: [299938] };
  await product.control('POST', '/shops/asked.myshopify.com/notify', {
    topic: 'customers/data_request',
    payload,
  });
  await until('the request of a customer', async () => {
    const { body } = await ask<{ data: object[] }>('GET', '/v1/privacy-requests');
    return body.data.length === 1;
  });
  const endpoint = await product.api<{ id: string; secret: string }>('POST', '/v1/endpoints', {
    tenantId,
    url: 'https://vendor.example/events',
  });
  expect(endpoint.status).toBe(201);
  plant(endpoint.body.secret);
  expect((await ask('POST', `/v1/endpoints/${endpoint.body.id}/test`)).status).toBe(202);
}

async function everything(): Promise<Straw[]> {
  const [database, temporal, logs] = await Promise.all([
    dumpDatabase(product.database.owner),
    dumpTemporal(product.temporal.client),
    readLogs(join(product.folder, 'logs')),
  ]);
  return [...database, ...temporal, ...logs, ...answers];
}

test('no secret is in the database, the histories, the logs or an answer', async () => {
  await connectAndSync();
  await refreshWithFaults();
  await badRequests();
  await toldAndTelling();
  await readEverything(product, ask);

  for (const secret of await product.issuedSecrets()) plant(secret);
  plant(product.apiKey);
  plant((await readFile(join(product.folder, 'kek'), 'utf8')).trim());
  const straws = await everything();

  // The search looked where secrets could be: each part is there, with what belongs there.
  const text = (of: RegExp) =>
    straws
      .filter(({ where }) => of.test(where))
      .map((one) => one.text)
      .join('\n');
  expect(text(/^table public\.credentials/)).toContain('"sealed": "\\\\x');
  expect(text(/^table public\.records/)).toMatch(/order/i);
  expect(text(/^history connection /)).toContain('afterGeneration');
  expect(text(/^history syncStore /)).toContain(product.tenantId);
  expect(text(/^schedule /)).toContain('sync');
  expect(text(/^log worker/)).toContain('"ready"');
  expect(text(/^log http/)).toContain('/v1/connections/:id/refresh');
  expect(planted.size).toBeGreaterThan(40);
  expect(findAll(straws, planted)).toEqual([]);
}, 240_000);

test('every event that was written is in the catalogue, in its form', async () => {
  const { rows } = await product.database.owner.query<{ type: string; data: unknown }>(
    'SELECT type, data FROM events',
  );
  const wrong = rows.flatMap(({ type, data }) => {
    if (!isEventType(type)) return [`"${type}" is not in the catalogue`];
    const { error } = z.fromJSONSchema(EVENT_KINDS[type].data).safeParse(data);
    return error === undefined ? [] : [`${type} ${JSON.stringify(data)}: ${error.message}`];
  });
  expect(wrong).toEqual([]);
  const types = new Set(rows.map(({ type }) => type));
  for (const type of ['connection.active', 'sync.completed', 'records.changed', 'endpoint.test'])
    expect([...types]).toContain(type);
});

test('the search finds a secret in each place and each form', async () => {
  const secret = canary('planted');
  const sealed = Buffer.from(`xx${secret}`);
  await product.database.owner.query('UPDATE credentials SET sealed = $1', [sealed]);
  const pairs = formsOf(secret);
  const { workflow } = product.temporal.client;
  await workflow.start('unknown', {
    workflowId: 'planted',
    taskQueue: 'nobody',
    args: [{ deep: [Buffer.from(`abc:${secret}`).toString('base64')] }],
    memo: { note: encodeURIComponent(secret) },
  });
  const straws = [
    ...(await dumpDatabase(product.database.owner)),
    ...(await dumpTemporal(product.temporal.client)),
    ...pairs.map(([form, needle]) => ({ where: form, text: `before ${needle} after` })),
  ];
  const found = findAll(straws, [secret]);
  expect(found).toContainEqual(expect.objectContaining({ where: 'table public.credentials', form: 'hex' }));
  const history = found.filter(({ where }) => where === 'history unknown planted').map(({ form }) => form);
  expect(history).toEqual(expect.arrayContaining(['URL', 'base64 +1']));
  for (const [form] of pairs) expect(found).toContainEqual(expect.objectContaining({ where: form, form }));
  await workflow.getHandle('planted').terminate();
}, 60_000);
