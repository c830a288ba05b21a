/** Shoptet's lists: page and itemsPerPage, cut to each endpoint's most and never refused, a paginator beside; the whole of a record by its own address. */
import type { Call } from '../calls.ts';
import { changeOf, exists, updatedAtMs } from '../collection.ts';
import { type Answer, jsonText } from '../exchange.ts';
import { spoil } from '../hostile.ts';
import {
  goneSince,
  instantMs,
  positionsIn,
  rendered,
  renderedSkus,
  skusOf,
  spoiltJson,
  wholeIn,
} from '../listing.ts';
import type { Shop } from '../state.ts';
import { orderCode, orderIndex, orderRow, renderOrder } from './orders.ts';
import {
  at,
  customerRow,
  guid,
  indexOfGuid,
  productRow,
  renderCustomer,
  renderEshop,
  renderProduct,
  STOCK_ID,
  supplyRow,
} from './render.ts';
import { missingRight, shoptetError } from './shoptet.ts';
import { answerWebhooks } from './webhooks.ts';

type Render = (shop: Shop, index: number) => object;

interface List {
  name: 'orders' | 'products' | 'customers';
  most: number;
  otherwise: number;
  row: Render;
  indexOf(id: string): number | null;
  idOf(index: number): Record<string, string>;
  /** Page sizes of the log of its changes. */
  changes: { most: number; otherwise: number };
  /** What stands under `data` where one is asked for. */
  whole: Render;
}

const LISTS: readonly List[] = [
  {
    name: 'orders',
    most: 50,
    otherwise: 50,
    row: orderRow,
    indexOf: orderIndex,
    idOf: (index) => ({ code: orderCode(index) }),
    changes: { most: 1_000, otherwise: 20 },
    whole: (shop, index) => ({ order: renderOrder(shop, index) }),
  },
  {
    name: 'products',
    most: 1_000,
    otherwise: 20,
    row: productRow,
    indexOf: (id) => indexOfGuid('product', id),
    idOf: (index) => ({ guid: guid('product', index) }),
    changes: { most: 1_000, otherwise: 1_000 },
    whole: renderProduct,
  },
  {
    name: 'customers',
    most: 1_000,
    otherwise: 20,
    row: customerRow,
    indexOf: (id) => indexOfGuid('customer', id),
    idOf: (index) => ({ guid: guid('customer', index) }),
    changes: { most: 20, otherwise: 20 },
    whole: (shop, index) => ({ customer: renderCustomer(shop, index) }),
  },
];

const notFound = () => shoptetError(404, 'page-not-found', 'Page not found');

export function answerApi(call: Call): Answer {
  const { exchange, shop, grant } = call;
  const [, api, name = '', id, more] = exchange.path.split('/');
  if (api !== 'api') return notFound();
  if (name === 'webhooks' && more === undefined)
    return missingRight(grant, 'webhooks') ?? answerWebhooks(call, id);
  if (exchange.method !== 'GET') return shoptetError(405, 'method-not-allowed', 'Method not allowed');
  if (name === 'eshop' && id === undefined) return missingRight(grant, 'eshop') ?? told(renderEshop(shop));
  if (name === 'stocks') return missingRight(grant, 'stocks') ?? stocks(call, id, more);
  const list = LISTS.find((one) => one.name === name);
  if (list === undefined || more !== undefined) return notFound();
  const denied = missingRight(grant, name);
  if (denied !== null) return denied;
  if (id === 'changes') return answerChanges(call, list);
  return id === undefined ? answerList(call, list) : oneOf(shop, list, id);
}

function told(data: unknown): Answer {
  return jsonText(200, spoiltJson({ data, errors: null, metadata: { requestId: 'sandbox_0' } }));
}

function oneOf(shop: Shop, { name, indexOf, whole }: List, id: string): Answer {
  const index = indexOf(id);
  if (index === null || !exists(shop, name, index)) return notFound();
  return told(spoil(whole(shop, index), changeOf(shop, name, index)?.hostile));
}

interface Page {
  page: number;
  size: number;
}

function pageOf(query: URLSearchParams, of: { most: number; otherwise: number }): Page | null {
  const page = wholeIn(query, 'page', { otherwise: 1, min: 1, max: 10_000_000 });
  const asked = wholeIn(query, 'itemsPerPage', { otherwise: of.otherwise, min: 1, max: 10_000_000 });
  return page === null || asked === null ? null : { page, size: Math.min(asked, of.most) };
}

function paged(name: string, rows: unknown[], { page, size }: Page, total: number): Answer {
  const paginator = {
    totalCount: total,
    page,
    pageCount: Math.max(1, Math.ceil(total / size)),
    itemsOnPage: rows.length,
    itemsPerPage: size,
  };
  return told({ [name]: rows, paginator });
}

const bad = () => shoptetError(400, 'invalid-parameter', 'A parameter is invalid');

function answerList({ exchange, shop }: Call, list: List): Answer {
  const { query } = exchange;
  const page = pageOf(query, list);
  const [created, createdTo, changed, changedTo] = [
    'creationTimeFrom',
    'creationTimeTo',
    'changeTimeFrom',
    'changeTimeTo',
  ].map((name) => (query.has(name) ? instantMs(query.get(name)) : undefined));
  if (page === null || [created, createdTo, changed, changedTo].includes(null)) return bad();
  const made = new Set(
    positionsIn(shop, list.name, { by: 'created', fromMs: created, toMs: after(createdTo) }),
  );
  // Customers have no filter by time.
  const bounds = list.name === 'customers' ? {} : { fromMs: changed, toMs: after(changedTo) };
  const later = new Set(positionsIn(shop, list.name, { by: 'updated', ...bounds }));
  const newest = positionsIn(shop, list.name, { by: 'created', descending: true });
  const all = [...newest].filter((index) => later.has(index) && made.has(index));
  const from = (page.page - 1) * page.size;
  const rows = rendered(shop, list.name, all.slice(from, from + page.size), list.row);
  return paged(list.name, rows, page, all.length);
}

/** How long the log is kept for sure. */
const KEPT_MS = 30 * 86_400_000;

/** Each record once, with its last change; what was made is an `edit`. */
function answerChanges({ exchange, shop, sandbox }: Call, list: List): Answer {
  const { query } = exchange;
  const page = pageOf(query, list.changes);
  const from = instantMs(query.get('from'));
  const type = query.get('changeType');
  if (page === null || from === null || (type !== null && type !== 'edit' && type !== 'delete')) return bad();
  const fromMs = Math.max(from, sandbox.now() - KEPT_MS);
  const edited = type === 'delete' ? [] : positionsIn(shop, list.name, { by: 'updated', fromMs });
  const gone = type === 'edit' ? [] : goneSince(shop, list.name, fromMs);
  const all = [
    ...[...edited].map((index) => ({ index, changeType: 'edit' })),
    ...gone.map((index) => ({ index, changeType: 'delete' })),
  ];
  const first = (page.page - 1) * page.size;
  const rows = all.slice(first, first + page.size).map(({ index, changeType }) => ({
    ...list.idOf(index),
    changeTime: at(updatedAtMs(shop, list.name, index)),
    changeType,
  }));
  return paged('changes', rows, page, all.length);
}

const after = (ms: number | null | undefined) => (typeof ms === 'number' ? ms + 1 : null);

function stocks({ exchange, shop }: Call, id: string | undefined, more: string | undefined): Answer {
  const stock = {
    id: STOCK_ID,
    title: 'Výchozí sklad',
    isDeliveryPoint: false,
    visibleOnEshop: true,
    deliveryPointTitle: null,
    deliveryPointAddress: null,
  };
  if (id === undefined) return told({ stocks: [stock], defaultStockId: STOCK_ID });
  if (id !== String(STOCK_ID) || more !== 'supplies') return notFound();
  const { query } = exchange;
  const page = pageOf(query, { most: 1_000, otherwise: 1_000 });
  const changed = query.has('changedFrom') ? instantMs(query.get('changedFrom')) : undefined;
  if (page === null || changed === null) return bad();
  const all = skusOf(shop).filter(
    (variant) => changed === undefined || updatedAtMs(shop, 'inventory', variant) >= changed,
  );
  const from = (page.page - 1) * page.size;
  const rows = renderedSkus(shop, all.slice(from, from + page.size), supplyRow);
  return paged('supplies', rows, page, all.length);
}
