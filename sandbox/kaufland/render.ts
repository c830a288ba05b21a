/** A seller's records in Kaufland's words: cents, one order unit a piece, offers named by the seller's own number. */
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

export const orderId = (index: number) => `M${String(index).padStart(6, '0')}`;

export const orderUnitId = (index: number, place: number) => 314_000_000_000 + index * 1_000 + place;
export const unitId = (variant: number) => 380_000_000_000 + variant;

export function orderIndex(id: string): number | null {
  const digits = /^M(\d{6,})$/.exec(id)?.[1];
  return digits === undefined ? null : Number(digits);
}

const STATUS: Record<OrderStatus, string> = {
  pending: 'open',
  paid: 'need_to_be_sent',
  shipped: 'sent',
  completed: 'received',
  cancelled: 'cancelled',
  refunded: 'returned',
  partially_refunded: 'received',
};

export function renderRow(shop: Shop, index: number) {
  const order = generateOrder(shop, index);
  return {
    id_order: orderId(index),
    ts_created_iso: iso(order.createdAtMs),
    ts_units_updated_iso: iso(order.updatedAtMs),
    order_units_count: order.pieces,
    storefront: 'de',
    is_marketplace_deemed_supplier: false,
  };
}

function address(person: Person) {
  return {
    first_name: person.firstName,
    last_name: person.lastName,
    street: person.street,
    postcode: person.zip,
    city: person.city,
    country: person.country,
    phone: person.phone,
  };
}

export function renderOrder(shop: Shop, index: number) {
  const order = generateOrder(shop, index);
  const pieces = order.lines.flatMap((line) => Array.from({ length: line.quantity }, () => line));
  return {
    ...renderRow(shop, index),
    buyer: { id_buyer: order.customer.index + 1, email: order.customer.email },
    billing_address: address(order.customer),
    shipping_address: address(order.customer),
    order_units: pieces.map((line, place) => ({
      id_order_unit: orderUnitId(index, place),
      id_order: orderId(index),
      ts_created_iso: iso(order.createdAtMs),
      ts_updated_iso: iso(order.updatedAtMs),
      status: STATUS[order.status],
      id_offer: line.sku,
      price: line.priceMinor,
      revenue_gross: line.priceMinor,
      currency: shop.currency,
      shipping_rate: place === 0 ? order.shippingMinor : 0,
      vat: 19,
      product: { id_product: 300_000_000 + line.product, title: line.title },
    })),
  };
}

export function renderUnit(shop: Shop, variant: number, embedded: boolean) {
  const product = generateProduct(shop, productOfVariant(variant));
  const found = product.variants[variant - firstVariant(product.index)];
  const several = product.variants.length > 1;
  const changedMs = Math.max(product.updatedAtMs, updatedAtMs(shop, 'inventory', variant));
  return {
    id_unit: unitId(variant),
    id_product: 300_000_000 + product.index,
    id_offer: found?.sku ?? '',
    status: product.status === 'active' ? 'available' : 'onhold',
    condition: 'NEW',
    amount: stockOf(shop, variant),
    price: found?.priceMinor ?? 0,
    listing_price: found?.priceMinor ?? 0,
    currency: shop.currency,
    storefront: 'de',
    date_inserted_iso: iso(product.createdAtMs),
    date_lastchange_iso: iso(changedMs),
    ...(embedded
      ? {
          product: {
            id_product: 300_000_000 + product.index,
            title: several ? `${product.title} ${found?.title ?? ''}` : product.title,
            eans: [`40${String(variant).padStart(11, '0')}`],
          },
        }
      : {}),
  };
}
