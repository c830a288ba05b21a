/** Coupang's order sheets by day or by minutes and status, products by page tokens, stock a vendor item at a time. */
import type { Call } from '../calls.ts';
import { exists, listed } from '../collection.ts';
import { type Answer, json, jsonText } from '../exchange.ts';
import { productOfVariant } from '../generator.ts';
import { askedBy, cursorOf, placeOf, positionsIn, rendered, spoiltJson, wholeIn } from '../listing.ts';
import { refuse } from './coupang.ts';
import {
  productIndex,
  renderProduct,
  renderProductRow,
  renderSheet,
  renderStock,
  STATUSES,
  statusOf,
  variantOfItem,
} from './render.ts';

const DAY_MS = 86_400_000;
/** Days are Korean ones [unverified]. */
const KST_MS = 9 * 3_600_000;
const MAX_DAYS = 31;

const SELLER = '/v2/providers/seller_api/apis/api/v1/marketplace';

export function answerApi(call: Call): Answer {
  const { exchange, shop } = call;
  const { path, method } = exchange;
  if (method !== 'GET') return refuse(405, 'The method is not allowed.');
  if (/^\/v2\/providers\/openapi\/apis\/api\/v[45]\/vendors\/[A-Z0-9]+\/ordersheets$/.test(path))
    return sheets(call);
  if (path === `${SELLER}/seller-products`) return products(call);
  const product = new RegExp(`^${SELLER}/seller-products/(\\d+)$`).exec(path)?.[1];
  if (product !== undefined) {
    const index = productIndex(Number(product));
    return exists(shop, 'products', index)
      ? json(200, { code: 'SUCCESS', message: '', data: renderProduct(shop, index) })
      : refuse(404, 'The product is not found.');
  }
  const item = new RegExp(`^${SELLER}/vendor-items/(\\d+)/inventories$`).exec(path)?.[1];
  if (item === undefined) return refuse(404, 'The path is unknown.');
  const variant = variantOfItem(Number(item));
  return exists(shop, 'products', productOfVariant(variant))
    ? json(200, { code: 'SUCCESS', message: '', data: renderStock(shop, variant) })
    : refuse(404, 'The vendor item is not found.');
}

/** A day as `2026-11-21` (with an offset after it at most), a minute as `2026-11-21T08:00`. Null: malformed. */
function instantOf(text: string | null, byMinute: boolean): number | null {
  const found = (byMinute ? /^(\d{4}-\d\d-\d\dT\d\d:\d\d)/ : /^(\d{4}-\d\d-\d\d)/).exec(text ?? '')?.[1];
  if (found === undefined) return null;
  const ms = Date.parse(byMinute ? `${found}:00Z` : `${found}T00:00:00Z`);
  return Number.isNaN(ms) ? null : ms - KST_MS;
}

function sheets({ exchange, shop }: Call): Answer {
  const { query } = exchange;
  const byMinute = query.get('searchType') === 'timeFrame';
  const [fromMs, lastMs] = ['createdAtFrom', 'createdAtTo'].map((name) =>
    instantOf(query.get(name), byMinute),
  );
  if (typeof fromMs !== 'number' || typeof lastMs !== 'number')
    return refuse(400, 'createdAtFrom and createdAtTo are needed.');
  const toMs = byMinute ? lastMs : lastMs + DAY_MS;
  const span = byMinute ? DAY_MS : MAX_DAYS * DAY_MS;
  if (toMs - fromMs > span || toMs < fromMs)
    return refuse(
      400,
      byMinute ? 'The time frame is at most 24 hours.' : `The period is at most ${MAX_DAYS} days.`,
    );
  const status = query.get('status') ?? '';
  if (!STATUSES.includes(status)) return refuse(400, `status is one of ${STATUSES.join(', ')}.`);
  const size = wholeIn(query, 'maxPerPage', { otherwise: 50, min: 1, max: 50 });
  if (size === null) return refuse(400, 'maxPerPage is from 1 to 50.');
  const asked = askedBy(query, ['nextToken']);
  const token = query.get('nextToken') ?? '';
  const start = token === '' ? 0 : placeOf(token, asked);
  if (start === null) return refuse(400, 'nextToken is invalid.');
  const all = [...positionsIn(shop, 'orders', { by: 'created', fromMs, toMs })].filter(
    (index) => statusOf(shop, index) === status,
  );
  // A time frame is not paged.
  const page = byMinute ? all : all.slice(start, start + size);
  const nextToken = !byMinute && start + size < all.length ? cursorOf(start + size, asked) : '';
  const data = rendered(shop, 'orders', page, renderSheet);
  return jsonText(200, spoiltJson({ code: 200, message: 'OK', data, ...(byMinute ? {} : { nextToken }) }));
}

function products({ exchange, shop }: Call): Answer {
  const { query } = exchange;
  if (query.get('vendorId') !== shop.key) return refuse(400, 'vendorId is needed.');
  const size = wholeIn(query, 'maxPerPage', { otherwise: 10, min: 1, max: 100 });
  const start = wholeIn(query, 'nextToken', { otherwise: 1, min: 1, max: Number.MAX_SAFE_INTEGER });
  if (size === null || start === null) return refuse(400, 'maxPerPage is from 1 to 100, nextToken a number.');
  const all = [...listed(shop, 'products', 'position')];
  const page = all.slice((start - 1) * size, start * size);
  const data = rendered(shop, 'products', page, renderProductRow);
  const nextToken = start * size < all.length ? String(start + 1) : '';
  return jsonText(200, spoiltJson({ code: 'SUCCESS', message: '', nextToken, data }));
}
