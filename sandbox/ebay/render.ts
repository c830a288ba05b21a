/** A seller's records in eBay's words: amounts as text with their currency, a line's cost before discounts. */
import {
  firstVariant,
  generateOrder,
  generateProduct,
  money,
  type OrderStatus,
  productOfVariant,
  stockOf,
} from '../generator.ts';
import { iso } from '../listing.ts';
import type { Shop } from '../state.ts';

const STATUS: Record<OrderStatus, [fulfillment: string, payment: string]> = {
  pending: ['NOT_STARTED', 'PENDING'],
  paid: ['NOT_STARTED', 'PAID'],
  shipped: ['IN_PROGRESS', 'PAID'],
  completed: ['FULFILLED', 'PAID'],
  cancelled: ['NOT_STARTED', 'FAILED'],
  refunded: ['FULFILLED', 'FULLY_REFUNDED'],
  partially_refunded: ['FULFILLED', 'PARTIALLY_REFUNDED'],
};

export function orderId(index: number): string {
  const digits = String(index).padStart(10, '0');
  return `12-${digits.slice(0, 5)}-${digits.slice(5)}`;
}

export function orderIndex(id: string): number | null {
  const found = /^12-(\d{5})-(\d{5})$/.exec(id);
  return found === null ? null : Number(`${found[1]}${found[2]}`);
}

export function renderOrder(shop: Shop, index: number) {
  const order = generateOrder(shop, index);
  const { customer } = order;
  const price = (minor: number) => ({ value: money(minor, shop.currency), currency: shop.currency });
  const [fulfillment, payment] = STATUS[order.status];
  const contact = {
    fullName: `${customer.firstName} ${customer.lastName}`,
    contactAddress: {
      addressLine1: customer.street,
      city: customer.city,
      postalCode: customer.zip,
      countryCode: customer.country,
    },
    primaryPhone: { phoneNumber: customer.phone },
    email: customer.email,
  };
  return {
    orderId: orderId(index),
    legacyOrderId: orderId(index),
    creationDate: iso(order.createdAtMs),
    lastModifiedDate: iso(order.updatedAtMs),
    orderFulfillmentStatus: fulfillment,
    orderPaymentStatus: payment,
    sellerId: shop.key,
    buyer: { username: `buyer_${customer.index}`, buyerRegistrationAddress: contact },
    buyerCheckoutNotes: order.note,
    pricingSummary: {
      priceSubtotal: price(order.goodsMinor),
      priceDiscount: price(-order.discountMinor),
      deliveryCost: price(order.shippingMinor),
      tax: price(order.taxMinor),
      total: price(order.totalMinor),
    },
    cancelStatus: { cancelState: order.status === 'cancelled' ? 'CANCELED' : 'NONE_REQUESTED' },
    fulfillmentStartInstructions: [
      { fulfillmentInstructionsType: 'SHIP_TO', shippingStep: { shipTo: contact } },
    ],
    lineItems: order.lines.map((line, at) => ({
      lineItemId: String(index * 100 + at + 1),
      legacyItemId: String(110_000_000_000 + line.product),
      sku: line.sku,
      title: line.title,
      lineItemCost: price(line.priceMinor * line.quantity),
      quantity: line.quantity,
      lineItemFulfillmentStatus: fulfillment,
      total: price(line.priceMinor * line.quantity),
    })),
    totalFeeBasisAmount: price(order.totalMinor),
  };
}

export function renderItem(shop: Shop, variant: number) {
  const product = generateProduct(shop, productOfVariant(variant));
  const found = product.variants[variant - firstVariant(product.index)];
  const several = product.variants.length > 1;
  return {
    sku: found?.sku ?? '',
    locale: 'en_US',
    product: {
      title: several ? `${product.title} ${found?.title ?? ''}` : product.title,
      description: `${product.title} by ${product.vendor}`,
      brand: product.vendor,
      aspects: several ? { Size: [found?.title ?? ''] } : {},
    },
    condition: 'NEW',
    ...(several ? { groupIds: [product.handle] } : {}),
    availability: { shipToLocationAvailability: { quantity: stockOf(shop, variant) } },
  };
}
