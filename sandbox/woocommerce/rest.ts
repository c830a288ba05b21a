/** WooCommerce's REST lists: paging, filters and their checks as WordPress does them. Unknown parameters are ignored, as there. */
import { changeOf, createdAtMs, exists, filteredOnce, listed, touch, updatedAtMs } from '../collection.ts';
import { type Answer, bodyFields, json, jsonText } from '../exchange.ts';
import { generateProduct } from '../generator.ts';
import { spoil, spoilText } from '../hostile.ts';
import { announce } from '../pushing.ts';
import type { Shop } from '../state.ts';
import { pushing } from './push.ts';
import {
  positionOfId,
  renderCustomer,
  renderOrder,
  renderProduct,
  renderVariation,
  type WooResource,
} from './render.ts';
import { siteUrl, type WooCall, wpError } from './site.ts';
import { answerWebhooks } from './webhooks.ts';

const RENDER: Record<WooResource, (shop: Shop, index: number) => object> = {
  orders: renderOrder,
  products: renderProduct,
  customers: renderCustomer,
};

const INVALID_ID: Record<WooResource, string> = {
  orders: 'woocommerce_rest_shop_order_invalid_id',
  products: 'woocommerce_rest_product_invalid_id',
  customers: 'woocommerce_rest_invalid_id',
};

const ORDER_BY: Record<WooResource, readonly string[]> = {
  orders: ['date', 'id', 'include', 'title', 'slug', 'modified'],
  products: [
    'date',
    'id',
    'include',
    'title',
    'slug',
    'modified',
    'price',
    'popularity',
    'rating',
    'menu_order',
  ],
  customers: ['id', 'include', 'name', 'registered_date'],
};

export function answerResource(call: WooCall): Answer | Promise<Answer> {
  const { exchange, shop, resource } = call;
  const webhooks = answerWebhooks(call);
  if (webhooks !== null) return webhooks;
  const list = /^\/(orders|products|customers)\/?$/.exec(resource)?.[1];
  if (list !== undefined && isResource(list) && exchange.method === 'GET') return answerList(call, list);
  const single = /^\/(orders|products|customers)\/(\d+)$/.exec(resource);
  if (single?.[1] !== undefined && isResource(single[1]))
    return answerOne(call, single[1], Number(single[2]));
  const variations = /^\/products\/(\d+)\/variations$/.exec(resource)?.[1];
  if (variations !== undefined && exchange.method === 'GET')
    return answerVariations(call, Number(variations));
  if (exchange.method === 'GET' && resource === '/') return json(200, { namespace: 'wc/v3', routes: {} });
  if (exchange.method === 'GET' && resource === '/system_status') {
    return json(200, {
      environment: { home_url: siteUrl(shop), site_url: siteUrl(shop), version: '11.1.0', wp_version: '6.9' },
      settings: { currency: shop.currency, currency_symbol: '¤', number_of_decimals: 2, api_enabled: true },
    });
  }
  if (
    exchange.method === 'GET' &&
    (resource === '/settings/general' || resource === '/settings/general/woocommerce_currency')
  ) {
    const currency = { id: 'woocommerce_currency', label: 'Currency', type: 'select', value: shop.currency };
    return json(200, resource.endsWith('currency') ? currency : [currency]);
  }
  if (exchange.method === 'GET' && resource === '/data/currencies/current')
    return json(200, { code: shop.currency });
  return wpError(404, 'rest_no_route', 'No route was found matching the URL and request method.');
}

function isResource(text: string): text is WooResource {
  return text === 'orders' || text === 'products' || text === 'customers';
}

function invalid(name: string, rule: string): Answer {
  return wpError(400, 'rest_invalid_param', `Invalid parameter(s): ${name}`, { [name]: `${name} ${rule}` });
}

interface Page {
  page: number;
  perPage: number;
  skip: number;
}

function readPage(query: URLSearchParams): Page | Answer {
  const page = Number(query.get('page') ?? 1);
  const perPage = Number(query.get('per_page') ?? 10);
  if (!Number.isInteger(page) || page < 1) return invalid('page', 'must be greater than or equal to 1');
  if (!Number.isInteger(perPage) || perPage < 1 || perPage > 100) {
    return invalid('per_page', 'must be between 1 (inclusive) and 100 (inclusive)');
  }
  return { page, perPage, skip: Number(query.get('offset') ?? (page - 1) * perPage) };
}

function answerList(call: WooCall, resource: WooResource): Answer {
  const { query } = call.exchange;
  const page = readPage(query);
  if ('status' in page) return page;
  const orderBy = query.get('orderby') ?? (resource === 'customers' ? 'name' : 'date');
  if (!ORDER_BY[resource].includes(orderBy))
    return invalid('orderby', `is not one of ${ORDER_BY[resource].join(', ')}.`);
  const order = query.get('order') ?? (resource === 'customers' ? 'asc' : 'desc');
  if (order !== 'asc' && order !== 'desc') return invalid('order', 'is not one of asc and desc.');
  const tests = readFilters(call, resource);
  if ('status' in tests) return tests;
  let positions = listed(call.shop, resource, orderBy === 'modified' ? 'updated' : 'position');
  if (tests.length > 0)
    positions = filteredOnce(positions, askedFor(query), (index) => tests.every((test) => test(index)));
  if (order === 'desc') positions = positions.slice().reverse();
  const shown = [...positions.subarray(page.skip, page.skip + page.perPage)];
  const records = shown.map((index) =>
    spoil(RENDER[resource](call.shop, index), changeOf(call.shop, resource, index)?.hostile),
  );
  return withTotals(call, page, positions.length, records);
}

/** The query without what only chooses the page or proves the caller. */
function askedFor(query: URLSearchParams): string {
  const asked = [...query].filter(
    ([name]) => !/^(page|per_page|offset|order|oauth_.*|consumer_.*)$/.test(name),
  );
  return JSON.stringify(asked);
}

function withTotals(call: WooCall, page: Page, total: number, records: unknown[]): Answer {
  const pages = Math.ceil(total / page.perPage);
  const link = (rel: string, to: number) => {
    const query = new URLSearchParams(call.exchange.query);
    for (const name of [...query.keys()]) if (/^(oauth_|consumer_)/.test(name)) query.delete(name);
    query.set('page', String(to));
    return `<${siteUrl(call.shop)}/wp-json/wc/v3${call.resource}?${query}>; rel="${rel}"`;
  };
  const links = [
    ...(page.page > 1 ? [link('prev', Math.min(page.page - 1, Math.max(1, pages)))] : []),
    ...(page.page < pages ? [link('next', page.page + 1)] : []),
  ];
  const headers: Record<string, string> = { 'x-wp-total': String(total), 'x-wp-totalpages': String(pages) };
  if (links.length > 0) headers['link'] = links.join(', ');
  return jsonText(200, spoilText(JSON.stringify(records)), headers);
}

type Test = (index: number) => boolean;

function readFilters(call: WooCall, resource: WooResource): Test[] | Answer {
  const { shop } = call;
  const { query } = call.exchange;
  const tests: Test[] = [];
  const include = listOf(query, 'include').map((id) => positionOfId(resource, Number(id)));
  if (include.length > 0) tests.push((index) => include.includes(index));
  const exclude = listOf(query, 'exclude').map((id) => positionOfId(resource, Number(id)));
  if (exclude.length > 0) tests.push((index) => !exclude.includes(index));
  // Customers have no filter by date: the parameters are unknown there, and unknown ones are ignored.
  if (resource === 'customers') return tests;
  const gmt = ['true', '1'].includes(query.get('dates_are_gmt') ?? '');
  const statuses = listOf(query, 'status').filter((status) => status !== 'any');
  if (statuses.length > 0) tests.push((index) => statuses.includes(statusOf(shop, resource, index)));
  const dates: [string, (index: number) => number, (left: number, right: number) => boolean][] = [
    ['modified_after', (index) => updatedAtMs(shop, resource, index), (left, right) => left > right],
    ['modified_before', (index) => updatedAtMs(shop, resource, index), (left, right) => left < right],
    ['after', (index) => createdAtMs(shop, resource, index), (left, right) => left > right],
    ['before', (index) => createdAtMs(shop, resource, index), (left, right) => left < right],
  ];
  for (const [name, read, compare] of dates) {
    const text = query.get(name);
    if (text === null) continue;
    const bound = readDate(text, gmt ? 0 : shop.timeZoneOffsetMinutes);
    if (bound === null) return invalid(name, 'is not a valid date.');
    tests.push((index) => compare(read(index), bound));
  }
  return tests;
}

/** A list given as `a,b` or as `a[]` repeated. */
function listOf(query: URLSearchParams, name: string): string[] {
  const values = [query.get(name) ?? '', ...query.getAll(`${name}[]`)];
  return values.flatMap((value) => value.split(',')).filter((value) => value !== '');
}

/** Without a zone it is the site's own time, unless the caller said the dates are GMT. */
function readDate(text: string, offsetMinutes: number): number | null {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?$/.test(text)) return null;
  const zoned = /(Z|[+-]\d\d:\d\d)$/.test(text);
  const ms = Date.parse(zoned ? text : `${text}Z`);
  return Number.isNaN(ms) ? null : zoned ? ms : ms - offsetMinutes * 60_000;
}

function statusOf(shop: Shop, resource: WooResource, index: number): string {
  const record = resource === 'orders' ? renderOrder(shop, index) : renderProduct(shop, index);
  return record.status;
}

function answerOne(call: WooCall, resource: WooResource, id: number): Answer {
  const { shop, exchange } = call;
  const index = positionOfId(resource, id);
  if (!exists(shop, resource, index)) return wpError(404, INVALID_ID[resource], 'Invalid ID.');
  if (exchange.method === 'PUT' || exchange.method === 'POST') {
    touch(shop, resource, [index], call.sandbox.now());
    announce(call.sandbox, pushing, { kind: 'changed', shop, resource, act: 'update', index });
    call.sandbox.changed();
    return json(200, { ...RENDER[resource](shop, index), ...bodyFields(exchange), id });
  }
  if (exchange.method !== 'GET') {
    return wpError(404, 'rest_no_route', 'No route was found matching the URL and request method.');
  }
  const record = spoil(RENDER[resource](shop, index), changeOf(shop, resource, index)?.hostile);
  return jsonText(200, spoilText(JSON.stringify(record)));
}

function answerVariations(call: WooCall, productId: number): Answer {
  const index = positionOfId('products', productId);
  if (!exists(call.shop, 'products', index)) return wpError(404, INVALID_ID.products, 'Invalid ID.');
  const page = readPage(call.exchange.query);
  if ('status' in page) return page;
  const { variants } = generateProduct(call.shop, index);
  const all =
    variants.length === 1 ? [] : variants.map((variant) => renderVariation(call.shop, variant.index));
  return withTotals(call, page, all.length, all.slice(page.skip, page.skip + page.perPage));
}
