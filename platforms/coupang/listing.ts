// How Coupang lists. Order sheets: by the days they were made on and one status at a time, in the order an order passes through them, so that one that moves on meanwhile is met
// again. Products by pages; their stock item by item. Nothing tells what changed. Pure.
import type { Json, PageCursor, PassContext, PlatformRequest, RawPage } from '../../domain/platform.ts';
import { answerInvalid, isList, listAt, objectAt, textOf, valueAt } from '../json.ts';

/** NONE_TRACKING: delivered by the seller, and not followed. */
const STATUSES = [
  'ACCEPT',
  'INSTRUCT',
  'DEPARTURE',
  'DELIVERING',
  'FINAL_DELIVERY',
  'NONE_TRACKING',
] as const;

const PRODUCTS = '/v2/providers/seller_api/apis/api/v1/marketplace/seller-products';
const ITEMS = '/v2/providers/seller_api/apis/api/v1/marketplace/vendor-items';

export function sheetsRequest(pass: PassContext, cursor: PageCursor | null): PlatformRequest {
  const base = '/v2/providers/openapi/apis/api/v4/vendors';
  const token = textAt(cursor, 'token');
  return {
    method: 'GET',
    path: `${base}/${pass.shop['vendorId'] ?? '-'}/ordersheets`,
    endpoint: `GET ${base}/{vendorId}/ordersheets`,
    query: {
      createdAtFrom: koreanDay(pass.sinceMs ?? pass.untilMs),
      createdAtTo: koreanDay(pass.untilMs),
      status: STATUSES[numberAt(cursor, 'status')] ?? STATUSES[0],
      maxPerPage: String(pass.pageSize),
      ...(token === null ? {} : { nextToken: token }),
    },
  };
}

/** Throws platform_answer_invalid. */
export function readSheets(cursor: PageCursor | null, body: Json): RawPage {
  const items = listAt(body, 'data');
  const token = nextToken(body);
  const status = numberAt(cursor, 'status');
  if (token !== null) return { items, next: { status, token } };
  return { items, next: status + 1 < STATUSES.length ? { status: status + 1, token: null } : null };
}

const KOREA_MS = 9 * 3_600_000;

function koreanDay(ms: number): string {
  return new Date(ms + KOREA_MS).toISOString().slice(0, 10);
}

export function productsRequest(pass: PassContext, cursor: PageCursor | null): PlatformRequest {
  const token = textAt(cursor, 'token');
  return {
    method: 'GET',
    path: PRODUCTS,
    endpoint: `GET ${PRODUCTS}`,
    query: {
      vendorId: pass.shop['vendorId'] ?? '-',
      maxPerPage: String(pass.pageSize),
      ...(token === null ? {} : { nextToken: token }),
    },
  };
}

/** Throws platform_answer_invalid. */
export function readProducts(body: Json): RawPage {
  const token = nextToken(body);
  return { items: listAt(body, 'data'), next: token === null ? null : { token } };
}

/** The list tells no items: each product is read by itself. */
export function productRequest(id: string): PlatformRequest {
  return { method: 'GET', path: `${PRODUCTS}/${id}`, endpoint: `GET ${PRODUCTS}/{sellerProductId}` };
}

/** Throws platform_answer_invalid. */
export function readProduct(body: Json): Json {
  return objectAt(body, 'data');
}

/** Throws platform_answer_invalid. */
export function productId(product: Json | undefined): string {
  const id = textOf(valueAt(product, 'sellerProductId'));
  if (id === null || !/^\d+$/.test(id))
    throw answerInvalid('/data', 'holds a product without sellerProductId');
  return id;
}

/** Products that were listed, and items of one of them, that are not read yet. */
interface StockPosition {
  readonly token: string | null;
  readonly isListed: boolean;
  readonly products: readonly string[];
  readonly items: readonly Json[];
}

export function stockRequest(pass: PassContext, cursor: PageCursor | null): PlatformRequest {
  const { items, products, token } = stockPosition(cursor);
  const [item] = items;
  if (item !== undefined)
    return {
      method: 'GET',
      path: `${ITEMS}/${textAt(item, 'vendorItemId')}/inventories`,
      endpoint: `GET ${ITEMS}/{vendorItemId}/inventories`,
    };
  const [product] = products;
  return product === undefined
    ? productsRequest(pass, token === null ? null : { token })
    : productRequest(product);
}

/** Throws platform_answer_invalid. */
export function readStock(cursor: PageCursor | null, body: Json): RawPage {
  const position = stockPosition(cursor);
  const [item, ...items] = position.items;
  if (item !== undefined)
    return {
      items: [{ ...Object(item), ...objectAt(body, 'data') }],
      next: nextStock({ ...position, items }),
    };
  const [product, ...products] = position.products;
  if (product !== undefined)
    return { items: [], next: nextStock({ ...position, products, items: stocked(product, body) }) };
  const token = nextToken(body);
  const listed = listAt(body, 'data').map(productId);
  return { items: [], next: nextStock({ token, isListed: token === null, products: listed, items: [] }) };
}

/** An item that is not approved yet has no id, and no stock. */
function stocked(sellerProductId: string, body: Json): readonly Json[] {
  return listAt(body, 'data.items').flatMap((one) => {
    const vendorItemId = textOf(valueAt(one, 'vendorItemId'));
    const sku = textOf(valueAt(one, 'externalVendorSku'));
    const isOne = vendorItemId !== null && /^[1-9]\d*$/.test(vendorItemId);
    return isOne ? [{ sellerProductId, vendorItemId, externalVendorSku: sku }] : [];
  });
}

function nextStock(position: StockPosition): PageCursor | null {
  const isDone = position.isListed && position.products.length === 0 && position.items.length === 0;
  return isDone ? null : { ...position };
}

function stockPosition(cursor: PageCursor | null): StockPosition {
  const list = (name: string): readonly Json[] => {
    const value = valueAt(cursor ?? undefined, name);
    return isList(value) ? value : [];
  };
  return {
    token: textAt(cursor, 'token'),
    isListed: valueAt(cursor ?? undefined, 'isListed') === true,
    products: list('products').flatMap((one) => textOf(one) ?? []),
    items: list('items'),
  };
}

/** Empty where there is no next page. */
function nextToken(body: Json): string | null {
  const token = textOf(valueAt(body, 'nextToken'));
  return token === '' ? null : token;
}

function textAt(of: Json | null, name: string): string | null {
  return textOf(valueAt(of ?? undefined, name));
}

function numberAt(of: Json | null, name: string): number {
  const value = valueAt(of ?? undefined, name);
  return typeof value === 'number' ? value : 0;
}
