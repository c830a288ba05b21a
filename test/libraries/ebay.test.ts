// The most used library for eBay connects to the sandbox by code, refreshes, and reads orders and items.
import eBayApi from 'ebay-api';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { appOf, approveAt, startWorld, type World } from '../sandbox/calling.ts';
import { leadTo } from './outside.ts';

const READ = ['sell.fulfillment.readonly', 'sell.inventory.readonly'].map(
  (name) => `https://api.ebay.com/oauth/api_scope/${name}`,
);
let world: World;
let back: () => Promise<void>;
let library: eBayApi;
beforeAll(async () => {
  world = await startWorld();
  back = leadTo(world.url);
});
afterAll(async () => {
  await back();
  await world.close();
});
beforeEach(async () => {
  await world.control('/reset', {});
  await world.control('/shops', { platform: 'ebay', orders: 47, products: 13 });
  const { clientId, secret, names } = await appOf(world, 'ebay');
  library = new eBayApi({
    appId: clientId,
    certId: secret,
    ruName: names['ruName'] ?? '',
    sandbox: false,
    scope: READ,
  });
});

async function connect(): Promise<void> {
  const asked = new URL(library.OAuth2.generateAuthUrl(undefined, READ, 'st4te'));
  const came = await approveAt(world, asked.host, `${asked.pathname}${asked.search}`);
  const token = await library.OAuth2.getToken(came.get('code') ?? '');
  library.OAuth2.setCredentials(token);
}

describe('ebay-api with the sandbox', () => {
  it('connects by code and reads orders and items', async () => {
    await connect();
    const orders = await library.sell.fulfillment.getOrders({ limit: 20, offset: 20 });
    expect([orders.total, orders.orders.length]).toEqual([47, 20]);
    const items = await library.sell.inventory.getInventoryItems({ limit: 20, offset: 1 });
    expect(items.inventoryItems).toHaveLength(1);
  });

  it('refreshes by itself when its token has expired, and keeps the refresh token', async () => {
    await connect();
    const renewed: { refresh_token?: string }[] = [];
    library.OAuth2.on('refreshAuthToken', (token: { refresh_token?: string }) => renewed.push(token));
    await world.control('/shops/sandbox_seller/expire-access', {});
    expect((await library.sell.fulfillment.getOrders({ limit: 10 })).total).toBe(47);
    expect(renewed).toHaveLength(1);
    await world.control('/shops/sandbox_seller/expire-access', {});
    expect((await library.sell.fulfillment.getOrders({ limit: 10 })).total).toBe(47);
  });

  it('gets a token of the app, which opens no seller', async () => {
    expect((await library.OAuth2.mintApplicationAccessToken()).token_type).toBe('Application Access Token');
    await expect(library.sell.fulfillment.getOrders({ limit: 10 })).rejects.toThrow();
  });

  it('is refused with a code used before', async () => {
    const asked = new URL(library.OAuth2.generateAuthUrl(undefined, READ));
    const code = (await approveAt(world, asked.host, `${asked.pathname}${asked.search}`)).get('code') ?? '';
    await library.OAuth2.getToken(code);
    await expect(library.OAuth2.getToken(code)).rejects.toThrow();
  });
});
