/** A seller's records in Mirakl's words: amounts as numbers, an order line a sku, an offer a sku with its stock, products by EAN. */
import {
  firstVariant,
  generateOrder,
  generateProduct,
  type OrderStatus,
  type Person,
  productOfVariant,
  stockOf,
} from '../generator.ts';
import { iso } from '../listing.ts';
import type { Shop } from '../state.ts';

const orderId = (index: number) => `Order_${String(index).padStart(6, '0')}-A`;

export function orderIndex(id: string): number | null {
  const digits = /^Order_(\d{6,})-A$/.exec(id)?.[1];
  return digits === undefined ? null : Number(digits);
}

const STATE: Record<OrderStatus, string> = {
  pending: 'WAITING_ACCEPTANCE',
  paid: 'SHIPPING',
  shipped: 'SHIPPED',
  completed: 'RECEIVED',
  cancelled: 'CANCELED',
  refunded: 'CLOSED',
  partially_refunded: 'RECEIVED',
};

const FIRST_OFFER = 2_000;
const seconds = (ms: number) => `${new Date(ms).toISOString().slice(0, 19)}Z`;
/** Exact: two places at most, far below 2^53. */
const amount = (minor: number) => minor / 100;

export function orderState(shop: Shop, index: number): string {
  return STATE[generateOrder(shop, index).status];
}

function address(person: Person) {
  return {
    civility: 'Mrs',
    firstname: person.firstName,
    lastname: person.lastName,
    street_1: person.street,
    street_2: null,
    zip_code: person.zip,
    city: person.city,
    country: person.country,
    country_iso_code: person.country,
    phone: person.phone,
    state: null,
    company: null,
  };
}

/** What was refunded stands beside the line: all of it, or one piece of the first. */
function refunds(status: OrderStatus, line: { quantity: number; priceMinor: number }, place: number) {
  if (status === 'refunded')
    return [{ id: `r${place}`, amount: amount(line.priceMinor * line.quantity), quantity: line.quantity }];
  if (status === 'partially_refunded' && place === 0)
    return [{ id: 'r0', amount: amount(line.priceMinor), quantity: 1 }];
  return [];
}

/** Prices hold their tax; a discount is already in them, so the generator's is left out. */
export function renderOrder(shop: Shop, index: number) {
  const order = generateOrder(shop, index);
  const isPaid = order.status !== 'pending' && order.status !== 'cancelled';
  return {
    order_id: orderId(index),
    commercial_id: orderId(index).slice(0, -2),
    order_state: STATE[order.status],
    order_state_reason_code: null,
    order_tax_mode: 'TAX_INCLUDED',
    created_date: seconds(order.createdAtMs),
    last_updated_date: seconds(order.updatedAtMs),
    acceptance_decision_date: isPaid ? seconds(order.createdAtMs) : null,
    customer_debited_date: isPaid ? iso(order.createdAtMs) : null,
    currency_iso_code: shop.currency,
    price: amount(order.goodsMinor),
    shipping_price: amount(order.shippingMinor),
    total_price: amount(order.goodsMinor + order.shippingMinor),
    total_commission: amount(Math.floor(order.goodsMinor / 10)),
    fully_refunded: order.status === 'refunded',
    has_customer_message: order.note !== '',
    has_incident: false,
    payment_type: 'CARD',
    payment_workflow: 'PAY_ON_ACCEPTANCE',
    customer: {
      customer_id: `Customer_${order.customer.index}`,
      civility: 'Mrs',
      firstname: order.customer.firstName,
      lastname: order.customer.lastName,
      locale: 'en_US',
      billing_address: address(order.customer),
      shipping_address: address(order.customer),
    },
    customer_notification_email: `n${order.customer.index}@notification.mirakl.example`,
    order_additional_fields: [],
    order_refunds: [],
    order_lines: order.lines.map((line, place) => ({
      order_line_id: `${orderId(index)}-${place + 1}`,
      order_line_index: place + 1,
      order_line_state: STATE[order.status],
      offer_id: FIRST_OFFER + line.variant,
      offer_sku: line.sku,
      product_sku: `mkp-${line.variant}`,
      product_title: line.title,
      quantity: line.quantity,
      price_unit: amount(line.priceMinor),
      price: amount(line.priceMinor * line.quantity),
      shipping_price: place === 0 ? amount(order.shippingMinor) : 0,
      total_price: amount(line.priceMinor * line.quantity + (place === 0 ? order.shippingMinor : 0)),
      created_date: seconds(order.createdAtMs),
      last_updated_date: seconds(order.updatedAtMs),
      taxes: [],
      shipping_taxes: [],
      cancelations: [],
      refunds: refunds(order.status, line, place),
    })),
  };
}

function variantOf(shop: Shop, variant: number) {
  const product = generateProduct(shop, productOfVariant(variant));
  const found = product.variants[variant - firstVariant(product.index)];
  const several = product.variants.length > 1;
  const title = several ? `${product.title} ${found?.title ?? ''}` : product.title;
  return { product, found, title };
}

const ean = (variant: number) => `40${String(variant).padStart(11, '0')}`;

export function renderOffer(shop: Shop, variant: number) {
  const { product, found, title } = variantOf(shop, variant);
  const price = amount(found?.priceMinor ?? 0);
  const prices = { price, unit_origin_price: price, unit_discount_price: null, volume_prices: [] };
  return {
    offer_id: FIRST_OFFER + variant,
    shop_sku: found?.sku ?? '',
    product_sku: `mkp-${variant}`,
    product_title: title,
    product_brand: product.vendor,
    product_description: `<p>${title}</p>`,
    product_references: [{ reference_type: 'EAN', reference: ean(variant) }],
    category_code: 'home',
    category_label: 'Home',
    active: product.status === 'active',
    inactivity_reasons: product.status === 'active' ? [] : ['ZERO_QUANTITY'],
    state_code: '11',
    currency_iso_code: shop.currency,
    price,
    total_price: price,
    applicable_pricing: { channel_code: null, ...prices },
    all_prices: [{ channel_code: null, ...prices }],
    discount: null,
    quantity: stockOf(shop, variant),
    min_quantity_alert: null,
    leadtime_to_ship: 2,
    channels: [],
    offer_additional_fields: [],
  };
}

export function renderProduct(shop: Shop, variant: number) {
  const { title } = variantOf(shop, variant);
  return {
    product_id: ean(variant),
    product_id_type: 'EAN',
    product_sku: `mkp-${variant}`,
    product_title: title,
    category_code: 'home',
    category_label: 'Home',
  };
}

export function renderAccount(shop: Shop) {
  return {
    shop_id: shop.id,
    shop_name: shop.name,
    shop_state: shop.unavailable === null ? 'OPEN' : 'SUSPENDED',
    currency_iso_code: shop.currency,
    date_created: seconds(shop.createdAtMs),
    is_professional: true,
    channels: [],
    offers_count: 0,
    orders_count: 0,
  };
}
