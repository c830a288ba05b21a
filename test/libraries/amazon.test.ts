// The most used library for Amazon's Selling Partner API reads a seller of the sandbox: tokens, paging, restricted data, quotas.
import { SellingPartner } from 'amazon-sp-api';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { appOf, shopWith, startWorld, type World } from '../sandbox/calling.ts';
import { leadTo } from './outside.ts';

const MARKETPLACE = 'A1PA6795UKMFR9';
let world: World;
let back: () => Promise<void>;
let library: SellingPartner;
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
  const { credential } = await shopWith(world, { platform: 'amazon', orders: 47, products: 13 });
  library = await libraryWith(credential.refresh_token);
});

async function libraryWith(refresh_token: string): Promise<SellingPartner> {
  const { clientId, secret } = await appOf(world, 'amazon');
  return new SellingPartner({
    region: 'eu',
    refresh_token,
    credentials: { SELLING_PARTNER_APP_CLIENT_ID: clientId, SELLING_PARTNER_APP_CLIENT_SECRET: secret },
    options: { auto_request_throttled: false },
  });
}

/** Its typings know neither every operation nor every answer. */
const call = (operation: string, endpoint: string, more: object) =>
  library.callAPI({ operation, endpoint, ...more } as never) as Promise<Record<string, never>>; // its own type is a union of its operations

describe('amazon-sp-api with the sandbox', () => {
  it('mints a token by its refresh token and reads orders to the end', async () => {
    const ids: string[] = [];
    let paginationToken: string | undefined;
    do {
      const query = {
        lastUpdatedAfter: '2020-01-01T00:00:00Z',
        maxResultsPerPage: 20,
        ...(paginationToken ? { paginationToken } : {}),
      };
      const answer: { orders: { orderId: string }[]; pagination?: { nextToken: string } } = (await call(
        'searchOrders',
        'orders',
        {
          options: { version: '2026-01-01' },
          query,
        },
      )) as never; // looked into below
      ids.push(...answer.orders.map(({ orderId }) => orderId));
      paginationToken = answer.pagination?.nextToken;
    } while (paginationToken !== undefined);
    expect(new Set(ids).size).toBe(47);
  });

  it('takes a new token by itself when the old one has expired', async () => {
    await call('getMarketplaceParticipations', 'sellers', {});
    await world.control('/shops/A1SANDBOXSELLER/expire-access', {});
    const [first] = (await call('getMarketplaceParticipations', 'sellers', {})) as unknown as {
      marketplace: { id: string };
    }[];
    expect(first?.marketplace.id).toBe(MARKETPLACE);
    const { json } = await world.control('/grants?shop=A1SANDBOXSELLER');
    expect(json.data[0].exchanges).not.toEqual({});
  });

  it('opens buyers with a restricted data token', async () => {
    const path = '/orders/v0/orders';
    const { restrictedDataToken } = await call('createRestrictedDataToken', 'tokens', {
      body: { restrictedResources: [{ method: 'GET', path, dataElements: ['buyerInfo'] }] },
    });
    const answer: { Orders: { BuyerInfo: object }[] } = (await call('getOrders', 'orders', {
      options: { version: 'v0', restricted_data_token: restrictedDataToken },
      query: { MarketplaceIds: [MARKETPLACE], LastUpdatedAfter: '2020-01-01T00:00:00Z' },
      restricted_data_token: restrictedDataToken,
    })) as never; // looked into below
    expect(answer.Orders[0]?.BuyerInfo).toHaveProperty('BuyerEmail');
  });

  it('is told of its quota in Amazon’s words', async () => {
    const ask = () =>
      call('getInventorySummaries', 'fbaInventory', {
        query: { granularityType: 'Marketplace', granularityId: MARKETPLACE, marketplaceIds: [MARKETPLACE] },
      });
    const all = await Promise.allSettled(Array.from({ length: 12 }, ask));
    const refused = all.filter((one) => one.status === 'rejected').map((one) => one.reason.code);
    expect(new Set(refused)).toEqual(new Set(['QuotaExceeded']));
  });

  it('is refused with a dead refresh token', async () => {
    await world.control('/shops/A1SANDBOXSELLER/reject-grant', {});
    await expect(call('getMarketplaceParticipations', 'sellers', {})).rejects.toMatchObject({
      code: 'invalid_grant',
    });
  });
});
