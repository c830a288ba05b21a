/** Ecwid's lists: offset and limit with total and count, `updatedFrom` in Unix seconds or as a date [unverified]. */
import type { Call } from '../calls.ts';
import { changeOf, exists } from '../collection.ts';
import { type Answer, json, jsonText } from '../exchange.ts';
import { spoil } from '../hostile.ts';
import { instantMs, positionsIn, rendered, spoiltJson, wholeIn } from '../listing.ts';
import type { ResourceName, Shop } from '../state.ts';
import { ecwidError, missingScope } from './ecwid.ts';
import { FIRST_ID, renderCustomer, renderOrder, renderProduct } from './render.ts';

interface List {
  resource: ResourceName;
  scope: string;
  render: (shop: Shop, index: number) => Record<string, unknown>;
}

const LISTS: Record<string, List> = {
  orders: { resource: 'orders', scope: 'read_orders', render: renderOrder },
  products: { resource: 'products', scope: 'read_catalog', render: renderProduct },
  customers: { resource: 'customers', scope: 'read_customers', render: renderCustomer },
};

export function answerApi(call: Call): Answer {
  const { exchange, shop, grant } = call;
  const [name = '', id] = exchange.path.replace(/^\/api\/v3\/\d+\//, '').split('/');
  if (exchange.method !== 'GET') return ecwidError(405, 'Method not allowed.');
  if (name === 'profile') return missingScope(grant, 'read_store_profile') ?? json(200, profile(shop));
  const list = Object.hasOwn(LISTS, name) ? LISTS[name] : undefined;
  if (list === undefined) return ecwidError(404, 'Not found.');
  return (
    missingScope(grant, list.scope) ?? (id === undefined ? answerList(call, list) : oneOf(shop, list, id))
  );
}

/** The currency of every order stands here alone. */
function profile(shop: Shop) {
  return {
    generalInfo: { storeId: shop.id, storeUrl: `https://store${shop.id}.company.site` },
    account: { accountName: shop.name, accountEmail: `owner@shop${shop.id}.example` },
    settings: { storeName: shop.name, closed: shop.unavailable !== null },
    formatsAndUnits: { currency: shop.currency, timezone: 'UTC', weightUnit: 'KILOGRAM' },
  };
}

function oneOf(shop: Shop, { resource, render }: List, id: string): Answer {
  const index = Number(id) - FIRST_ID[resource];
  if (!exists(shop, resource, index)) return ecwidError(404, 'Not found.');
  return jsonText(200, spoiltJson(spoil(render(shop, index), changeOf(shop, resource, index)?.hostile)));
}

/** Undefined: not asked for; null: neither seconds nor a date. */
function dateOf(query: URLSearchParams, name: string): number | null | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  return /^\d+$/.test(text)
    ? Number(text) * 1000
    : instantMs(text.replace(' ', 'T').replace(/ \+0000$/, 'Z'));
}

function answerList({ exchange, shop }: Call, { resource, render }: List): Answer {
  const { query } = exchange;
  const limit = wholeIn(query, 'limit', { otherwise: 100, min: 1, max: 100 });
  const offset = wholeIn(query, 'offset', { otherwise: 0, min: 0, max: Number.MAX_SAFE_INTEGER });
  if (limit === null || offset === null) return ecwidError(400, 'limit is from 1 to 100, offset from 0.');
  const [updated, updatedTo, created, createdTo] = [
    'updatedFrom',
    'updatedTo',
    'createdFrom',
    'createdTo',
  ].map((name) => dateOf(query, name));
  if ([updated, updatedTo, created, createdTo].includes(null)) return ecwidError(400, 'A date is malformed.');
  const changed = new Set(
    positionsIn(shop, resource, { by: 'updated', fromMs: updated, toMs: end(updatedTo) }),
  );
  const all = [
    ...positionsIn(shop, resource, {
      by: 'created',
      fromMs: created,
      toMs: end(createdTo),
      descending: true,
    }),
  ].filter((index) => changed.has(index));
  const items = rendered(shop, resource, all.slice(offset, offset + limit), render);
  return jsonText(200, spoiltJson({ total: all.length, count: items.length, offset, limit, items }));
}

function end(ms: number | null | undefined): number | null {
  return ms === null || ms === undefined ? null : ms + 1_000;
}
