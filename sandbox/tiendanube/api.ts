/** Tiendanube's lists: page and per_page, a Link header, 404 past the last page. */
import type { Call } from '../calls.ts';
import { changeOf, exists } from '../collection.ts';
import { type Answer, json, jsonText } from '../exchange.ts';
import { spoil } from '../hostile.ts';
import { instantMs, positionsIn, rendered, spoiltJson, wholeIn } from '../listing.ts';
import type { ResourceName, Shop } from '../state.ts';
import { FIRST_ID, renderCustomer, renderOrder, renderProduct } from './render.ts';
import { missingScope, tnError } from './tiendanube.ts';
import { answerWebhooks } from './webhooks.ts';

interface List {
  resource: ResourceName;
  render: (shop: Shop, index: number) => object;
}

const LISTS: Record<string, List> = {
  orders: { resource: 'orders', render: renderOrder },
  products: { resource: 'products', render: renderProduct },
  customers: { resource: 'customers', render: renderCustomer },
};

export function answerApi(call: Call): Answer {
  const { exchange, shop, grant } = call;
  const [name = '', id] = exchange.path.replace(/^\/[\w-]+\/\d+\//, '').split('/');
  if (name === 'webhooks') return answerWebhooks(call, id);
  if (exchange.method !== 'GET') return tnError(405, 'Method Not Allowed', 'The method is not allowed');
  if (name === 'store') {
    return json(200, {
      id: shop.id,
      name: { es: shop.name },
      original_domain: `store${shop.id}.mitiendanube.com`,
      main_currency: shop.currency,
      country: 'AR',
      email: `owner@shop${shop.id}.example`,
    });
  }
  const list = Object.hasOwn(LISTS, name) ? LISTS[name] : undefined;
  if (list === undefined) return tnError(404, 'Not Found', 'The resource is not found');
  return (
    missingScope(grant, `read_${name}`) ?? (id === undefined ? answerList(call, list) : oneOf(shop, list, id))
  );
}

function oneOf(shop: Shop, { resource, render }: List, id: string): Answer {
  const index = Number(id) - FIRST_ID[resource];
  if (!exists(shop, resource, index)) return tnError(404, 'Not Found', 'The resource is not found');
  return jsonText(200, spoiltJson(spoil(render(shop, index), changeOf(shop, resource, index)?.hostile)));
}

function answerList({ exchange, shop }: Call, { resource, render }: List): Answer {
  const { query, path } = exchange;
  const page = wholeIn(query, 'page', { otherwise: 1, min: 1, max: 1_000_000 });
  const size = wholeIn(query, 'per_page', { otherwise: 30, min: 1, max: 200 });
  const sinceId = wholeIn(query, 'since_id', { otherwise: 0, min: 0, max: Number.MAX_SAFE_INTEGER });
  const bounds = ['updated_at_min', 'updated_at_max', 'created_at_min', 'created_at_max'].map((one) =>
    query.has(one) ? instantMs(query.get(one)) : undefined,
  );
  if (page === null || size === null || sinceId === null || bounds.includes(null))
    return tnError(422, 'Unprocessable Entity', 'A parameter is invalid');
  const [updated, updatedTo, created, createdTo] = bounds;
  const changed = new Set(
    positionsIn(shop, resource, { by: 'updated', fromMs: updated, toMs: after(updatedTo) }),
  );
  const all = [
    ...positionsIn(shop, resource, { by: 'created', fromMs: created, toMs: after(createdTo) }),
  ].filter((index) => changed.has(index) && index + FIRST_ID[resource] > sinceId);
  const pages = Math.max(1, Math.ceil(all.length / size));
  if (page > pages) return tnError(404, 'Not Found', `Last page is ${pages}`);
  const link = (rel: string, to: number) => {
    const params = new URLSearchParams(query);
    params.set('page', String(to));
    return `<https://api.tiendanube.com${path}?${params}>; rel="${rel}"`;
  };
  const links = [
    ...(page < pages ? [link('next', page + 1), link('last', pages)] : []),
    ...(page > 1 ? [link('prev', page - 1), link('first', 1)] : []),
  ];
  const headers: Record<string, string> = { 'x-total-count': String(all.length) };
  if (links.length > 0) headers['link'] = links.join(', ');
  const records = rendered(shop, resource, all.slice((page - 1) * size, page * size), render);
  return jsonText(200, spoiltJson(records), headers);
}

function after(ms: number | null | undefined): number | null {
  return ms === null || ms === undefined ? null : ms + 1_000;
}
