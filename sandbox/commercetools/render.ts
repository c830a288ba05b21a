/** A project's records in commercetools' words: cents with their fraction digits, localised texts, a version that counts changes. */
import { changeOf, createdAtMs, updatedAtMs } from '../collection.ts';
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

/** A UUID that tells its kind and position. */
export function idOf(kind: ResourceName | 'line', index: number): string {
  const digit = { orders: 1, products: 2, customers: 3, inventory: 4, line: 5 }[kind];
  return `${digit}0000000-0000-4000-8000-${index.toString(16).padStart(12, '0')}`;
}

function cents(shop: Shop, minor: number) {
  const fractionDigits = money(1, shop.currency).split('.')[1]?.length ?? 0;
  return { type: 'centPrecision', currencyCode: shop.currency, centAmount: minor, fractionDigits };
}

function base(shop: Shop, resource: ResourceName, index: number) {
  return {
    id: idOf(resource, index),
    version: (changeOf(shop, resource, index)?.version ?? 0) + 1,
    createdAt: iso(createdAtMs(shop, resource, index)),
    lastModifiedAt: iso(updatedAtMs(shop, resource, index)),
  };
}

const STATE: Record<OrderStatus, [order: string, payment: string, shipment: string]> = {
  pending: ['Open', 'Pending', 'Pending'],
  paid: ['Confirmed', 'Paid', 'Ready'],
  shipped: ['Confirmed', 'Paid', 'Shipped'],
  completed: ['Complete', 'Paid', 'Delivered'],
  cancelled: ['Cancelled', 'Failed', 'Pending'],
  refunded: ['Complete', 'CreditOwed', 'Delivered'],
  partially_refunded: ['Complete', 'Paid', 'Delivered'],
};

function address(person: Person) {
  return {
    firstName: person.firstName,
    lastName: person.lastName,
    streetName: person.street,
    postalCode: person.zip,
    city: person.city,
    country: person.country,
    phone: person.phone,
    email: person.email,
  };
}

export function renderOrder(shop: Shop, index: number) {
  const order = generateOrder(shop, index);
  const [orderState, paymentState, shipmentState] = STATE[order.status];
  return {
    ...base(shop, 'orders', index),
    orderNumber: String(order.number),
    customerId: idOf('customers', order.customer.index),
    customerEmail: order.customer.email,
    totalPrice: cents(shop, order.totalMinor),
    taxedPrice: {
      totalNet: cents(shop, order.totalMinor - order.taxMinor),
      totalGross: cents(shop, order.totalMinor),
      totalTax: cents(shop, order.taxMinor),
    },
    shippingInfo: { shippingMethodName: 'Standard', price: cents(shop, order.shippingMinor) },
    orderState,
    paymentState,
    shipmentState,
    lineItems: order.lines.map((line, at) => ({
      id: idOf('line', index * 100 + at),
      productId: idOf('products', line.product),
      name: { en: line.title },
      variant: { id: line.variant - firstVariant(line.product) + 1, sku: line.sku },
      price: { value: cents(shop, line.priceMinor) },
      quantity: line.quantity,
      totalPrice: cents(shop, line.priceMinor * line.quantity),
    })),
    billingAddress: address(order.customer),
    shippingAddress: address(order.customer),
    refusedGifts: [],
    origin: 'Customer',
  };
}

function variants(shop: Shop, index: number) {
  const product = generateProduct(shop, index);
  const [first, ...others] = product.variants.map((variant, at) => ({
    id: at + 1,
    sku: variant.sku,
    prices: [{ id: `price-${variant.index}`, value: cents(shop, variant.priceMinor) }],
    attributes: product.variants.length > 1 ? [{ name: 'size', value: variant.title }] : [],
    images: [],
  }));
  return {
    name: { en: product.title },
    slug: { en: product.handle },
    description: { en: `${product.title} by ${product.vendor}` },
    masterVariant: first,
    variants: others,
  };
}

export function renderProduct(shop: Shop, index: number) {
  const product = generateProduct(shop, index);
  const data = variants(shop, index);
  return {
    ...base(shop, 'products', index),
    key: product.handle,
    productType: { typeId: 'product-type', id: '90000000-0000-4000-8000-000000000001' },
    masterData: {
      current: data,
      staged: data,
      published: product.status === 'active',
      hasStagedChanges: false,
    },
  };
}

export function renderProjection(shop: Shop, index: number) {
  const product = generateProduct(shop, index);
  return {
    ...base(shop, 'products', index),
    key: product.handle,
    published: product.status === 'active',
    hasStagedChanges: false,
    ...variants(shop, index),
  };
}

export function renderCustomer(shop: Shop, index: number) {
  const { person } = generateCustomer(shop, index);
  return {
    ...base(shop, 'customers', index),
    customerNumber: String(index + 1),
    email: person.email,
    firstName: person.firstName,
    lastName: person.lastName,
    addresses: [{ id: `address-${index}`, ...address(person) }],
    defaultShippingAddressId: `address-${index}`,
    isEmailVerified: true,
    authenticationMode: 'Password',
  };
}

export function renderEntry(shop: Shop, variant: number) {
  const product = generateProduct(shop, productOfVariant(variant));
  const quantity = stockOf(shop, variant);
  return {
    ...base(shop, 'inventory', variant),
    sku: product.variants[variant - firstVariant(product.index)]?.sku ?? '',
    quantityOnStock: quantity,
    availableQuantity: quantity,
  };
}
