/** A shop's records in TikTok's words: ids as text, instants as Unix seconds, one line item a piece. */
import {
  firstVariant,
  generateOrder,
  generateProduct,
  money,
  type OrderStatus,
  stockOf,
  variantCount,
} from '../generator.ts';
import type { Shop } from '../state.ts';

const ORDER_HEAD = '5760';
const PRODUCT_HEAD = '1729';
const SKU_HEAD = '1730';
const numbered = (head: string, index: number) => `${head}${String(index).padStart(14, '0')}`;

export const orderId = (index: number) => numbered(ORDER_HEAD, index);
export const productId = (index: number) => numbered(PRODUCT_HEAD, index);
export const orderIndex = (id: string) => (id.startsWith(ORDER_HEAD) ? Number(id.slice(4)) : -1);
export const productIndex = (id: string) => (id.startsWith(PRODUCT_HEAD) ? Number(id.slice(4)) : -1);
export const skuVariant = (id: string) => (id.startsWith(SKU_HEAD) ? Number(id.slice(4)) : -1);

const STATUS: Record<OrderStatus, string> = {
  pending: 'UNPAID',
  paid: 'AWAITING_SHIPMENT',
  shipped: 'IN_TRANSIT',
  completed: 'COMPLETED',
  cancelled: 'CANCELLED',
  refunded: 'CANCELLED',
  partially_refunded: 'COMPLETED',
};

export function renderOrder(shop: Shop, index: number) {
  const order = generateOrder(shop, index);
  const { customer } = order;
  const amount = (minor: number) => money(minor, shop.currency);
  const pieces = order.lines.flatMap((line) => Array.from({ length: line.quantity }, () => line));
  return {
    id: numbered(ORDER_HEAD, index),
    status: STATUS[order.status],
    create_time: order.createdAtMs / 1000,
    update_time: order.updatedAtMs / 1000,
    user_id: String(7_000_000 + customer.index),
    buyer_email: `${customer.index}@scs.tiktokw.us`,
    buyer_message: order.note,
    fulfillment_type: 'FULFILLMENT_BY_SELLER',
    payment: {
      currency: shop.currency,
      sub_total: amount(order.goodsMinor - order.discountMinor),
      shipping_fee: amount(order.shippingMinor),
      seller_discount: amount(order.discountMinor),
      tax: amount(order.taxMinor),
      total_amount: amount(order.totalMinor),
    },
    recipient_address: {
      name: `${customer.firstName} ${customer.lastName}`,
      first_name: customer.firstName,
      last_name: customer.lastName,
      phone_number: customer.phone,
      address_detail: customer.street,
      postal_code: customer.zip,
      region_code: customer.country,
      district_info: [{ address_level_name: 'City', address_name: customer.city }],
    },
    line_items: pieces.map((line, place) => ({
      id: numbered('5761', index * 1_000 + place),
      product_id: numbered(PRODUCT_HEAD, line.product),
      product_name: line.title,
      sku_id: numbered(SKU_HEAD, line.variant),
      seller_sku: line.sku,
      sku_name: 'Default',
      original_price: amount(line.priceMinor),
      sale_price: amount(line.priceMinor),
      currency: shop.currency,
      display_status: STATUS[order.status],
    })),
  };
}

const PRODUCT_STATUS = { active: 'ACTIVATE', draft: 'DRAFT', archived: 'SELLER_DEACTIVATED' } as const;
const WAREHOUSE = '7068517275539719942';

export function renderProduct(shop: Shop, index: number) {
  const product = generateProduct(shop, index);
  return {
    id: numbered(PRODUCT_HEAD, index),
    title: product.title,
    status: PRODUCT_STATUS[product.status],
    create_time: product.createdAtMs / 1000,
    update_time: product.updatedAtMs / 1000,
    sales_regions: ['GB'],
    skus: product.variants.map((variant) => ({
      id: numbered(SKU_HEAD, variant.index),
      seller_sku: variant.sku,
      price: {
        currency: shop.currency,
        sale_price: money(variant.priceMinor, shop.currency),
        tax_exclusive_price: money(variant.priceMinor, shop.currency),
      },
      inventory: [{ warehouse_id: WAREHOUSE, quantity: stockOf(shop, variant.index) }],
    })),
  };
}

/** All skus of a product, or those wanted. */
export function renderInventory(shop: Shop, index: number, wanted: ReadonlySet<number> | null) {
  const variants = Array.from({ length: variantCount(index) }, (_, at) => firstVariant(index) + at).filter(
    (variant) => wanted === null || wanted.has(variant),
  );
  const { variants: known } = generateProduct(shop, index);
  return {
    product_id: numbered(PRODUCT_HEAD, index),
    skus: variants.map((variant) => {
      const quantity = stockOf(shop, variant);
      return {
        id: numbered(SKU_HEAD, variant),
        seller_sku: known[variant - firstVariant(index)]?.sku ?? '',
        total_available_quantity: quantity,
        total_committed_quantity: 0,
        warehouse_inventory: [
          { warehouse_id: WAREHOUSE, available_quantity: quantity, committed_quantity: 0 },
        ],
      };
    }),
  };
}
