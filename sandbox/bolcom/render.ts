/** A retailer's records in bol.com's words: reduced orders in lists, whole ones by id, offers as lines of CSV. */
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

/** With an offset, as bol.com writes it. */
const at = (ms: number) => `${new Date(ms + 3_600_000).toISOString().slice(0, 19)}+01:00`;
const PREFIX = 'C';

export const orderId = (index: number) => `${PREFIX}${String(index).padStart(9, '0')}`;

export function orderIndex(id: string): number | null {
  const digits = /^C(\d{9})$/.exec(id)?.[1];
  return digits === undefined ? null : Number(digits);
}

const ean = (variant: number) => `87${String(variant).padStart(11, '0')}`;

function fulfilmentOf(status: OrderStatus): string {
  return status === 'pending' || status === 'paid' ? 'OPEN' : 'HANDLED';
}

export function renderReduced(shop: Shop, index: number) {
  const order = generateOrder(shop, index);
  return {
    orderId: orderId(index),
    orderPlacedDateTime: at(order.createdAtMs),
    orderItems: order.lines.map((line, place) => ({
      orderItemId: String(index * 100 + place + 1),
      ean: ean(line.variant),
      fulfilmentMethod: 'FBR',
      fulfilmentStatus: fulfilmentOf(order.status),
      quantity: line.quantity,
      quantityShipped: ['shipped', 'completed'].includes(order.status) ? line.quantity : 0,
      quantityCancelled: order.status === 'cancelled' ? line.quantity : 0,
      cancellationRequest: false,
      latestChangedDateTime: at(order.updatedAtMs),
    })),
  };
}

export function renderOrder(shop: Shop, index: number) {
  const order = generateOrder(shop, index);
  const { customer } = order;
  const details = {
    firstName: customer.firstName,
    surname: customer.lastName,
    streetName: customer.street,
    zipCode: customer.zip,
    city: customer.city,
    countryCode: customer.country,
    email: customer.email,
  };
  const reduced = renderReduced(shop, index);
  return {
    orderId: reduced.orderId,
    pickupPoint: false,
    orderPlacedDateTime: reduced.orderPlacedDateTime,
    shipmentDetails: details,
    billingDetails: details,
    orderItems: reduced.orderItems.map(({ ean: code, fulfilmentMethod, ...item }, place) => {
      const line = order.lines[place];
      const unitPrice = Number(money(line?.priceMinor ?? 0, shop.currency));
      return {
        ...item,
        fulfilment: { method: fulfilmentMethod, distributionParty: 'RETAILER' },
        offer: { offerId: `offer-${line?.variant}`, reference: line?.sku },
        product: { ean: code, title: line?.title },
        unitPrice,
        totalPrice: Number(money((line?.priceMinor ?? 0) * (line?.quantity ?? 0), shop.currency)),
        commission: Number((unitPrice * 0.12).toFixed(2)),
      };
    }),
  };
}

export const OFFER_COLUMNS = [
  'offerId',
  'ean',
  'conditionName',
  'conditionCategory',
  'bundlePricesPrice',
  'fulfilmentType',
  'stockAmount',
  'onHoldByRetailer',
  'fulfilmentDeliveryCode',
  'correctedStock',
  'referenceCode',
  'lastUpdatedDateTime',
] as const;

export function offerLine(shop: Shop, variant: number): string {
  const product = generateProduct(shop, productOfVariant(variant));
  const found = product.variants[variant - firstVariant(product.index)];
  const stock = stockOf(shop, variant);
  return [
    `offer-${variant}`,
    ean(variant),
    'NEW',
    'NEW',
    money(found?.priceMinor ?? 0, shop.currency),
    'FBR',
    stock,
    product.status !== 'active',
    '1-2d',
    stock,
    found?.sku ?? '',
    `${new Date(product.updatedAtMs).toISOString().slice(0, 19).replace('T', ' ')} UTC`,
  ].join(',');
}
