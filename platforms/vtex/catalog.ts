// How VTEX's catalog, stock and shoppers are read: ids by pages, then what they stand for one by one; shoppers by a scroll whose token is in a header. Nothing of it tells what
// changed, so that every pass reads all. Pure.
import type { Json, PageCursor, PassContext, PlatformRequest, RawPage } from '../../domain/platform.ts';
import { answerInvalid, isList, isObject, listAt, objectAt, textOf, valueAt } from '../json.ts';

/** Ids that were listed and are not read yet; `from` counts on. */
interface Position {
  readonly from: number;
  readonly waiting: readonly string[];
}

export function productsRequest(pass: PassContext, cursor: PageCursor | null): PlatformRequest {
  const { from, waiting } = positionOf(cursor);
  const [id] = waiting;
  if (id !== undefined)
    return {
      method: 'GET',
      path: `/api/catalog/pvt/product/${id}`,
      endpoint: 'GET /api/catalog/pvt/product/{productId}',
    };
  return {
    method: 'GET',
    path: '/api/catalog_system/pvt/products/GetProductAndSkuIds',
    endpoint: 'GET /api/catalog_system/pvt/products/GetProductAndSkuIds',
    query: { _from: String(from), _to: String(from + pass.pageSize - 1) },
  };
}

/** Throws platform_answer_invalid. */
export function readProducts(pass: PassContext, cursor: PageCursor | null, body: Json): RawPage {
  const position = positionOf(cursor);
  if (position.waiting.length > 0) {
    const next = { ...position, waiting: position.waiting.slice(1) };
    return { items: [objectAt(body, '')], next };
  }
  const ids = Object.keys(objectAt(body, 'data'));
  if (ids.some((id) => !/^\d+$/.test(id))) throw answerInvalid('/data', 'holds something else than ids');
  const total = valueAt(body, 'range.total');
  if (typeof total !== 'number') throw answerInvalid('/range/total', 'is not a number');
  const from = position.from + pass.pageSize;
  if (ids.length === 0 && from > total) return { items: [], next: null };
  return { items: [], next: { from, waiting: ids }, total: cursor === null ? total : null };
}

function positionOf(cursor: PageCursor | null): Position {
  const from = valueAt(cursor ?? undefined, 'from');
  const waiting = valueAt(cursor ?? undefined, 'waiting');
  return {
    from: typeof from === 'number' ? from : 1,
    waiting: isList(waiting) ? waiting.flatMap((one) => textOf(one) ?? []) : [],
  };
}

/** The SKUs of a product, inactive ones too. */
export function skusRequest(products: readonly Json[]): PlatformRequest {
  return {
    method: 'GET',
    path: `/api/catalog_system/pvt/sku/stockkeepingunitByProductId/${numberOf(products[0], 'Id')}`,
    endpoint: 'GET /api/catalog_system/pvt/sku/stockkeepingunitByProductId/{productId}',
  };
}

/** Throws platform_answer_invalid. */
export function withSkus(body: Json, products: readonly Json[]): readonly Json[] {
  const skus = listAt(body, '');
  return products.map((product) => (isObject(product) ? { ...product, skus } : product));
}

export function skuIdsRequest(pass: PassContext, cursor: PageCursor | null): PlatformRequest {
  return {
    method: 'GET',
    path: '/api/catalog_system/pvt/sku/stockkeepingunitids',
    endpoint: 'GET /api/catalog_system/pvt/sku/stockkeepingunitids',
    query: { page: String(pageOf(cursor)), pagesize: String(pass.pageSize) },
  };
}

/** Throws platform_answer_invalid. */
export function readSkuIds(pass: PassContext, cursor: PageCursor | null, body: Json): RawPage {
  const ids = listAt(body, '');
  const items = ids.map((id) => ({ skuId: textOf(id) }));
  return { items, next: ids.length < pass.pageSize ? null : { page: pageOf(cursor) + 1 } };
}

function pageOf(cursor: PageCursor | null): number {
  const page = valueAt(cursor ?? undefined, 'page');
  return typeof page === 'number' ? page : 1;
}

export function stockRequest(items: readonly Json[]): PlatformRequest {
  return {
    method: 'GET',
    path: `/api/logistics/pvt/inventory/skus/${numberOf(items[0], 'skuId')}`,
    endpoint: 'GET /api/logistics/pvt/inventory/skus/{skuId}',
  };
}

/** Throws platform_answer_invalid. */
export function readStock(body: Json): readonly Json[] {
  return [objectAt(body, '')];
}

function numberOf(item: Json | undefined, name: string): string {
  const id = textOf(valueAt(item, name));
  if (id === null || !/^\d+$/.test(id)) throw answerInvalid(`/${name}`, 'is not an id');
  return id;
}

const FIELDS = 'id,email,firstName,lastName,phone,homePhone,createdIn,updatedIn';

export function shoppersRequest(pass: PassContext, cursor: PageCursor | null): PlatformRequest {
  const token = textOf(valueAt(cursor ?? undefined, 'token'));
  return {
    method: 'GET',
    path: '/api/dataentities/CL/scroll',
    endpoint: 'GET /api/dataentities/CL/scroll',
    query: token === null ? { _fields: FIELDS, _size: String(pass.pageSize) } : { _token: token },
  };
}

/** The end is an empty page. The token may stay the same. Throws platform_answer_invalid. */
export function readShoppers(
  cursor: PageCursor | null,
  body: Json,
  headers: Readonly<Record<string, string>>,
): RawPage {
  const items = listAt(body, '');
  if (items.length === 0) return { items, next: null };
  const token = headers['x-vtex-md-token'] ?? textOf(valueAt(cursor ?? undefined, 'token'));
  if (token === null || token === '') throw answerInvalid('/', 'comes without X-VTEX-MD-TOKEN');
  return { items, next: { token, page: pageOf(cursor) + 1 } };
}
