// The platforms' data against the sandbox, which was written from the same facts by somebody else: each judges the other.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Json, PassContext, Platform } from '../../domain/platform.ts';
import { RESOURCES, type Resource } from '../../domain/resource.ts';
import { Secret } from '../../domain/secret.ts';
import { findPlatform } from '../../platforms/index.ts';
import { textOf, valueAt } from '../../platforms/json.ts';
import { startSandbox } from '../../sandbox/server.ts';
import { RECORD_SHAPES } from './record-shape.ts';
import { callShop, control, readPass, type SandboxShop } from './sandbox-shop.ts';

let sandbox: Awaited<ReturnType<typeof startSandbox>>;
beforeAll(async () => {
  sandbox = await startSandbox({ port: 0 });
});
afterAll(async () => {
  await sandbox.close();
});

interface Case {
  readonly id: string;
  readonly make: Readonly<Record<string, Json>>;
  readonly shop: Readonly<Record<string, string>>;
  readonly parts: Readonly<Record<string, string>>;
  /** Where a platform's products are not the sandbox's: each variant is one, or variants are products beside their own. */
  readonly products?: 'variants' | 'both';
}

const SIZE = { orders: 230, products: 130, customers: 70 };
const CASES: readonly Case[] = [
  {
    id: 'shopify',
    make: { platform: 'shopify', host: 'judge.myshopify.com', ...SIZE },
    shop: { shop: 'judge.myshopify.com' },
    parts: { accessToken: 'access_token', refreshToken: 'refresh_token' },
  },
  {
    id: 'woocommerce',
    make: { platform: 'woocommerce', host: 'judge.woo.example', ...SIZE },
    shop: { url: 'https://judge.woo.example' },
    parts: { consumerKey: 'consumer_key', consumerSecret: 'consumer_secret' },
  },
  {
    id: 'shopee',
    make: { platform: 'shopee', id: 220_001, ...SIZE },
    shop: { shopId: '220001' },
    parts: { accessToken: 'access_token', refreshToken: 'refresh_token' },
  },
  {
    id: 'magento',
    make: { platform: 'magento', host: 'judge.magento.example', ...SIZE },
    shop: { url: 'https://judge.magento.example' },
    parts: {
      consumerKey: 'consumer_key',
      consumerSecret: 'consumer_secret',
      accessToken: 'access_token',
      tokenSecret: 'access_token_secret',
    },
    products: 'both',
  },
  {
    id: 'amazon',
    make: { platform: 'amazon', key: 'A2JUDGESELLER', ...SIZE },
    shop: { marketplace: 'A1PA6795UKMFR9', sellerId: 'A2JUDGESELLER' },
    parts: { accessToken: 'access_token', refreshToken: 'refresh_token' },
    products: 'variants',
  },
  {
    id: 'ebay',
    make: { platform: 'ebay', key: 'judge_seller', ...SIZE },
    shop: {},
    parts: { accessToken: 'access_token', refreshToken: 'refresh_token' },
    products: 'variants',
  },
  {
    id: 'etsy',
    make: { platform: 'etsy', id: 31_000_009, ...SIZE },
    shop: { shopId: '31000009' },
    parts: { accessToken: 'access_token', refreshToken: 'refresh_token' },
  },
];

function platformOf(id: string): Platform {
  const platform = findPlatform(id);
  if (platform === undefined) throw new Error(`no platform ${id}`);
  return platform;
}

async function connect(
  { id, make, shop, parts }: Case,
  grant: Json = {},
): Promise<{ of: SandboxShop; counts: Json; key: string }> {
  const platform = platformOf(id);
  const [method] = platform.auth;
  if (method === undefined) throw new Error('no auth method');
  const made = await control(sandbox.url, 'POST', '/shops', make);
  const key = encodeURIComponent(textOf(valueAt(made, 'key')) ?? '');
  const credential = await control(sandbox.url, 'POST', `/shops/${key}/credential`, grant);
  const apps = await control(sandbox.url, 'GET', '/apps');
  const list = valueAt(apps, 'data');
  const app = Array.isArray(list) ? list.find((one: Json) => valueAt(one, 'platform') === id) : undefined;
  const secret = textOf(valueAt(app, 'secret'));
  const opened = Object.entries(parts).map(([name, path]) => [
    name,
    new Secret(textOf(valueAt(credential, path)) ?? ''),
  ]);
  const of: SandboxShop = {
    platform,
    method,
    shop,
    parts: Object.fromEntries(opened),
    clientId: textOf(valueAt(app, 'clientId')),
    clientSecret: secret === null ? null : new Secret(secret),
    sandboxUrl: sandbox.url,
  };
  return { of, counts: valueAt(made, 'records') ?? null, key };
}

async function proven(of: SandboxShop) {
  const answer = await callShop(of, of.platform.proof.request(of.shop));
  expect(answer.means, answer.bodyText.slice(0, 300)).toBe('ok');
  return of.platform.proof.read(answer, of.shop);
}

function passOf(
  of: SandboxShop,
  resource: Resource,
  facts: PassContext['facts'],
  sinceMs: number | null,
): PassContext {
  const definition = of.platform.resources[resource];
  const windowMs = (definition?.windowS ?? 0) * 1_000;
  const untilMs = Date.now();
  return {
    shop: of.shop,
    sinceMs: sinceMs ?? (windowMs > 0 ? untilMs - windowMs : null),
    untilMs,
    pageSize: definition?.pageSize.default ?? 0,
    facts,
  };
}

describe.each(CASES)('$id against the sandbox', (one) => {
  test('the proof tells the shop, and every resource is read whole and valid', {
    timeout: 60_000,
  }, async () => {
    const { of, counts } = await connect(one);
    const { facts, scopes } = await proven(of);
    if (scopes !== null) expect(scopes.length).toBeGreaterThan(0);
    for (const resource of RESOURCES) {
      const definition = of.platform.resources[resource];
      if (definition === undefined) continue;
      const windows = definition.windowS === null ? 1 : 5;
      const ids = new Set<string>();
      for (let back = 0; back < windows; back++) {
        const pass = passOf(of, resource, facts, null);
        const shiftMs = back * (definition.windowS ?? 0) * 1_000;
        const sinceMs = pass.sinceMs === null ? null : pass.sinceMs - shiftMs;
        const { records } = await readPass(of, definition, {
          ...pass,
          sinceMs,
          untilMs: pass.untilMs - shiftMs,
        });
        for (const record of records) {
          expect(
            RECORD_SHAPES[resource].safeParse(record).error?.issues ?? [],
            JSON.stringify(record).slice(0, 400),
          ).toEqual([]);
          // A variant has a level at each location; the sandbox counts variants.
          ids.add(
            'locationPlatformId' in record
              ? (record.variantPlatformId ?? record.sku ?? '')
              : record.platformId,
          );
        }
      }
      const isByVariant = resource === 'products' && one.products === 'variants';
      const count = Number(textOf(valueAt(counts, isByVariant ? 'inventory' : resource)));
      if (resource === 'products' && one.products === 'both') expect(ids.size).toBeGreaterThan(count);
      else expect(`${resource}: ${ids.size}`).toBe(`${resource}: ${count}`);
    }
  });

  test('an incremental pass reads what changed since, and little else', async () => {
    const { of, key } = await connect(one);
    const { facts } = await proven(of);
    const sinceMs = Date.now() + 5_000;
    await control(sandbox.url, 'POST', '/clock', { offsetMs: 10_000 });
    try {
      await control(sandbox.url, 'POST', `/shops/${key}/mutate`, { orders: 7 });
      const definition = of.platform.resources.orders;
      if (definition === undefined) throw new Error('no orders');
      const pass = { ...passOf(of, 'orders', facts, sinceMs), untilMs: sinceMs + 60_000 };
      const { records } = await readPass(of, definition, pass);
      expect(new Set(records.map((record) => record.platformId)).size).toBe(7);
    } finally {
      await control(sandbox.url, 'POST', '/clock', { offsetMs: 0 });
    }
  });

  test('a rejected credential is classified as what the platform says', async () => {
    const { of, key } = await connect(one);
    await control(sandbox.url, 'POST', `/shops/${key}/reject-grant`, {});
    const answer = await callShop(of, of.platform.proof.request(of.shop));
    expect(['credential_expired', 'credential_dead']).toContain(answer.means);
  });
});

test.each(RESOURCES)(
  'a shop that grants reading %s and nothing else is read without a denied field',
  async (resource) => {
    const [one] = CASES;
    if (one === undefined) throw new Error('no case');
    const scopes = [...(platformOf(one.id).permissions[`${resource}:read`] ?? [])];
    const make = { ...one.make, host: `only-${resource}.myshopify.com` };
    const shop = { shop: `only-${resource}.myshopify.com` };
    const { of } = await connect({ ...one, make, shop }, { scopes });
    const { facts } = await proven(of);
    const definition = of.platform.resources[resource];
    if (definition === undefined) throw new Error(`no ${resource}`);
    const answer = await callShop(of, definition.request(passOf(of, resource, facts, null), null));
    expect(answer.means, answer.bodyText.slice(0, 300)).toBe('ok');
    const items = definition.read(passOf(of, resource, facts, null), null, answer).items;
    expect(items.length).toBeGreaterThan(0);
    for (const item of items) {
      const mapped: readonly unknown[] = definition.map(item, passOf(of, resource, facts, null));
      for (const record of mapped) {
        expect(RECORD_SHAPES[resource].safeParse(record).error?.issues ?? []).toEqual([]);
      }
    }
  },
);
