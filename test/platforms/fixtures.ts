// A documented answer of each platform for each resource, and the items in it. Where ids are listed apart from what they stand for,
// the fixture is the answer that holds the whole items.
import { readFileSync } from 'node:fs';
import type { Json, PassContext, Platform } from '../../domain/platform.ts';
import type { Resource } from '../../domain/resource.ts';
import { parseJson } from '../../egress/parse-json.ts';
import { isList, valueAt } from '../../platforms/json.ts';

export function fixture(platform: Platform, resource: Resource): Json {
  const url = new URL(`../fixtures/${platform.id}/${resource}.json`, import.meta.url);
  return parseJson(readFileSync(url, 'utf8'));
}

/** The one list of records in an answer, wherever the platform puts it. */
export function itemsOf(body: Json): readonly Json[] {
  if (isList(body)) return body;
  const paths = [
    ...['orders', 'products', 'customers', 'inventoryItems'].map((name) => `data.${name}.nodes`),
    ...['order_list', 'item_list'].map((name) => `response.${name}`),
    ...['orders', 'products', 'customers', 'inventory_items'],
  ];
  for (const path of paths) {
    const value = valueAt(body, path);
    if (isList(value)) return value;
  }
  throw new Error('the fixture holds no list');
}

export const PASS: PassContext = {
  shop: {},
  sinceMs: null,
  untilMs: Date.parse('2026-11-21T00:00:00Z'),
  pageSize: 50,
  facts: { currency: 'USD' },
};
