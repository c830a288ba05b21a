/** A shop's records in the words of Shopify's GraphQL API. Pure; nested connections are functions that graphql calls. */
import {
  firstVariant,
  generateCustomer,
  generateOrder,
  generateProduct,
  type Line,
  money,
  type Order,
  type OrderStatus,
  type Person,
  type Product,
  productOfVariant,
  stockOf,
  type Variant,
} from '../generator.ts';
import type { Shop } from '../state.ts';
import type { PageArgs } from './page.ts';

import { recordId } from './page.ts';
import { renderInventoryItem } from './render-inventory.ts';

export function iso(ms: number): string {
  return new Date(ms).toISOString().replace('.000Z', 'Z');
}

export function gid(type: string, id: number): string {
  return `gid://shopify/${type}/${id}`;
}

function bag(shop: Shop, minor: number) {
  const amount = { amount: money(minor, shop.currency), currencyCode: shop.currency };
  return { shopMoney: amount, presentmentMoney: amount };
}

const FINANCIAL: Record<OrderStatus, string> = {
  pending: 'PENDING',
  paid: 'PAID',
  shipped: 'PAID',
  completed: 'PAID',
  cancelled: 'VOIDED',
  refunded: 'REFUNDED',
  partially_refunded: 'PARTIALLY_REFUNDED',
};

const FULFILMENT: Record<OrderStatus, string> = {
  pending: 'UNFULFILLED',
  paid: 'UNFULFILLED',
  shipped: 'IN_PROGRESS',
  completed: 'FULFILLED',
  cancelled: 'UNFULFILLED',
  refunded: 'FULFILLED',
  partially_refunded: 'FULFILLED',
};

export function renderOrder(shop: Shop, index: number) {
  const order = generateOrder(shop, index);
  const id = recordId('orders', index);
  const cancelled = order.status === 'cancelled';
  const refundedMinor = { refunded: order.totalMinor, partially_refunded: Math.floor(order.totalMinor / 3) }[
    String(order.status)
  ];
  const goodsMinor = order.totalMinor - order.shippingMinor - order.taxMinor;
  return {
    __typename: 'Order',
    id: gid('Order', id),
    legacyResourceId: String(id),
    name: `#${order.number}`,
    number: order.number,
    email: order.customer.email,
    phone: order.customer.phone,
    note: order.note === '' ? null : order.note,
    tags: index % 9 === 0 ? ['vip'] : [],
    test: false,
    createdAt: iso(order.createdAtMs),
    updatedAt: iso(order.updatedAtMs),
    processedAt: iso(order.createdAtMs),
    cancelledAt: cancelled ? iso(order.updatedAtMs) : null,
    closedAt: order.status === 'completed' ? iso(order.updatedAtMs) : null,
    cancelReason: cancelled ? 'CUSTOMER' : null,
    displayFinancialStatus: FINANCIAL[order.status],
    displayFulfillmentStatus: FULFILMENT[order.status],
    currencyCode: shop.currency,
    presentmentCurrencyCode: shop.currency,
    totalPriceSet: bag(shop, order.totalMinor),
    currentTotalPriceSet: bag(shop, order.totalMinor - (refundedMinor ?? 0)),
    subtotalPriceSet: bag(shop, goodsMinor),
    currentSubtotalPriceSet: bag(shop, goodsMinor),
    totalTaxSet: bag(shop, order.taxMinor),
    currentTotalTaxSet: bag(shop, order.taxMinor),
    totalShippingPriceSet: bag(shop, order.shippingMinor),
    totalDiscountsSet: bag(shop, order.discountMinor),
    totalRefundedSet: bag(shop, refundedMinor ?? 0),
    taxesIncluded: false,
    confirmed: true,
    fullyPaid: order.status !== 'pending',
    customer: () => renderCustomer(shop, order.customer.index),
    shippingAddress: address(order.customer),
    billingAddress: address(order.customer),
    lineItems: (args: PageArgs) =>
      listPage(
        order.lines.map((line, at) => () => renderLine(shop, order, line, at)),
        args,
      ),
  };
}

function renderLine(shop: Shop, order: Order, line: Line, at: number) {
  const set = bag(shop, line.priceMinor);
  const totalSet = bag(shop, line.priceMinor * line.quantity);
  return {
    __typename: 'LineItem',
    id: gid('LineItem', 15_000_000_000_000 + order.index * 50 + at),
    sku: line.sku,
    title: line.title,
    name: line.title,
    variantTitle: null,
    vendor: `Atelier ${line.product % 7}`,
    quantity: line.quantity,
    currentQuantity: order.status === 'cancelled' ? 0 : line.quantity,
    taxable: true,
    requiresShipping: true,
    originalUnitPriceSet: set,
    discountedUnitPriceSet: set,
    originalTotalSet: totalSet,
    discountedTotalSet: totalSet,
    totalDiscountSet: bag(shop, 0),
    product: () => renderProduct(shop, line.product),
    variant: () => renderVariant(shop, line.variant),
  };
}

function address(person: Person) {
  return {
    firstName: person.firstName,
    lastName: person.lastName,
    name: `${person.firstName} ${person.lastName}`,
    address1: person.street,
    city: person.city,
    zip: person.zip,
    country: person.country,
    countryCode: person.country,
    countryCodeV2: person.country,
    phone: person.phone,
  };
}

export function renderProduct(shop: Shop, index: number) {
  const product = generateProduct(shop, index);
  const id = recordId('products', index);
  return {
    __typename: 'Product',
    id: gid('Product', id),
    legacyResourceId: String(id),
    title: product.title,
    handle: product.handle,
    description: `${product.title} by ${product.vendor}`,
    descriptionHtml: `<p>${product.title} by ${product.vendor}</p>`,
    vendor: product.vendor,
    productType: 'Goods',
    status: product.status.toUpperCase(),
    tags: [],
    createdAt: iso(product.createdAtMs),
    updatedAt: iso(product.updatedAtMs),
    publishedAt: product.status === 'active' ? iso(product.createdAtMs) : null,
    totalInventory: product.variants.reduce((sum, variant) => sum + stockOf(shop, variant.index), 0),
    variantsCount: { count: product.variants.length, precision: 'EXACT' },
    onlineStoreUrl: null,
    options: [
      {
        id: gid('ProductOption', id),
        name: 'Size',
        position: 1,
        values: product.variants.map((one) => one.title),
      },
    ],
    variants: (args: PageArgs) =>
      listPage(
        product.variants.map((variant, at) => () => variantFields(shop, product, variant, at)),
        args,
      ),
  };
}

export function renderVariant(shop: Shop, variant: number) {
  const product = generateProduct(shop, productOfVariant(variant));
  const at = variant - firstVariant(product.index);
  const found = product.variants[at];
  return found === undefined ? null : variantFields(shop, product, found, at);
}

function variantFields(shop: Shop, product: Product, variant: Variant, at: number) {
  const id = 46_000_000_000_000 + variant.index;
  return {
    __typename: 'ProductVariant',
    id: gid('ProductVariant', id),
    legacyResourceId: String(id),
    sku: variant.sku,
    barcode: null,
    title: variant.title,
    displayName: `${product.title} - ${variant.title}`,
    position: at + 1,
    price: money(variant.priceMinor, shop.currency),
    compareAtPrice: null,
    taxable: true,
    inventoryQuantity: stockOf(shop, variant.index),
    createdAt: iso(product.createdAtMs),
    updatedAt: iso(product.updatedAtMs),
    inventoryItem: () => renderInventoryItem(shop, variant.index),
    product: () => renderProduct(shop, product.index),
    selectedOptions: [{ name: 'Size', value: variant.title }],
  };
}

export function renderCustomer(shop: Shop, index: number) {
  const customer = generateCustomer(shop, index);
  const { person } = customer;
  const id = recordId('customers', index);
  return {
    __typename: 'Customer',
    id: gid('Customer', id),
    legacyResourceId: String(id),
    firstName: person.firstName,
    lastName: person.lastName,
    displayName: `${person.firstName} ${person.lastName}`,
    email: person.email,
    phone: person.phone,
    note: null,
    tags: [],
    state: 'ENABLED',
    locale: 'en',
    verifiedEmail: true,
    createdAt: iso(customer.createdAtMs),
    updatedAt: iso(customer.updatedAtMs),
    numberOfOrders: '1',
    amountSpent: { amount: money(0, shop.currency), currencyCode: shop.currency },
    defaultAddress: address(person),
    addresses: [address(person)],
    defaultEmailAddress: { emailAddress: person.email, marketingState: 'NOT_SUBSCRIBED' },
    defaultPhoneNumber: { phoneNumber: person.phone, marketingState: 'NOT_SUBSCRIBED' },
  };
}

/** A connection over a short list in memory; the cursor is the place in it. */
export function listPage<T>(list: readonly (() => T)[], args: PageArgs) {
  const start = args.after ? Number(Buffer.from(args.after, 'base64').toString()) + 1 : 0;
  const end = Math.min(list.length, start + (args.first ?? 0));
  const nodes = list.slice(start, end).map((make) => make());
  const cursors = nodes.map((_, at) => Buffer.from(String(start + at)).toString('base64'));
  return {
    nodes,
    edges: nodes.map((node, at) => ({ node, cursor: cursors[at] })),
    pageInfo: {
      hasNextPage: end < list.length,
      hasPreviousPage: start > 0,
      startCursor: cursors[0] ?? null,
      endCursor: cursors.at(-1) ?? null,
    },
  };
}
