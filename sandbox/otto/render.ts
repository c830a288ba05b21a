/** A partner's records in OTTO's words: a position item a piece, amounts as numbers, countries of three letters, a variation a sku. */
import { updatedAtMs } from '../collection.ts';
import {
  firstVariant,
  generateOrder,
  generateProduct,
  type OrderStatus,
  type Person,
  productOfVariant,
  stockOf,
} from '../generator.ts';
import { iso } from '../listing.ts';
import type { Shop } from '../state.ts';

const HEAD = '0b6f7c00-0000-4000-8000-';

export const salesOrderId = (index: number) => `${HEAD}${index.toString(16).padStart(12, '0')}`;

export function orderIndex(id: string): number | null {
  if (/^b[a-z0-9]{9}$/.test(id)) return Number.parseInt(id.slice(1), 36);
  return id.startsWith(HEAD) ? Number.parseInt(id.slice(HEAD.length), 16) : null;
}

const STATUS: Record<OrderStatus, string> = {
  pending: 'ANNOUNCED',
  paid: 'PROCESSABLE',
  shipped: 'SENT',
  completed: 'SENT',
  cancelled: 'CANCELLED_BY_PARTNER',
  refunded: 'RETURNED',
  partially_refunded: 'SENT',
};

const COUNTRY: Record<string, string> = {
  DE: 'DEU',
  DK: 'DNK',
  BR: 'BRA',
  JP: 'JPN',
  SG: 'SGP',
  PL: 'POL',
  US: 'USA',
  IE: 'IRL',
};

/** Exact: two places at most, far below 2^53. */
const amount = (shop: Shop, minor: number) => ({ amount: minor / 100, currency: shop.currency });

function address(person: Person) {
  return {
    salutation: 'MRS',
    firstName: person.firstName,
    lastName: person.lastName,
    street: person.street.replace(/ \d+$/, ''),
    houseNumber: /\d+$/.exec(person.street)?.[0] ?? '',
    city: person.city,
    zipCode: person.zip,
    countryCode: COUNTRY[person.country] ?? 'DEU',
    email: person.email,
    phoneNumber: person.phone,
  };
}

export function fulfillmentOf(shop: Shop, index: number): string {
  return STATUS[generateOrder(shop, index).status];
}

export function renderOrder(shop: Shop, index: number) {
  const order = generateOrder(shop, index);
  const changed = iso(order.updatedAtMs);
  const pieces = order.lines.flatMap((line) => Array.from({ length: line.quantity }, () => line));
  const ids = pieces.map((_, place) => `${salesOrderId(index)}-${place}`);
  const status = STATUS[order.status];
  return {
    salesOrderId: salesOrderId(index),
    orderNumber: `b${index.toString(36).padStart(9, '0')}`,
    orderDate: iso(order.createdAtMs),
    lastModifiedDate: changed,
    positionItems: pieces.map((line, place) => ({
      positionItemId: ids[place],
      fulfillmentStatus: status,
      itemValueGrossPrice: amount(shop, line.priceMinor),
      product: {
        sku: line.sku,
        productTitle: line.title,
        articleNumber: `S0${line.product}`,
        ean: `40${String(line.variant).padStart(11, '0')}`,
        vatRate: 19,
      },
      ...(status === 'SENT' ? { sentDate: changed } : {}),
      ...(status === 'RETURNED' ? { returnedDate: changed } : {}),
      ...(status === 'CANCELLED_BY_PARTNER' ? { cancellationDate: changed } : {}),
    })),
    orderLifecycleInformation: { lifecycleChangeDate: changed },
    initialDeliveryFees: [
      {
        name: 'DELIVERY_FEE_STANDARD',
        deliveryFeeAmount: amount(shop, order.shippingMinor),
        positionItemIds: ids,
        vatRate: 19,
      },
    ],
    initialDiscounts:
      order.discountMinor === 0
        ? []
        : [
            {
              name: 'VOUCHER',
              discountId: '1',
              discountName: 'Voucher',
              discountAmount: amount(shop, order.discountMinor),
              positionItemIds: ids,
              vatRate: 19,
            },
          ],
    deliveryAddress: address(order.customer),
    invoiceAddress: address(order.customer),
    payment: { paymentMethod: 'INVOICE_SINGLE' },
    links: [{ rel: 'self', href: `/v4/orders/${salesOrderId(index)}` }],
  };
}

export function renderVariation(shop: Shop, variant: number) {
  const product = generateProduct(shop, productOfVariant(variant));
  const found = product.variants[variant - firstVariant(product.index)];
  return {
    productReference: product.handle,
    sku: found?.sku ?? '',
    ean: `40${String(variant).padStart(11, '0')}`,
    productDescription: {
      category: 'Deko',
      brandId: `brand-${product.index % 7}`,
      brand: product.vendor,
      productLine: product.title,
      description: `<p>${product.title}</p>`,
      bulletPoints: [product.title],
      attributes: product.variants.length > 1 ? [{ name: 'Größe', values: [found?.title ?? ''] }] : [],
    },
    mediaAssets: [{ type: 'IMAGE', location: `https://images.example/${product.handle}.jpg` }],
    delivery: { type: 'PARCEL', deliveryTime: 2 },
    pricing: { standardPrice: amount(shop, found?.priceMinor ?? 0), vat: 'FULL' },
  };
}

export function renderQuantity(shop: Shop, variant: number) {
  const product = generateProduct(shop, productOfVariant(variant));
  const found = product.variants[variant - firstVariant(product.index)];
  return {
    sku: found?.sku ?? '',
    quantity: stockOf(shop, variant),
    lastModified: iso(updatedAtMs(shop, 'inventory', variant)),
  };
}
