// B2C Commerce's orders and products → unified records. Amounts are JSON numbers in major units, of the order's currency. Pure.
import type { Json } from '../../domain/platform.ts';
import type { Address, LineItem, Money, Order, Product, ProductVariant } from '../../domain/resource.ts';
import { addressOf } from '../address.ts';
import { baseBy, lookUp, type RecordReader, readCurrency, readRecord } from '../record-reader.ts';

const STATUS: Readonly<Record<string, Order['status']>> = {
  created: 'open',
  new: 'open',
  open: 'open',
  completed: 'completed',
  cancelled: 'cancelled',
  // It was never placed.
  failed: 'cancelled',
};

/** part_paid has no counterpart. */
const PAYMENT: Readonly<Record<string, Order['paymentStatus']>> = { not_paid: 'pending', paid: 'paid' };

const SHIPPING: Readonly<Record<string, Order['fulfillmentStatus']>> = {
  not_shipped: 'unfulfilled',
  part_shipped: 'partially_fulfilled',
  shipped: 'fulfilled',
};

const baseOfOrder = baseBy({ id: 'orderNo', createdAt: 'creationDate', updatedAt: 'lastModified' });
const baseOfProduct = baseBy({ id: 'id', createdAt: 'creationDate', updatedAt: 'lastModified' });

export function mapOrder(item: Json): readonly Order[] {
  const order = readRecord(item);
  const currency = readCurrency(order.raw['currency'], `${order.path}/currency`);
  const words = ['status', 'paymentStatus', 'shippingStatus'].map((name) => order.optionalText(name));
  const [status = null, payment = null, shipping = null] = words;
  const customer = order.optionalObject('customerInfo');
  const [shipment] = order.list('shipments');
  return [
    {
      ...baseOfOrder(order),
      number: order.id('orderNo'),
      status: lookUp(STATUS, status) ?? 'unknown',
      paymentStatus: lookUp(PAYMENT, payment) ?? 'unknown',
      fulfillmentStatus: lookUp(SHIPPING, shipping) ?? 'unknown',
      platformStatus: words.filter((one) => one !== null).join('/') || null,
      currency,
      total: order.money('orderTotal', currency),
      subtotal: order.optionalMoney('productSubTotal', currency),
      tax: order.optionalMoney('taxTotal', currency),
      shipping: order.optionalMoney('shippingTotal', currency),
      discount: null,
      customerPlatformId: customer?.optionalId('customerId') ?? null,
      email: customer?.optionalText('email') ?? null,
      shippingAddress: mapAddress(shipment?.optionalObject('shippingAddress') ?? null),
      billingAddress: mapAddress(order.optionalObject('billingAddress')),
      lineItems: order.list('productItems').map((line) => mapLine(line, currency)),
    },
  ];
}

function mapLine(line: RecordReader, currency: string): LineItem {
  // A product is known by its id, which is its SKU.
  const id = line.optionalText('productId');
  return {
    platformId: line.optionalId('itemId'),
    productPlatformId: id,
    variantPlatformId: id,
    sku: id,
    title: line.optionalText('productName') ?? line.optionalText('itemText'),
    quantity: line.integer('quantity'),
    unitPrice: line.optionalMoney('basePrice', currency),
    total: line.optionalMoney('priceAfterItemDiscount', currency),
  };
}

function mapAddress(address: RecordReader | null): Address | null {
  if (address === null) return null;
  const whole = address.optionalText('fullName');
  return addressOf({
    names: whole === null ? [address.optionalText('firstName'), address.optionalText('lastName')] : [whole],
    company: address.optionalText('companyName'),
    line1: address.optionalText('address1'),
    line2: address.optionalText('address2'),
    city: address.optionalText('city'),
    region: address.optionalText('stateCode'),
    postalCode: address.optionalText('postalCode'),
    country: address.optionalText('countryCode'),
    phone: address.optionalText('phone'),
  });
}

/** A master is never bought, and does not tell its variants: each is a product of its own. */
export function mapProduct(item: Json): readonly Product[] {
  const product = readRecord(item);
  const type = product.optionalObject('type');
  const isSold = type?.raw['master'] !== true && type?.raw['variationGroup'] !== true;
  const online = product.optionalObject('onlineFlag');
  return [
    {
      ...baseOfProduct(product),
      title: defaultText(product, 'name') ?? '',
      status: online === null ? 'unknown' : online.raw['default'] === true ? 'active' : 'draft',
      // A yes or no for each site, not a word.
      platformStatus: null,
      description: markupOf(product, 'longDescription') ?? markupOf(product, 'shortDescription'),
      brand: product.optionalText('brand'),
      url: null,
      variants: isSold ? [mapVariant(product)] : [],
    },
  ];
}

function mapVariant(product: RecordReader): ProductVariant {
  const id = product.id('id');
  return {
    platformId: id,
    sku: id,
    barcode: product.optionalText('ean') ?? product.optionalText('upc'),
    title: defaultText(product, 'name'),
    price: priceOf(product),
    inventoryItemPlatformId: id,
  };
}

/** Told for a site, in its currency. */
function priceOf(product: RecordReader): Money | null {
  if (!product.has('price') || !product.has('priceCurrency')) return null;
  return product.money('price', readCurrency(product.raw['priceCurrency'], `${product.path}/priceCurrency`));
}

/** By locale; "default" is always one. */
function defaultText(of: RecordReader, name: string): string | null {
  return of.optionalObject(name)?.optionalText('default') ?? null;
}

function markupOf(of: RecordReader, name: string): string | null {
  return of.optionalObject(name)?.optionalObject('default')?.optionalText('markup') ?? null;
}
