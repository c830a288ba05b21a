/** A store's records in Tiendanube's words: amounts as text, names by language, dates with a written offset. */
import {
  generateCustomer,
  generateOrder,
  generateProduct,
  money,
  type OrderStatus,
  type Person,
  stockOf,
} from '../generator.ts';
import type { ResourceName, Shop } from '../state.ts';

export const FIRST_ID: Record<ResourceName, number> = {
  orders: 871_000_000,
  products: 144_000_000,
  customers: 96_000_000,
  inventory: 0,
};
const FIRST_VARIANT = 520_000_000;

const at = (ms: number) => `${new Date(ms).toISOString().slice(0, 19)}+0000`;

const STATUS: Record<OrderStatus, [status: string, payment: string, shipping: string]> = {
  pending: ['open', 'pending', 'unpacked'],
  paid: ['open', 'paid', 'unpacked'],
  shipped: ['open', 'paid', 'shipped'],
  completed: ['closed', 'paid', 'delivered'],
  cancelled: ['cancelled', 'voided', 'unpacked'],
  refunded: ['closed', 'refunded', 'delivered'],
  partially_refunded: ['closed', 'partially_refunded', 'delivered'],
};

function address(person: Person) {
  return {
    name: person.firstName,
    address: person.street,
    city: person.city,
    zipcode: person.zip,
    country: person.country,
    phone: person.phone,
  };
}

function customerOf(person: Person) {
  return {
    id: FIRST_ID.customers + person.index,
    name: `${person.firstName} ${person.lastName}`,
    email: person.email,
    phone: person.phone,
    default_address: address(person),
  };
}

export function renderOrder(shop: Shop, index: number) {
  const order = generateOrder(shop, index);
  const amount = (minor: number) => money(minor, shop.currency);
  const [status, paymentStatus, shippingStatus] = STATUS[order.status];
  return {
    id: FIRST_ID.orders + index,
    number: order.number,
    token: `tok${index}`,
    store_id: String(shop.id),
    status,
    payment_status: paymentStatus,
    shipping_status: shippingStatus,
    currency: shop.currency,
    subtotal: amount(order.goodsMinor),
    discount: amount(order.discountMinor),
    total: amount(order.totalMinor),
    shipping_cost_customer: amount(order.shippingMinor),
    note: order.note,
    contact_email: order.customer.email,
    contact_name: `${order.customer.firstName} ${order.customer.lastName}`,
    created_at: at(order.createdAtMs),
    updated_at: at(order.updatedAtMs),
    customer: customerOf(order.customer),
    shipping_address: address(order.customer),
    products: order.lines.map((line, place) => ({
      id: index * 100 + place + 1,
      product_id: FIRST_ID.products + line.product,
      variant_id: String(FIRST_VARIANT + line.variant),
      name: line.title,
      sku: line.sku,
      price: amount(line.priceMinor),
      quantity: line.quantity,
    })),
  };
}

export function renderProduct(shop: Shop, index: number) {
  const product = generateProduct(shop, index);
  const several = product.variants.length > 1;
  return {
    id: FIRST_ID.products + index,
    name: { es: product.title },
    description: { es: `<p>${product.title} by ${product.vendor}</p>` },
    handle: { es: product.handle },
    brand: product.vendor,
    published: product.status === 'active',
    attributes: several ? [{ es: 'Talle' }] : [],
    created_at: at(product.createdAtMs),
    updated_at: at(product.updatedAtMs),
    variants: product.variants.map((variant) => ({
      id: FIRST_VARIANT + variant.index,
      product_id: FIRST_ID.products + index,
      sku: variant.sku,
      price: money(variant.priceMinor, shop.currency),
      stock_management: true,
      stock: stockOf(shop, variant.index),
      values: several ? [{ es: variant.title }] : [],
      created_at: at(product.createdAtMs),
      updated_at: at(product.updatedAtMs),
    })),
  };
}

export function renderCustomer(shop: Shop, index: number) {
  const customer = generateCustomer(shop, index);
  return {
    ...customerOf(customer.person),
    addresses: [address(customer.person)],
    created_at: at(customer.createdAtMs),
    updated_at: at(customer.updatedAtMs),
  };
}
