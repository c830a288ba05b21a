/** Amazon's operations: each with a token bucket of its own a seller, told in `x-amzn-RateLimit-Limit`; pages by opaque tokens. */
import { changeOf, exists } from '../collection.ts';
import { type Answer, json, jsonText } from '../exchange.ts';
import { take } from '../grants.ts';
import { spoil } from '../hostile.ts';
import { askedBy, cursorOf, instantMs, iso, positionsIn, rendered, spoiltJson, wholeIn } from '../listing.ts';
import type { AmazonCall } from './amazon.ts';
import { amazonError, listOf, marketplaces, placeIn } from './asking.ts';
import { searchListings, summaries } from './goods.ts';
import {
  createDestination,
  createSubscription,
  deleteSubscription,
  listDestinations,
  listSubscriptions,
} from './notifications.ts';
import {
  legacyItems,
  MARKETPLACE,
  orderIndex,
  renderLegacyOrder,
  renderOrder,
  shownStatus,
} from './render.ts';
import { answerRestricted } from './restricted.ts';

interface Operation {
  path: RegExp;
  method?: 'POST' | 'DELETE';
  perS: number;
  burst: number;
  answer(call: AmazonCall, found: RegExpExecArray): Answer;
}

const DESTINATIONS = /^\/notifications\/v1\/destinations$/;

const OPERATIONS: readonly Operation[] = [
  { path: /^\/sellers\/v1\/marketplaceParticipations$/, perS: 0.016, burst: 15, answer: participations },
  { path: /^\/orders\/2026-01-01\/orders$/, perS: 0.0056, burst: 20, answer: searchOrders },
  { path: /^\/orders\/2026-01-01\/orders\/([\d-]+)$/, perS: 0.5, burst: 30, answer: getOrder },
  { path: /^\/orders\/v0\/orders$/, perS: 0.0167, burst: 20, answer: legacyOrders },
  { path: /^\/orders\/v0\/orders\/([\d-]+)\/orderItems$/, perS: 0.5, burst: 30, answer: legacyOrderItems },
  { path: /^\/listings\/2021-08-01\/items\/([^/]+)$/, perS: 5, burst: 5, answer: searchListings },
  { path: /^\/fba\/inventory\/v1\/summaries$/, perS: 2, burst: 2, answer: summaries },
  {
    path: /^\/tokens\/2021-03-01\/restrictedDataToken$/,
    method: 'POST',
    perS: 1,
    burst: 10,
    answer: answerRestricted,
  },
  { path: DESTINATIONS, perS: 1, burst: 5, answer: listDestinations },
  { path: DESTINATIONS, method: 'POST', perS: 1, burst: 5, answer: createDestination },
  { path: /^\/notifications\/v1\/subscriptions$/, perS: 1, burst: 5, answer: listSubscriptions },
  {
    path: /^\/notifications\/v1\/subscriptions\/([A-Z_]+)$/,
    method: 'POST',
    perS: 1,
    burst: 5,
    answer: createSubscription,
  },
  {
    path: /^\/notifications\/v1\/subscriptions\/([A-Z_]+)\/([0-9a-f-]{36})$/,
    method: 'DELETE',
    perS: 1,
    burst: 5,
    answer: deleteSubscription,
  },
];

export function answerApi(call: AmazonCall): Answer {
  const { exchange, sandbox, shop } = call;
  const known = OPERATIONS.filter(({ path }) => path.test(exchange.path));
  const operation = known.find(({ method }) => (method ?? 'GET') === exchange.method);
  const found = operation?.path.exec(exchange.path);
  if (operation === undefined || !found)
    return amazonError(
      known.length > 0 ? 405 : 404,
      'InvalidInput',
      'The requested resource does not exist.',
    );
  const { perS, burst } = operation;
  const limit = { 'x-amzn-ratelimit-limit': String(perS) };
  if (!take(sandbox, `amazon ${shop.key} ${operation.path.source}`, { size: burst, perS }, 1).allowed) {
    const answer = amazonError(429, 'QuotaExceeded', 'You exceeded your quota for the requested resource.');
    return { ...answer, headers: { ...answer.headers, ...limit } };
  }
  if (shop.unavailable !== null)
    return amazonError(
      403,
      'Unauthorized',
      'Access to requested resource is denied.',
      'The seller account is not active.',
    );
  const answer = operation.answer(call, found);
  return { ...answer, headers: { ...answer.headers, ...limit } };
}

function participations({ shop }: AmazonCall): Answer {
  const marketplace = {
    id: MARKETPLACE,
    countryCode: 'DE',
    name: 'Amazon.de',
    defaultCurrencyCode: shop.currency,
    defaultLanguageCode: 'de_DE',
    domainName: 'www.amazon.de',
  };
  const participation = { isParticipating: true, hasSuspendedListings: false };
  return json(200, { payload: [{ marketplace, participation, storeName: shop.name }] });
}

interface Window {
  fromMs: number;
  toMs: number;
  by: 'updated' | 'created';
}

/** Exactly one of the two beginnings; ends default to two minutes ago [unverified for 2026-01-01]. */
function windowOf(
  call: AmazonCall,
  names: { created: string; updated: string; createdEnd: string; updatedEnd: string },
): Window | Answer {
  const { query } = call.exchange;
  const [created, updated] = [query.get(names.created), query.get(names.updated)];
  const bad = (message: string) => amazonError(400, 'InvalidInput', message);
  if ((created === null) === (updated === null))
    return bad(`Exactly one of ${names.created} and ${names.updated} is needed.`);
  const fromMs = instantMs(created ?? updated);
  if (fromMs === null) return bad('The date is not in ISO 8601 format.');
  const end = query.get(created === null ? names.updatedEnd : names.createdEnd);
  const toMs = end === null ? call.sandbox.now() + 1_000 : instantMs(end);
  if (toMs === null || toMs < fromMs) return bad('The end of the window is invalid.');
  return { fromMs, toMs, by: created === null ? 'updated' : 'created' };
}

const sellsAt = (ids: string[]) => ids.length === 0 || ids.includes(MARKETPLACE);

const INCLUDED = [
  'BUYER',
  'RECIPIENT',
  'FULFILLMENT',
  'PROCEEDS',
  'EXPENSE',
  'PROMOTION',
  'CANCELLATION',
  'PACKAGES',
];

function searchOrders(call: AmazonCall): Answer {
  const { exchange, shop } = call;
  const { query } = exchange;
  const bad = (message: string) => amazonError(400, 'InvalidInput', message);
  const window = windowOf(call, {
    created: 'createdAfter',
    updated: 'lastUpdatedAfter',
    createdEnd: 'createdBefore',
    updatedEnd: 'lastUpdatedBefore',
  });
  if ('status' in window) return window;
  const size = wholeIn(query, 'maxResultsPerPage', { otherwise: 100, min: 1, max: 100 });
  if (size === null) return bad('maxResultsPerPage is from 1 to 100.');
  const ids = marketplaces(query, 'marketplaceIds', false);
  if (ids === null) return bad('marketplaceIds has at most 50 entries.');
  const included = listOf(query, 'includedData');
  if (included.some((one) => !INCLUDED.includes(one))) return bad('includedData has an unknown value.');
  const statuses = listOf(query, 'fulfillmentStatuses');
  const asked = askedBy(query, ['paginationToken']);
  const start = placeIn(query, 'paginationToken', asked);
  if (start === null) return bad('The paginationToken is invalid.');
  const all = (sellsAt(ids) ? [...positionsIn(shop, 'orders', window)] : []).filter(
    (index) => statuses.length === 0 || statuses.includes(shownStatus(shop, index)),
  );
  const page = all.slice(start, start + size);
  const more = start + size < all.length;
  const orders = rendered(shop, 'orders', page, (_, index) => renderOrder(shop, index, included));
  const pagination = more ? { pagination: { nextToken: cursorOf(start + size, asked) } } : {};
  const end = { [window.by === 'updated' ? 'lastUpdatedBefore' : 'createdBefore']: iso(window.toMs) };
  return jsonText(200, spoiltJson({ orders, ...pagination, ...end }));
}

function getOrder({ shop, exchange }: AmazonCall, found: RegExpExecArray): Answer {
  const index = orderIndex(found[1] ?? '');
  if (index === null || !exists(shop, 'orders', index))
    return amazonError(404, 'NotFound', 'Order not found.');
  const order = spoil(
    renderOrder(shop, index, listOf(exchange.query, 'includedData')),
    changeOf(shop, 'orders', index)?.hostile,
  );
  return jsonText(200, spoiltJson({ order }));
}

/** The older API, removed on 2027-03-27. Its NextToken stands for the whole question. */
function legacyOrders(call: AmazonCall): Answer {
  const { exchange, shop } = call;
  const { query } = exchange;
  const bad = (message: string) => amazonError(400, 'InvalidInput', message);
  const ids = marketplaces(query, 'MarketplaceIds', true);
  if (ids === null) return bad('MarketplaceIds is needed.');
  const window = windowOf(call, {
    created: 'CreatedAfter',
    updated: 'LastUpdatedAfter',
    createdEnd: 'CreatedBefore',
    updatedEnd: 'LastUpdatedBefore',
  });
  if ('status' in window) return window;
  const size = wholeIn(query, 'MaxResultsPerPage', { otherwise: 100, min: 1, max: 100 });
  if (size === null) return bad('MaxResultsPerPage is from 1 to 100.');
  const asked = askedBy(query, ['NextToken']);
  const start = placeIn(query, 'NextToken', asked);
  if (start === null) return bad('The NextToken is invalid.');
  const all = sellsAt(ids) ? positionsIn(shop, 'orders', window) : new Uint32Array();
  const page = [...all.subarray(start, start + size)];
  const withBuyer = call.restrictedTo?.includes('/orders/v0/orders') === true;
  const orders = rendered(shop, 'orders', page, (_, index) => renderLegacyOrder(shop, index, withBuyer));
  const next = start + size < all.length ? { NextToken: cursorOf(start + size, asked) } : {};
  return jsonText(
    200,
    spoiltJson({ payload: { Orders: orders, ...next, LastUpdatedBefore: iso(window.toMs) } }),
  );
}

function legacyOrderItems({ shop }: AmazonCall, found: RegExpExecArray): Answer {
  const index = orderIndex(found[1] ?? '');
  if (index === null || !exists(shop, 'orders', index))
    return amazonError(404, 'InvalidInput', 'Order not found.');
  return json(200, { payload: { AmazonOrderId: found[1], OrderItems: legacyItems(shop, index) } });
}
