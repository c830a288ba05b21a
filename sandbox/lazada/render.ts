/** A seller's records in Lazada's words: one item a piece sold, prices as text in orders and as numbers in products. */
import {
  generateOrder,
  generateProduct,
  money,
  type OrderStatus,
  type Person,
  stockOf,
} from '../generator.ts';
import type { Shop } from '../state.ts';

const FIRST_ORDER = 84_000_000_000;
const FIRST_ITEM = 2_400_000_000;

export const orderIndex = (id: number) => id - FIRST_ORDER;

/** With the shop's offset, as Lazada writes it: `2026-11-21 15:15:00 +0800`. */
function at(ms: number): string {
  return `${new Date(ms + 8 * 3_600_000).toISOString().slice(0, 19).replace('T', ' ')} +0800`;
}

const STATUS: Record<OrderStatus, string> = {
  pending: 'unpaid',
  paid: 'pending',
  shipped: 'shipped',
  completed: 'delivered',
  cancelled: 'canceled',
  refunded: 'returned',
  partially_refunded: 'delivered',
};

function address(person: Person) {
  return {
    first_name: person.firstName,
    last_name: person.lastName,
    address1: person.street,
    city: person.city,
    post_code: person.zip,
    country: person.country,
    phone: person.phone,
  };
}

export function renderOrder(shop: Shop, index: number) {
  const order = generateOrder(shop, index);
  const amount = (minor: number) => money(minor, shop.currency);
  return {
    order_id: FIRST_ORDER + index,
    order_number: FIRST_ORDER + index,
    created_at: at(order.createdAtMs),
    updated_at: at(order.updatedAtMs),
    statuses: [STATUS[order.status]],
    price: amount(order.totalMinor),
    shipping_fee: Number(amount(order.shippingMinor)),
    voucher: Number(amount(order.discountMinor)),
    payment_method: 'COD',
    items_count: order.pieces,
    customer_first_name: order.customer.firstName,
    customer_last_name: order.customer.lastName,
    remarks: order.note,
    address_billing: address(order.customer),
    address_shipping: address(order.customer),
  };
}

/** One entry for each piece, not for each line. */
export function renderItems(shop: Shop, index: number) {
  const order = generateOrder(shop, index);
  const pieces = order.lines.flatMap((line) => Array.from({ length: line.quantity }, () => line));
  return {
    order_id: FIRST_ORDER + index,
    order_number: FIRST_ORDER + index,
    order_items: pieces.map((line, place) => ({
      order_item_id: index * 1_000 + place + 1,
      order_id: FIRST_ORDER + index,
      name: line.title,
      sku: line.sku,
      shop_sku: `${FIRST_ITEM + line.product}_SG-${line.variant}`,
      product_id: String(FIRST_ITEM + line.product),
      sku_id: String(line.variant),
      item_price: Number(money(line.priceMinor, shop.currency)),
      paid_price: Number(money(line.priceMinor, shop.currency)),
      tax_amount: 0,
      currency: shop.currency,
      status: STATUS[order.status],
      created_at: at(order.createdAtMs),
      updated_at: at(order.updatedAtMs),
    })),
  };
}

export function renderProduct(shop: Shop, index: number) {
  const product = generateProduct(shop, index);
  return {
    item_id: FIRST_ITEM + index,
    primary_category: 10_000_335,
    created_time: String(product.createdAtMs),
    updated_time: String(product.updatedAtMs),
    status: product.status === 'active' ? 'Active' : 'InActive',
    attributes: {
      name: product.title,
      brand: product.vendor,
      description: `${product.title} by ${product.vendor}`,
    },
    skus: product.variants.map((variant) => ({
      SkuId: variant.index,
      SellerSku: variant.sku,
      ShopSku: `${FIRST_ITEM + index}_SG-${variant.index}`,
      Status: product.status === 'active' ? 'active' : 'inactive',
      quantity: stockOf(shop, variant.index),
      Available: stockOf(shop, variant.index),
      price: Number(money(variant.priceMinor, shop.currency)),
      ...(product.variants.length > 1 ? { saleProp: { size: variant.title } } : {}),
    })),
  };
}
