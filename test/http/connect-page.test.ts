import { parse } from 'node-html-parser';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { PLATFORMS } from '../../platforms/index.ts';
import { seedConnection } from '../egress/seed.ts';
import { startApi, type TestApi } from './api.ts';

let api: TestApi;

beforeAll(async () => {
  api = await startApi({ platforms: PLATFORMS });
});
afterAll(() => api.close());

it.each([...PLATFORMS.values()])(
  'a merchant finds every way to connect $name that begins here from its first page',
  async (platform) => {
    const tenantId = await api.tenant();
    const { body } = await api.call('POST', '/v1/connect-sessions', {
      body: { tenantId, platform: platform.id },
    });
    const link = new URL(body.url).pathname;
    const open = async (query: string) => parse((await api.call('GET', link + query, { key: null })).text);
    const wayOf = (page: ReturnType<typeof parse>) => page.querySelector('[name=way]')?.getAttribute('value');
    const first = await open('');
    const found = [wayOf(first)];
    for (const other of first.querySelectorAll('ul.ways a')) {
      const page = await open(other.getAttribute('href') ?? '');
      found.push(wayOf(page));
    }
    // What begins in the platform's own marketplace has no address of its own.
    const ways = platform.auth.filter(({ obtain }) => !('callback' in obtain) || obtain.authorizeUrl !== '');
    expect(found.sort()).toEqual(ways.map(({ credentialKind }) => credentialKind).sort());
    for (const { credentialKind, obtain } of ways) {
      const page = await open(`?platform=${platform.id}&way=${credentialKind}&again=1`);
      for (const { name, form } of 'fields' in obtain ? obtain.fields : []) {
        expect(
          page.querySelector(`${form === undefined ? 'input' : 'textarea'}[name=${name}]`),
          `${credentialKind} asks for ${name}`,
        ).not.toBeNull();
      }
    }
  },
);

it('a country is chosen from a list, and what was chosen stays when something else is wrong', async () => {
  const tenantId = await api.tenant();
  const { body } = await api.call('POST', '/v1/connect-sessions', {
    body: { tenantId, platform: 'kaufland' },
  });
  const link = new URL(body.url).pathname;
  const first = parse((await api.call('GET', link, { key: null })).text);
  const options = first.querySelectorAll('select#storefront option');
  expect(options.map((one) => one.text)).toEqual(expect.arrayContaining(['Choose', 'Germany', 'Poland']));
  const way = first.querySelector('[name=way]')?.getAttribute('value') ?? '';
  const again = await api.call('POST', link, {
    key: null,
    body: new URLSearchParams({ platform: 'kaufland', way, storefront: 'pl', clientKey: 'x' }).toString(),
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });
  const chosen = parse(again.text).querySelector('select#storefront option[selected]');
  expect(chosen?.getAttribute('value'), again.text.slice(0, 300)).toBe('pl');
});

it('a merchant is offered only platforms at which somebody can be connected: an app is registered, or none is needed', async () => {
  const [tenantId, other] = [await api.tenant(), await api.tenant()];
  const offered = async () => {
    const { body } = await api.call('POST', '/v1/connect-sessions', { body: { tenantId } });
    const page = parse((await api.call('GET', new URL(body.url).pathname, { key: null })).text);
    return page.querySelectorAll('ul.choices a').map((one) => one.getAttribute('href'));
  };
  const register = (owner: string) =>
    api.call('POST', '/v1/client-registrations', {
      body: { tenantId: owner, platform: 'shopee', clientId: '2000001', clientSecret: 's'.repeat(64) },
    });
  expect((await register(other)).status).toBe(201);
  expect(await offered()).toContain('?platform=woocommerce');
  expect(await offered()).not.toContain('?platform=shopee');
  expect((await register(tenantId)).status).toBe(201);
  expect(await offered()).toContain('?platform=shopee');
});

it.each([
  ['active', 'ok', null, 'Approve again'],
  ['active', 'ok', 'key_01', 'Approve again'],
  ['active', 'degraded', null, 'Approve again'],
  ['reauth_required', 'ok', null, 'Reconnect'],
  ['reauth_required', 'ok', 'key_01', 'Reconnect'],
])(
  'a merchant is asked to reconnect only what is not connected: %s, %s, paused by %s',
  async (lifecycle, health, pausedBy, asked) => {
    const { connectionId, tenantId } = await seedConnection(api.database, {
      platform: 'shopify',
      shop: { shop: 'a-shop.myshopify.com' },
      lifecycle,
    });
    const state =
      lifecycle !== 'active'
        ? lifecycle
        : pausedBy !== null
          ? 'paused'
          : health === 'ok'
            ? 'active'
            : 'degraded';
    await api.database.owner.query(
      'UPDATE connections SET state = $2, health = $3, paused_by = $4 WHERE id = $1',
      [connectionId, state, health, pausedBy],
    );
    const { body } = await api.call('POST', '/v1/connect-sessions', { body: { tenantId, connectionId } });
    const page = parse((await api.call('GET', new URL(body.url).pathname, { key: null })).text);
    expect(page.querySelector('a[href="?again=1"]')?.text).toBe(asked);
  },
);
