// commercetools' own client mints tokens from the sandbox and queries it.
import { ClientBuilder } from '@commercetools/ts-client';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { shopWith, startWorld, type World } from '../sandbox/calling.ts';
import { leadTo } from './outside.ts';

const PROJECT = 'mooring-sandbox';
let world: World;
let back: () => Promise<void>;
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
});

async function clientFor(scopes?: string[]) {
  const { credential } = await shopWith(world, { platform: 'commercetools', orders: 47, products: 13 });
  return new ClientBuilder()
    .withClientCredentialsFlow({
      host: 'https://auth.europe-west1.gcp.commercetools.com',
      projectKey: PROJECT,
      credentials: { clientId: credential.client_id, clientSecret: credential.client_secret },
      ...(scopes === undefined ? {} : { scopes }),
      httpClient: fetch,
    })
    .withHttpMiddleware({ host: 'https://api.europe-west1.gcp.commercetools.com', httpClient: fetch })
    .build();
}

const get = (client: Awaited<ReturnType<typeof clientFor>>, path: string) =>
  client.execute<{ total: number; results: { id: string }[] }>({ method: 'GET', uri: `/${PROJECT}${path}` });

describe('commercetools’ client with the sandbox', () => {
  it('mints a token and queries orders and products', async () => {
    const client = await clientFor();
    const where = encodeURIComponent('lastModifiedAt > "2020-01-01T00:00:00.000Z"');
    const orders = await get(client, `/orders?limit=20&sort=${encodeURIComponent('id asc')}&where=${where}`);
    expect([orders.body?.total, orders.body?.results.length]).toEqual([47, 20]);
    expect((await get(client, '/product-projections')).body?.total).toBe(13);
    const { json } = await world.control(`/grants?shop=${PROJECT}`);
    expect(Object.keys(json.data[0].exchanges)).toHaveLength(1);
  });

  it('is told of a scope it did not ask for', async () => {
    const client = await clientFor([`view_products:${PROJECT}`]);
    await expect(get(client, '/orders')).rejects.toMatchObject({ statusCode: 403 });
  });

  it('is refused once the key is deleted', async () => {
    const client = await clientFor();
    await world.control(`/shops/${PROJECT}/uninstall`, {});
    await expect(get(client, '/orders')).rejects.toMatchObject({ code: 'invalid_client' });
  });
});
