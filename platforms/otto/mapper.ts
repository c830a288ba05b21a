// OTTO's orders → unified records. Each position item is one piece; amounts are objects of a JSON number and its currency, tax included. Pure.
import type { Json } from '../../domain/platform.ts';
import type { Address, LineItem, Money, Order } from '../../domain/resource.ts';
import { addressOf } from '../address.ts';
import { sumOf } from '../amount.ts';
import { alpha2Of } from '../country-code.ts';
import { recordInvalid } from '../json.ts';
import { lookUp, type RecordReader, readRecord } from '../record-reader.ts';

type Stage = 'waiting' | 'sent' | 'returned' | 'cancelled';

const STAGE: Readonly<Record<string, Stage>> = {
  ANNOUNCED: 'waiting',
  PROCESSABLE: 'waiting',
  SENT: 'sent',
  RETURNED: 'returned',
  CANCELLED_BY_PARTNER: 'cancelled',
  CANCELLED_BY_MARKETPLACE: 'cancelled',
};

export function mapOrder(item: Json): readonly Order[] {
  const order = readRecord(item);
  const items = order.list('positionItems');
  const lines = items.map(mapLine);
  const words = items.map((one) => one.optionalText('fulfillmentStatus'));
  const subtotal = sumOf(lines.map((line) => line.total));
  const shipping = sumOf(
    order.list('initialDeliveryFees').map((fee) => money(fee.optionalObject('deliveryFeeAmount'))),
  );
  const total = sumOf([subtotal, shipping]);
  if (total === null) throw recordInvalid(`${order.path}/positionItems`, 'tells no price');
  return [
    {
      platformId: order.id('salesOrderId'),
      platformCreatedAt: order.instant('orderDate'),
      platformUpdatedAt: order.instant('lastModifiedDate'),
      number: order.optionalText('orderNumber'),
      ...progressOf(words),
      // An announced piece waits for a prepayment; of others OTTO is paid, and does not tell when.
      paymentStatus: words.includes('ANNOUNCED') ? 'pending' : 'unknown',
      platformStatus: [...new Set(words.flatMap((word) => word ?? []))].join(',') || null,
      currency: total.currency,
      total,
      subtotal,
      tax: null,
      shipping,
      discount: sumOf(
        order.list('initialDiscounts').map((one) => money(one.optionalObject('discountAmount'))),
      ),
      customerPlatformId: null,
      email: order.optionalObject('deliveryAddress')?.optionalText('email') ?? null,
      shippingAddress: mapAddress(order.optionalObject('deliveryAddress')),
      billingAddress: mapAddress(order.optionalObject('invoiceAddress')),
      lineItems: lines,
    },
  ];
}

function progressOf(words: readonly (string | null)[]): Pick<Order, 'status' | 'fulfillmentStatus'> {
  const stages = words.map((word) => lookUp(STAGE, word));
  if (stages.length === 0 || stages.includes(undefined))
    return { status: 'unknown', fulfillmentStatus: 'unknown' };
  const alive = stages.filter((one) => one !== 'cancelled');
  if (alive.length === 0) return { status: 'cancelled', fulfillmentStatus: 'unfulfilled' };
  if (alive.every((one) => one === 'returned')) return { status: 'completed', fulfillmentStatus: 'returned' };
  if (alive.every((one) => one === 'waiting')) return { status: 'open', fulfillmentStatus: 'unfulfilled' };
  return alive.includes('waiting')
    ? { status: 'open', fulfillmentStatus: 'partially_fulfilled' }
    : { status: 'completed', fulfillmentStatus: 'fulfilled' };
}

function mapLine(item: RecordReader): LineItem {
  const product = item.object('product');
  const price = money(item.optionalObject('itemValueGrossPrice'));
  return {
    platformId: item.id('positionItemId'),
    productPlatformId: product.optionalText('articleNumber'),
    variantPlatformId: null,
    sku: product.optionalText('sku'),
    title: product.optionalText('productTitle'),
    quantity: 1,
    unitPrice: price,
    total: money(item.optionalObject('itemValueReducedGrossPrice')) ?? price,
  };
}

function money(told: RecordReader | null): Money | null {
  return told === null ? null : told.money('amount', told.text('currency'));
}

function mapAddress(address: RecordReader | null): Address | null {
  if (address === null) return null;
  const street = [address.optionalText('street'), address.optionalText('houseNumber')];
  return addressOf({
    names: [address.optionalText('firstName'), address.optionalText('lastName')],
    line1: street.flatMap((one) => one ?? []).join(' ') || null,
    line2: address.optionalText('addition'),
    city: address.optionalText('city'),
    postalCode: address.optionalText('zipCode'),
    country: alpha2Of(address.optionalText('countryCode')),
    phone: address.optionalText('phoneNumber'),
  });
}
