// A shop whose shelves a test fills: a plain platform that lists orders by update time and stock levels whole, over real HTTP.
import type { ServerResponse } from 'node:http';
import { MooringError } from '../../domain/errors.ts';
import type { Json, Platform, RawPage, ResourceDefinition } from '../../domain/platform.ts';
import type { InventoryLevel, Order, Resource } from '../../domain/resource.ts';
import { PLAIN } from '../egress/plain-platform.ts';

export type ShelfItem = {
  readonly id: string;
  readonly updatedAtMs: number;
  readonly amount: string | null;
};

const isItem = (item: Json): item is { id: string; updatedAtMs: number; amount: string | null } =>
  typeof item === 'object' && item !== null && 'id' in item && 'updatedAtMs' in item && 'amount' in item;

function checked(item: Json): ShelfItem {
  if (!isItem(item))
    throw new MooringError('record_invalid', '"" is not an item', { fields: [{ path: '', rule: '' }] });
  if (typeof item.amount !== 'string')
    throw new MooringError('record_invalid', '"/amount" is not text', {
      fields: [{ path: '/amount', rule: 'is not text' }],
    });
  return item;
}

function toOrder(raw: Json): Order {
  const item = checked(raw);
  return {
    platformId: item.id,
    platformCreatedAt: null,
    platformUpdatedAt: new Date(item.updatedAtMs).toISOString(),
    number: `#${item.id}`,
    status: 'open',
    paymentStatus: 'paid',
    fulfillmentStatus: 'unfulfilled',
    platformStatus: null,
    currency: 'EUR',
    total: { amount: item.amount ?? '', currency: 'EUR' },
    subtotal: null,
    tax: null,
    shipping: null,
    discount: null,
    customerPlatformId: null,
    email: null,
    shippingAddress: null,
    billingAddress: null,
    lineItems: [],
  };
}

function toLevel(raw: Json): InventoryLevel {
  const item = checked(raw);
  return {
    platformId: item.id,
    platformCreatedAt: null,
    platformUpdatedAt: null,
    sku: item.id,
    productPlatformId: null,
    variantPlatformId: null,
    locationPlatformId: null,
    available: Number(item.amount),
    onHand: null,
    reserved: null,
  };
}

function readList(_pass: unknown, _cursor: unknown, answer: { body: Json }): RawPage {
  const { body } = answer;
  if (typeof body !== 'object' || body === null || !('items' in body) || !Array.isArray(body.items))
    throw new MooringError('platform_answer_invalid', '"/items" of the answer is not a list');
  const deleted = 'deleted' in body && Array.isArray(body.deleted) ? body.deleted.map(String) : [];
  return { items: body.items, next: 'next' in body ? body.next : null, deleted };
}

const listing = <R extends Resource>(
  resource: R,
  rest: Pick<ResourceDefinition<R>, 'filter' | 'map'>,
): ResourceDefinition<R> => ({
  resource,
  requires: `${resource}:read`,
  pageSize: { default: 10, max: 10 },
  overlapS: 0,
  windowS: null,
  mapperVersion: 1,
  idOf: (item) => (typeof item === 'object' && item !== null && 'id' in item ? String(item.id) : null),
  request: (pass, cursor) => ({
    method: 'GET',
    path: `/${resource}`,
    endpoint: `GET /${resource}`,
    query: {
      limit: String(pass.pageSize),
      after: cursor === null ? '' : String(cursor),
      since: pass.sinceMs === null ? '' : String(pass.sinceMs),
    },
  }),
  read: readList,
  ...rest,
});

export const SHELF: Platform = {
  ...PLAIN,
  permissions: { 'orders:read': ['orders'], 'inventory:read': ['inventory'] },
  resources: {
    orders: listing('orders', { filter: 'updated_at', map: (item) => [toOrder(item)] }),
    inventory: listing('inventory', { filter: 'full_scan', map: (item) => [toLevel(item)] }),
  },
};

/** What is on the shelves, and how the shop answers. */
export interface Shop {
  readonly shelves: Map<string, Map<string, Json>>;
  put(resource: string, ...items: readonly Json[]): void;
  /** Answers one request; a test may replace it, and call the original. */
  answer(url: string, response: ServerResponse): void;
}

export function createShop(): Shop {
  const shelves = new Map<string, Map<string, Json>>();
  const shelf = (name: string) => {
    const one = shelves.get(name) ?? new Map<string, Json>();
    shelves.set(name, one);
    return one;
  };
  return {
    shelves,
    put: (resource, ...items) => {
      for (const item of items) shelf(resource).set(keyOf(item), item);
    },
    answer: (url, response) => {
      const { pathname, searchParams } = new URL(url, 'http://shop');
      const sinceMs = Number(searchParams.get('since') || 0);
      const after = searchParams.get('after') ?? '';
      const limit = Number(searchParams.get('limit'));
      const all = [...shelf(pathname.split('/').at(-1) ?? '').entries()]
        .filter(([key, item]) => key > after && updatedAt(item) >= sinceMs)
        .sort(([a], [b]) => (a < b ? -1 : 1));
      const page = all.slice(0, limit);
      const next = all.length > limit ? page.at(-1)?.[0] : null;
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify({ items: page.map(([, item]) => item), next: next ?? null }));
    },
  };
}

const keyOf = (item: Json): string =>
  typeof item === 'object' && item !== null && 'id' in item ? String(item.id) : JSON.stringify(item);
const updatedAt = (item: Json): number => (isItem(item) ? item.updatedAtMs : Number.MAX_SAFE_INTEGER);

/** `count` items named so that their order is their number. */
export function items(count: number, amount = '1.00', updatedAtMs = 1_700_000_000_000): ShelfItem[] {
  return Array.from({ length: count }, (_, index) => ({
    id: `item-${String(index).padStart(6, '0')}`,
    updatedAtMs,
    amount,
  }));
}
