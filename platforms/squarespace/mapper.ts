// Squarespace's orders, products and stock → unified records. Amounts are decimal text with their currency. Pure.
import type { Json } from '../../domain/platform.ts';
import type {
  Address,
  InventoryLevel,
  LineItem,
  Money,
  Order,
  Product,
  ProductVariant,
} from '../../domain/resource.ts';
import { addressOf } from '../address.ts';
import { negated, sumOf } from '../amount.ts';
import { baseBy, lookUp, type RecordReader, readCurrency, readRecord } from '../record-reader.ts';

/** The word for what became of sending the order. */
const STATUS: Readonly<
  Record<string, { readonly status: Order['status']; readonly fulfillment: Order['fulfillmentStatus'] }>
> = {
  PENDING: { status: 'open', fulfillment: 'unfulfilled' },
  FULFILLED: { status: 'completed', fulfillment: 'fulfilled' },
  CANCELED: { status: 'cancelled', fulfillment: 'unfulfilled' },
};
const UNKNOWN = { status: 'unknown', fulfillment: 'unknown' } as const;

const base = baseBy({ id: 'id', createdAt: 'createdOn', updatedAt: 'modifiedOn' });

/** An order of the merchant's test mode was never paid: it is no record. */
export function mapOrder(item: Json): readonly Order[] {
  const order = readRecord(item);
  if (order.raw['testmode'] === true) return [];
  const word = order.optionalText('fulfillmentStatus');
  const { status, fulfillment } = lookUp(STATUS, word) ?? UNKNOWN;
  const total = moneyOf(order.object('grandTotal'));
  return [
    {
      ...base(order),
      number: order.optionalId('orderNumber'),
      status,
      paymentStatus: paymentOf(order, total),
      fulfillmentStatus: fulfillment,
      platformStatus:
        [word, order.optionalText('paymentState')].filter((one) => one !== null).join('/') || null,
      currency: total.currency,
      total,
      subtotal: optionalMoney(order, 'subtotal'),
      tax: optionalMoney(order, 'taxTotal'),
      shipping: optionalMoney(order, 'shippingTotal'),
      discount: optionalMoney(order, 'discountTotal'),
      customerPlatformId: null,
      email: order.optionalText('customerEmail'),
      shippingAddress: mapAddress(order.optionalObject('shippingAddress')),
      billingAddress: mapAddress(order.optionalObject('billingAddress')),
      lineItems: order.list('lineItems').map(mapLine),
    },
  ];
}

/** What was given back is an amount; of the words for what was paid, one alone is sure. */
function paymentOf(order: RecordReader, total: Money): Order['paymentStatus'] {
  const refunded = optionalMoney(order, 'refundedTotal');
  if (refunded === null || !/[1-9]/.test(refunded.amount))
    return order.raw['paymentState'] === 'PAID' ? 'paid' : 'unknown';
  const left = sumOf([total, negated(refunded)])?.amount ?? '';
  return /^-|^[0.]+$/.test(left) ? 'refunded' : 'partially_refunded';
}

function mapLine(line: RecordReader): LineItem {
  return {
    platformId: line.optionalId('id'),
    productPlatformId: line.optionalId('productId'),
    variantPlatformId: line.optionalId('variantId'),
    sku: line.optionalText('sku'),
    title: line.optionalText('productName'),
    quantity: line.integer('quantity'),
    unitPrice: optionalMoney(line, 'unitPricePaid'),
    // Discounts are of the order; a line tells the price of one piece alone.
    total: null,
  };
}

export function mapProduct(item: Json): readonly Product[] {
  const product = readRecord(item);
  const isVisible = product.raw['isVisible'];
  return [
    {
      ...base(product),
      title: product.optionalText('name') ?? '',
      status: isVisible === true ? 'active' : isVisible === false ? 'draft' : 'unknown',
      platformStatus: isVisible === true ? 'visible' : isVisible === false ? 'hidden' : null,
      description: product.optionalText('description'),
      brand: null,
      url: product.optionalText('url'),
      variants: product.list('variants').map(mapVariant),
    },
  ];
}

function mapVariant(variant: RecordReader): ProductVariant {
  const id = variant.id('id');
  const pricing = variant.optionalObject('pricing');
  const isOnSale = pricing?.raw['onSale'] === true;
  const attributes = variant.optionalObject('attributes')?.raw ?? {};
  const title = Object.values(attributes).filter((one) => typeof one === 'string' && one !== '');
  return {
    platformId: id,
    sku: variant.optionalText('sku'),
    barcode: null,
    title: title.join(' / ') || null,
    price: pricing === null ? null : optionalMoney(pricing, isOnSale ? 'salePrice' : 'basePrice'),
    // Stock is counted by variant.
    inventoryItemPlatformId: id,
  };
}

export function mapStock(item: Json): readonly InventoryLevel[] {
  const stock = readRecord(item);
  const id = stock.id('variantId');
  return [
    {
      platformId: id,
      platformCreatedAt: null,
      platformUpdatedAt: null,
      sku: stock.optionalText('sku'),
      productPlatformId: null,
      variantPlatformId: id,
      locationPlatformId: null,
      // Stock that is never counted has no number; the one told with it is 0.
      available: stock.raw['isUnlimited'] === true ? null : stock.optionalInteger('quantity'),
      onHand: null,
      reserved: null,
    },
  ];
}

function moneyOf(of: RecordReader): Money {
  return of.money('value', readCurrency(of.raw['currency'], `${of.path}/currency`));
}

function optionalMoney(of: RecordReader, name: string): Money | null {
  const money = of.optionalObject(name);
  return money === null ? null : moneyOf(money);
}

function mapAddress(address: RecordReader | null): Address | null {
  if (address === null) return null;
  return addressOf({
    names: [address.optionalText('firstName'), address.optionalText('lastName')],
    line1: address.optionalText('address1'),
    line2: address.optionalText('address2'),
    city: address.optionalText('city'),
    region: address.optionalText('state'),
    postalCode: address.optionalText('postalCode'),
    country: address.optionalText('countryCode'),
    phone: address.optionalText('phone'),
  });
}
