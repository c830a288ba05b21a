/** One record of Square's by its id, where the search would be too much: an order, a catalog object, a customer, a variation's counts. */
import type { Call } from '../calls.ts';
import { changeOf, exists } from '../collection.ts';
import { type Answer, jsonText } from '../exchange.ts';
import { spoil } from '../hostile.ts';
import { spoiltJson } from '../listing.ts';
import type { ResourceName, Shop } from '../state.ts';
import { renderCount, renderCustomer, renderItem, renderOrder } from './render.ts';
import { missingScope, squareError } from './square.ts';

interface Single {
  path: RegExp;
  scope: string;
  resource: ResourceName;
  wrap: (record: unknown) => object;
  render: (shop: Shop, index: number) => object;
}

const SINGLES: readonly Single[] = [
  {
    path: /^\/v2\/orders\/ORD(\d{10})$/,
    scope: 'ORDERS_READ',
    resource: 'orders',
    wrap: (order) => ({ order }),
    render: renderOrder,
  },
  {
    path: /^\/v2\/catalog\/object\/ITEM(\d{8})$/,
    scope: 'ITEMS_READ',
    resource: 'products',
    wrap: (object) => ({ object }),
    render: renderItem,
  },
  {
    path: /^\/v2\/customers\/CUST(\d{8})$/,
    scope: 'CUSTOMERS_READ',
    resource: 'customers',
    wrap: (customer) => ({ customer }),
    render: renderCustomer,
  },
  {
    path: /^\/v2\/inventory\/VAR(\d{8})$/,
    scope: 'INVENTORY_READ',
    resource: 'inventory',
    wrap: (count) => ({ counts: [count] }),
    render: renderCount,
  },
];

/** Null: the path is none of these. */
export function answerSingle({ exchange, shop, grant }: Call): Answer | null {
  if (exchange.method !== 'GET') return null;
  for (const { path, scope, resource, wrap, render } of SINGLES) {
    const found = path.exec(exchange.path);
    if (found === null) continue;
    const denied = missingScope(grant, scope);
    if (denied !== null) return denied;
    const index = Number(found[1]);
    if (!exists(shop, resource, index)) return squareError(404, 'NOT_FOUND', 'There is no such record.');
    return jsonText(
      200,
      spoiltJson(wrap(spoil(render(shop, index), changeOf(shop, resource, index)?.hostile))),
    );
  }
  return null;
}
