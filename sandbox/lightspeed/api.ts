/** Lightspeed's lists: by version, which rises with each change of a record; a page is what comes after one, and an empty page is the end. Versions by date, or 2.0. */
import type { Call } from '../calls.ts';
import { exists, sizeOf, updatedAtMs } from '../collection.ts';
import { type Answer, json, jsonText } from '../exchange.ts';
import { productOfVariant } from '../generator.ts';
import { positionsIn, rendered, renderedSkus, spoiltJson, wholeIn } from '../listing.ts';
import type { ResourceName, Shop } from '../state.ts';
import { lsError, missingScope, prefixOf } from './lightspeed.ts';
import {
  indexOf,
  OUTLET,
  renderCustomer,
  renderInventory,
  renderProduct,
  renderSale,
  versionAt,
} from './render.ts';
import { answerWebhooks } from './webhooks.ts';

const PATH = /^\/api\/(2\.0|20\d\d-\d\d)\/([a-z_]+)(?:\/([^/]+))?$/;
/** What is asked for beyond it is cut, not refused [unverified]. */
const MOST = 1_000;
const BIG = Number.MAX_SAFE_INTEGER;

export function answerApi(call: Call): Answer {
  const { exchange, shop, grant } = call;
  const [, version = '', noun = '', id] = PATH.exec(exchange.path) ?? [];
  if (version === '') return lsError(404, 'Not Found');
  if (noun === 'webhooks') return missingScope(grant, 'webhooks') ?? answerWebhooks(call, id);
  if (exchange.method !== 'GET') return lsError(405, 'Method Not Allowed');
  if (id !== undefined) return oneOf(call, noun, id);
  switch (noun) {
    case 'retailer':
      return missingScope(grant, 'retailer:read') ?? json(200, { data: retailer(shop) });
    case 'outlets':
      return json(200, { data: [{ id: OUTLET, name: 'Main', version: 1 }], version: { min: 1, max: 1 } });
    case 'sales':
      return (
        missingScope(grant, 'sales:read') ??
        records(call, 'orders', (rows) => rendered(shop, 'orders', rows, renderSale))
      );
    case 'customers':
      return (
        missingScope(grant, 'customers:read') ??
        records(call, 'customers', (rows) => rendered(shop, 'customers', rows, renderCustomer))
      );
    case 'products':
      return (
        missingScope(grant, 'products:read') ??
        records(call, 'products', (rows) => renderedSkus(shop, rows, renderProduct))
      );
    case 'inventory':
      return (
        missingScope(grant, 'inventory:read') ??
        records(call, 'inventory', (rows) => renderedSkus(shop, rows, renderInventory))
      );
    default:
      return lsError(404, 'Not Found');
  }
}

function oneOf({ shop, grant }: Call, noun: string, id: string): Answer {
  const single = Object.hasOwn(SINGLE, noun) ? SINGLE[noun] : undefined;
  if (single === undefined) return lsError(404, 'Not Found');
  const denied = missingScope(grant, `${noun}:read`);
  if (denied !== null) return denied;
  const record = single(shop, id);
  return record === null ? lsError(404, 'Not Found') : jsonText(200, spoiltJson({ data: record }));
}

/** One that was deleted is there, and says when. */
const SINGLE: Record<string, (shop: Shop, id: string) => object | null> = {
  products: (shop, id) => {
    const variant = indexOf('06', id);
    if (variant === null || productOfVariant(variant) >= sizeOf(shop.collections.products)) return null;
    return withEnd(shop, 'products', productOfVariant(variant), renderProduct(shop, variant));
  },
  customers: (shop, id) => {
    const index = indexOf('04', id);
    if (index === null || index >= sizeOf(shop.collections.customers)) return null;
    return withEnd(shop, 'customers', index, renderCustomer(shop, index));
  },
};

function withEnd(shop: Shop, resource: ResourceName, index: number, record: object): object {
  return exists(shop, resource, index)
    ? record
    : { ...record, deleted_at: new Date(updatedAtMs(shop, resource, index)).toISOString() };
}

function retailer(shop: Shop) {
  return {
    id: `06bf537b-c783-11e6-f6b9-${String(shop.id).padStart(12, '0')}`,
    name: shop.name,
    domain_prefix: prefixOf(shop),
    default_currency: shop.currency,
    currency: { code: shop.currency },
  };
}

/** Each variant is a product with a version: that of its product's change, or of its stock's. */
function versioned(shop: Shop, resource: ResourceName): { index: number; version: number }[] {
  const isSku = resource === 'products' || resource === 'inventory';
  const positions = [...positionsIn(shop, isSku ? 'inventory' : resource, { by: 'created' })];
  const found = isSku
    ? positions.filter((variant) => exists(shop, 'products', productOfVariant(variant)))
    : positions;
  const changedAt = (index: number) =>
    resource === 'products'
      ? updatedAtMs(shop, 'products', productOfVariant(index))
      : updatedAtMs(shop, resource, index);
  return found
    .map((index) => ({ index, version: versionAt(changedAt(index), index) }))
    .sort((a, b) => a.version - b.version);
}

function records(
  { exchange: { query }, shop }: Call,
  resource: ResourceName,
  render: (rows: number[]) => unknown[],
): Answer {
  const after = wholeIn(query, 'after', { otherwise: 0, min: 0, max: BIG });
  const before = wholeIn(query, 'before', { otherwise: BIG, min: 0, max: BIG });
  const size = wholeIn(query, 'page_size', { otherwise: 50, min: 1, max: BIG });
  if (after === null || before === null || size === null) return lsError(400, 'A parameter is invalid');
  const page = versioned(shop, resource)
    .filter(({ version }) => version > after && version <= before)
    .slice(0, Math.min(size, MOST));
  const version = { min: page[0]?.version ?? 0, max: page.at(-1)?.version ?? 0 };
  return jsonText(200, spoiltJson({ data: render(page.map(({ index }) => index)), version }));
}
