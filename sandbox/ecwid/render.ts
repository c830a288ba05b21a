/** A store's records in Ecwid's words: amounts as numbers, dates with a written offset, stock on the product or its combinations. */
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
  orders: 400_000_000,
  products: 700_000_000,
  customers: 300_000_000,
  inventory: 0,
};

const at = (ms: number) => `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} +0000`;

const STATUS: Record<OrderStatus, [payment: string, fulfillment: string]> = {
  pending: ['AWAITING_PAYMENT', 'AWAITING_PROCESSING'],
  paid: ['PAID', 'PROCESSING'],
  shipped: ['PAID', 'SHIPPED'],
  completed: ['PAID', 'DELIVERED'],
  cancelled: ['CANCELLED', 'WILL_NOT_DELIVER'],
  refunded: ['REFUNDED', 'RETURNED'],
  partially_refunded: ['PARTIALLY_REFUNDED', 'DELIVERED'],
};

function person(one: Person) {
  return {
    name: `${one.firstName} ${one.lastName}`,
    firstName: one.firstName,
    lastName: one.lastName,
    street: one.street,
    city: one.city,
    postalCode: one.zip,
    countryCode: one.country,
    phone: one.phone,
  };
}

export function renderOrder(shop: Shop, index: number): Record<string, unknown> {
  const order = generateOrder(shop, index);
  const amount = (minor: number) => Number(money(minor, shop.currency));
  const [paymentStatus, fulfillmentStatus] = STATUS[order.status];
  return {
    id: `SB${String(index).padStart(6, '0')}`,
    internalId: FIRST_ID.orders + index,
    orderNumber: FIRST_ID.orders + index,
    vendorOrderNumber: String(order.number),
    email: order.customer.email,
    customerId: FIRST_ID.customers + order.customer.index,
    paymentStatus,
    fulfillmentStatus,
    total: amount(order.totalMinor),
    subtotal: amount(order.goodsMinor),
    tax: amount(order.taxMinor),
    discount: amount(order.discountMinor),
    refundedAmount: amount(order.refundedMinor),
    orderComments: order.note,
    createDate: at(order.createdAtMs),
    updateDate: at(order.updatedAtMs),
    createTimestamp: order.createdAtMs / 1000,
    updateTimestamp: order.updatedAtMs / 1000,
    billingPerson: person(order.customer),
    shippingPerson: person(order.customer),
    shippingOption: { shippingMethodName: 'Standard', shippingRate: amount(order.shippingMinor) },
    items: order.lines.map((line, place) => ({
      id: index * 100 + place + 1,
      productId: FIRST_ID.products + line.product,
      combinationId: line.product % 4 === 0 ? line.variant + 1 : undefined,
      sku: line.sku,
      name: line.title,
      quantity: line.quantity,
      price: amount(line.priceMinor),
    })),
  };
}

export function renderProduct(shop: Shop, index: number): Record<string, unknown> {
  const product = generateProduct(shop, index);
  const [first] = product.variants;
  const amount = (minor: number) => Number(money(minor, shop.currency));
  const quantity = product.variants.reduce((sum, one) => sum + stockOf(shop, one.index), 0);
  return {
    id: FIRST_ID.products + index,
    sku: first?.sku ?? '',
    name: product.title,
    description: `<p>${product.title} by ${product.vendor}</p>`,
    price: amount(first?.priceMinor ?? 0),
    quantity,
    unlimited: false,
    inStock: quantity > 0,
    enabled: product.status === 'active',
    created: at(product.createdAtMs),
    updated: at(product.updatedAtMs),
    createTimestamp: product.createdAtMs / 1000,
    updateTimestamp: product.updatedAtMs / 1000,
    url: `https://store${shop.id}.company.site/${product.handle}`,
    combinations:
      product.variants.length === 1
        ? []
        : product.variants.map((variant) => ({
            id: variant.index + 1,
            combinationNumber: variant.index + 1,
            options: [{ name: 'Size', value: variant.title }],
            sku: variant.sku,
            price: amount(variant.priceMinor),
            quantity: stockOf(shop, variant.index),
            unlimited: false,
          })),
  };
}

export function renderCustomer(shop: Shop, index: number): Record<string, unknown> {
  const customer = generateCustomer(shop, index);
  return {
    id: FIRST_ID.customers + index,
    email: customer.person.email,
    name: `${customer.person.firstName} ${customer.person.lastName}`,
    registered: at(customer.createdAtMs),
    updated: at(customer.updatedAtMs),
    totalOrderCount: 1,
    billingPerson: person(customer.person),
    shippingAddresses: [{ id: index + 1, ...person(customer.person) }],
  };
}
