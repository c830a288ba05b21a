/** A site's records in Squarespace's words: money as value and currency, both text. */
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
import type { ResourceName, Shop } from '../state.ts';

const idOf = (kind: number, index: number) => `${kind}${index.toString(16).padStart(23, '0')}`;
/** Null: it is no order's. */
export function orderIndex(id: string): number | null {
  return /^1[0-9a-f]{23}$/.test(id) ? Number.parseInt(id.slice(1), 16) : null;
}

export const ID: Record<ResourceName, (index: number) => string> = {
  orders: (index) => idOf(1, index),
  products: (index) => idOf(2, index),
  customers: (index) => idOf(3, index),
  inventory: (variant) => idOf(4, variant),
};

const price = (shop: Shop, minor: number) => ({
  value: money(minor, shop.currency),
  currency: shop.currency,
});

const STATUS: Record<OrderStatus, string> = {
  pending: 'PENDING',
  paid: 'PENDING',
  shipped: 'FULFILLED',
  completed: 'FULFILLED',
  cancelled: 'CANCELED',
  refunded: 'FULFILLED',
  partially_refunded: 'FULFILLED',
};

function address(person: Person) {
  return {
    firstName: person.firstName,
    lastName: person.lastName,
    address1: person.street,
    address2: null,
    city: person.city,
    state: null,
    postalCode: person.zip,
    countryCode: person.country,
    phone: person.phone,
  };
}

export function renderOrder(shop: Shop, index: number) {
  const order = generateOrder(shop, index);
  return {
    id: idOf(1, index),
    orderNumber: String(order.number),
    createdOn: iso(order.createdAtMs),
    modifiedOn: iso(order.updatedAtMs),
    channel: 'web',
    testmode: false,
    customerEmail: order.customer.email,
    customerId: idOf(3, order.customer.index),
    fulfillmentStatus: STATUS[order.status],
    paymentState: order.status === 'pending' ? 'AUTHORIZED' : 'PAID',
    billingAddress: address(order.customer),
    shippingAddress: address(order.customer),
    lineItems: order.lines.map((line, at) => ({
      id: idOf(5, index * 100 + at),
      variantId: idOf(4, line.variant),
      sku: line.sku,
      productId: idOf(2, line.product),
      productName: line.title,
      quantity: line.quantity,
      unitPricePaid: price(shop, line.priceMinor),
      lineItemType: 'PHYSICAL_PRODUCT',
    })),
    internalNotes: order.note === '' ? [] : [{ content: order.note }],
    subtotal: price(shop, order.goodsMinor),
    shippingTotal: price(shop, order.shippingMinor),
    discountTotal: price(shop, order.discountMinor),
    taxTotal: price(shop, order.taxMinor),
    refundedTotal: price(shop, order.refundedMinor),
    grandTotal: price(shop, order.totalMinor),
  };
}

export function renderProduct(shop: Shop, index: number) {
  const product = generateProduct(shop, index);
  return {
    id: idOf(2, index),
    type: 'PHYSICAL',
    name: product.title,
    description: `<p>${product.title} by ${product.vendor}</p>`,
    urlSlug: product.handle,
    isVisible: product.status === 'active',
    createdOn: iso(product.createdAtMs),
    modifiedOn: iso(product.updatedAtMs),
    variantAttributes: product.variants.length > 1 ? ['Size'] : [],
    variants: product.variants.map((variant) => ({
      id: idOf(4, variant.index),
      sku: variant.sku,
      pricing: { basePrice: price(shop, variant.priceMinor), onSale: false },
      stock: { quantity: stockOf(shop, variant.index), unlimited: false },
      attributes: product.variants.length > 1 ? { Size: variant.title } : {},
    })),
  };
}

export function renderStock(shop: Shop, variant: number) {
  const product = generateProduct(shop, productOfVariant(variant));
  const found = product.variants[variant - firstVariant(product.index)];
  return {
    variantId: idOf(4, variant),
    sku: found?.sku ?? '',
    descriptor: product.variants.length > 1 ? `${product.title} [${found?.title}]` : product.title,
    isUnlimited: false,
    quantity: stockOf(shop, variant),
  };
}

export function renderProfile(shop: Shop, index: number) {
  const { person, createdAtMs } = generateCustomer(shop, index);
  return {
    id: idOf(3, index),
    firstName: person.firstName,
    lastName: person.lastName,
    email: person.email,
    hasAccount: true,
    isCustomer: true,
    createdOn: iso(createdAtMs),
    address: address(person),
  };
}
