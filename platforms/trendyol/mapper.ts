// Trendyol's order packages, contents and stock → unified records. Instants are Unix milliseconds. Fields that were renamed in 2026 are read by both names. Pure.
import type { Json } from '../../domain/platform.ts';
import type { InventoryLevel, LineItem, Money, Order, Product } from '../../domain/resource.ts';
import { addressBy, firstText, joinedText } from '../address.ts';
import { recordInvalid } from '../json.ts';
import { baseBy, type RecordReader, readRecord } from '../record-reader.ts';
import { statesBy } from '../words.ts';

/** What a seller in Turkey lists in; products do not tell it. */
const DOMESTIC = 'TRY';

/** UnDelivered is on its way back to the seller. */
const statesOf = statesBy(['status', 'paymentStatus', 'fulfillmentStatus'], {
  Awaiting: ['open', 'pending', 'unfulfilled'],
  Created: ['open', 'paid', 'unfulfilled'],
  Picking: ['open', 'paid', 'unfulfilled'],
  Invoiced: ['open', 'paid', 'unfulfilled'],
  Shipped: ['open', 'paid', 'fulfilled'],
  AtCollectionPoint: ['open', 'paid', 'fulfilled'],
  UnDelivered: ['open', 'paid', 'fulfilled'],
  Delivered: ['completed', 'paid', 'fulfilled'],
  Returned: ['completed', 'unknown', 'returned'],
  Cancelled: ['cancelled', 'unknown', 'unfulfilled'],
  UnSupplied: ['cancelled', 'unknown', 'unfulfilled'],
});

const base = baseBy({
  id: 'contentId',
  createdAt: 'creationDate',
  updatedAt: 'lastModifiedDate',
  as: 'epochMs',
});

/** One package of an order: an order that is sent in two is two, each with its part of the total. */
export function mapPackage(item: Json): readonly Order[] {
  const order = readRecord(item);
  const currency = order.currency('currencyCode');
  const word = order.optionalText(named(order, 'status', 'shipmentPackageStatus'));
  const money = (...names: readonly [string, string]) =>
    order.optionalMoney(named(order, ...names), currency);
  return [
    {
      platformId: packageId(order),
      platformCreatedAt: order.epochMs('orderDate'),
      platformUpdatedAt: order.epochMs('lastModifiedDate'),
      number: order.optionalId('orderNumber'),
      ...statesOf(word),
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

const mapAddress = addressBy({
  names: [(of) => of.optionalText('fullName') ?? joinedText(['firstName', 'lastName'])(of)],
  company: 'company',
  line1: 'address1',
  line2: 'address2',
  city: 'district',
  // The province; stateName is told abroad.
  region: firstText('stateName', 'city'),
  postalCode: 'postalCode',
  country: 'countryCode',
  phone: 'phone',
});

/** A content: what its variants share. */
export function mapContent(item: Json): readonly Product[] {
  const content = readRecord(item);
  const variants = content.list('variants');
  return [
    {
      ...base(content),
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
