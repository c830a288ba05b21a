/** A vendor's records in Coupang's words: won as whole numbers, instants in Korean time without a zone. */
import {
  firstVariant,
  generateOrder,
  generateProduct,
  money,
  type OrderStatus,
  productOfVariant,
  stockOf,
} from '../generator.ts';
import type { Shop } from '../state.ts';

const FIRST_BOX = 642_538_970_000;
const FIRST_PRODUCT = 1_320_000_000;
const FIRST_ITEM = 3_230_000_000;

export const STATUSES = ['ACCEPT', 'INSTRUCT', 'DEPARTURE', 'DELIVERING', 'FINAL_DELIVERY', 'NONE_TRACKING'];

const STATUS: Record<OrderStatus, string> = {
  pending: 'ACCEPT',
  paid: 'INSTRUCT',
  shipped: 'DELIVERING',
  completed: 'FINAL_DELIVERY',
  cancelled: 'NONE_TRACKING',
  refunded: 'FINAL_DELIVERY',
  partially_refunded: 'FINAL_DELIVERY',
};

const korean = (ms: number) => new Date(ms + 9 * 3_600_000).toISOString().slice(0, 19);

export const productIndex = (id: number) => id - FIRST_PRODUCT;
export const variantOfItem = (id: number) => id - FIRST_ITEM;

export function statusOf(shop: Shop, index: number): string {
  return STATUS[generateOrder(shop, index).status];
}

export function renderSheet(shop: Shop, index: number) {
  const order = generateOrder(shop, index);
  const { customer } = order;
  const price = (minor: number) => Number(money(minor, shop.currency));
  return {
    shipmentBoxId: FIRST_BOX + index,
    orderId: 500_004_398_000 + index,
    orderedAt: korean(order.createdAtMs),
    paidAt: korean(order.createdAtMs + 60_000),
    status: STATUS[order.status],
    shippingPrice: price(order.shippingMinor),
    orderer: {
      name: `${customer.lastName}${customer.firstName}`,
      email: '',
      safeNumber: customer.phone,
    },
    receiver: {
      name: `${customer.lastName}${customer.firstName}`,
      safeNumber: customer.phone,
      addr1: customer.street,
      addr2: customer.city,
      postCode: customer.zip,
    },
    parcelPrintMessage: order.note,
    orderItems: order.lines.map((line) => ({
      vendorItemId: FIRST_ITEM + line.variant,
      vendorItemName: line.title,
      sellerProductId: FIRST_PRODUCT + line.product,
      sellerProductName: line.title,
      externalVendorSkuCode: line.sku,
      shippingCount: line.quantity,
      salesPrice: price(line.priceMinor),
      orderPrice: price(line.priceMinor * line.quantity),
      discountPrice: 0,
      cancelCount: order.status === 'cancelled' ? line.quantity : 0,
    })),
  };
}

const PRODUCT_STATUS = { active: '승인완료', draft: '임시저장', archived: '상품삭제' } as const;

export function renderProductRow(shop: Shop, index: number) {
  const product = generateProduct(shop, index);
  return {
    sellerProductId: FIRST_PRODUCT + index,
    sellerProductName: product.title,
    displayCategoryCode: 56_137,
    vendorId: shop.key,
    brand: product.vendor,
    statusName: PRODUCT_STATUS[product.status],
    saleStartedAt: korean(product.createdAtMs),
    saleEndedAt: '2099-01-01T23:59:59',
    createdAt: korean(product.createdAtMs),
  };
}

export function renderProduct(shop: Shop, index: number) {
  const { variants } = generateProduct(shop, index);
  return {
    ...renderProductRow(shop, index),
    items: variants.map((variant) => ({
      sellerProductItemId: variant.index + 1,
      vendorItemId: FIRST_ITEM + variant.index,
      itemName: variant.title,
      originalPrice: Number(money(variant.priceMinor, shop.currency)),
      salePrice: Number(money(variant.priceMinor, shop.currency)),
      externalVendorSku: variant.sku,
      maximumBuyCount: stockOf(shop, variant.index),
    })),
  };
}

export function renderStock(shop: Shop, variant: number) {
  const product = generateProduct(shop, productOfVariant(variant));
  const found = product.variants[variant - firstVariant(product.index)];
  return {
    sellerItemId: FIRST_ITEM + variant,
    amountInStock: stockOf(shop, variant),
    salePrice: Number(money(found?.priceMinor ?? 0, shop.currency)),
    onSale: product.status === 'active',
  };
}
