/** Etsy's resources: receipts, listings with their inventory, the shop. Lists page by limit and offset with a count. */
import { changeOf, exists, listed } from '../collection.ts';
import { type Answer, json, jsonText } from '../exchange.ts';
import { generateProduct } from '../generator.ts';
import { spoil } from '../hostile.ts';
import { positionsIn, rendered, spoiltJson, wholeIn } from '../listing.ts';
import type { Shop } from '../state.ts';
import { type EtsyCall, missingScope } from './etsy.ts';
import {
  LISTING_STATE,
  listingIndex,
  receiptIndex,
  renderInventory,
  renderListing,
  renderReceipt,
} from './render.ts';

const OLDEST_S = 946_684_800;
const MAX_LISTINGS = 100;

const bad = (error: string) => json(400, { error });
const notFound = () => json(404, { error: 'Resource not found' });

export function answerApi(call: EtsyCall, resource: string): Answer {
  const { exchange, shop, grant } = call;
  if (exchange.method !== 'GET') return json(405, { error: 'Method not allowed' });
  const scope = /receipts/.test(resource)
    ? 'transactions_r'
    : /listings/.test(resource)
      ? 'listings_r'
      : 'shops_r';
  const denied = missingScope(grant, scope);
  if (denied !== null) return denied;
  if (resource === '/users/me') return json(200, { user_id: Number(call.userId), shop_id: shop.id });
  const ofUser = /^\/users\/(\d+)\/shops$/.exec(resource)?.[1];
  if (ofUser !== undefined) return ofUser === call.userId ? json(200, renderShop(call)) : notFound();
  if (resource === '/listings/batch') return listingBatch(call);
  const inventory = /^\/listings\/(\d+)\/inventory$/.exec(resource)?.[1];
  if (inventory !== undefined) return listingInventory(shop, Number(inventory));
  const ofShop = /^\/shops\/(\d+)(\/receipts|\/listings|)(?:\/(\d+))?$/.exec(resource);
  if (ofShop === null) return notFound();
  if (ofShop[1] !== shop.key) return json(403, { error: 'You do not have access to this shop.' });
  if (shop.unavailable !== null) return json(403, { error: 'The shop is not active.' });
  if (ofShop[2] === '') return json(200, renderShop(call));
  if (ofShop[2] === '/listings') return ofShop[3] === undefined ? listings(call) : notFound();
  return ofShop[3] === undefined ? receipts(call) : oneReceipt(shop, Number(ofShop[3]));
}

function renderShop({ shop, userId }: EtsyCall) {
  return {
    shop_id: shop.id,
    user_id: Number(userId),
    shop_name: shop.name.replace(/[^A-Za-z0-9]/g, ''),
    title: shop.name,
    currency_code: shop.currency,
    is_vacation: false,
    url: `https://www.etsy.com/shop/${shop.id}`,
  };
}

interface Page {
  limit: number;
  offset: number;
}

function readPage(query: URLSearchParams): Page | null {
  const limit = wholeIn(query, 'limit', { otherwise: 25, min: 1, max: 100 });
  const offset = wholeIn(query, 'offset', { otherwise: 0, min: 0, max: Number.MAX_SAFE_INTEGER });
  return limit === null || offset === null ? null : { limit, offset };
}

function receipts({ exchange, shop }: EtsyCall): Answer {
  const { query } = exchange;
  const page = readPage(query);
  if (page === null) return bad('limit is from 1 to 100, offset from 0');
  const sortOn = query.get('sort_on') ?? 'created';
  const sortOrder = query.get('sort_order') ?? 'desc';
  if (!['created', 'updated', 'receipt_id'].includes(sortOn))
    return bad('sort_on is created, updated or receipt_id');
  if (!['asc', 'ascending', 'up', 'desc', 'descending', 'down'].includes(sortOrder))
    return bad('sort_order is unknown');
  const bounds: (number | null)[] = [];
  for (const name of ['min_last_modified', 'max_last_modified', 'min_created', 'max_created']) {
    const value = wholeIn(query, name, { otherwise: -1, min: OLDEST_S, max: 99_999_999_999 });
    if (value === null) return bad(`${name} is a Unix time from ${OLDEST_S}`);
    bounds.push(value === -1 ? null : value * 1000);
  }
  const [fromMs, toMs, createdFromMs, createdToMs] = bounds;
  const changed = new Set(positionsIn(shop, 'orders', { by: 'updated', fromMs, toMs: after(toMs) }));
  const descending = sortOrder.startsWith('d');
  const by = sortOn === 'updated' ? 'updated' : 'created';
  const made = new Set(
    positionsIn(shop, 'orders', { by: 'created', fromMs: createdFromMs, toMs: after(createdToMs) }),
  );
  const all = [...positionsIn(shop, 'orders', { by, descending })].filter(
    (index) => changed.has(index) && made.has(index) && wanted(query, shop, index),
  );
  const results = rendered(shop, 'orders', all.slice(page.offset, page.offset + page.limit), renderReceipt);
  return jsonText(200, spoiltJson({ count: all.length, results }));
}

/** Their ends are inclusive. */
function after(ms: number | null | undefined): number | null {
  return ms === null || ms === undefined ? null : ms + 1_000;
}

function wanted(query: URLSearchParams, shop: Shop, index: number): boolean {
  const receipt = ['was_paid', 'was_shipped', 'was_canceled'].some((name) => query.has(name))
    ? renderReceipt(shop, index)
    : null;
  if (receipt === null) return true;
  const facts: Record<string, boolean> = {
    was_paid: receipt.is_paid,
    was_shipped: receipt.is_shipped,
    was_canceled: receipt.status === 'Canceled',
  };
  return Object.entries(facts).every(([name, is]) => !query.has(name) || String(is) === query.get(name));
}

function oneReceipt(shop: Shop, id: number): Answer {
  const index = receiptIndex(id);
  if (!exists(shop, 'orders', index)) return notFound();
  const receipt = spoil(renderReceipt(shop, index), changeOf(shop, 'orders', index)?.hostile);
  return jsonText(200, spoiltJson(receipt));
}

function listings({ exchange, shop }: EtsyCall): Answer {
  const { query } = exchange;
  const page = readPage(query);
  if (page === null) return bad('limit is from 1 to 100, offset from 0');
  const state = query.get('state') ?? 'active';
  if (!['active', 'inactive', 'sold_out', 'draft', 'expired'].includes(state)) return bad('state is unknown');
  const withInventory = (query.get('includes') ?? '').split(',').includes('Inventory');
  const all = [...listed(shop, 'products', 'position')].filter(
    (index) => LISTING_STATE[generateProduct(shop, index).status] === state,
  );
  const results = rendered(shop, 'products', all.slice(page.offset, page.offset + page.limit), (_, index) =>
    renderListing(shop, index, withInventory),
  );
  return jsonText(200, spoiltJson({ count: all.length, results }));
}

function listingBatch({ exchange, shop }: EtsyCall): Answer {
  const ids = (exchange.query.get('listing_ids') ?? '').split(',').filter((id) => id !== '');
  if (ids.length === 0 || ids.length > MAX_LISTINGS)
    return bad(`listing_ids has from 1 to ${MAX_LISTINGS} entries`);
  const withInventory = (exchange.query.get('includes') ?? '').split(',').includes('Inventory');
  const found = ids.map((id) => listingIndex(Number(id))).filter((index) => exists(shop, 'products', index));
  const results = rendered(shop, 'products', found, (_, index) => renderListing(shop, index, withInventory));
  return jsonText(200, spoiltJson({ count: results.length, results }));
}

function listingInventory(shop: Shop, id: number): Answer {
  const index = listingIndex(id);
  return exists(shop, 'products', index) ? json(200, renderInventory(shop, index)) : notFound();
}
