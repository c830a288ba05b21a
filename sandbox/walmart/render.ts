/** A seller's records in Walmart's words: epoch milliseconds, a status and a sum of charges on each line, none on the order. */
import {
  firstVariant,
  generateOrder,
  generateProduct,
  type Line,
  money,
  type Order,
  type OrderStatus,
  productOfVariant,
  stockOf,
} from '../generator.ts';
import type { Shop } from '../state.ts';

const STATUS: Record<OrderStatus, string> = {
  pending: 'Created',
  paid: 'Acknowledged',
  shipped: 'Shipped',
  completed: 'Delivered',
  cancelled: 'Cancelled',
  refunded: 'Refund',
  partially_refunded: 'Delivered',
};

const FIRST_ORDER = 1_796_277_000_000;
export const purchaseOrderId = (index: number) => String(FIRST_ORDER + index);

export function orderIndex(id: string): number | null {
  const index = /^\d{13}$/.test(id) ? Number(id) - FIRST_ORDER : -1;
  return index >= 0 ? index : null;
}

export function statusOf(shop: Shop, index: number): string {
  return STATUS[generateOrder(shop, index).status];
}

export function renderOrder(shop: Shop, index: number) {
  const order = generateOrder(shop, index);
  const { customer } = order;
  return {
    purchaseOrderId: purchaseOrderId(index),
    customerOrderId: String(5_281_956_000_000 + index),
    customerEmailId: `${customer.index}@relay.walmart.com`,
    orderType: 'REGULAR',
    orderDate: order.createdAtMs,
    shippingInfo: {
      phone: customer.phone,
      methodCode: 'Standard',
      postalAddress: {
        name: `${customer.firstName} ${customer.lastName}`,
        address1: customer.street,
        city: customer.city,
        postalCode: customer.zip,
        country: customer.country,
        addressType: 'RESIDENTIAL',
      },
    },
    orderLines: {
      orderLine: order.lines.map((line, at) => renderLine(shop, order, { line, at })),
    },
    shipNode: { type: 'SellerFulfilled', name: shop.name },
  };
}

/** Shipping and tax stand on the first line. */
function renderLine(shop: Shop, order: Order, { line, at }: { line: Line; at: number }) {
  const amount = (minor: number) => ({
    currency: shop.currency,
    amount: Number(money(minor, shop.currency)),
  });
  return {
    lineNumber: String(at + 1),
    item: { productName: line.title, sku: line.sku, condition: 'New' },
    charges: {
      charge: [
        {
          chargeType: 'PRODUCT',
          chargeName: 'ItemPrice',
          chargeAmount: amount(line.priceMinor * line.quantity),
          tax: at === 0 ? { taxName: 'Tax1', taxAmount: amount(order.taxMinor) } : null,
        },
        ...(at === 0 && order.shippingMinor > 0
          ? [
              {
                chargeType: 'SHIPPING',
                chargeName: 'Shipping',
                chargeAmount: amount(order.shippingMinor),
                tax: null,
              },
            ]
          : []),
      ],
    },
    orderLineQuantity: { unitOfMeasurement: 'EACH', amount: String(line.quantity) },
    statusDate: order.updatedAtMs,
    orderLineStatuses: {
      orderLineStatus: [
        {
          status: STATUS[order.status],
          statusQuantity: { unitOfMeasurement: 'EACH', amount: String(line.quantity) },
        },
      ],
    },
  };
}

function variantOf(shop: Shop, variant: number) {
  const product = generateProduct(shop, productOfVariant(variant));
  return { product, found: product.variants[variant - firstVariant(product.index)] };
}

export function renderItem(shop: Shop, variant: number) {
  const { product, found } = variantOf(shop, variant);
  const several = product.variants.length > 1;
  return {
    mart: 'WALMART_US',
    sku: found?.sku ?? '',
    wpid: `WPID${String(variant).padStart(8, '0')}`,
    upc: String(40_000_000_000 + variant),
    productName: several ? `${product.title} ${found?.title ?? ''}` : product.title,
    productType: 'Home',
    price: { currency: shop.currency, amount: Number(money(found?.priceMinor ?? 0, shop.currency)) },
    publishedStatus: product.status === 'active' ? 'PUBLISHED' : 'UNPUBLISHED',
    lifecycleStatus: product.status === 'archived' ? 'ARCHIVED' : 'ACTIVE',
    ...(several ? { variantGroupId: product.handle } : {}),
  };
}

export function renderInventory(shop: Shop, variant: number) {
  const amount = { unit: 'EACH', amount: stockOf(shop, variant) };
  const nodes = [
    {
      shipNode: '10000000001',
      inputQty: amount,
      availToSellQty: amount,
      reservedQty: { unit: 'EACH', amount: 0 },
    },
  ];
  return { sku: variantOf(shop, variant).found?.sku ?? '', nodes };
}
