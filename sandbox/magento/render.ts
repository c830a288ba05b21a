/** A shop's records in Magento's words: money as numbers, instants as `YYYY-MM-DD HH:MM:SS` in UTC without a zone. */
import { listed } from '../collection.ts';
import {
  generateCustomer,
  generateOrder,
  generateProduct,
  type Line,
  money,
  type Order,
  type OrderStatus,
  type Person,
  productOfVariant,
  stockOf,
  variantCount,
} from '../generator.ts';
import type { Shop } from '../state.ts';

/** Rows a product may take in the catalog: itself, and its children where it is configurable. */
export const ENTRY_STEP = 4;

/** 0: the product itself. */
export interface Entry {
  product: number;
  child: number;
}

/** The catalog's rows: a configurable product is followed by its children. */
export function entriesOf(shop: Shop): number[] {
  return [...listed(shop, 'products', 'position')].flatMap((product) => {
    const count = variantCount(product);
    return Array.from({ length: count === 1 ? 1 : count + 1 }, (_, child) => product * ENTRY_STEP + child);
  });
}

function timeText(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
}

const STATUS: Record<OrderStatus, [state: string, status: string]> = {
  pending: ['new', 'pending'],
  paid: ['processing', 'processing'],
  shipped: ['processing', 'processing'],
  completed: ['complete', 'complete'],
  cancelled: ['canceled', 'canceled'],
  refunded: ['closed', 'closed'],
  partially_refunded: ['complete', 'complete'],
};

export function renderOrder(shop: Shop, index: number) {
  const order = generateOrder(shop, index);
  const [state, status] = STATUS[order.status];
  const amount = (minor: number) => Number(money(minor, shop.currency));
  const subtotal = order.totalMinor - order.taxMinor - order.shippingMinor + order.discountMinor;
  const address = renderAddress(order.customer);
  return {
    entity_id: index + 1,
    increment_id: String(order.number).padStart(9, '0'),
    state,
    status,
    store_id: 1,
    base_currency_code: shop.currency,
    order_currency_code: shop.currency,
    grand_total: amount(order.totalMinor),
    subtotal: amount(subtotal),
    discount_amount: -amount(order.discountMinor),
    shipping_amount: amount(order.shippingMinor),
    tax_amount: amount(order.taxMinor),
    total_paid: order.status === 'pending' || order.status === 'cancelled' ? 0 : amount(order.totalMinor),
    ...(order.status === 'refunded' ? { total_refunded: amount(order.totalMinor) } : {}),
    ...(order.status === 'partially_refunded' ? { total_refunded: 5 } : {}),
    created_at: timeText(order.createdAtMs),
    updated_at: timeText(order.updatedAtMs),
    customer_id: order.customer.index + 1,
    customer_is_guest: 0,
    customer_email: order.customer.email,
    customer_firstname: order.customer.firstName,
    customer_lastname: order.customer.lastName,
    customer_note: order.note === '' ? null : order.note,
    billing_address: address,
    items: order.lines.flatMap((line, at) => renderLine(shop, order, { line, at })),
    extension_attributes: {
      shipping_assignments: [{ shipping: { address, method: 'flatrate_flatrate' } }],
    },
  };
}

/** A configurable product takes two rows: the parent with its price, the child with the same sku at nothing. */
function renderLine(shop: Shop, order: Order, { line, at }: { line: Line; at: number }) {
  const id = order.index * 100 + at * 2 + 1;
  const price = Number(money(line.priceMinor, shop.currency));
  const row = {
    order_id: order.index + 1,
    sku: line.sku,
    name: line.title,
    qty_ordered: line.quantity,
    qty_shipped: ['shipped', 'completed'].includes(order.status) ? line.quantity : 0,
  };
  const money4 = { price, row_total: Number(money(line.priceMinor * line.quantity, shop.currency)) };
  if (variantCount(line.product) === 1)
    return [
      { ...row, ...money4, item_id: id, product_id: line.product * ENTRY_STEP + 1, product_type: 'simple' },
    ];
  return [
    {
      ...row,
      ...money4,
      item_id: id,
      product_id: line.product * ENTRY_STEP + 1,
      product_type: 'configurable',
    },
    { ...row, price: 0, row_total: 0, item_id: id + 1, parent_item_id: id, product_type: 'simple' },
  ];
}

function renderAddress(person: Person) {
  return {
    firstname: person.firstName,
    lastname: person.lastName,
    email: person.email,
    street: [person.street],
    city: person.city,
    postcode: person.zip,
    country_id: person.country,
    telephone: person.phone,
  };
}

export function renderEntry(shop: Shop, { product: index, child }: Entry) {
  const product = generateProduct(shop, index);
  const variant = product.variants[Math.max(0, child - 1)];
  const isParent = child === 0 && product.variants.length > 1;
  return {
    id: index * ENTRY_STEP + child + 1,
    sku: isParent ? `${product.handle}` : (variant?.sku ?? product.handle),
    name: child === 0 ? product.title : `${product.title}-${variant?.title ?? ''}`,
    attribute_set_id: 4,
    price: isParent ? 0 : Number(money(variant?.priceMinor ?? 0, shop.currency)),
    status: product.status === 'active' ? 1 : 2,
    visibility: child === 0 ? 4 : 1,
    type_id: isParent ? 'configurable' : 'simple',
    created_at: timeText(product.createdAtMs),
    updated_at: timeText(product.updatedAtMs),
    extension_attributes: {
      website_ids: [1],
      ...(isParent
        ? { configurable_product_links: product.variants.map((_, at) => index * ENTRY_STEP + at + 2) }
        : {}),
    },
    custom_attributes: [
      { attribute_code: 'url_key', value: product.handle },
      { attribute_code: 'manufacturer', value: product.vendor },
    ],
  };
}

export function renderCustomer(shop: Shop, index: number) {
  const customer = generateCustomer(shop, index);
  const { person } = customer;
  return {
    id: index + 1,
    group_id: 1,
    created_at: timeText(customer.createdAtMs),
    updated_at: timeText(customer.updatedAtMs),
    created_in: 'Default Store View',
    email: person.email,
    firstname: person.firstName,
    lastname: person.lastName,
    store_id: 1,
    website_id: 1,
    addresses: [
      {
        id: index + 1,
        customer_id: index + 1,
        region: { region_code: null, region: null, region_id: 0 },
        country_id: person.country,
        street: [person.street],
        telephone: person.phone,
        postcode: person.zip,
        city: person.city,
        firstname: person.firstName,
        lastname: person.lastName,
        default_billing: true,
        default_shipping: true,
      },
    ],
  };
}

export function renderSource(shop: Shop, variant: number) {
  const product = generateProduct(shop, productOfVariant(variant));
  const sku = product.variants.find((one) => one.index === variant)?.sku ?? '';
  const quantity = stockOf(shop, variant);
  return { sku, source_code: 'default', quantity, status: quantity > 0 ? 1 : 0 };
}
