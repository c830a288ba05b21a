/** A merchant's records in Square's words: minor units, quantities as text, no sku on an order's line but a catalog object. */
import { updatedAtMs } from '../collection.ts';
import { generateCustomer, generateOrder, generateProduct, type OrderStatus, stockOf } from '../generator.ts';
import { iso } from '../listing.ts';
import type { Shop } from '../state.ts';

export const LOCATION = 'LSANDBOX01';

const STATE: Record<OrderStatus, string> = {
  pending: 'OPEN',
  paid: 'OPEN',
  shipped: 'OPEN',
  completed: 'COMPLETED',
  cancelled: 'CANCELED',
  refunded: 'COMPLETED',
  partially_refunded: 'COMPLETED',
};

export const orderId = (index: number) => `ORD${String(index).padStart(10, '0')}`;
export const customerId = (index: number) => `CUST${String(index).padStart(8, '0')}`;
export const itemId = (product: number) => `ITEM${String(product).padStart(8, '0')}`;
export const variationId = (variant: number) => `VAR${String(variant).padStart(8, '0')}`;

export function renderOrder(shop: Shop, index: number) {
  const order = generateOrder(shop, index);
  const amount = (minor: number) => ({ amount: minor, currency: shop.currency });
  return {
    id: orderId(index),
    location_id: LOCATION,
    reference_id: String(order.number),
    customer_id: customerId(order.customer.index),
    state: STATE[order.status],
    version: order.version + 1,
    created_at: iso(order.createdAtMs),
    updated_at: iso(order.updatedAtMs),
    total_money: amount(order.totalMinor),
    total_tax_money: amount(order.taxMinor),
    total_discount_money: amount(order.discountMinor),
    total_service_charge_money: amount(order.shippingMinor),
    line_items: order.lines.map((line, at) => ({
      uid: `line-${at + 1}`,
      catalog_object_id: variationId(line.variant),
      name: line.title,
      quantity: String(line.quantity),
      base_price_money: amount(line.priceMinor),
      total_money: amount(line.priceMinor * line.quantity),
    })),
    ...(order.status === 'refunded' || order.status === 'partially_refunded'
      ? {
          refunds: [
            {
              id: `REF${index}`,
              amount_money: amount(order.status === 'refunded' ? order.totalMinor : 500),
              status: 'COMPLETED',
            },
          ],
        }
      : {}),
    ...(order.note === '' ? {} : { ticket_name: order.note }),
  };
}

export function renderItem(shop: Shop, index: number) {
  const product = generateProduct(shop, index);
  return {
    type: 'ITEM',
    id: itemId(index),
    updated_at: iso(product.updatedAtMs),
    created_at: iso(product.createdAtMs),
    version: product.updatedAtMs,
    is_deleted: false,
    present_at_all_locations: true,
    item_data: {
      name: product.title,
      description: `${product.title} by ${product.vendor}`,
      is_archived: product.status === 'archived',
      variations: product.variants.map((variant) => ({
        type: 'ITEM_VARIATION',
        id: variationId(variant.index),
        item_variation_data: {
          item_id: itemId(index),
          name: variant.title,
          sku: variant.sku,
          pricing_type: 'FIXED_PRICING',
          price_money: { amount: variant.priceMinor, currency: shop.currency },
        },
      })),
    },
  };
}

export function renderCustomer(shop: Shop, index: number) {
  const customer = generateCustomer(shop, index);
  const { person } = customer;
  return {
    id: customerId(index),
    created_at: iso(customer.createdAtMs),
    updated_at: iso(customer.updatedAtMs),
    given_name: person.firstName,
    family_name: person.lastName,
    email_address: person.email,
    phone_number: person.phone,
    address: {
      address_line_1: person.street,
      locality: person.city,
      postal_code: person.zip,
      country: person.country,
    },
    creation_source: 'DIRECTORY',
    version: customer.version,
  };
}

export function renderCount(shop: Shop, variant: number) {
  return {
    catalog_object_id: variationId(variant),
    catalog_object_type: 'ITEM_VARIATION',
    state: 'IN_STOCK',
    location_id: LOCATION,
    quantity: String(stockOf(shop, variant)),
    calculated_at: iso(updatedAtMs(shop, 'inventory', variant)),
  };
}
