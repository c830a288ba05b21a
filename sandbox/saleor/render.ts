/** A shop's records in Saleor's words: ids that name their kind, amounts gross and net, descriptions as a document in text, one channel and one warehouse. */
import {
  firstVariant,
  generateCustomer,
  generateOrder,
  generateProduct,
  money,
  type Order,
  type OrderStatus,
  type Person,
  productOfVariant,
  stockOf,
} from '../generator.ts';
import { iso } from '../listing.ts';
import type { Shop } from '../state.ts';

/** Orders by a uuid, all else by a number, as Saleor has them. */
const idOf = (kind: string, index: number) =>
  Buffer.from(
    kind === 'Order'
      ? `Order:8f0c6b1e-0000-4000-8000-${String(index).padStart(12, '0')}`
      : `${kind}:${index + 1}`,
  ).toString('base64');

export function indexOf(kind: string, id: string): number | null {
  const [of, value = ''] = Buffer.from(id, 'base64').toString('utf8').split(':');
  if (of !== kind) return null;
  if (kind === 'Order') return /-\d{12}$/.test(value) ? Number(value.slice(-12)) : null;
  return /^\d+$/.test(value) ? Number(value) - 1 : null;
}

export const WAREHOUSE = { id: idOf('Warehouse', 0), name: 'Main', slug: 'main' };

export const channelOf = (shop: Shop) => ({
  id: idOf('Channel', 0),
  slug: 'default-channel',
  name: 'Default',
  currencyCode: shop.currency,
  isActive: true,
});

const STATUS: Record<OrderStatus, [status: string, payment: string, charge: string]> = {
  pending: ['UNCONFIRMED', 'NOT_CHARGED', 'NONE'],
  paid: ['UNFULFILLED', 'FULLY_CHARGED', 'FULL'],
  shipped: ['PARTIALLY_FULFILLED', 'FULLY_CHARGED', 'FULL'],
  completed: ['FULFILLED', 'FULLY_CHARGED', 'FULL'],
  cancelled: ['CANCELED', 'CANCELLED', 'NONE'],
  refunded: ['RETURNED', 'FULLY_REFUNDED', 'NONE'],
  partially_refunded: ['FULFILLED', 'PARTIALLY_REFUNDED', 'PARTIAL'],
};

function amount(shop: Shop, minor: number) {
  const text = money(minor, shop.currency);
  const fractionDigits = text.includes('.') ? text.length - text.indexOf('.') - 1 : 0;
  return { currency: shop.currency, amount: Number(text), fractionalAmount: minor, fractionDigits };
}

function taxed(shop: Shop, netMinor: number, taxMinor: number) {
  return {
    currency: shop.currency,
    net: amount(shop, netMinor),
    tax: amount(shop, taxMinor),
    gross: amount(shop, netMinor + taxMinor),
  };
}

const taxOf = (minor: number) => Math.floor((minor * 19) / 100);

function address(person: Person) {
  return {
    id: idOf('Address', person.index),
    firstName: person.firstName,
    lastName: person.lastName,
    companyName: '',
    streetAddress1: person.street,
    streetAddress2: '',
    city: person.city,
    cityArea: '',
    postalCode: person.zip,
    country: { code: person.country, country: person.country },
    countryArea: '',
    phone: person.phone,
  };
}

function linesOf(shop: Shop, order: Order) {
  return order.lines.map((line, place) => {
    const total = line.priceMinor * line.quantity;
    return {
      id: idOf('OrderLine', order.index * 100 + place),
      productName: line.title,
      variantName: '',
      productSku: line.sku,
      productVariantId: idOf('ProductVariant', line.variant),
      quantity: line.quantity,
      quantityFulfilled: order.status === 'completed' ? line.quantity : 0,
      taxRate: 0.19,
      isShippingRequired: true,
      unitPrice: taxed(shop, line.priceMinor, taxOf(line.priceMinor)),
      undiscountedUnitPrice: taxed(shop, line.priceMinor, taxOf(line.priceMinor)),
      unitDiscount: amount(shop, 0),
      totalPrice: taxed(shop, total, taxOf(total)),
      undiscountedTotalPrice: taxed(shop, total, taxOf(total)),
      variant: () => renderVariant(shop, line.variant),
    };
  });
}

/** A discount of the whole order stands beside it and is in its total. */
export function renderOrder(shop: Shop, index: number) {
  const order = generateOrder(shop, index);
  const [status, paymentStatus, chargeStatus] = STATUS[order.status];
  const net = order.totalMinor - order.taxMinor;
  const total = taxed(shop, net, order.taxMinor);
  const isCharged = chargeStatus !== 'NONE';
  return {
    id: idOf('Order', index),
    number: String(order.number),
    token: `8f0c6b1e-0000-4000-8000-${String(index).padStart(12, '0')}`,
    created: iso(order.createdAtMs),
    updatedAt: iso(order.updatedAtMs),
    status,
    statusDisplay: status.toLowerCase(),
    paymentStatus,
    chargeStatus,
    authorizeStatus: isCharged ? 'FULL' : 'NONE',
    isPaid: isCharged,
    origin: 'CHECKOUT',
    user: () => renderCustomer(shop, order.customer.index),
    userEmail: order.customer.email,
    billingAddress: address(order.customer),
    shippingAddress: address(order.customer),
    shippingMethodName: 'Standard',
    channel: channelOf(shop),
    lines: linesOf(shop, order),
    discounts:
      order.discountMinor === 0
        ? []
        : [
            {
              id: idOf('OrderDiscount', index),
              name: 'SPRING',
              amount: amount(shop, order.discountMinor),
              total: amount(shop, order.discountMinor),
            },
          ],
    fulfillments: [],
    total,
    undiscountedTotal: taxed(shop, net + order.discountMinor, order.taxMinor),
    subtotal: taxed(shop, order.goodsMinor - order.discountMinor, order.taxMinor),
    shippingPrice: taxed(shop, order.shippingMinor, 0),
    totalCharged: amount(shop, isCharged ? order.totalMinor : 0),
    totalRefunded: amount(shop, order.refundedMinor),
    totalBalance: amount(shop, isCharged ? 0 : -order.totalMinor),
    voucherCode: null,
    customerNote: order.note,
    externalReference: null,
    languageCodeEnum: 'EN',
  };
}

/** Editor.js, in text. */
const document = (text: string) =>
  JSON.stringify({ blocks: [{ id: 'b1', type: 'paragraph', data: { text } }], version: '2.24.3' });

export function renderProduct(shop: Shop, index: number) {
  const product = generateProduct(shop, index);
  const [first] = product.variants;
  return {
    id: idOf('Product', index),
    name: product.title,
    slug: product.handle,
    description: document(product.title),
    seoTitle: product.title,
    seoDescription: '',
    productType: { id: idOf('ProductType', 0), name: 'Goods', slug: 'goods', hasVariants: true },
    category: { id: idOf('Category', index % 7), name: product.vendor, slug: `atelier-${index % 7}` },
    created: iso(product.createdAtMs),
    updatedAt: iso(product.updatedAtMs),
    channel: null,
    externalReference: null,
    thumbnail: { url: `https://images.example/${product.handle}.jpg`, alt: '' },
    media: [
      {
        id: idOf('ProductMedia', index),
        url: `https://images.example/${product.handle}.jpg`,
        alt: '',
        type: 'IMAGE',
        sortOrder: 0,
      },
    ],
    channelListings: [
      {
        id: idOf('ProductChannelListing', index),
        channel: channelOf(shop),
        isPublished: product.status === 'active',
        publishedAt: iso(product.createdAtMs),
        visibleInListings: true,
        isAvailableForPurchase: product.status === 'active',
      },
    ],
    variants: () => product.variants.map(({ index: variant }) => renderVariant(shop, variant)),
    defaultVariant: () => (first === undefined ? null : renderVariant(shop, first.index)),
  };
}

export function renderVariant(shop: Shop, variant: number): Record<string, unknown> {
  const product = generateProduct(shop, productOfVariant(variant));
  const found = product.variants[variant - firstVariant(product.index)];
  const several = product.variants.length > 1;
  return {
    id: idOf('ProductVariant', variant),
    name: several ? (found?.title ?? '') : product.title,
    sku: found?.sku ?? '',
    product: () => renderProduct(shop, product.index),
    trackInventory: true,
    created: iso(product.createdAtMs),
    updatedAt: iso(product.updatedAtMs),
    externalReference: null,
    channelListings: [
      {
        id: idOf('ProductVariantChannelListing', variant),
        channel: channelOf(shop),
        price: amount(shop, found?.priceMinor ?? 0),
        costPrice: null,
        margin: null,
      },
    ],
    attributes: several
      ? [
          {
            attribute: { id: idOf('Attribute', 0), name: 'Size', slug: 'size' },
            values: [
              { id: idOf('AttributeValue', variant), name: found?.title, slug: found?.title.toLowerCase() },
            ],
          },
        ]
      : [],
    stocks: () => [renderStock(shop, variant)],
    quantityAvailable: Math.min(50, stockOf(shop, variant)),
    media: [],
  };
}

export function renderStock(shop: Shop, variant: number): Record<string, unknown> {
  return {
    id: idOf('Stock', variant),
    warehouse: WAREHOUSE,
    productVariant: () => renderVariant(shop, variant),
    quantity: stockOf(shop, variant),
    quantityAllocated: 0,
    quantityReserved: 0,
  };
}

export function renderCustomer(shop: Shop, index: number) {
  const { person, ...customer } = generateCustomer(shop, index);
  return {
    id: idOf('User', index),
    email: person.email,
    firstName: person.firstName,
    lastName: person.lastName,
    isActive: true,
    note: null,
    dateJoined: iso(customer.createdAtMs),
    updatedAt: iso(customer.updatedAtMs),
    externalReference: null,
    addresses: [address(person)],
    defaultShippingAddress: address(person),
    defaultBillingAddress: address(person),
  };
}
