// Faults on demand and the control API: what each does to a caller, and only to the caller it is meant for.
import { mkdtempSync, statSync } from 'node:fs';
import { get as httpGet } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { connectShopify, graphql, SHOP, shopifyToken, startWorld, type World } from './calling.ts';

const HOST = 'kiosk.woo.example';
let world: World;
let auth: Record<string, string>;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  await world.control('/reset', {});
  await world.control('/shops', { platform: 'woocommerce', host: HOST, orders: 40 });
  const { consumer_key, consumer_secret } = (await world.control(`/shops/${HOST}/credential`, {})).json;
  auth = { authorization: `Basic ${Buffer.from(`${consumer_key}:${consumer_secret}`).toString('base64')}` };
});

const orders = (query = '') =>
  world.call({ host: HOST, path: `/wp-json/wc/v3/orders${query}`, headers: auth });
const fault = (fields: object) => world.control('/faults', { shop: HOST, ...fields });

describe('a fault', () => {
  it('hits as many requests as it was told to, and no more', async () => {
    await fault({ kind: 'status', status: 503, count: 2 });
    expect([(await orders()).status, (await orders()).status, (await orders()).status]).toEqual([
      503, 503, 200,
    ]);
  });

  it('leaves other shops, paths and methods alone', async () => {
    await fault({ kind: 'status', status: 500, path: '/products$', method: 'GET', count: null });
    expect((await orders()).status).toBe(200);
    expect((await world.call({ host: HOST, path: '/wp-json/wc/v3/products', headers: auth })).status).toBe(
      500,
    );
    expect((await world.call({ host: 'other.woo.example', path: '/wp-json/wc/v3/products' })).status).toBe(
      401,
    );
  });

  it('that limits the rate tells when to come back, or does not', async () => {
    await fault({ kind: 'status', status: 429, retryAfterS: 7 });
    await fault({ kind: 'status', status: 429 });
    expect((await orders()).headers['retry-after']).toBe('7');
    expect((await orders()).headers['retry-after']).toBeUndefined();
  });

  it.each([
    ['html', /<h1>/],
    ['empty', /^$/],
    ['wrong_types', /^\["unexpected"\]$/],
  ])('%s changes the body alone', async (kind, body) => {
    await fault({ kind });
    const answer = await orders();
    expect([answer.status, body.test(answer.text)]).toEqual([200, true]);
  });

  it('wrong_types can change each field', async () => {
    await fault({ kind: 'wrong_types', depth: 'fields' });
    expect((await orders()).json[0].id).toEqual([expect.any(Number)]);
  });

  it('truncated ends the JSON early with the right length', async () => {
    await fault({ kind: 'truncated' });
    const answer = await orders();
    expect(answer.json).toBeUndefined();
    expect(answer.text.length).toBeGreaterThan(100);
  });

  it.each(['cut', 'lose_answer', 'drop'])('%s breaks the connection', async (kind) => {
    await fault({ kind });
    await expect(orders()).rejects.toThrow();
  });

  it('slow waits first', async () => {
    await fault({ kind: 'slow', ms: 300 });
    const startedAt = performance.now();
    await orders();
    expect(performance.now() - startedAt).toBeGreaterThan(290);
  });

  it('huge goes on until the caller hangs up', async () => {
    await fault({ kind: 'huge' });
    const received = await new Promise<number>((resolve, reject) => {
      let sizeBytes = 0;
      const request = httpGet(
        `${world.url}/wp-json/wc/v3/orders`,
        { headers: { host: HOST, ...auth } },
        (response) => {
          response.on('data', (chunk: Buffer) => {
            sizeBytes += chunk.length;
            if (sizeBytes > 20_000_000) {
              request.destroy();
              resolve(sizeBytes);
            }
          });
        },
      );
      request.on('error', reject);
    });
    expect(received).toBeGreaterThan(20_000_000);
    expect((await orders()).status).toBe(200);
  });

  it('redirect sends elsewhere', async () => {
    await fault({ kind: 'redirect', to: 'http://169.254.169.254/latest/meta-data' });
    const answer = await orders();
    expect([answer.status, answer.headers['location']]).toEqual([
      302,
      'http://169.254.169.254/latest/meta-data',
    ]);
  });

  it('next_link goes round in a circle or to another host', async () => {
    await fault({ kind: 'next_link', to: 'self' });
    await fault({ kind: 'next_link', to: 'https://evil.example/steal' });
    expect((await orders('?page=2')).headers['link']).toContain('orders?page=2>; rel="next"');
    expect((await orders('?page=2')).headers['link']).toBe('<https://evil.example/steal>; rel="next"');
  });

  it('next_link repeats a GraphQL cursor for ever', async () => {
    await world.control('/shops', { platform: 'shopify', host: SHOP, orders: 3 });
    const { access_token } = await connectShopify(world);
    await world.control('/faults', { kind: 'next_link', shop: SHOP, path: 'graphql' });
    const query =
      'query($after: String) { orders(first: 2, after: $after) { pageInfo { hasNextPage endCursor } } }';
    const after = (await graphql(world, access_token, query)).json.data.orders.pageInfo.endCursor;
    expect(after).toBe('');
  });

  it('of an unknown kind, or with a pattern that is none, is refused', async () => {
    expect((await fault({ kind: 'earthquake' })).status).toBe(400);
    expect((await fault({ kind: 'html', path: '(' })).status).toBe(400);
  });

  it('can be taken back', async () => {
    await fault({ kind: 'status', count: null });
    await world.control('/faults', undefined, 'DELETE');
    expect((await orders()).status).toBe(200);
  });
});

describe('the record of requests', () => {
  it('tells what was asked and answered, and never a secret', async () => {
    await world.control('/shops', { platform: 'shopify', host: SHOP });
    const issued = await connectShopify(world);
    await graphql(world, issued.access_token, 'query page { orders(first: 1) { nodes { id } } }');
    await orders('?consumer_key=ck_secret&consumer_secret=cs_secret');
    const { text, json } = await world.control('/requests');
    expect(json.data.at(-2)).toMatchObject({ shop: SHOP, operation: 'page', status: 200, method: 'POST' });
    expect(json.data.at(-1).query).toBe('consumer_key=***&consumer_secret=***');
    for (const secret of [issued.access_token, issued.refresh_token, 'ck_secret', 'cs_secret'])
      expect(text).not.toContain(secret);
  });

  it('tells how many were under way at once', async () => {
    await fault({ kind: 'slow', ms: 200, count: 3 });
    await Promise.all([orders(), orders(), orders()]);
    const { data } = (await world.control(`/requests?shop=${HOST}`)).json;
    expect(data.map((one: { inFlight: number }) => one.inFlight).sort()).toEqual([1, 2, 3]);
  });
});

describe('control', () => {
  it.each([
    ['/shops', { platform: 'nowhere' }],
    ['/shops', { platform: 'shopify', orders: 2_000_000 }],
    [`/shops/${HOST}/explode`, {}],
    [`/shops/${HOST}/mutate`, { orders: 'all' }],
    ['/settings', { shopifyAccessTtlS: 'long' }],
    ['/settings', { approval: 'maybe' }],
  ])('refuses %s %j', async (path, body) => {
    expect((await world.control(path, body)).status).toBe(400);
  });

  it('tells the origins it plays', async () => {
    await world.control('/shops', { platform: 'woocommerce', host: 'own-domain.test' });
    const { origins } = (await world.control('/origins')).json;
    expect(origins).toContain('https://*.myshopify.com');
    expect(origins).toContain('https://own-domain.test');
  });

  it('changes the app’s secret', async () => {
    await world.control('/apps/shopify', { secret: 'rotated' }, 'PATCH');
    const old = await shopifyToken(world, { code: 'x', expiring: '1', client_secret: 'before' });
    expect(old.json.error).toBe('invalid_client');
    expect((await shopifyToken(world, { code: 'x', expiring: '1' })).json.error).toBe('invalid_request');
  });
});

describe('a restart', () => {
  it('resumes shops, grants, changes and secrets; the file is for its owner alone', async () => {
    const dataFolder = mkdtempSync(join(tmpdir(), 'sandbox-'));
    const first = await startWorld({ dataFolder });
    await first.control('/shops', { platform: 'shopify', host: SHOP, orders: 12 });
    const issued = await connectShopify(first);
    await first.control(`/shops/${SHOP}/mutate`, { orders: 2 });
    const query = '{ orders(first: 12, sortKey: UPDATED_AT) { nodes { id updatedAt note } } }';
    const before = (await graphql(first, issued.access_token, query)).json.data;
    await first.close();
    expect(statSync(join(dataFolder, 'sandbox.json')).mode & 0o077).toBe(0);
    const second = await startWorld({ dataFolder });
    expect((await graphql(second, issued.access_token, query)).json.data).toEqual(before);
    const renewed = await shopifyToken(second, {
      grant_type: 'refresh_token',
      refresh_token: issued.refresh_token,
    });
    await second.close();
    expect(renewed.status).toBe(200);
  });
});
