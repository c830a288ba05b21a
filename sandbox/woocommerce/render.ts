/** A shop's records in WooCommerce's words. Dates have no zone: `date_*` in the site's time, `date_*_gmt` in UTC. */
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
import type { Shop } from '../state.ts';

export type WooResource = 'orders' | 'products' | 'customers';

const FIRST_ID: Record<WooResource, number> = { orders: 1_000_000, products: 10_000, customers: 1 };
const FIRST_VARIATION_ID = 500_000;

export function recordId(resource: WooResource, index: number): number {
  return FIRST_ID[resource] + index;
}

export function positionOfId(resource: WooResource, id: number): number {
  return id - FIRST_ID[resource];
}

function dates(shop: Shop, name: string, ms: number): Record<string, string> {
  const text = (at: number) => new Date(at).toISOString().slice(0, 19);
  return { [`date_${name}`]: text(ms + shop.timeZoneOffsetMinutes * 60_000), [`date_${name}_gmt`]: text(ms) };
}

const STATUS: Record<OrderStatus, string> = {
  pending: 'pending',
  paid: 'processing',
  shipped: 'on-hold',
  completed: 'completed',
  cancelled: 'cancelled',
  refunded: 'refunded',
  partially_refunded: 'completed',
};

export function renderOrder(shop: Shop, index: number) {
  const order = generateOrder(shop, index);
  const amount = (minor: number) => money(minor, shop.currency);
  return {
    id: recordId('orders', index),
    parent_id: 0,
    number: String(order.number),
    order_key: `wc_order_${index.toString(36)}`,
    created_via: 'checkout',
    status: STATUS[order.status],
    currency: shop.currency,
    ...dates(shop, 'created', order.createdAtMs),
    ...dates(shop, 'modified', order.updatedAtMs),
    discount_total: amount(order.discountMinor),
    shipping_total: amount(order.shippingMinor),
    total: amount(order.totalMinor),
    total_tax: amount(order.taxMinor),
    prices_include_tax: false,
    customer_id: recordId('customers', order.customer.index),
    customer_note: order.note,
    billing: { ...address(order.customer), email: order.customer.email, phone: order.customer.phone },
    shipping: address(order.customer),
    payment_method: 'bacs',
    payment_method_title: 'Bank transfer',
    line_items: order.lines.map((line, at) => ({
      id: index * 20 + at + 1,
      name: line.title,
      product_id: recordId('products', line.product),
      variation_id: hasVariations(line.product) ? FIRST_VARIATION_ID + line.variant : 0,
      quantity: line.quantity,
      subtotal: amount(line.priceMinor * line.quantity),
      total: amount(line.priceMinor * line.quantity),
      total_tax: amount(Math.floor((line.priceMinor * line.quantity * 19) / 100)),
      sku: line.sku,
      price: Number(amount(line.priceMinor)),
    })),
    shipping_lines: [],
    refunds:
      order.status === 'refunded' || order.status === 'partially_refunded'
        ? [
            {
              id: index + 1,
              reason: '',
              total: `-${amount(order.status === 'refunded' ? order.totalMinor : 500)}`,
            },
          ]
        : [],
    meta_data: [],
  };
}

function address(person: Person) {
  return {
    first_name: person.firstName,
    last_name: person.lastName,
    company: '',
    address_1: person.street,
    address_2: '',
    city: person.city,
    state: '',
    postcode: person.zip,
    country: person.country,
  };
}

function hasVariations(product: number): boolean {
  return product % 4 === 0;
}

const PRODUCT_STATUS = { active: 'publish', draft: 'draft', archived: 'private' } as const;

export function renderProduct(shop: Shop, index: number) {
  const product = generateProduct(shop, index);
  const variable = product.variants.length > 1;
  const first = product.variants[0];
  const price = money(first?.priceMinor ?? 0, shop.currency);
  const stock = first === undefined ? 0 : stockOf(shop, first.index);
  return {
    id: recordId('products', index),
    name: product.title,
    slug: product.handle,
    permalink: `https://${shop.host}${shop.basePath}/product/${product.handle}/`,
    ...dates(shop, 'created', product.createdAtMs),
    ...dates(shop, 'modified', product.updatedAtMs),
    type: variable ? 'variable' : 'simple',
    status: PRODUCT_STATUS[product.status],
    description: `<p>${product.title} by ${product.vendor}</p>`,
    sku: variable ? '' : (first?.sku ?? ''),
    price,
    regular_price: variable ? '' : price,
    sale_price: '',
    manage_stock: !variable,
    stock_quantity: variable ? null : stock,
    stock_status: stock > 0 || variable ? 'instock' : 'outofstock',
    categories: [],
    images: [],
    variations: variable ? product.variants.map((variant) => FIRST_VARIATION_ID + variant.index) : [],
    meta_data: [],
  };
}

export function renderVariation(shop: Shop, variant: number) {
  const product = generateProduct(shop, productOfVariant(variant));
  const found = product.variants[variant - firstVariant(product.index)];
  const price = money(found?.priceMinor ?? 0, shop.currency);
  return {
    id: FIRST_VARIATION_ID + variant,
    ...dates(shop, 'created', product.createdAtMs),
    ...dates(shop, 'modified', product.updatedAtMs),
    sku: found?.sku ?? '',
    price,
    regular_price: price,
    status: 'publish',
    manage_stock: true,
    stock_quantity: stockOf(shop, variant),
    stock_status: 'instock',
    attributes: [{ id: 0, name: 'Size', option: found?.title ?? '' }],
  };
}

export function renderCustomer(shop: Shop, index: number) {
  const customer = generateCustomer(shop, index);
  const { person } = customer;
  return {
    id: recordId('customers', index),
    ...dates(shop, 'created', customer.createdAtMs),
    ...dates(shop, 'modified', customer.updatedAtMs),
    email: person.email,
    first_name: person.firstName,
    last_name: person.lastName,
    role: 'customer',
    username: `customer${index}`,
    billing: { ...address(person), email: person.email, phone: person.phone },
    shipping: address(person),
    is_paying_customer: true,
    meta_data: [],
  };
}
