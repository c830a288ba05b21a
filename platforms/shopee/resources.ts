// How Shopee lists. Orders: ids in windows of at most 15 days, then their details, 50 at a time. Items: ids, then their base
// information, 50 at a time, then the models of each that has some. Pure.
import type {
  Json,
  PassContext,
  PlatformRequest,
  RawPage,
  ResourceDefinition,
} from '../../domain/platform.ts';
import { answerInvalid, listAt, objectAt, textOf, valueAt } from '../json.ts';
import { itemsRequest, readItems } from './items.ts';
import { mapItem, mapOrder, mapStock } from './mapper.ts';

const ORDER_LIST = '/order/get_order_list';
const ORDER_DETAIL = '/order/get_order_detail';

/** Only what is named here comes beside a few defaults. */
const ORDER_FIELDS =
  'buyer_user_id,estimated_shipping_fee,actual_shipping_fee,recipient_address,item_list,pay_time,total_amount,cancel_reason';

function ordersRequest(pass: PassContext, cursor: Json | null): PlatformRequest {
  return {
    method: 'GET',
    path: ORDER_LIST,
    query: {
      time_range_field: 'update_time',
      time_from: String(Math.floor((pass.sinceMs ?? 0) / 1_000)),
      time_to: String(Math.ceil(pass.untilMs / 1_000)),
      page_size: String(pass.pageSize),
      cursor: textOf(cursor ?? '') ?? '',
      response_optional_fields: 'order_status',
      request_order_status_pending: 'true',
    },
    endpoint: `GET ${ORDER_LIST}`,
  };
}

function readOrderIds(body: Json): RawPage {
  const response = objectAt(body, 'response');
  const items = listAt(body, 'response.order_list');
  if (response['more'] !== true) return { items, next: null };
  const next = textOf(response['next_cursor']);
  if (next === null || next === '')
    throw answerInvalid('/response/next_cursor', 'is empty though there is more');
  return { items, next };
}

function detailsRequest(items: readonly Json[]): PlatformRequest {
  const ids = items.flatMap((item) => textOf(valueAt(item, 'order_sn')) ?? []);
  if (ids.length < items.length)
    throw answerInvalid('/response/order_list', 'holds an order without order_sn');
  return {
    method: 'GET',
    path: ORDER_DETAIL,
    query: {
      order_sn_list: ids.join(','),
      response_optional_fields: ORDER_FIELDS,
      request_order_status_pending: 'true',
    },
    endpoint: `GET ${ORDER_DETAIL}`,
  };
}

const orders: ResourceDefinition<'orders'> = {
  resource: 'orders',
  requires: 'orders:read',
  pageSize: { default: 100, max: 100 },
  filter: 'updated_at',
  overlapS: 300,
  // A minute short of 15 days, since both ends are rounded outwards.
  windowS: 15 * 86_400 - 60,
  request: ordersRequest,
  read: (_pass, _cursor, { body }) => readOrderIds(body),
  details: {
    max: 50,
    request: (_pass, items) => detailsRequest(items),
    read: ({ body }) => listAt(body, 'response.order_list'),
  },
  one: {
    id: '^[A-Z0-9]{6,40}$',
    request: (_pass, id) => detailsRequest([{ order_sn: id }]),
    read: ({ body }) => listAt(body, 'response.order_list'),
  },
  map: mapOrder,
  idOf: (item) => textOf(valueAt(item, 'order_sn')),
  mapperVersion: 1,
};

const products: ResourceDefinition<'products'> = {
  resource: 'products',
  requires: 'products:read',
  pageSize: { default: 50, max: 50 },
  filter: 'updated_at',
  overlapS: 300,
  windowS: null,
  request: (pass, cursor) => itemsRequest(pass, cursor, { isIncremental: true }),
  accepts: ['not_found'],
  read: (_pass, cursor, { body }) => readItems(cursor, body),
  map: mapItem,
  idOf: (item) => textOf(valueAt(item, 'item_id')),
  mapperVersion: 1,
};

const inventory: ResourceDefinition<'inventory'> = {
  ...products,
  resource: 'inventory',
  requires: 'inventory:read',
  // Whether a change of stock touches an item's update_time is not documented, so that every pass reads all.
  filter: 'full_scan',
  request: (pass, cursor) => itemsRequest(pass, cursor, { isIncremental: false }),
  map: mapStock,
};

export const RESOURCES = { orders, products, inventory } as const;
