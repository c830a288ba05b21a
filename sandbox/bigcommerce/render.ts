/** A shop's records in BigCommerce's words: v2 with RFC 2822 dates and money as text, v3 with ISO dates and money as numbers. */
import {
  firstVariant,
  generateCustomer,
  generateOrder,
  generateProduct,
  money,
  type OrderStatus,
  productOfVariant,
  stockOf,
} from '../generator.ts';
import { iso } from '../listing.ts';
import type { Shop } from '../state.ts';

const FIRST_ORDER = 100;
const FIRST_PRODUCT = 80;
const FIRST_VARIANT = 400;

export const orderId = (index: number) => index + FIRST_ORDER;
export const productId = (index: number) => index + FIRST_PRODUCT;
export const customerId = (index: number) => index + 1;
export const orderIndex = (id: number) => id - FIRST_ORDER;
export const productIndex = (id: number) => id - FIRST_PRODUCT;
const rfc2822 = (ms: number) => new Date(ms).toUTCString().replace('GMT', '+0000');

const STATUS: Record<OrderStatus, [id: number, name: string]> = {
  pending: [1, 'Pending'],
  paid: [11, 'Awaiting Fulfillment'],
  shipped: [2, 'Shipped'],
  completed: [10, 'Completed'],
  cancelled: [5, 'Cancelled'],
  refunded: [4, 'Refunded'],
  partially_refunded: [14, 'Partially Refunded'],
};

export function renderOrder(shop: Shop, index: number) {
  const order = generateOrder(shop, index);
  const { customer } = order;
  const amount = (minor: number) => Number(money(minor, shop.currency)).toFixed(4);
  const [statusId, status] = STATUS[order.status];
  const id = FIRST_ORDER + index;
  const base = `https://api.bigcommerce.com/stores/${shop.key}/v2/orders/${id}`;
  return {
    id,
    customer_id: customer.index + 1,
    date_created: rfc2822(order.createdAtMs),
    date_modified: rfc2822(order.updatedAtMs),
    date_shipped: '',
    status_id: statusId,
    status,
    subtotal_ex_tax: amount(order.totalMinor - order.taxMinor - order.shippingMinor + order.discountMinor),
    total_tax: amount(order.taxMinor),
    shipping_cost_ex_tax: amount(order.shippingMinor),
    discount_amount: amount(order.discountMinor),
    total_ex_tax: amount(order.totalMinor - order.taxMinor),
    total_inc_tax: amount(order.totalMinor),
    items_total: order.pieces,
    payment_status: order.status === 'pending' ? '' : 'captured',
    refunded_amount: amount(order.refundedMinor),
    currency_code: shop.currency,
    default_currency_code: shop.currency,
    customer_message: order.note,
    is_deleted: false,
    billing_address: {
      first_name: customer.firstName,
      last_name: customer.lastName,
      company: '',
      street_1: customer.street,
      street_2: '',
      city: customer.city,
      state: '',
      zip: customer.zip,
      country_iso2: customer.country,
      phone: customer.phone,
      email: customer.email,
    },
    products: { url: `${base}/products`, resource: `/orders/${id}/products` },
    shipping_addresses: { url: `${base}/shipping_addresses`, resource: `/orders/${id}/shipping_addresses` },
  };
}

export function renderLines(shop: Shop, index: number) {
  const amount = (minor: number) => Number(money(minor, shop.currency)).toFixed(4);
  return generateOrder(shop, index).lines.map((line, at) => ({
    id: index * 100 + at + 1,
    order_id: FIRST_ORDER + index,
    product_id: FIRST_PRODUCT + line.product,
    variant_id: FIRST_VARIANT + line.variant,
    name: line.title,
    sku: line.sku,
    type: 'physical',
    quantity: line.quantity,
    base_price: amount(line.priceMinor),
    price_ex_tax: amount(line.priceMinor),
    price_inc_tax: amount(Math.round(line.priceMinor * 1.19)),
    total_ex_tax: amount(line.priceMinor * line.quantity),
    quantity_shipped: 0,
    quantity_refunded: 0,
  }));
}

export function renderProduct(shop: Shop, index: number, withVariants: boolean) {
  const product = generateProduct(shop, index);
  const several = product.variants.length > 1;
  const [first] = product.variants;
  const level = product.variants.reduce((sum, one) => sum + stockOf(shop, one.index), 0);
  return {
    id: FIRST_PRODUCT + index,
    name: product.title,
    type: 'physical',
    sku: several ? '' : (first?.sku ?? ''),
    description: `<p>${product.title} by ${product.vendor}</p>`,
    price: Number(money(first?.priceMinor ?? 0, shop.currency)),
    inventory_level: level,
    inventory_tracking: several ? 'variant' : 'product',
    is_visible: product.status === 'active',
    availability: product.status === 'archived' ? 'disabled' : 'available',
    custom_url: { url: `/${product.handle}/`, is_customized: false },
    base_variant_id: several ? null : FIRST_VARIANT + firstVariant(index),
    date_created: iso(product.createdAtMs).replace(/\.\d+Z$/, '+00:00'),
    date_modified: iso(product.updatedAtMs).replace(/\.\d+Z$/, '+00:00'),
    ...(withVariants
      ? {
          variants: product.variants.map((variant) => ({
            id: FIRST_VARIANT + variant.index,
            product_id: FIRST_PRODUCT + index,
            sku: variant.sku,
            price: Number(money(variant.priceMinor, shop.currency)),
            inventory_level: stockOf(shop, variant.index),
            option_values: several ? [{ option_display_name: 'Size', label: variant.title }] : [],
          })),
        }
      : {}),
  };
}

export function renderCustomer(shop: Shop, index: number) {
  const customer = generateCustomer(shop, index);
  const { person } = customer;
  return {
    id: index + 1,
    email: person.email,
    first_name: person.firstName,
    last_name: person.lastName,
    company: '',
    phone: person.phone,
    notes: '',
    customer_group_id: 0,
    date_created: iso(customer.createdAtMs).replace(/\.\d+Z$/, 'Z'),
    date_modified: iso(customer.updatedAtMs).replace(/\.\d+Z$/, 'Z'),
    address_count: 1,
    addresses: [
      {
        id: index + 1,
        first_name: person.firstName,
        last_name: person.lastName,
        address1: person.street,
        city: person.city,
        postal_code: person.zip,
        country_code: person.country,
        phone: person.phone,
      },
    ],
  };
}

export function renderItem(shop: Shop, variant: number) {
  const product = generateProduct(shop, productOfVariant(variant));
  const found = product.variants[variant - firstVariant(product.index)];
  const level = stockOf(shop, variant);
  return {
    identity: {
      sku: found?.sku ?? '',
      product_id: FIRST_PRODUCT + product.index,
      variant_id: FIRST_VARIANT + variant,
    },
    locations: [
      {
        location_id: 1,
        location_code: 'BC-LOCATION-1',
        location_name: 'Default location',
        available_to_sell: level,
        total_inventory_onhand: level,
      },
    ],
  };
}
