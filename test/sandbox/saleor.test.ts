// Saleor as the sandbox judges it: an app's token, permissions on fields, a cost for every query, strangers who get no error of their own.
import { createServer } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { receiving, shopWith, startWorld, type World } from './calling.ts';
import { readAll } from './code-grant-suite.ts';

const HOST = 'demo.saleor.cloud';
let world: World;
let token: string;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  await world.control('/reset', {});
  const wish = { platform: 'saleor', orders: 130, products: 13, customers: 9 };
  token = (await shopWith(world, wish)).credential.token;
});

const ask = (query: string, variables: object = {}, as = token, host = HOST) =>
  world.call({
    host,
    path: '/graphql/',
    headers: { authorization: `Bearer ${as}` },
    body: { query, variables },
  });
const codeOf = (json: { errors: { extensions: { exception: { code: string } } }[] }) =>
  json.errors[0]?.extensions.exception.code;

describe('the token', () => {
  const who = '{ app { name permissions { code } } shop { name } }';

  it('says which app it is, and what it may', async () => {
    const { app } = (await ask(who)).json.data;
    expect(app.permissions.map(({ code }: { code: string }) => code)).toContain('MANAGE_ORDERS');
  });

  it.each(['wrong', 'ended', 'of another shop'])('that is %s makes a stranger', async (why) => {
    if (why === 'ended') await world.control(`/shops/${HOST}/reject-grant`, {});
    const host = why === 'of another shop' ? 'another.saleor.cloud' : HOST;
    const as = why === 'wrong' ? 'x' : token;
    const { status, json } = await ask(who, {}, as, host);
    expect([status, json.data.app, json.errors]).toEqual([200, null, undefined]);
    const refused = (await ask('{ shop { name channelCurrencies } }', {}, as, host)).json;
    expect(refused.errors[0].message).toMatch(/AUTHENTICATED_APP/);
  });

  it('opens what its permissions name', async () => {
    const { json } = await world.control(`/shops/${HOST}/credential`, { scopes: ['MANAGE_ORDERS'] });
    expect(
      (await ask('{ orders(first: 1) { totalCount } }', {}, json.token)).json.data.orders.totalCount,
    ).toBe(130);
    const denied = await ask('{ customers(first: 1) { totalCount } }', {}, json.token);
    expect([denied.status, codeOf(denied.json)]).toEqual([200, 'PermissionDenied']);
  });

  it('is sent by an install, which fails where the app does not take it', async () => {
    const ours = await receiving();
    const taken = (await world.control(`/shops/${HOST}/install`, { tokenTargetUrl: `${ours.url}/register` }))
      .json;
    expect(taken.installed).toBe(true);
    expect(ours.got[0]?.headers['saleor-api-url']).toBe(`https://${HOST}/graphql/`);
    const sent = JSON.parse(ours.got[0]?.body ?? '{}').auth_token;
    expect((await ask(who, {}, sent)).json.data.app.name).toBe('Mooring');
    await ours.close();
    const server = createServer((_, outgoing) => outgoing.writeHead(500).end());
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const failed = await world.control(`/shops/${HOST}/install`, {
      tokenTargetUrl: `http://127.0.0.1:${port}/`,
    });
    expect(failed.json).toEqual({ status: 500, installed: false });
    server.close();
  });
});

describe('queries', () => {
  const ORDERS = `query($after: String, $filter: OrderFilterInput) {
    orders(first: 50, after: $after, filter: $filter, sortBy: { field: LAST_MODIFIED_AT, direction: ASC }) {
      edges { node { id updatedAt total { gross { amount } } lines { productSku totalPrice { net { amount } } } } }
      pageInfo { hasNextPage endCursor } totalCount } }`;

  it('read every order once, behind a cursor', async () => {
    const orders = await readAll('', async (after) => {
      const { orders: page } = (await ask(ORDERS, after === '' ? {} : { after })).json.data;
      const items = page.edges.map(({ node }: { node: object }) => node);
      return { items, next: page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null };
    });
    expect(new Set(orders.map(({ id }) => id)).size).toBe(130);
    const times = orders.map(({ updatedAt }) => updatedAt);
    expect(times).toEqual([...times].sort());
  });

  it('read what changed since', async () => {
    const gte = new Date(Date.now() - 1_000).toISOString();
    await world.control(`/shops/${HOST}/mutate`, { orders: 3 });
    await world.control('/clock', { offsetMs: 1_000 });
    const { orders } = (await ask(ORDERS, { filter: { updatedAt: { gte: gte.replace(/\.\d+/, '') } } })).json
      .data;
    expect(orders.totalCount).toBeGreaterThanOrEqual(3);
    expect(orders.totalCount).toBeLessThan(130);
  });

  it.each([
    ['no first', '{ orders { totalCount } }', 200, /must provide/],
    ['a first above a hundred', '{ orders(first: 101) { totalCount } }', 200, /limit of 100/],
    ['a field that is none', '{ orders(first: 1) { edges { node { totals } } } }', 400, /totals/],
    ['what is no query', '{ orders(', 400, /Syntax Error/],
  ])('are refused with %s', async (_, query, status, message) => {
    const answer = await ask(query);
    expect(answer.status).toBe(status);
    expect(answer.json.errors[0].message).toMatch(message);
  });

  it('cost fifty thousand at most', async () => {
    const pages = Array.from(
      { length: 300 },
      (_, n) => `p${n}: products(first: 100) { edges { node { variants { stocks { quantity } } } } }`,
    );
    const answer = await ask(`{ ${pages.join(' ')} }`);
    expect([answer.status, codeOf(answer.json)]).toEqual([400, 'QueryCostError']);
  });
});
