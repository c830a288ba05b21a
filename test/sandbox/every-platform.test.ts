// What holds for every platform of the sandbox, whatever its way to authenticate: it is reachable, hands out credentials, keeps its secrets.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SIMULATED } from '../../sandbox/platforms.ts';
import { SHOP_DEFAULTS } from '../../sandbox/shop-defaults.ts';
import { isCentral } from '../../sandbox/simulated.ts';
import { PLATFORM_NAMES } from '../../sandbox/state.ts';
import { shopWith, startWorld, type World } from './calling.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

/** Every text in a JSON value. */
const textsIn = (value: unknown): string[] =>
  typeof value === 'object' && value !== null
    ? Object.values(value).flatMap(textsIn)
    : typeof value === 'string'
      ? [value]
      : [];

describe.each(PLATFORM_NAMES)('%s', (platform) => {
  it('has its hosts among the origins', async () => {
    const { origins } = (await world.control('/origins')).json;
    const plays = SIMULATED[platform];
    const expected = isCentral(plays) ? plays.hosts.map((host) => `https://${host}`) : plays.origins;
    expect(origins).toEqual(expect.arrayContaining([...expected]));
  });

  it('hands out a credential that control then shows nowhere', async () => {
    const { key, credential } = await shopWith(world, { platform, orders: 3, products: 2, customers: 1 });
    const secrets = textsIn(credential).filter(
      (text) => text.length >= 16 && text !== key && !text.includes(':'),
    );
    const { text } = await world.control(`/grants?shop=${encodeURIComponent(key)}`);
    const named = secrets.filter((secret) => text.includes(secret));
    // A client id is no secret.
    expect(named.filter((one) => one !== credential.client_id && one !== credential.consumer_key)).toEqual(
      [],
    );
    const grants = JSON.parse(text).data;
    expect(grants.at(-1)).toMatchObject({ platform, shopKey: key, state: 'live' });
  });

  it('ends its grants on demand', async () => {
    const { key } = await shopWith(world, { platform, orders: 3 });
    await world.control(`/shops/${encodeURIComponent(key)}/reject-grant`, {});
    const { json } = await world.control(`/grants?shop=${encodeURIComponent(key)}`);
    expect(json.data.every((grant: { state: string }) => grant.state !== 'live')).toBe(true);
  });

  it('answers an address it does not have with a refusal, never with a fault of its own', async () => {
    const plays = SIMULATED[platform];
    const hosts = isCentral(plays) ? plays.hosts : [SHOP_DEFAULTS[platform].host];
    for (const host of hosts) {
      const requests = ['/', '/nowhere', '/api/%00', '/v1/__proto__', '/rest/V1/constructor'].flatMap(
        (path) => [
          world.call({ host, path }),
          world.call({ host, path, method: 'POST', headers: { authorization: 'Bearer x' }, body: '{' }),
        ],
      );
      for (const { status } of await Promise.all(requests)) expect(status).not.toBe(500);
    }
  });
});

describe('a snapshot', () => {
  it('keeps shops, grants and apps over a restart', async () => {
    const dataFolder = mkdtempSync(join(tmpdir(), 'sandbox-'));
    const first = await startWorld({ dataFolder });
    await first.control('/apps/walmart', { accessTtlS: 60 });
    const { credential } = await shopWith(first, { platform: 'kaufland' });
    await first.close();
    const second = await startWorld({ dataFolder });
    const { json } = await second.control('/apps');
    expect(json.data.find((app: { platform: string }) => app.platform === 'walmart').accessTtlS).toBe(60);
    const headers = {
      'shop-client-key': credential.client_key,
      accept: 'application/json',
      'user-agent': 'x',
    };
    const answer = await second.call({ host: 'sellerapi.kaufland.com', path: '/v2/orders', headers });
    expect(answer.json.message).toMatch(/Timestamp/);
    await second.close();
  });

  it('of an earlier version, which knew fewer platforms, is taken', async () => {
    const dataFolder = mkdtempSync(join(tmpdir(), 'sandbox-'));
    const old = {
      apps: { shopify: { platform: 'shopify', clientId: 'mooring-demo', secret: 'kept', redirectUris: [] } },
    };
    writeFileSync(join(dataFolder, 'sandbox.json'), JSON.stringify(old));
    const later = await startWorld({ dataFolder });
    const { json } = await later.control('/apps');
    const secretOf = (name: string) =>
      json.data.find((app: { platform: string }) => app.platform === name).secret;
    expect([secretOf('shopify'), secretOf('allegro').length > 10]).toEqual(['kept', true]);
    await later.close();
  });
});
