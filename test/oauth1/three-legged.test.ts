// OAuth 1.0a with the request token first (RFC 5849 § 2), by the product as it runs, at a server that judges by another library's signatures.
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ConnectionView, type Product, startProduct } from '../invariants/product.ts';
import { items } from '../sync/shelf.ts';
import { until } from '../world.ts';
import { HOST } from './definition.ts';
import { CONSUMER, type Judge, startJudge } from './judge.ts';

let judge: Judge;
let product: Product;

beforeAll(async () => {
  judge = await startJudge();
  judge.shop.put('orders', ...items(5));
  product = await startProduct({
    origins: { [`https://${HOST}`]: judge.origin },
    env: { MOORING_PLATFORMS: fileURLToPath(new URL('./platforms', import.meta.url)) },
  });
  const made = await product.api('POST', '/v1/client-registrations', {
    platform: 'threelegs',
    clientId: CONSUMER.key,
    clientSecret: CONSUMER.secret,
  });
  expect(made.status, JSON.stringify(made.body)).toBe(201);
}, 150_000);
afterAll(async () => {
  await product?.stop();
  await judge.close();
}, 60_000);

interface Begun {
  readonly cookie: string;
  /** Where the judge sends the browser back to, with token and verifier. */
  readonly back: URL;
}

/** As a browser does it, up to the callback, which is not followed. */
async function begun(): Promise<Begun> {
  const page = await submitted();
  const cookie = page.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  const text = await page.text();
  const authorize =
    page.headers.get('location') ?? /0;\s*url=([^"]+)"/.exec(text)?.[1]?.replaceAll('&amp;', '&') ?? '';
  const approved = await fetch(new URL(authorize, product.apiUrl), { redirect: 'manual' });
  return { cookie, back: new URL(approved.headers.get('location') ?? text.slice(0, 500)) };
}

async function submitted(): Promise<Response> {
  const { body } = await product.api<{ url: string }>('POST', '/v1/connect-sessions', {
    tenantId: product.tenantId,
    platform: 'threelegs',
    permissions: ['orders:read'],
  });
  return await fetch(body.url, {
    method: 'POST',
    redirect: 'manual',
    headers: { origin: product.apiUrl },
    body: new URLSearchParams({ platform: 'threelegs' }),
  });
}

const come = (back: URL, cookie: string) => fetch(back, { redirect: 'manual', headers: { cookie } });
const connections = async () =>
  (
    await product.api<{ data: ConnectionView[] }>(
      'GET',
      `/v1/connections?tenantId=${product.tenantId}&platform=threelegs`,
    )
  ).body.data;

test('without a word that the callback was taken nobody is sent anywhere (§ 2.1)', async () => {
  judge.isConfirming = false;
  const page = await submitted();
  judge.isConfirming = true;
  expect([page.status, page.headers.get('location')]).toEqual([502, null]);
  expect(await page.text()).toContain('Nothing was connected');
});

test('a wrong verifier is refused by the platform, and connects nothing', async () => {
  const { back, cookie } = await begun();
  back.searchParams.set('oauth_verifier', 'f'.repeat(32));
  const answer = await come(back, cookie);
  expect([answer.status, judge.outcomes.at(-1)]).toEqual([422, 'verifier']);
  expect((await connections()).some(({ state }) => state === 'active')).toBe(false);
});

test('the token of another attempt is refused before anything is sent', async () => {
  const [mine, theirs] = [await begun(), await begun()];
  const before = judge.outcomes.length;
  for (const answer of [
    await come(theirs.back, mine.cookie),
    await come(
      new URL(`${mine.back.origin}${mine.back.pathname}?oauth_token=made-up&oauth_verifier=x`),
      mine.cookie,
    ),
    await come(mine.back, ''),
  ]) {
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain('invalid_state');
  }
  expect(judge.outcomes.length).toBe(before);
});

test('approved, it is exchanged once, proved, read to the end, and neither history nor row tells its secrets', async () => {
  const { back, cookie } = await begun();
  const issued = () => judge.outcomes.filter((one) => one === 'issued').length;
  expect((await come(back, cookie)).status).toBe(303);
  const again = await come(back, cookie);
  expect(again.status).toBeLessThan(500);
  expect(issued()).toBe(1);
  const connection = await until('the connection', async () =>
    (await connections()).find(({ state }) => state === 'active'),
  );
  await until('the orders', async () => {
    const { body } = await product.api<{ data: unknown[] }>(
      'GET',
      `/v1/records/orders?tenantId=${product.tenantId}&connectionId=${connection.id}`,
    );
    return body.data.length === 5;
  });
  const { rows } = await product.database.owner.query(
    'SELECT status, sealed, temporary FROM authorizations WHERE connection_id = $1',
    [connection.id],
  );
  expect(rows).toEqual([{ status: 'authorized', sealed: null, temporary: null }]);
  const said: string[] = [];
  for await (const { workflowId } of product.temporal.client.workflow.list())
    said.push(JSON.stringify(await product.temporal.client.workflow.getHandle(workflowId).fetchHistory()));
  expect(said.join()).toContain('temporaryCredentials');
  for (const secret of [...judge.secrets, CONSUMER.secret])
    for (const form of [secret, Buffer.from(secret).toString('base64').replaceAll('=', '')])
      expect(said.join()).not.toContain(form);
}, 60_000);
