/** Shopee's orders: a list of numbers in windows of at most 15 days, and details for at most 50 of them. */
import { changeOf, createdAtMs, exists, listed, lowerBound, updatedAtMs } from '../collection.ts';
import type { Answer } from '../exchange.ts';
import { generateOrder, money, type Order, type OrderStatus } from '../generator.ts';
import { spoil } from '../hostile.ts';
import type { Shop } from '../state.ts';
import { refuse, wrapped } from './answers.ts';
import type { ShopeeCall } from './api.ts';
import { itemId, modelId } from './items.ts';

const MAX_SPAN_S = 15 * 86_400;
const MAX_DETAILS = 50;

const STATUS: Record<OrderStatus, string> = {
  pending: 'UNPAID',
  paid: 'READY_TO_SHIP',
  shipped: 'SHIPPED',
  completed: 'COMPLETED',
  cancelled: 'CANCELLED',
  refunded: 'TO_RETURN',
  partially_refunded: 'COMPLETED',
};

/** The day, and the position in base 36: unique in the shop. */
function orderSn(shop: Shop, index: number): string {
  const day = new Date(createdAtMs(shop, 'orders', index)).toISOString().slice(2, 10).replaceAll('-', '');
  return `${day}${index.toString(36).toUpperCase().padStart(8, '0')}`;
}

function positionOf(shop: Shop, sn: string): number | null {
  const index = Number.parseInt(sn.slice(6), 36);
  return /^\d{6}[0-9A-Z]{8}$/.test(sn) && exists(shop, 'orders', index) && orderSn(shop, index) === sn
    ? index
    : null;
}

export function orderList({ exchange, shop }: ShopeeCall): Answer {
  const { query } = exchange;
  const field = query.get('time_range_field');
  const [from, to] = [Number(query.get('time_from')), Number(query.get('time_to'))];
  const size = Number(query.get('page_size'));
  if (field !== 'create_time' && field !== 'update_time')
    return refuse(400, 'error_param', 'time_range_field is wrong.');
  if (!Number.isInteger(from) || !Number.isInteger(to) || from <= 0 || to < from) {
    return refuse(400, 'error_param', 'time_from and time_to are wrong.');
  }
  if (to - from > MAX_SPAN_S) return refuse(400, 'error_param', 'The time range must be within 15 days.');
  if (!Number.isInteger(size) || size < 1 || size > 100)
    return refuse(400, 'error_param', 'page_size is from 1 to 100.');
  const wanted = query.get('order_status');
  const timeOf = (index: number) =>
    (field === 'update_time' ? updatedAtMs : createdAtMs)(shop, 'orders', index) / 1000;
  const all = listed(shop, 'orders', field === 'update_time' ? 'updated' : 'position');
  let inRange = all.subarray(lowerBound(all, from, timeOf), lowerBound(all, to + 1, timeOf));
  if (wanted !== null)
    inRange = inRange.filter((index) => STATUS[generateOrder(shop, index).status] === wanted);
  const cursor = query.get('cursor') ?? '';
  if (!/^\d*$/.test(cursor)) return refuse(400, 'error_param', 'cursor is wrong.');
  const start = Number(cursor === '' ? 0 : cursor);
  const page = [...inRange.subarray(start, start + size)];
  const more = start + page.length < inRange.length;
  return wrapped({
    more,
    next_cursor: more ? String(start + page.length) : '',
    order_list: page.map((index) => ({ order_sn: orderSn(shop, index), booking_sn: '' })),
  });
}

export function orderDetail({ exchange, shop }: ShopeeCall): Answer {
  const numbers = (exchange.query.get('order_sn_list') ?? '').split(',').filter((sn) => sn !== '');
  if (numbers.length === 0 || numbers.length > MAX_DETAILS) {
    return refuse(400, 'error_param', `order_sn_list has from 1 to ${MAX_DETAILS} entries.`);
  }
  const fields = (exchange.query.get('response_optional_fields') ?? '').split(',');
  const found = numbers.map((sn) => positionOf(shop, sn)).filter((index) => index !== null);
  if (found.length === 0) return refuse(200, 'error_not_found', 'Order not found.');
  return wrapped({
    order_list: found.map((index) =>
      spoil(renderOrder(shop, index, fields), changeOf(shop, 'orders', index)?.hostile),
    ),
  });
}

/** The base fields always, others where they are asked for. */
function renderOrder(shop: Shop, index: number, fields: string[]): Record<string, unknown> {
  const order = generateOrder(shop, index);
  const optional = optionalFields(shop, order);
  return {
    order_sn: orderSn(shop, index),
    region: 'SG',
    currency: shop.currency,
    cod: false,
    order_status: STATUS[order.status],
    create_time: order.createdAtMs / 1000,
    update_time: order.updatedAtMs / 1000,
    days_to_ship: 3,
    ship_by_date: order.createdAtMs / 1000 + 3 * 86_400,
    message_to_seller: order.note,
    ...Object.fromEntries(Object.entries(optional).filter(([name]) => fields.includes(name))),
  };
}

function optionalFields(shop: Shop, order: Order): Record<string, unknown> {
  const amount = (minor: number) => Number(money(minor, shop.currency));
  const { customer } = order;
  return {
    total_amount: amount(order.totalMinor),
    buyer_user_id: 300_000_000 + customer.index,
    buyer_username: `buyer${customer.index}`,
    recipient_address: {
      name: `${customer.firstName} ${customer.lastName}`,
      phone: customer.phone,
      city: customer.city,
      zipcode: customer.zip,
      region: customer.country,
      full_address: `${customer.street}, ${customer.city}`,
    },
    item_list: order.lines.map((line) => ({
      item_id: itemId(line.product),
      item_name: line.title,
      item_sku: line.sku,
      model_id: modelId(line.product, line.variant),
      model_name: '',
      model_sku: line.sku,
      model_quantity_purchased: line.quantity,
      model_original_price: amount(line.priceMinor),
      model_discounted_price: amount(line.priceMinor),
    })),
    pay_time: order.status === 'pending' ? 0 : order.createdAtMs / 1000 + 60,
    note: '',
    payment_method: 'Credit Card',
    shipping_carrier: 'Standard',
    actual_shipping_fee: amount(order.shippingMinor),
    estimated_shipping_fee: amount(order.shippingMinor),
    cancel_reason: order.status === 'cancelled' ? 'OUT_OF_STOCK' : '',
    cancel_by: order.status === 'cancelled' ? 'buyer' : '',
  };
}
