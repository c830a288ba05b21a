// Trendyol's order packages, contents and stock → unified records. Instants are Unix milliseconds. Fields that were renamed in 2026 are read by both names. Pure.
import type { Json } from '../../domain/platform.ts';
import type { Address, InventoryLevel, LineItem, Money, Order, Product } from '../../domain/resource.ts';
import { addressOf } from '../address.ts';
import { recordInvalid } from '../json.ts';
import { lookUp, type RecordReader, readCurrency, readRecord } from '../record-reader.ts';

/** What a seller in Turkey lists in; products do not tell it. */
const DOMESTIC = 'TRY';

type Meaning = Pick<Order, 'status' | 'paymentStatus' | 'fulfillmentStatus'>;

const OPEN: Meaning = { status: 'open', paymentStatus: 'paid', fulfillmentStatus: 'unfulfilled' };
const SENT: Meaning = { status: 'open', paymentStatus: 'paid', fulfillmentStatus: 'fulfilled' };
const CANCELLED: Meaning = {
  status: 'cancelled',
  paymentStatus: 'unknown',
  fulfillmentStatus: 'unfulfilled',
};

const STATUS: Readonly<Record<string, Meaning>> = {
  Awaiting: { ...OPEN, paymentStatus: 'pending' },
  Created: OPEN,
  Picking: OPEN,
  Invoiced: OPEN,
  Shipped: SENT,
  AtCollectionPoint: SENT,
  // On its way back to the seller.
  UnDelivered: SENT,
  Delivered: { ...SENT, status: 'completed' },
  Returned: { status: 'completed', paymentStatus: 'unknown', fulfillmentStatus: 'returned' },
  Cancelled: CANCELLED,
  UnSupplied: CANCELLED,
};
const UNKNOWN: Meaning = { status: 'unknown', paymentStatus: 'unknown', fulfillmentStatus: 'unknown' };

/** One package of an order: an order that is sent in two is two, each with its part of the total. */
export function mapPackage(item: Json): readonly Order[] {
  const order = readRecord(item);
  const currency = readCurrency(order.raw['currencyCode'], '/currencyCode');
  const word = order.optionalText(named(order, 'status', 'shipmentPackageStatus'));
  const money = (...names: readonly [string, string]) =>
    order.optionalMoney(named(order, ...names), currency);
  return [
    {
      platformId: packageId(order),
      platformCreatedAt: order.epochMs('orderDate'),
      platformUpdatedAt: order.epochMs('lastModifiedDate'),
      number: order.optionalId('orderNumber'),
      ...(lookUp(STATUS, word) ?? UNKNOWN),
      platformStatus: word,
      currency,
      total: order.money(named(order, 'packageTotalPrice', 'totalPrice'), currency),
      subtotal: money('packageGrossAmount', 'grossAmount'),
      tax: null,
      shipping: null,
      discount: money('packageTotalDiscount', 'totalDiscount'),
      customerPlatformId: order.optionalId('customerId'),
      // Trendyol's own, which forwards.
      email: order.optionalText('customerEmail'),
      shippingAddress: mapAddress(order.optionalObject('shipmentAddress')),
      billingAddress: mapAddress(order.optionalObject('invoiceAddress')),
      lineItems: order.list('lines').map((line) => mapLine(line, currency)),
    },
  ];
}

function packageId(order: RecordReader): string {
  return order.id(named(order, 'shipmentPackageId', 'id'));
}

function mapLine(line: RecordReader, currency: string): LineItem {
  return {
    platformId: line.optionalId(named(line, 'lineId', 'id')),
    productPlatformId: line.optionalId(named(line, 'contentId', 'productCode')),
    variantPlatformId: null,
    sku: line.optionalText(named(line, 'stockCode', 'merchantSku')),
    title: line.optionalText('productName'),
    quantity: line.integer('quantity'),
    unitPrice: line.optionalMoney(named(line, 'lineUnitPrice', 'price'), currency),
    total: null,
  };
}

function named(of: RecordReader, name: string, before: string): string {
  return of.has(name) || !of.has(before) ? name : before;
}

function mapAddress(of: RecordReader | null): Address | null {
  if (of === null) return null;
  const names = ['firstName', 'lastName'].map((name) => of.optionalText(name));
  const whole = of.optionalText('fullName');
  return addressOf({
    names: whole === null ? names : [whole],
    company: of.optionalText('company'),
    line1: of.optionalText('address1'),
    line2: of.optionalText('address2'),
    city: of.optionalText('district'),
    // The province; stateName is told abroad.
    region: of.optionalText('stateName') ?? of.optionalText('city'),
    postalCode: of.optionalText('postalCode'),
    country: of.optionalText('countryCode'),
    phone: of.optionalText('phone'),
  });
}

/** A content: what its variants share. */
export function mapContent(item: Json): readonly Product[] {
  const content = readRecord(item);
  const variants = content.list('variants');
  return [
    {
      platformId: content.id('contentId'),
      platformCreatedAt: content.epochMs('creationDate'),
      platformUpdatedAt: content.epochMs('lastModifiedDate'),
      title: content.optionalText('title') ?? '',
      ...statusOf(variants),
      description: content.optionalText('description'),
      brand: content.optionalObject('brand')?.optionalText('name') ?? null,
      url: variants[0]?.optionalText('productUrl') ?? null,
      variants: variants.map((variant) => {
        const id = variantId(variant);
        return {
          platformId: id,
          sku: variant.optionalText('stockCode'),
          barcode: variant.optionalText('barcode'),
          title: null,
          price: priceOf(variant),
          inventoryItemPlatformId: id,
        };
      }),
    },
  ];
}

/** Of its variants: one that is on sale is enough. */
function statusOf(variants: readonly RecordReader[]): Pick<Product, 'status' | 'platformStatus'> {
  const is = (name: string) => (variant: RecordReader) => variant.raw[name] === true;
  if (variants.some(is('onSale'))) return { status: 'active', platformStatus: 'onSale' };
  if (variants.length > 0 && variants.every(is('archived')))
    return { status: 'archived', platformStatus: 'archived' };
  const word = ['blacklisted', 'locked'].find((name) => variants.some(is(name)));
  return { status: variants.length === 0 ? 'unknown' : 'draft', platformStatus: word ?? null };
}

function priceOf(variant: RecordReader): Money | null {
  return variant.optionalObject('price')?.optionalMoney('salePrice', DOMESTIC) ?? null;
}

/** Within a seller a barcode is one variant's. */
function variantId(variant: RecordReader): string {
  const id = variant.optionalId('variantId') ?? variant.optionalText('barcode');
  if (id === null) throw recordInvalid(`${variant.path}/variantId`, 'is not told, nor a barcode');
  return id;
}

/** One level a variant. */
export function mapStock(item: Json): readonly InventoryLevel[] {
  const content = readRecord(item);
  return content.list('variants').map((variant) => {
    const id = variantId(variant);
    return {
      platformId: id,
      platformCreatedAt: null,
      platformUpdatedAt: variant.epochMs('stockLastModifiedDate'),
      sku: variant.optionalText('stockCode'),
      productPlatformId: content.optionalId('contentId'),
      variantPlatformId: id,
      locationPlatformId: null,
      available: variant.optionalInteger('quantity'),
      onHand: null,
      reserved: null,
    };
  });
}
