/** Amazon's goods: listings by sku, and stock summaries whose next page waits thirty seconds. */
import { changeOf, exists, updatedAtMs } from '../collection.ts';
import { type Answer, jsonText } from '../exchange.ts';
import { productOfVariant } from '../generator.ts';
import { spoil } from '../hostile.ts';
import {
  askedBy,
  cursorOf,
  instantMs,
  placeOf,
  positionsIn,
  rendered,
  spoiltJson,
  wholeIn,
} from '../listing.ts';
import type { AmazonCall } from './amazon.ts';
import { amazonError, listOf, marketplaces, placeIn } from './asking.ts';
import { MARKETPLACE, renderListing, renderSummary } from './render.ts';

/** A listing is a sku: each variant one, changed when its product or its stock is. */
export function searchListings(call: AmazonCall, found: RegExpExecArray): Answer {
  const { exchange, shop } = call;
  const { query } = exchange;
  const bad = (message: string) => amazonError(400, 'InvalidInput', message);
  if (decodeURIComponent(found[1] ?? '') !== shop.key)
    return amazonError(
      403,
      'Unauthorized',
      'Access to requested resource is denied.',
      'The seller is another one.',
    );
  const ids = marketplaces(query, 'marketplaceIds', true);
  if (ids === null) return bad('marketplaceIds is needed.');
  const size = wholeIn(query, 'pageSize', { otherwise: 10, min: 1, max: 20 });
  if (size === null) return bad('pageSize is from 1 to 20.');
  const since = query.get('lastUpdatedAfter');
  const sinceMs = since === null ? 0 : instantMs(since);
  if (sinceMs === null) return bad('lastUpdatedAfter is not in ISO 8601 format.');
  const asked = askedBy(query, ['pageToken']);
  const start = placeIn(query, 'pageToken', asked);
  if (start === null) return bad('The pageToken is invalid.');
  const all = listingsSince(call, sinceMs);
  const page = all.slice(start, start + size);
  const items = page.map((variant) =>
    spoil(
      renderListing(shop, variant, listOf(query, 'includedData')),
      changeOf(shop, 'products', productOfVariant(variant))?.hostile,
    ),
  );
  const pagination = start + size < all.length ? { nextToken: cursorOf(start + size, asked) } : {};
  return jsonText(200, spoiltJson({ numberOfResults: all.length, pagination, items }));
}

function listingsSince({ shop }: AmazonCall, sinceMs: number): number[] {
  const changedMs = (variant: number) =>
    Math.max(
      updatedAtMs(shop, 'products', productOfVariant(variant)),
      changeOf(shop, 'inventory', variant)?.updatedAtMs ?? 0,
    );
  return [...positionsIn(shop, 'inventory', { by: 'created' })]
    .filter((variant) => exists(shop, 'products', productOfVariant(variant)))
    .filter((variant) => changedMs(variant) >= sinceMs);
}

const SUMMARIES_A_PAGE = 50;
const NEXT_TOKEN_MS = 30_000;

/** The next token is good for thirty seconds. */
export function summaries(call: AmazonCall): Answer {
  const { exchange, shop, sandbox } = call;
  const { query } = exchange;
  const bad = (message: string) => amazonError(400, 'InvalidInput', message);
  if (query.get('granularityType') !== 'Marketplace' || query.get('granularityId') !== MARKETPLACE)
    return bad('granularityType and granularityId are invalid.');
  if (marketplaces(query, 'marketplaceIds', true) === null) return bad('marketplaceIds is needed.');
  const since = query.get('startDateTime');
  const sinceMs = since === null ? 0 : instantMs(since);
  if (sinceMs === null) return bad('startDateTime is not in ISO 8601 format.');
  const asked = askedBy(query, ['nextToken']);
  const [token = '', givenAt = '0'] = (query.get('nextToken') ?? '').split('.');
  const start = token === '' ? 0 : placeOf(token, asked);
  if (start === null || (token !== '' && sandbox.now() - Number(givenAt) > NEXT_TOKEN_MS))
    return bad('The nextToken is invalid or has expired.');
  const all = positionsIn(shop, 'inventory', { by: 'updated', fromMs: sinceMs });
  const page = [...all.subarray(start, start + SUMMARIES_A_PAGE)];
  const inventorySummaries = rendered(shop, 'inventory', page, renderSummary);
  const next = start + SUMMARIES_A_PAGE;
  const pagination =
    next < all.length ? { pagination: { nextToken: `${cursorOf(next, asked)}.${sandbox.now()}` } } : {};
  const granularity = { granularityType: 'Marketplace', granularityId: MARKETPLACE };
  return jsonText(200, spoiltJson({ payload: { granularity, inventorySummaries }, ...pagination }));
}
