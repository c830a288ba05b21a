// How Medusa lists: limit and offset, `count` beside the page, filtered and sorted by update time. Pure.
import type { Json, PageCursor, PassContext, PlatformRequest, RawPage } from '../../domain/platform.ts';
import { answerInvalid, listAt, textOf, valueAt } from '../json.ts';
import { resourcesBy } from '../resource.ts';
import { mapCustomer, mapInventory, mapOrder, mapProduct } from './mapper.ts';

interface Listing {
  readonly path: string;
  /** Field of the answer that holds the page. */
  readonly field: string;
  /** What to tell beside the default fields. */
  readonly fields?: string;
  readonly isIncremental: boolean;
}

/**
 * Where a pass stands: `from` is the update time last seen, `skip` how many of that same instant are in. An offset over the whole pass would skip
 * a record whenever one before it changes, because it moves to the end and all behind it move up.
 */
interface Position {
  readonly from: string | null;
  readonly skip: number;
}

function listRequest(
  { path, fields }: Listing,
  pass: PassContext,
  cursor: PageCursor | null,
): PlatformRequest {
  const { from, skip } = readPosition(pass, cursor);
  return {
    method: 'GET',
    path,
    endpoint: `GET ${path}`,
    query: {
      limit: String(pass.pageSize),
      offset: String(skip),
      order: 'updated_at',
      ...(fields === undefined ? {} : { fields }),
      ...(from === null ? {} : { 'updated_at[$gte]': from }),
    },
  };
}

function readPage({ field }: Listing, pass: PassContext, cursor: PageCursor | null, body: Json): RawPage {
  const items = listAt(body, field);
  const count = valueAt(body, 'count');
  const { from, skip } = readPosition(pass, cursor);
  const total = cursor === null && typeof count === 'number' ? count : null;
  const isLast =
    items.length === 0 ||
    (typeof count === 'number' ? skip + items.length >= count : items.length < pass.pageSize);
  if (isLast) return { items, next: null, total };
  const last = textOf(valueAt(items.at(-1), 'updated_at'));
  if (last === null) throw answerInvalid(`/${field}`, 'ends without an update time');
  const isSameInstant = last === from;
  const ofLast = items.filter((item) => valueAt(item, 'updated_at') === last).length;
  return { items, next: { from: last, skip: isSameInstant ? skip + items.length : ofLast }, total };
}

function readPosition(pass: PassContext, cursor: PageCursor | null): Position {
  const since = pass.sinceMs === null ? null : new Date(pass.sinceMs).toISOString();
  if (cursor === null) return { from: since, skip: 0 };
  const skip = valueAt(cursor, 'skip');
  return { from: textOf(valueAt(cursor, 'from')), skip: typeof skip === 'number' ? skip : 0 };
}

const PAGE_SIZE = { default: 100, max: 200 };

const define = resourcesBy<Listing>({
  pageSize: PAGE_SIZE,
  isIncremental: (listing) => listing.isIncremental,
  overlapS: 60,
  request: listRequest,
  read: (listing, pass, cursor, { body }) => readPage(listing, pass, cursor, body),
});

export const RESOURCES = {
  orders: define(
    'orders',
    {
      path: '/admin/orders',
      field: 'orders',
      fields: '+email,+customer_id,*items,*shipping_address,*billing_address',
      isIncremental: true,
    },
    mapOrder,
  ),
  products: define(
    'products',
    { path: '/admin/products', field: 'products', isIncremental: true },
    mapProduct,
  ),
  customers: define(
    'customers',
    { path: '/admin/customers', field: 'customers', fields: '*addresses', isIncremental: true },
    mapCustomer,
  ),
  // A change of a level leaves the item's own updated_at as it was (seen in 2.21), so that only reading all finds it.
  inventory: define(
    'inventory',
    {
      path: '/admin/inventory-items',
      field: 'inventory_items',
      fields: '*location_levels',
      isIncremental: false,
    },
    mapInventory,
  ),
} as const;
