/** Control over shops: make them, change their records, end or spoil their grants. Every act answers with the shop as it is then. */
import { add, listed, makeHostile, remove, sizeOf, touch } from './collection.ts';
import { badRequest } from './control.ts';
import { changeOne, notifyNamed, push, unsubscribeShop } from './control-push.ts';
import { type Answer, bodyFields, type Exchange, json, textField } from './exchange.ts';
import { productOfVariant, variantsOf } from './generator.ts';
import { liveGrants } from './grants.ts';
import { SIMULATED } from './platforms.ts';
import { announceUninstall } from './pushing.ts';
import type { Sandbox } from './sandbox.ts';
import { SHOP_DEFAULTS } from './shop-defaults.ts';
import { createShop, type ShopWish } from './shops.ts';
import { type HostileKind, isPlatformName, PLATFORM_NAMES, type ResourceName, type Shop } from './state.ts';

type Outcome = Answer | string | undefined;
type Act = (sandbox: Sandbox, shop: Shop, fields: Record<string, unknown>) => Outcome | Promise<Outcome>;

export async function answerShops(
  sandbox: Sandbox,
  exchange: Exchange,
  [key, act]: string[],
): Promise<Answer> {
  const fields = bodyFields(exchange);
  if (key === undefined || key === '') {
    if (exchange.method === 'GET')
      return json(200, { data: Object.values(sandbox.state.shops).map(summary) });
    const wish = readWish(fields);
    return typeof wish === 'string' ? badRequest(wish) : json(201, summary(createShop(sandbox, wish)));
  }
  const name = decodeURIComponent(key);
  const shop = sandbox.state.shops[sandbox.state.renamed[name] ?? name];
  if (shop === undefined) return json(404, { error: `no shop "${name}"` });
  if (act === undefined) {
    if (exchange.method === 'DELETE') delete sandbox.state.shops[shop.key];
    sandbox.changed();
    return json(200, summary(shop));
  }
  const perform = Object.hasOwn(ACTS, act) ? ACTS[act] : undefined;
  if (perform === undefined) return badRequest(`"${act}" is not one of ${Object.keys(ACTS).join(', ')}`);
  if (exchange.method !== 'POST') return json(405, { error: 'acts are POSTed' });
  const outcome = await perform(sandbox, shop, fields);
  sandbox.changed();
  if (typeof outcome === 'string') return badRequest(outcome);
  return outcome ?? json(200, summary(shop));
}

function summary(shop: Shop) {
  const { collections, ...rest } = shop;
  const counts = Object.entries(collections).map(([name, one]) => [name, sizeOf(one) - goneIn(one.changes)]);
  return { ...rest, records: Object.fromEntries(counts) };
}

function goneIn(changes: Record<string, { gone?: boolean }>): number {
  return Object.values(changes).filter((change) => change.gone).length;
}

const PLANS: readonly Shop['plan'][] = ['standard', 'advanced', 'plus', 'enterprise'];
const RESOURCES: readonly ResourceName[] = ['orders', 'products', 'customers', 'inventory'];
const HOSTILE: readonly HostileKind[] = [
  'missing_id',
  'wrong_types',
  'huge_number',
  'proto',
  'nul',
  'huge_text',
  'bad_date',
  'null_record',
];

function readWish(fields: Record<string, unknown>): ShopWish | string {
  const platform = fields['platform'];
  if (!isPlatformName(platform)) return `platform is one of ${PLATFORM_NAMES.join(', ')}`;
  const text = (name: string) => (typeof fields[name] === 'string' ? String(fields[name]) : undefined);
  const number = (name: string) => (typeof fields[name] === 'number' ? Number(fields[name]) : undefined);
  if ((number('orders') ?? 0) > 1_000_000) return 'a shop has at most 1,000,000 orders';
  const until = text('until');
  const approval = (['ask', 'approve', 'deny'] as const).find((one) => one === fields['approval']);
  const grantOnly = fields['grantOnly'];
  return {
    platform,
    host: text('host')?.toLowerCase(),
    key: text('key'),
    basePath: text('basePath'),
    secure: fields['secure'] !== false,
    id: number('id'),
    name: text('name'),
    seed: text('seed'),
    orders: number('orders'),
    products: number('products'),
    customers: number('customers'),
    currency: text('currency'),
    plan: PLANS.find((one) => one === fields['plan']),
    historyDays: number('historyDays'),
    untilMs: until === undefined ? undefined : Date.parse(until),
    timeZoneOffsetMinutes: number('timeZoneOffsetMinutes'),
    approval,
    grantOnly: Array.isArray(grantOnly) ? grantOnly.map(String) : undefined,
  };
}

const ACTS: Record<string, Act> = {
  mutate: (sandbox, shop, fields) =>
    eachCount(shop, fields, (resource, count) => {
      const positions = last(shop, resource, count);
      touch(shop, resource, positions, sandbox.now());
      push(sandbox, shop, resource, 'update', positions);
      // Where stock is a field of the product, its change is the product's.
      if (resource === 'inventory' && shop.platform !== 'shopify') {
        touch(shop, 'products', new Set(positions.map(productOfVariant)), sandbox.now());
      }
    }),
  add: (sandbox, shop, fields) =>
    eachCount(shop, fields, (resource, count) => {
      push(sandbox, shop, resource, 'create', add(shop, resource, count, sandbox.now()));
      if (resource === 'products') addStock(sandbox, shop);
    }),
  delete: (sandbox, shop, fields) =>
    eachCount(shop, fields, (resource, count) => {
      const gone = last(shop, resource, count);
      remove(shop, resource, gone, sandbox.now());
      push(sandbox, shop, resource, 'delete', gone);
      if (resource === 'products') removeStock(sandbox, shop, new Set(gone));
    }),
  hostile: (sandbox, shop, fields) => {
    const resource = RESOURCES.find((one) => one === (fields['resource'] ?? 'orders'));
    const asked = Array.isArray(fields['kinds']) ? fields['kinds'] : [...HOSTILE];
    const kinds = HOSTILE.filter((kind) => asked.includes(kind));
    if (resource === undefined || kinds.length !== asked.length) return `kinds are of ${HOSTILE.join(', ')}`;
    const victims = last(shop, resource, kinds.length);
    kinds.forEach((kind, at) => {
      const index = victims[at];
      if (index !== undefined) makeHostile(shop, resource, index, { kind, nowMs: sandbox.now() });
    });
    return undefined;
  },
  /** One record, by the platform's id of it; nothing: the newest. */
  changes: changeOne,
  /** A topic in the platform's own words. */
  notify: notifyNamed,
  unsubscribe: unsubscribeShop,
  credential: (sandbox, shop, fields) => SIMULATED[shop.platform].handOut(sandbox, shop, fields),
  /** What a merchant begins at the platform; `url` of the answer is where their browser goes. */
  install: (sandbox, shop, fields) =>
    SIMULATED[shop.platform].install?.(sandbox, shop, fields) ?? 'nothing begins at this platform',
  'expire-access': (sandbox, shop) =>
    eachGeneration(sandbox, shop, (one) => {
      one.accessExpiresAtMs = sandbox.now();
    }),
  'expire-refresh': (sandbox, shop) =>
    eachGeneration(sandbox, shop, (one) => {
      one.refreshExpiresAtMs = sandbox.now();
    }),
  'reject-grant': (sandbox, shop) => endGrants(sandbox, shop, 'rejected'),
  /** The platform tells us where `callbackUrl` is given and it has a way to. */
  uninstall: (sandbox, shop, fields) => {
    endGrants(sandbox, shop, 'uninstalled');
    const { pushing } = SIMULATED[shop.platform];
    if (pushing !== undefined) announceUninstall(sandbox, pushing, shop);
    if (typeof fields['callbackUrl'] !== 'string') return undefined;
    return SIMULATED[shop.platform].uninstall?.(sandbox, shop, fields) ?? 'this platform tells nobody';
  },
  freeze: (_, shop, fields) => {
    const as = (['frozen', 'locked', 'closed'] as const).find((one) => one === (fields['as'] ?? 'frozen'));
    if (as === undefined) return 'as is frozen, locked or closed';
    shop.unavailable = as;
    return undefined;
  },
  thaw: (_, shop) => {
    shop.unavailable = null;
    return undefined;
  },
  /** Takes scopes from live grants, and from later approvals. */
  narrow: (sandbox, shop, fields) => {
    const scopes = fields['scopes'];
    if (!Array.isArray(scopes)) return 'scopes is a list';
    shop.grantOnly = scopes.map(String);
    for (const grant of liveGrants(sandbox, shop.key)) {
      grant.scopes =
        shop.platform === 'woocommerce' ? shop.grantOnly : grant.scopes.filter((one) => scopes.includes(one));
    }
    return undefined;
  },
  widen: (_, shop) => {
    shop.grantOnly = null;
    return undefined;
  },
  approval: (_, shop, fields) => {
    const how = (['ask', 'approve', 'deny'] as const).find((one) => one === fields['approval']);
    shop.approval = how ?? null;
    return undefined;
  },
  rename: (sandbox, shop, fields) => {
    const host = textField(fields, 'host').toLowerCase();
    if (host === '' || SHOP_DEFAULTS[shop.platform].keyIs !== 'host') return 'host is the new address';
    sandbox.state.renamed[host] = shop.host;
    return undefined;
  },
  drain: (sandbox, shop) => {
    for (const [name, bucket] of sandbox.buckets) {
      if (name.endsWith(` ${shop.key}`))
        sandbox.buckets.set(name, { ...bucket, left: 0, atMs: sandbox.now() });
    }
    return undefined;
  },
};

function eachCount(
  shop: Shop,
  fields: Record<string, unknown>,
  fn: (resource: ResourceName, count: number) => void,
): string | undefined {
  for (const [name, count] of Object.entries(fields)) {
    const resource = RESOURCES.find((one) => one === name);
    if (resource === undefined || typeof count !== 'number')
      return `"${name}" is not one of ${RESOURCES.join(', ')} with a number`;
    fn(resource, Math.min(count, sizeOf(shop.collections[resource]) + 1_000_000));
  }
  return undefined;
}

/** The `count` records with the highest positions that still exist: the newest. */
function last(shop: Shop, resource: ResourceName, count: number): number[] {
  const present = listed(shop, resource, 'position');
  return count <= 0 ? [] : [...present.subarray(Math.max(0, present.length - count))];
}

function addStock(sandbox: Sandbox, shop: Shop): void {
  const wanted = variantsOf(sizeOf(shop.collections.products));
  add(shop, 'inventory', Math.max(0, wanted - sizeOf(shop.collections.inventory)), sandbox.now());
}

function removeStock(sandbox: Sandbox, shop: Shop, products: Set<number>): void {
  const gone = [...listed(shop, 'inventory', 'position')].filter((variant) =>
    products.has(productOfVariant(variant)),
  );
  remove(shop, 'inventory', gone, sandbox.now());
}

function eachGeneration(
  sandbox: Sandbox,
  shop: Shop,
  fn: (generation: { accessExpiresAtMs: number | null; refreshExpiresAtMs: number | null }) => void,
): undefined {
  for (const grant of liveGrants(sandbox, shop.key)) grant.generations.forEach(fn);
  return undefined;
}

function endGrants(sandbox: Sandbox, shop: Shop, state: 'rejected' | 'uninstalled'): undefined {
  for (const grant of liveGrants(sandbox, shop.key)) grant.state = state;
  return undefined;
}
