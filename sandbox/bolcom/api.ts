/** bol.com's retailer API: orders by fifty, details one by one, offers as an export that takes a moment. Quotas by endpoint. */
import type { Call } from '../calls.ts';
import { changeOf, exists, listed } from '../collection.ts';
import { type Answer, bodyFields, json, jsonText } from '../exchange.ts';
import { productOfVariant } from '../generator.ts';
import { randomHex, take } from '../grants.ts';
import { spoil } from '../hostile.ts';
import { instantMs, positionsIn, rendered, spoiltJson, wholeIn } from '../listing.ts';
import { problem } from './bolcom.ts';
import { OFFER_COLUMNS, offerLine, orderIndex, renderOrder, renderReduced } from './render.ts';
import { answerSubscriptions } from './subscriptions.ts';

const PAGE = 50;
const DAY_MS = 86_400_000;
const JSON_TYPE = { 'content-type': 'application/vnd.retailer.v10+json' };

/** Calls a minute: orders 25, single orders and the rest 25 a second. */
const QUOTAS = {
  list: { size: 25, perS: 25 / 60 },
  one: { size: 25, perS: 25 },
  export: { size: 9, perS: 9 / 3_600 },
};

function overQuota({ sandbox, shop }: Call, name: keyof typeof QUOTAS): Answer | null {
  const quota = QUOTAS[name];
  if (take(sandbox, `bolcom ${name} ${shop.key}`, quota, 1).allowed) return null;
  const wait = String(Math.ceil(1 / quota.perS));
  return problem(429, 'Too Many Requests', 'Too many requests, retry later.', { 'retry-after': wait });
}

export function answerApi(call: Call): Answer {
  const { exchange, shop } = call;
  const { method, path } = exchange;
  if (shop.unavailable !== null) return problem(403, 'Forbidden', 'The retailer account is not active.');
  const subscribed = answerSubscriptions(call);
  if (subscribed !== null) return subscribed;
  const order = /^\/retailer\/orders\/([A-Z0-9]+)$/.exec(path)?.[1];
  const exported = /^\/retailer\/offers\/export\/([0-9a-f]+)$/.exec(path)?.[1];
  const status = /^\/shared\/process-status\/([0-9a-f]+)$/.exec(path)?.[1];
  if (method === 'GET' && path === '/retailer/orders') return overQuota(call, 'list') ?? orders(call);
  if (method === 'GET' && order !== undefined) return overQuota(call, 'one') ?? oneOrder(call, order);
  if (method === 'GET' && path === '/retailer/retailers/current')
    return json(200, { retailerId: shop.key, displayName: shop.name }, JSON_TYPE);
  if (method === 'POST' && path === '/retailer/offers/export')
    return overQuota(call, 'export') ?? beginExport(call);
  if (method === 'GET' && status !== undefined) return processStatus(call, status);
  if (method === 'GET' && exported !== undefined) return offers(call, exported);
  return problem(404, 'Not Found', `There is no ${method} ${path}.`);
}

/** Changed within an hour at most, or on one day of the last three months; open orders alone unless asked. */
function orders({ exchange, shop, sandbox }: Call): Answer {
  const { query } = exchange;
  const page = wholeIn(query, 'page', { otherwise: 1, min: 1, max: 100_000 });
  const minutes = wholeIn(query, 'change-interval-minute', { otherwise: 0, min: 1, max: 60 });
  const day = query.get('latest-change-date');
  const dayMs = day === null ? null : instantMs(day);
  const status = query.get('status') ?? 'OPEN';
  const method = query.get('fulfilment-method') ?? 'FBR';
  const bad = (name: string) => problem(400, 'Bad Request', `Request parameter "${name}" is invalid.`);
  if (page === null) return bad('page');
  if (minutes === null) return bad('change-interval-minute');
  if (!['OPEN', 'SHIPPED', 'ALL'].includes(status)) return bad('status');
  if (!['FBR', 'FBB', 'ALL'].includes(method)) return bad('fulfilment-method');
  const nowMs = sandbox.now();
  if (day !== null && (dayMs === null || !/^\d{4}-\d\d-\d\d$/.test(day) || nowMs - dayMs > 92 * DAY_MS))
    return bad('latest-change-date');
  const fromMs = dayMs ?? (minutes === 0 ? null : nowMs - minutes * 60_000);
  const range = { by: 'updated' as const, fromMs, toMs: dayMs === null ? null : dayMs + DAY_MS };
  const all = [...positionsIn(shop, 'orders', range)].filter((index) => {
    const open = renderReduced(shop, index).orderItems.some((item) => item.fulfilmentStatus === 'OPEN');
    return method !== 'FBB' && (status === 'ALL' || open === (status === 'OPEN'));
  });
  const shown = rendered(shop, 'orders', all.slice((page - 1) * PAGE, page * PAGE), renderReduced);
  // An empty page has no list at all.
  return jsonText(200, spoiltJson(shown.length === 0 ? {} : { orders: shown }), JSON_TYPE);
}

function oneOrder({ shop }: Call, id: string): Answer {
  const index = orderIndex(id);
  if (index === null || !exists(shop, 'orders', index))
    return problem(404, 'Not Found', `Order "${id}" is not found.`);
  return jsonText(
    200,
    spoiltJson(spoil(renderOrder(shop, index), changeOf(shop, 'orders', index)?.hostile)),
    JSON_TYPE,
  );
}

const EXPORT_TAKES_MS = 2_000;

function beginExport({ exchange, sandbox }: Call): Answer {
  if (bodyFields(exchange)['format'] !== 'CSV') return problem(400, 'Bad Request', 'format is CSV.');
  const readyAt = sandbox.now() + EXPORT_TAKES_MS;
  const id = `${readyAt.toString(16).padStart(12, '0')}${randomHex(4)}`;
  return json(202, statusOf(id, 'PENDING'), JSON_TYPE);
}

const readyAtMs = (id: string) => Number.parseInt(id.slice(0, 12), 16);

function statusOf(id: string, status: 'PENDING' | 'SUCCESS') {
  return {
    processStatusId: id,
    ...(status === 'SUCCESS' ? { entityId: id } : {}),
    eventType: 'CREATE_OFFER_EXPORT',
    description: 'Create an offer export',
    status,
    links: [{ rel: 'self', href: `https://api.bol.com/shared/process-status/${id}`, method: 'GET' }],
  };
}

function processStatus({ sandbox }: Call, id: string): Answer {
  return json(200, statusOf(id, sandbox.now() >= readyAtMs(id) ? 'SUCCESS' : 'PENDING'), JSON_TYPE);
}

function offers({ shop, sandbox }: Call, id: string): Answer {
  if (sandbox.now() < readyAtMs(id)) return problem(404, 'Not Found', `Export "${id}" is not ready.`);
  const rows = [...listed(shop, 'inventory', 'position')]
    .filter((variant) => exists(shop, 'products', productOfVariant(variant)))
    .map((variant) => offerLine(shop, variant));
  const headers = { 'content-type': 'application/vnd.retailer.v10+csv' };
  return { status: 200, headers, body: `${[OFFER_COLUMNS.join(','), ...rows].join('\n')}\n` };
}
