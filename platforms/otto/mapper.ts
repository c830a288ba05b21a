// OTTO's orders → unified records. Each position item is one piece; amounts are objects of a JSON number and its currency, tax included. Pure.
import type { Json } from '../../domain/platform.ts';
import type { LineItem, Order } from '../../domain/resource.ts';
import { addressBy, joinedText } from '../address.ts';
import { sumOf } from '../amount.ts';
import { alpha2Of } from '../country-code.ts';
import { recordInvalid } from '../json.ts';
import { progressOf, type Stage } from '../pieces.ts';
import { baseBy, type RecordReader, readRecord } from '../record-reader.ts';
import { moneyBy } from '../told-money.ts';
import { joined, lookUp } from '../words.ts';

const STAGE: Readonly<Record<string, Stage>> = {
  ANNOUNCED: 'waiting',
  PROCESSABLE: 'waiting',
  SENT: 'done',
  RETURNED: 'returned',
  CANCELLED_BY_PARTNER: 'cancelled',
  CANCELLED_BY_MARKETPLACE: 'cancelled',
};

const base = baseBy({ id: 'salesOrderId', createdAt: 'orderDate', updatedAt: 'lastModifiedDate' });
const { moneyIn } = moneyBy({ amount: 'amount', currency: 'currency' });

export function mapOrder(item: Json): readonly Order[] {
  const order = readRecord(item);
  const items = order.list('positionItems');
  const lines = items.map(mapLine);
  const words = items.map((one) => one.optionalText('fulfillmentStatus'));
  const subtotal = sumOf(lines.map((line) => line.total));
  const shipping = sumOf(order.list('initialDeliveryFees').map((fee) => moneyIn(fee, 'deliveryFeeAmount')));
  const total = sumOf([subtotal, shipping]);
  if (total === null) throw recordInvalid(`${order.path}/positionItems`, 'tells no price');
  return [
    {
      ...base(order),
      number: order.optionalText('orderNumber'),
      ...progressOf(words.map((word) => lookUp(STAGE, word))),
      // An announced piece waits for a prepayment; of others OTTO is paid, and does not tell when.
      paymentStatus: words.includes('ANNOUNCED') ? 'pending' : 'unknown',
      platformStatus: joined([...new Set(words)], ','),
      currency: total.currency,
      total,
      subtotal,
      tax: null,
      shipping,
      discount: sumOf(order.list('initialDiscounts').map((one) => moneyIn(one, 'discountAmount'))),
      customerPlatformId: null,
      email: order.optionalObject('deliveryAddress')?.optionalText('email') ?? null,
      shippingAddress: mapAddress(order.optionalObject('deliveryAddress')),
      billingAddress: mapAddress(order.optionalObject('invoiceAddress')),
      lineItems: lines,
    },
  ];
}

function mapLine(item: RecordReader): LineItem {
  const product = item.object('product');
  const price = moneyIn(item, 'itemValueGrossPrice');
  return {
    platformId: item.id('positionItemId'),
    productPlatformId: product.optionalText('articleNumber'),
    variantPlatformId: null,
    sku: product.optionalText('sku'),
    title: product.optionalText('productTitle'),
    quantity: 1,
    unitPrice: price,
    total: moneyIn(item, 'itemValueReducedGrossPrice') ?? price,
  };
}

const mapAddress = addressBy({
  names: ['firstName', 'lastName'],
  line1: joinedText(['street', 'houseNumber']),
  line2: 'addition',
  city: 'city',
  postalCode: 'zipCode',
  country: (address) => alpha2Of(address.optionalText('countryCode')),
  phone: 'phoneNumber',
});
