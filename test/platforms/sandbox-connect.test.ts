// Every platform that both platforms/ and sandbox/ know: connected in the platform's own way, proved, read to the end, read again for what changed, renewed,
// slowed, ended. The two were written apart from the same facts: where they disagree, one of them is wrong.
import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MooringError } from '../../domain/errors.ts';
import type { Json } from '../../domain/platform.ts';
import { RESOURCES, type Resource } from '../../domain/resource.ts';
import { textOf, valueAt } from '../../platforms/json.ts';
import { RECORD_SHAPES } from './record-shape.ts';
import {
  askShop,
  type ConnectCase,
  connectShop,
  type Door,
  openDoor,
  prove,
  readWhole,
  renew,
  revoke,
  type Shop,
} from './sandbox-door.ts';
import { control } from './sandbox-shop.ts';

const KEYS = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});

const SIZE = { orders: 30, products: 8, customers: 12 };
const DAY_MS = 86_400_000;

interface Case extends ConnectCase {
  readonly name: string;
  /** What the platform counts as a product: each sku, or a parent beside its variants. */
  readonly products?: number;
  /** What platforms/ reads and the sandbox does not play. */
  readonly unplayed?: readonly Resource[];
  /** What the merchant set at the platform. */
  readonly switches?: Readonly<Record<string, boolean>>;
  /** How far back the first pass looks where a pass has bounds; the shop's records are no older. */
  readonly days?: number;
}

const CASES: readonly Case[] = [
  {
    name: 'magento, activated',
    products: 14,
    id: 'magento',
    how: 'activation',
    make: { host: 'a.magento.example' },
    shop: { url: 'https://a.magento.example' },
  },
  {
    name: 'magento, pasted',
    products: 14,
    id: 'magento',
    how: 'pasted',
    make: { host: 'b.magento.example' },
    shop: { url: 'https://b.magento.example' },
    form: {
      consumerKey: 'consumer_key',
      consumerSecret: 'consumer_secret',
      accessToken: 'access_token',
      tokenSecret: 'access_token_secret',
    },
  },
  {
    name: 'magento, pasted as a bearer',
    products: 14,
    id: 'magento',
    how: 'pasted',
    make: { host: 'c.magento.example' },
    switches: { integrationAsBearer: true },
    shop: { url: 'https://c.magento.example' },
    form: { integrationToken: 'access_token' },
  },
  { name: 'amazon', products: 12, id: 'amazon', how: 'browser', shop: { marketplace: 'A1PA6795UKMFR9' } },
  { name: 'etsy', id: 'etsy', how: 'browser' },
  { name: 'ebay', products: 12, id: 'ebay', how: 'browser' },
  { name: 'square', id: 'square', how: 'browser' },
  { name: 'bigcommerce', id: 'bigcommerce', how: 'install' },
  {
    name: 'commercetools',
    id: 'commercetools',
    how: 'minted',
    shop: { region: 'europe-west1.gcp', projectKey: 'mooring-sandbox' },
    form: { apiClientId: 'client_id', apiClientSecret: 'client_secret' },
  },
  {
    name: 'shopware6, own keys',
    id: 'shopware6',
    how: 'minted',
    make: { host: 'a.shopware.example' },
    shop: { url: 'https://a.shopware.example' },
    form: { accessKeyId: 'client_id', secretAccessKey: 'client_secret' },
  },
  {
    name: 'bolcom, own keys',
    days: 3,
    unplayed: ['inventory'],
    make: { historyDays: 2, orders: 60 },
    id: 'bolcom',
    how: 'minted',
    form: { retailerClientId: 'client_id', retailerClientSecret: 'client_secret' },
  },
  {
    name: 'bolcom, intermediary',
    days: 3,
    unplayed: ['inventory'],
    make: { historyDays: 2, orders: 60 },
    id: 'bolcom',
    how: 'browser',
  },
  { name: 'lazada', id: 'lazada', how: 'browser', shop: { country: 'sg' } },
  {
    name: 'tiktokshop',
    id: 'tiktokshop',
    how: 'browser',
    registration: { serviceHost: 'services.tiktokshop.com' },
  },
  {
    name: 'coupang',
    id: 'coupang',
    how: 'pasted',
    shop: { vendorId: 'A00012345' },
    form: { accessKey: 'access_key', secretKey: 'secret_key' },
  },
  {
    name: 'kaufland',
    products: 12,
    id: 'kaufland',
    how: 'pasted',
    shop: { storefront: 'de' },
    form: { clientKey: 'client_key', secretKey: 'secret_key' },
  },
  {
    name: 'walmart, own keys',
    products: 12,
    id: 'walmart',
    how: 'minted',
    form: { sellerClientId: 'client_id', sellerClientSecret: 'client_secret' },
  },
  { name: 'walmart, delegated', products: 12, id: 'walmart', how: 'browser' },
  {
    name: 'prestashop',
    id: 'prestashop',
    how: 'pasted',
    make: { host: 'a.prestashop.example' },
    shop: { url: 'https://a.prestashop.example' },
    form: { key: 'key' },
  },
  { name: 'ecwid', id: 'ecwid', how: 'browser' },
  { name: 'ecwid, from the market', id: 'ecwid', how: 'install' },
  { name: 'squarespace', make: { orders: 60 }, id: 'squarespace', how: 'browser' },
  {
    name: 'squarespace, pasted',
    make: { orders: 60 },
    id: 'squarespace',
    how: 'pasted',
    form: { apiKey: 'api_key' },
  },
  {
    name: 'vtex',
    unplayed: ['customers'],
    id: 'vtex',
    how: 'pasted',
    make: { host: 'a.vtexcommercestable.com.br' },
    shop: { account: 'a' },
    form: { appKey: 'app_key', appToken: 'app_token' },
  },
  {
    name: 'wix',
    unplayed: ['customers'],
    id: 'wix',
    how: 'minted',
    shop: { instanceId: '3f1c2d4e-5a6b-4c7d-8e9f-0a1b2c3d4e5f' },
    form: { instance: 'instance' },
  },
  {
    name: 'tiendanube',
    id: 'tiendanube',
    how: 'browser',
    registration: { userAgent: 'Mooring (dev@mooring.example)' },
  },
  { name: 'mercadolibre', id: 'mercadolibre', how: 'browser', shop: { site: 'MLA' } },
  { name: 'allegro', products: 12, id: 'allegro', how: 'browser' },
  {
    name: 'otto',
    id: 'otto',
    how: 'minted',
    form: { appClientId: 'client_id', appClientSecret: 'client_secret' },
  },
  {
    name: 'mirakl',
    products: 12,
    id: 'mirakl',
    how: 'pasted',
    make: { host: 'a.mirakl.net' },
    shop: { instance: 'a.mirakl.net' },
    form: { apiKey: 'api_key' },
  },
  {
    name: 'trendyol',
    id: 'trendyol',
    how: 'pasted',
    shop: { sellerId: '2738' },
    form: { apiKey: 'api_key', apiSecret: 'api_secret' },
  },
  { name: 'faire', id: 'faire', how: 'browser' },
  { name: 'faire, pasted', id: 'faire', how: 'pasted', form: { apiKey: 'access_token' } },
  {
    name: 'lightspeed',
    products: 12,
    id: 'lightspeed',
    how: 'browser',
    make: { host: 'a.retail.lightspeed.app' },
  },
  {
    name: 'lightspeed, pasted',
    products: 12,
    id: 'lightspeed',
    how: 'pasted',
    make: { host: 'b.retail.lightspeed.app' },
    shop: { domainPrefix: 'b' },
    form: { personalToken: 'access_token' },
  },
  { name: 'shoptet, from its administration', make: { orders: 60 }, id: 'shoptet', how: 'install' },
  {
    name: 'shoptet, pasted',
    make: { orders: 60 },
    id: 'shoptet',
    how: 'pasted',
    form: { privateToken: 'private_token' },
  },
  {
    name: 'saleor',
    id: 'saleor',
    how: 'pasted',
    make: { host: 'a.saleor.cloud' },
    shop: { url: 'https://a.saleor.cloud' },
    form: { appToken: 'token' },
  },
  {
    name: 'salesforce',
    products: 14,
    id: 'salesforce',
    playedAs: 'sfcc',
    how: 'minted',
    shop: { shortCode: 'sandbox1', tenant: 'zzmo_001', siteId: 'main' },
    form: { apiClientId: 'client_id', apiClientSecret: 'client_secret' },
  },
  {
    name: 'salesforce, by key',
    products: 14,
    id: 'salesforce',
    playedAs: 'sfcc',
    how: 'minted',
    shop: { shortCode: 'sandbox1', tenant: 'zzmo_001', siteId: 'main' },
    credential: { publicKey: KEYS.publicKey },
    form: { jwtClientId: 'client_id' },
    brings: { privateKey: KEYS.privateKey },
  },
  {
    name: 'medusa',
    id: 'medusa',
    how: 'pasted',
    make: { host: 'a.medusa.example' },
    shop: { url: 'https://a.medusa.example' },
    form: { apiKey: 'secret_key' },
  },
];

let door: Door;
beforeAll(async () => {
  door = await openDoor();
});
afterAll(async () => {
  await door.close();
});

const switchAt = (platform: string, switches: Readonly<Record<string, boolean>>) =>
  control(door.sandboxUrl, 'PATCH', `/apps/${platform}`, { switches });

const act = (of: Shop, name: string, body: Record<string, never> | Record<string, number> = {}) =>
  control(door.sandboxUrl, 'POST', `/shops/${encodeURIComponent(of.key)}/${name}`, body);

describe.each(CASES)('$name against the sandbox', (one) => {
  let of: Shop;
  let facts: Readonly<Record<string, string>>;
  beforeAll(async () => {
    await control(door.sandboxUrl, 'POST', '/reset', {});
    if (one.switches !== undefined) await switchAt(one.playedAs ?? one.id, one.switches);
    of = await connectShop(door, one, sizeOf(one));
    facts = (await prove(of)).facts;
  });

  test('every resource is read to its end, whole and valid', { timeout: 60_000 }, async () => {
    const told: string[] = [];
    const expected: string[] = [];
    for (const resource of RESOURCES) {
      const definition = of.platform.resources[resource];
      if (definition === undefined) continue;
      if (one.unplayed?.includes(resource) === true) continue;
      const untilMs = Date.now();
      const isWhole = definition.windowS === null && one.days === undefined;
      const sinceMs = isWhole ? null : untilMs - (one.days ?? 60) * DAY_MS;
      const { records, setAside, pages } = await readWhole(of, resource, facts, {
        bounds: { sinceMs, untilMs },
        pageSize: 10,
      });
      expect(setAside, resource).toEqual([]);
      if (resource === 'orders') expect(pages).toBeGreaterThan(1);
      for (const record of records.values())
        expect(
          RECORD_SHAPES[resource].safeParse(record).error?.issues ?? [],
          JSON.stringify(record).slice(0, 500),
        ).toEqual([]);
      told.push(`${resource}: ${distinct(resource, records)}`);
      const counted = resource === 'products' ? one.products : undefined;
      expected.push(`${resource}: ${counted ?? valueAt(of.counts, resource)}`);
    }
    expect(told).toEqual(expected);
  });

  test('an incremental pass reads what changed since, and little else', async () => {
    const sinceMs = Date.now() - 600_000;
    await act(of, 'mutate', { orders: 4, products: 2 });
    for (const [resource, changed] of [
      ['orders', 4],
      ['products', 2],
    ] as const) {
      const definition = of.platform.resources[resource];
      if (definition?.filter !== 'updated_at') continue;
      const bounds = { sinceMs: sinceMs - definition.overlapS * 1_000, untilMs: Date.now() + 2_000 };
      const { records } = await readWhole(of, resource, facts, { bounds, pageSize: 10 });
      // Where only days can be asked for, they come with all that they hold.
      const isByDay = definition.overlapS * 1_000 >= DAY_MS;
      if (isByDay) expect(records.size, resource).toBeGreaterThanOrEqual(changed);
      else expect(`${resource}: ${records.size}`).toBe(`${resource}: ${changed}`);
    }
  });

  test('a call that came too soon is told to wait, and goes through then', async () => {
    await control(door.sandboxUrl, 'POST', '/faults', {
      kind: 'status',
      status: 429,
      retryAfterS: 1,
      count: 1,
    });
    const first = await askShop(of, of.platform.proof.request(of.shop));
    expect(first.result.classification).toBe('retry_after');
    expect((await prove(of)).facts).toEqual(facts);
  });

  test('an expired token is told as expired, and its successor works', async () => {
    const { renew: how } = of.method;
    if (how.kind === 'none') return;
    await act(of, 'expire-access');
    const late = await askShop(of, of.platform.proof.request(of.shop));
    expect(late.result.classification, late.result.bodyText).toBe('credential_expired');
    const before = of.issued;
    of.issued = await renew(of);
    expect(of.issued.parts['accessToken']).not.toBe(before.parts['accessToken']);
    if (how.kind === 'refresh_token')
      expect(of.issued.parts['refreshToken'] !== before.parts['refreshToken']).toBe(how.rotates);
    await prove(of);
  });

  test('a grant that ended is told as dead', async () => {
    await act(of, 'reject-grant');
    const answer = await askShop(of, of.platform.proof.request(of.shop));
    const isRenewed = of.method.renew.kind !== 'none';
    expect(
      isRenewed
        ? ['credential_expired', 'credential_dead', 'uninstalled']
        : ['credential_dead', 'uninstalled'],
      answer.result.bodyText,
    ).toContain(answer.result.classification);
    if (!isRenewed) return;
    const refusal = await renew(of).then(
      () => null,
      (error: unknown) => error,
    );
    expect(refusal instanceof MooringError ? refusal.code : refusal).toBe('credential_dead');
  });

  test('what can be revoked is revoked, and no longer works', async () => {
    if (of.platform.revoke === undefined) return;
    const again = await connectShop(door, one, sizeOf(one));
    await revoke(again);
    const answer = await askShop(again, again.platform.proof.request(again.shop));
    expect(['credential_expired', 'credential_dead', 'uninstalled'], answer.result.bodyText).toContain(
      answer.result.classification,
    );
  });
});

const sizeOf = (one: Case) => ({ ...SIZE, ...one.make });

/** A variant has a level at each location; the sandbox counts variants. */
function distinct(resource: Resource, records: ReadonlyMap<string, Json>): number {
  if (resource !== 'inventory') return records.size;
  const variants = [...records].map(([id, record]) => textOf(valueAt(record, 'variantPlatformId')) ?? id);
  return new Set(variants).size;
}
