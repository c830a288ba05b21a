// Wix's orders, products, contacts and stock → unified records. Amounts are decimal text; the currency is told once. Pure.
import type { Json, PassContext } from '../../domain/platform.ts';
import type {
  Address,
  Customer,
  InventoryLevel,
  LineItem,
  Money,
  Order,
  Product,
  ProductVariant,
} from '../../domain/resource.ts';
import { addressOf } from '../address.ts';
import { baseBy, type RecordReader, readRecord } from '../record-reader.ts';
import { joined, meaningOf, type OrderWords, statusOfFlag } from '../words.ts';

const STATUS: OrderWords<'status'> = {
  APPROVED: 'open',
  PENDING: 'open',
  CANCELED: 'cancelled',
  REJECTED: 'cancelled',
};

const PAYMENT: OrderWords<'paymentStatus'> = {
  NOT_PAID: 'pending',
  PENDING: 'pending',
  PENDING_MERCHANT: 'pending',
  PAID: 'paid',
  PARTIALLY_REFUNDED: 'partially_refunded',
  FULLY_REFUNDED: 'refunded',
  CANCELED: 'voided',
  DECLINED: 'voided',
};

const FULFILLMENT: OrderWords<'fulfillmentStatus'> = {
  NOT_FULFILLED: 'unfulfilled',
  PARTIALLY_FULFILLED: 'partially_fulfilled',
  FULFILLED: 'fulfilled',
};

const base = baseBy({ id: 'id', createdAt: 'createdDate', updatedAt: 'updatedDate' });

export function mapOrder(item: Json): readonly Order[] {
  const order = readRecord(item);
  const currency = order.currency('currency');
  const words = ['status', 'paymentStatus', 'fulfillmentStatus'].map((name) => order.optionalText(name));
  const [status = null, payment = null, fulfillment = null] = words;
  const isDone = status === 'APPROVED' && fulfillment === 'FULFILLED';
  const prices = order.object('priceSummary');
  const buyer = order.optionalObject('buyerInfo');
  return [
    {
      ...base(order),
      number: order.optionalId('number'),
      status: isDone ? 'completed' : meaningOf(STATUS, status),
      paymentStatus: meaningOf(PAYMENT, payment),
      fulfillmentStatus: meaningOf(FULFILLMENT, fulfillment),
      platformStatus: joined(words, '/'),
      currency,
      total: prices.object('total').money('amount', currency),
      subtotal: amountOf(prices, 'subtotal', currency),
      tax: amountOf(prices, 'tax', currency),
      shipping: amountOf(prices, 'shipping', currency),
      discount: amountOf(prices, 'discount', currency),
      customerPlatformId: buyer?.optionalId('contactId') ?? null,
      email: buyer?.optionalText('email') ?? null,
      shippingAddress: destinationOf(order),
      billingAddress: mapAddress(order.optionalObject('billingInfo')),
      lineItems: order.list('lineItems').map((line) => mapLine(line, currency)),
    },
  ];
}

/** Where the buyer fetches the order himself, the destination is the shop. */
function destinationOf(order: RecordReader): Address | null {
  const logistics = order.optionalObject('shippingInfo')?.optionalObject('logistics') ?? null;
  if (logistics === null || logistics.has('pickupDetails')) return null;
  return mapAddress(logistics.optionalObject('shippingDestination'));
}

function mapLine(line: RecordReader, currency: string): LineItem {
  const reference = line.optionalObject('catalogReference');
  const variant = reference?.optionalObject('options')?.optionalId('variantId') ?? null;
  return {
    platformId: line.optionalId('id'),
    productPlatformId: reference?.optionalId('catalogItemId') ?? null,
    variantPlatformId: variant,
    sku: line.optionalObject('physicalProperties')?.optionalText('sku') ?? null,
    title: line.optionalObject('productName')?.optionalText('original') ?? null,
    quantity: line.integer('quantity'),
    unitPrice: amountOf(line, 'price', currency),
    total: amountOf(line, 'totalPriceAfterTax', currency),
  };
}

export function mapProduct(item: Json, pass: PassContext): readonly Product[] {
  const product = readRecord(item);
  const currency = product.optionalText('currency') ?? pass.facts['currency'] ?? null;
  const isVisible = product.raw['visible'];
  return [
    {
      ...base(product),
      title: product.optionalText('name') ?? '',
      status: statusOfFlag(isVisible),
      platformStatus: isVisible === true ? 'visible' : isVisible === false ? 'hidden' : null,
      description: product.optionalText('plainDescription'),
      brand: product.optionalObject('brand')?.optionalText('name') ?? null,
      url: urlOf(product),
      variants: (product.optionalObject('variantsInfo')?.list('variants') ?? []).map((variant) =>
        mapVariant(variant, currency),
      ),
    },
  ];
}

/** Told as an object of a relative path and an address, or as text. */
function urlOf(product: RecordReader): string | null {
  const value = product.raw['url'];
  if (typeof value === 'string') return product.optionalText('url');
  return product.optionalObject('url')?.optionalText('url') ?? null;
}

function mapVariant(variant: RecordReader, currency: string | null): ProductVariant {
  const id = variant.id('id');
  const names = variant
    .list('choices')
    .map((choice) => choice.optionalObject('optionChoiceNames')?.optionalText('choiceName') ?? '');
  const price = variant.optionalObject('price')?.optionalObject('actualPrice') ?? null;
  return {
    platformId: id,
    sku: variant.optionalText('sku'),
    barcode: variant.optionalText('barcode'),
    title: joined(names, ' / '),
    price: price === null ? null : price.optionalMoney('amount', currency),
    // Stock has an id a variant and location.
    inventoryItemPlatformId: null,
  };
}

export function mapContact(item: Json): readonly Customer[] {
  const contact = readRecord(item);
  const info = contact.optionalObject('info');
  const name = info?.optionalObject('name') ?? null;
  const main = contact.optionalObject('primaryInfo');
  return [
    {
      ...base(contact),
      email: main?.optionalText('email') ?? null,
      firstName: name?.optionalText('first') ?? null,
      lastName: name?.optionalText('last') ?? null,
      phone: main?.optionalText('phone') ?? null,
      addresses: (info?.optionalObject('addresses')?.list('items') ?? []).flatMap(
        (one) => mapAddress(one) ?? [],
      ),
    },
  ];
}

/** One record a variant and location. What is only in stock or not has no number. */
export function mapStock(item: Json): readonly InventoryLevel[] {
  const stock = readRecord(item);
  const isCounted = stock.raw['trackQuantity'] !== false;
  return [
    {
      ...base(stock),
      sku: stock.optionalObject('product')?.optionalText('variantSku') ?? null,
      productPlatformId: stock.optionalId('productId'),
      variantPlatformId: stock.optionalId('variantId'),
      locationPlatformId: stock.optionalId('locationId'),
      available: isCounted ? stock.optionalInteger('quantity') : null,
      onHand: null,
      reserved: null,
    },
  ];
}

function amountOf(of: RecordReader, name: string, currency: string): Money | null {
  return of.optionalObject(name)?.optionalMoney('amount', currency) ?? null;
}

/** An address, and who is to be met there, where that is told beside it. */
function mapAddress(of: RecordReader | null): Address | null {
  const address = of?.optionalObject('address') ?? null;
  const person = of?.optionalObject('contactDetails') ?? null;
  if (address === null && person === null) return null;
  const street = address?.optionalObject('streetAddress') ?? null;
  const line = [street?.optionalText('number'), street?.optionalText('name')];
  return addressOf({
    names: [person?.optionalText('firstName') ?? null, person?.optionalText('lastName') ?? null],
    company: person?.optionalText('company') ?? null,
    line1: address?.optionalText('addressLine1') ?? joined(line, ' '),
    line2: address?.optionalText('addressLine2') ?? null,
    city: address?.optionalText('city') ?? null,
    region: address?.optionalText('subdivision') ?? null,
    postalCode: address?.optionalText('postalCode') ?? null,
    country: address?.optionalText('country') ?? null,
    phone: person?.optionalText('phone') ?? null,
  });
}
