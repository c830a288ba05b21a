// Squarespace's orders, products and stock → unified records. Amounts are decimal text with their currency. Pure.
import type { Json } from '../../domain/platform.ts';
import type {
  InventoryLevel,
  LineItem,
  Money,
  Order,
  Product,
  ProductVariant,
} from '../../domain/resource.ts';
import { addressBy } from '../address.ts';
import { negated, sumOf } from '../amount.ts';
import { baseBy, type RecordReader, readRecord } from '../record-reader.ts';
import { moneyBy } from '../told-money.ts';
import { statesBy, statusOfFlag } from '../words.ts';

/** The word for what became of sending the order. */
const statesOf = statesBy(['status', 'fulfillmentStatus'], {
  PENDING: ['open', 'unfulfilled'],
  FULFILLED: ['completed', 'fulfilled'],
  CANCELED: ['cancelled', 'unfulfilled'],
});

const base = baseBy({ id: 'id', createdAt: 'createdOn', updatedAt: 'modifiedOn' });
const baseOfStock = baseBy({ id: 'variantId' });
const { moneyOf, moneyIn } = moneyBy({ amount: 'value', currency: 'currency' });

/** An order of the merchant's test mode was never paid: it is no record. */
export function mapOrder(item: Json): readonly Order[] {
  const order = readRecord(item);
  if (order.raw['testmode'] === true) return [];
  const word = order.optionalText('fulfillmentStatus');
  const total = moneyOf(order.object('grandTotal'));
  return [
    {
      ...base(order),
      number: order.optionalId('orderNumber'),
      ...statesOf(word),
      paymentStatus: paymentOf(order, total),
      platformStatus:
        [word, order.optionalText('paymentState')].filter((one) => one !== null).join('/') || null,
      currency: total.currency,
      total,
      subtotal: moneyIn(order, 'subtotal'),
      tax: moneyIn(order, 'taxTotal'),
      shipping: moneyIn(order, 'shippingTotal'),
      discount: moneyIn(order, 'discountTotal'),
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
  const refunded = moneyIn(order, 'refundedTotal');
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
    unitPrice: moneyIn(line, 'unitPricePaid'),
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
      status: statusOfFlag(isVisible),
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
    price: moneyIn(pricing, isOnSale ? 'salePrice' : 'basePrice'),
    // Stock is counted by variant.
    inventoryItemPlatformId: id,
  };
}

export function mapStock(item: Json): readonly InventoryLevel[] {
  const stock = readRecord(item);
  const id = stock.id('variantId');
  return [
    {
      ...baseOfStock(stock),
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

const mapAddress = addressBy({
  names: ['firstName', 'lastName'],
  line1: 'address1',
  line2: 'address2',
  city: 'city',
  region: 'state',
  postalCode: 'postalCode',
  country: 'countryCode',
  phone: 'phone',
});
