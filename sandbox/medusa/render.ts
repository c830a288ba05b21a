/** A shop's records in Medusa's words: ids with a prefix, amounts as numbers in whole units, prices by currency, stock by location. */
import { createdAtMs, updatedAtMs } from '../collection.ts';
import {
  firstVariant,
  generateCustomer,
  generateOrder,
  generateProduct,
  money,
  type OrderStatus,
  type Person,
  productOfVariant,
  stockOf,
} from '../generator.ts';
import { iso } from '../listing.ts';
import type { Shop } from '../state.ts';

const idOf = (prefix: string, index: number) =>
  `${prefix}_01JSANDBOX${index.toString(32).toUpperCase().padStart(16, '0')}`;

const STATUS: Record<OrderStatus, [status: string, payment: string, fulfillment: string]> = {
  pending: ['pending', 'awaiting', 'not_fulfilled'],
  paid: ['pending', 'captured', 'not_fulfilled'],
  shipped: ['pending', 'captured', 'shipped'],
  completed: ['completed', 'captured', 'delivered'],
  cancelled: ['canceled', 'canceled', 'canceled'],
  refunded: ['completed', 'refunded', 'delivered'],
  partially_refunded: ['completed', 'partially_refunded', 'delivered'],
};

/** Exact: three places at most, far below 2^53. */
const amount = (shop: Shop, minor: number) => Number(money(minor, shop.currency));

function address(person: Person) {
  return {
    id: idOf('cuaddr', person.index),
    first_name: person.firstName,
    last_name: person.lastName,
    company: null,
    address_1: person.street,
    address_2: null,
    city: person.city,
    province: null,
    postal_code: person.zip,
    country_code: person.country.toLowerCase(),
    phone: person.phone,
  };
}

const taxOf = (minor: number) => Math.floor((minor * 19) / 100);

export function renderOrder(shop: Shop, index: number) {
  const order = generateOrder(shop, index);
  const [status, payment_status, fulfillment_status] = STATUS[order.status];
  const told = (minor: number) => amount(shop, minor);
  const isPaid = !['awaiting', 'canceled'].includes(payment_status);
  return {
    id: idOf('order', index),
    display_id: order.number,
    status,
    payment_status,
    fulfillment_status,
    version: order.version + 1,
    currency_code: shop.currency.toLowerCase(),
    email: order.customer.email,
    customer_id: idOf('cus', order.customer.index),
    customer: renderCustomer(shop, order.customer.index),
    summary: {
      current_order_total: told(order.totalMinor),
      paid_total: told(isPaid ? order.totalMinor : 0),
      refunded_total: told(order.refundedMinor),
      pending_difference: told(isPaid ? 0 : order.totalMinor),
    },
    total: told(order.totalMinor),
    subtotal: told(order.goodsMinor + order.shippingMinor),
    item_subtotal: told(order.goodsMinor),
    item_total: told(order.goodsMinor - order.discountMinor + order.taxMinor),
    tax_total: told(order.taxMinor),
    discount_total: told(order.discountMinor),
    discount_subtotal: told(order.discountMinor),
    shipping_total: told(order.shippingMinor),
    shipping_subtotal: told(order.shippingMinor),
    original_total: told(order.totalMinor + order.discountMinor),
    items: order.lines.map((line, place) => ({
      id: idOf('ordli', index * 100 + place),
      title: line.title,
      subtitle: null,
      product_id: idOf('prod', line.product),
      product_title: line.title,
      variant_id: idOf('variant', line.variant),
      variant_sku: line.sku,
      variant_title: null,
      quantity: line.quantity,
      unit_price: told(line.priceMinor),
      subtotal: told(line.priceMinor * line.quantity),
      total: told(line.priceMinor * line.quantity + taxOf(line.priceMinor * line.quantity)),
      tax_total: told(taxOf(line.priceMinor * line.quantity)),
      discount_total: 0,
      is_tax_inclusive: false,
    })),
    shipping_address: address(order.customer),
    billing_address: address(order.customer),
    metadata: order.note === '' ? null : { note: order.note },
    canceled_at: order.status === 'cancelled' ? iso(order.updatedAtMs) : null,
    created_at: iso(order.createdAtMs),
    updated_at: iso(order.updatedAtMs),
  };
}

export function renderProduct(shop: Shop, index: number) {
  const product = generateProduct(shop, index);
  const several = product.variants.length > 1;
  const times = { created_at: iso(product.createdAtMs), updated_at: iso(product.updatedAtMs) };
  const option = several ? 'Size' : 'Default option';
  const valueFor = (title: string) => (several ? title : 'Default option value');
  return {
    id: idOf('prod', index),
    title: product.title,
    subtitle: null,
    handle: product.handle,
    description: product.title,
    status: product.status === 'active' ? 'published' : product.status === 'draft' ? 'draft' : 'rejected',
    thumbnail: `https://images.example/${product.handle}.jpg`,
    images: [{ id: idOf('img', index), url: `https://images.example/${product.handle}.jpg`, rank: 0 }],
    tags: [],
    metadata: null,
    options: [
      {
        id: idOf('opt', index),
        title: option,
        values: product.variants.map(({ index: at, title }) => ({
          id: idOf('optval', at),
          value: valueFor(title),
        })),
      },
    ],
    variants: product.variants.map((variant) => ({
      id: idOf('variant', variant.index),
      product_id: idOf('prod', index),
      title: several ? variant.title : 'Default variant',
      sku: variant.sku,
      barcode: null,
      manage_inventory: true,
      options: [
        { id: idOf('optval', variant.index), value: valueFor(variant.title), option: { title: option } },
      ],
      prices: [
        {
          id: idOf('price', variant.index),
          amount: amount(shop, variant.priceMinor),
          currency_code: shop.currency.toLowerCase(),
          min_quantity: null,
          max_quantity: null,
          rules: {},
        },
      ],
      inventory_items: [
        {
          inventory_item_id: idOf('iitem', variant.index),
          variant_id: idOf('variant', variant.index),
          required_quantity: 1,
        },
      ],
      ...times,
    })),
    ...times,
  };
}

export function renderCustomer(shop: Shop, index: number) {
  const { person, ...customer } = generateCustomer(shop, index);
  return {
    id: idOf('cus', index),
    company_name: null,
    first_name: person.firstName,
    last_name: person.lastName,
    email: person.email,
    phone: person.phone,
    has_account: true,
    addresses: [{ ...address(person), is_default_shipping: true, is_default_billing: false }],
    metadata: null,
    created_at: iso(customer.createdAtMs),
    updated_at: iso(customer.updatedAtMs),
  };
}

export function renderItem(shop: Shop, variant: number) {
  const product = generateProduct(shop, productOfVariant(variant));
  const found = product.variants[variant - firstVariant(product.index)];
  const units = stockOf(shop, variant);
  const updated_at = iso(updatedAtMs(shop, 'inventory', variant));
  const created_at = iso(createdAtMs(shop, 'products', product.index));
  return {
    id: idOf('iitem', variant),
    sku: found?.sku ?? '',
    title: product.title,
    requires_shipping: true,
    stocked_quantity: units,
    reserved_quantity: 0,
    location_levels: [
      {
        id: idOf('ilev', variant),
        location_id: idOf('sloc', 0),
        inventory_item_id: idOf('iitem', variant),
        stocked_quantity: units,
        reserved_quantity: 0,
        incoming_quantity: 0,
        available_quantity: units,
        created_at,
        updated_at,
      },
    ],
    variants: [{ id: idOf('variant', variant), product_id: idOf('prod', product.index) }],
    metadata: null,
    created_at,
    updated_at,
  };
}

export function renderStore(shop: Shop) {
  return {
    id: idOf('store', 0),
    name: shop.name,
    supported_currencies: [{ currency_code: shop.currency.toLowerCase(), is_default: true }],
    default_location_id: idOf('sloc', 0),
    metadata: null,
  };
}
