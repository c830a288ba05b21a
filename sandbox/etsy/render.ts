/** A shop's records in Etsy's words: Unix seconds, money as amount and divisor, offerings within products within a listing. */
import { generateOrder, generateProduct, money, type OrderStatus, stockOf } from '../generator.ts';
import type { Shop } from '../state.ts';

const FIRST_RECEIPT = 3_000_000_000;
const FIRST_LISTING = 1_500_000_000;

export const receiptIndex = (id: number) => id - FIRST_RECEIPT;
export const listingIndex = (id: number) => id - FIRST_LISTING;

export const LISTING_STATE = { active: 'active', draft: 'draft', archived: 'inactive' } as const;

const STATUS: Record<OrderStatus, string> = {
  pending: 'Open',
  paid: 'Paid',
  shipped: 'Completed',
  completed: 'Completed',
  cancelled: 'Canceled',
  refunded: 'Fully Refunded',
  partially_refunded: 'Partially Refunded',
};

function price(shop: Shop, minor: number) {
  const digits = money(1, shop.currency).split('.')[1]?.length ?? 0;
  return { amount: minor, divisor: 10 ** digits, currency_code: shop.currency };
}

export function renderReceipt(shop: Shop, index: number) {
  const order = generateOrder(shop, index);
  const { customer, status } = order;
  const [created, updated] = [order.createdAtMs / 1000, order.updatedAtMs / 1000];
  const subtotal = order.totalMinor - order.taxMinor - order.shippingMinor;
  return {
    receipt_id: FIRST_RECEIPT + index,
    receipt_type: 0,
    seller_user_id: shop.id + 500_000_000,
    buyer_user_id: 700_000_000 + customer.index,
    buyer_email: customer.email,
    name: `${customer.firstName} ${customer.lastName}`,
    first_line: customer.street,
    second_line: null,
    city: customer.city,
    state: null,
    zip: customer.zip,
    country_iso: customer.country,
    status: STATUS[status],
    is_paid: status !== 'pending' && status !== 'cancelled',
    is_shipped: status === 'shipped' || status === 'completed',
    message_from_buyer: order.note,
    created_timestamp: created,
    create_timestamp: created,
    updated_timestamp: updated,
    update_timestamp: updated,
    grandtotal: price(shop, order.totalMinor),
    subtotal: price(shop, subtotal),
    total_price: price(shop, subtotal + order.discountMinor),
    total_shipping_cost: price(shop, order.shippingMinor),
    total_tax_cost: price(shop, order.taxMinor),
    discount_amt: price(shop, order.discountMinor),
    transactions: order.lines.map((line, at) => ({
      transaction_id: index * 100 + at + 1,
      title: line.title,
      listing_id: FIRST_LISTING + line.product,
      product_id: 9_000_000_000 + line.variant,
      sku: line.sku,
      quantity: line.quantity,
      price: price(shop, line.priceMinor),
    })),
    refunds: [],
  };
}

export function renderListing(shop: Shop, index: number, withInventory: boolean) {
  const product = generateProduct(shop, index);
  const [created, updated] = [product.createdAtMs / 1000, product.updatedAtMs / 1000];
  const quantity = product.variants.reduce((sum, { index: variant }) => sum + stockOf(shop, variant), 0);
  return {
    listing_id: FIRST_LISTING + index,
    user_id: shop.id + 500_000_000,
    shop_id: shop.id,
    title: product.title,
    description: `${product.title} by ${product.vendor}`,
    state: LISTING_STATE[product.status],
    creation_timestamp: created,
    created_timestamp: created,
    last_modified_timestamp: updated,
    updated_timestamp: updated,
    quantity,
    url: `https://www.etsy.com/listing/${FIRST_LISTING + index}/${product.handle}`,
    price: price(shop, product.variants[0]?.priceMinor ?? 0),
    has_variations: product.variants.length > 1,
    skus: product.variants.map(({ sku }) => sku),
    ...(withInventory ? { inventory: renderInventory(shop, index) } : {}),
  };
}

export function renderInventory(shop: Shop, index: number) {
  const { variants } = generateProduct(shop, index);
  const several = variants.length > 1;
  return {
    products: variants.map((variant) => ({
      product_id: 9_000_000_000 + variant.index,
      sku: variant.sku,
      is_deleted: false,
      offerings: [
        {
          offering_id: 8_000_000_000 + variant.index,
          quantity: stockOf(shop, variant.index),
          is_enabled: true,
          is_deleted: false,
          price: price(shop, variant.priceMinor),
        },
      ],
      property_values: several ? [{ property_id: 100, property_name: 'Size', values: [variant.title] }] : [],
    })),
    price_on_property: several ? [100] : [],
    quantity_on_property: several ? [100] : [],
    sku_on_property: several ? [100] : [],
  };
}
