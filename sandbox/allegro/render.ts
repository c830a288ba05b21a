/** A seller's records in Allegro's words: checkout forms, offers by sku with their stock. */
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

const HEAD = '7f000000-0000-11ee-8000-';

export const formId = (index: number) => `${HEAD}${index.toString(16).padStart(12, '0')}`;

export function formIndex(id: string): number | null {
  return id.startsWith(HEAD) ? Number.parseInt(id.slice(HEAD.length), 16) : null;
}

const STATUS: Record<OrderStatus, [status: string, fulfillment: string]> = {
  pending: ['BOUGHT', 'NEW'],
  paid: ['READY_FOR_PROCESSING', 'PROCESSING'],
  shipped: ['READY_FOR_PROCESSING', 'SENT'],
  completed: ['READY_FOR_PROCESSING', 'PICKED_UP'],
  cancelled: ['CANCELLED', 'CANCELLED'],
  refunded: ['READY_FOR_PROCESSING', 'RETURNED'],
  partially_refunded: ['READY_FOR_PROCESSING', 'PICKED_UP'],
};

const offerId = (variant: number) => String(12_300_000_000 + variant);

export function renderForm(shop: Shop, index: number) {
  const order = generateOrder(shop, index);
  const { customer } = order;
  const amount = (minor: number) => ({ amount: money(minor, shop.currency), currency: shop.currency });
  const [status, fulfillment] = STATUS[order.status];
  const address = {
    firstName: customer.firstName,
    lastName: customer.lastName,
    street: customer.street,
    city: customer.city,
    zipCode: customer.zip,
    countryCode: customer.country,
    phoneNumber: customer.phone,
  };
  return {
    id: formId(index),
    messageToSeller: order.note === '' ? null : order.note,
    buyer: {
      id: String(40_000_000 + customer.index),
      email: `${customer.index}+relay@allegromail.pl`,
      login: `client_${customer.index}`,
      firstName: customer.firstName,
      lastName: customer.lastName,
      guest: false,
    },
    payment: { type: 'ONLINE', paidAmount: order.status === 'pending' ? null : amount(order.totalMinor) },
    status,
    fulfillment: { status: fulfillment },
    delivery: { address, cost: amount(order.shippingMinor) },
    invoice: { required: false, address: null },
    lineItems: order.lines.map((line, at) => ({
      id: `${formId(index)}-${at}`,
      offer: { id: offerId(line.variant), name: line.title, external: { id: line.sku } },
      quantity: line.quantity,
      originalPrice: amount(line.priceMinor),
      price: amount(line.priceMinor),
      boughtAt: iso(order.createdAtMs),
    })),
    summary: { totalToPay: amount(order.totalMinor) },
    marketplace: { id: 'allegro-pl' },
    updatedAt: iso(order.updatedAtMs),
    revision: String(order.version + 1),
  };
}

export function renderOffer(shop: Shop, variant: number) {
  const product = generateProduct(shop, productOfVariant(variant));
  const found = product.variants[variant - firstVariant(product.index)];
  const several = product.variants.length > 1;
  return {
    id: offerId(variant),
    name: several ? `${product.title} ${found?.title ?? ''}` : product.title,
    external: { id: found?.sku ?? '' },
    sellingMode: {
      format: 'BUY_NOW',
      price: { amount: money(found?.priceMinor ?? 0, shop.currency), currency: shop.currency },
    },
    stock: { available: stockOf(shop, variant), sold: 0 },
    publication: {
      status: product.status === 'active' ? 'ACTIVE' : product.status === 'draft' ? 'INACTIVE' : 'ENDED',
    },
  };
}
