/** A seller's records in Amazon's words: orders of 2026-01-01 and of v0, listings by sku, stock summaries. There are no customers. */
import { updatedAtMs } from '../collection.ts';
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

export const MARKETPLACE = 'A1PA6795UKMFR9';

const STATUS: Record<OrderStatus, [current: string, legacy: string]> = {
  pending: ['PENDING', 'Pending'],
  paid: ['UNSHIPPED', 'Unshipped'],
  shipped: ['SHIPPED', 'Shipped'],
  completed: ['SHIPPED', 'Shipped'],
  cancelled: ['CANCELLED', 'Canceled'],
  refunded: ['SHIPPED', 'Shipped'],
  partially_refunded: ['SHIPPED', 'Shipped'],
};

/** 3-7-7 digits. */
export function orderId(index: number): string {
  const digits = String(index).padStart(7, '0');
  return `302-${digits}-${String(9_000_000 + (index % 1_000_000)).slice(0, 7)}`;
}

export function orderIndex(id: string): number | null {
  const index = Number(/^302-(\d{7})-\d{7}$/.exec(id)?.[1] ?? Number.NaN);
  return Number.isInteger(index) && orderId(index) === id ? index : null;
}

export function shownStatus(shop: Shop, index: number): string {
  return STATUS[generateOrder(shop, index).status][0];
}

const asin = (product: number) => `B0SBX${String(product).padStart(5, '0')}`;

/** The buyer, the recipient and the proceeds are there when they were asked for. */
export function renderOrder(shop: Shop, index: number, included: readonly string[]) {
  const order = generateOrder(shop, index);
  const price = (minor: number) => ({ amount: money(minor, shop.currency), currencyCode: shop.currency });
  const { customer } = order;
  return {
    orderId: orderId(index),
    createdTime: iso(order.createdAtMs),
    lastUpdatedTime: iso(order.updatedAtMs),
    salesChannel: { channelName: 'AMAZON', marketplaceId: MARKETPLACE, marketplaceName: 'Amazon.de' },
    fulfillment: {
      fulfillmentStatus: STATUS[order.status][0],
      fulfilledBy: 'MERCHANT',
      fulfillmentServiceLevel: 'STANDARD',
    },
    ...(included.includes('PROCEEDS') ? { proceeds: { grandTotal: price(order.totalMinor) } } : {}),
    ...(included.includes('BUYER')
      ? { buyer: { buyerName: customer.firstName, buyerEmail: `b${customer.index}@marketplace.amazon.de` } }
      : {}),
    ...(included.includes('RECIPIENT')
      ? {
          recipient: {
            deliveryAddress: {
              name: `${customer.firstName} ${customer.lastName}`,
              addressLine1: customer.street,
              city: customer.city,
              postalCode: customer.zip,
              countryCode: customer.country,
              phone: customer.phone,
            },
          },
        }
      : {}),
    orderItems: order.lines.map((line, at) => ({
      orderItemId: String(index * 100 + at + 1),
      quantityOrdered: line.quantity,
      product: {
        asin: asin(line.product),
        title: line.title,
        sellerSku: line.sku,
        price: { unitPrice: price(line.priceMinor) },
      },
      fulfillment: {
        quantityFulfilled: STATUS[order.status][0] === 'SHIPPED' ? line.quantity : 0,
        quantityUnfulfilled: STATUS[order.status][0] === 'SHIPPED' ? 0 : line.quantity,
      },
    })),
  };
}

export function renderLegacyOrder(shop: Shop, index: number, withBuyer: boolean) {
  const order = generateOrder(shop, index);
  return {
    AmazonOrderId: orderId(index),
    PurchaseDate: iso(order.createdAtMs),
    LastUpdateDate: iso(order.updatedAtMs),
    OrderStatus: STATUS[order.status][1],
    FulfillmentChannel: 'MFN',
    SalesChannel: 'Amazon.de',
    MarketplaceId: MARKETPLACE,
    OrderTotal: { CurrencyCode: shop.currency, Amount: money(order.totalMinor, shop.currency) },
    NumberOfItemsShipped: 0,
    BuyerInfo: withBuyer
      ? { BuyerEmail: `b${order.customer.index}@marketplace.amazon.de`, BuyerName: order.customer.firstName }
      : {},
  };
}

export function legacyItems(shop: Shop, index: number) {
  return generateOrder(shop, index).lines.map((line, at) => ({
    ASIN: asin(line.product),
    SellerSKU: line.sku,
    OrderItemId: String(index * 100 + at + 1),
    Title: line.title,
    QuantityOrdered: line.quantity,
    ItemPrice: { CurrencyCode: shop.currency, Amount: money(line.priceMinor * line.quantity, shop.currency) },
  }));
}

/** Without `includedData` it is the summaries alone. */
export function renderListing(shop: Shop, variant: number, included: readonly string[]) {
  const product = generateProduct(shop, productOfVariant(variant));
  const found = product.variants[variant - firstVariant(product.index)];
  const wants = (name: string) => included.includes(name) || (name === 'summaries' && included.length === 0);
  const title = product.variants.length > 1 ? `${product.title} ${found?.title ?? ''}` : product.title;
  const amount = money(found?.priceMinor ?? 0, shop.currency);
  return {
    sku: found?.sku ?? '',
    ...(wants('summaries')
      ? {
          summaries: [
            {
              marketplaceId: MARKETPLACE,
              asin: asin(product.index),
              productType: 'PRODUCT',
              conditionType: 'new_new',
              status: product.status === 'active' ? ['BUYABLE', 'DISCOVERABLE'] : [],
              itemName: title,
              createdDate: iso(product.createdAtMs),
              lastUpdatedDate: iso(product.updatedAtMs),
            },
          ],
        }
      : {}),
    ...(wants('offers')
      ? {
          offers: [
            {
              marketplaceId: MARKETPLACE,
              offerType: 'B2C',
              price: { currencyCode: shop.currency, amount },
            },
          ],
        }
      : {}),
    ...(wants('fulfillmentAvailability')
      ? { fulfillmentAvailability: [{ fulfillmentChannelCode: 'DEFAULT', quantity: stockOf(shop, variant) }] }
      : {}),
    ...(wants('attributes')
      ? { attributes: { brand: [{ value: product.vendor, marketplace_id: MARKETPLACE }] } }
      : {}),
  };
}

export function renderSummary(shop: Shop, variant: number) {
  const product = generateProduct(shop, productOfVariant(variant));
  const found = product.variants[variant - firstVariant(product.index)];
  return {
    asin: asin(product.index),
    fnSku: `X00${String(variant).padStart(7, '0')}`,
    sellerSku: found?.sku ?? '',
    condition: 'NewItem',
    lastUpdatedTime: iso(updatedAtMs(shop, 'inventory', variant)),
    productName: product.title,
    totalQuantity: stockOf(shop, variant),
  };
}
