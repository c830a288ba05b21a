// B2C Commerce's orders and products → unified records. Amounts are JSON numbers in major units, of the order's currency. Pure.
import type { Json } from '../../domain/platform.ts';
import type { LineItem, Money, Order, Product, ProductVariant } from '../../domain/resource.ts';
import { addressBy, joinedText } from '../address.ts';
import { baseBy, type RecordReader, readRecord } from '../record-reader.ts';
import { moneyBy } from '../told-money.ts';
import { joined, meaningOf, type OrderWords } from '../words.ts';

const STATUS: OrderWords<'status'> = {
  created: 'open',
  new: 'open',
  open: 'open',
  completed: 'completed',
  cancelled: 'cancelled',
  // It was never placed.
  failed: 'cancelled',
};

/** part_paid has no counterpart. */
const PAYMENT: OrderWords<'paymentStatus'> = { not_paid: 'pending', paid: 'paid' };

const SHIPPING: OrderWords<'fulfillmentStatus'> = {
  not_shipped: 'unfulfilled',
  part_shipped: 'partially_fulfilled',
  shipped: 'fulfilled',
};

const { moneyOf } = moneyBy({ amount: 'price', currency: 'priceCurrency' });
const baseOfOrder = baseBy({ id: 'orderNo', createdAt: 'creationDate', updatedAt: 'lastModified' });
const baseOfProduct = baseBy({ id: 'id', createdAt: 'creationDate', updatedAt: 'lastModified' });

export function mapOrder(item: Json): readonly Order[] {
  const order = readRecord(item);
  const currency = order.currency('currency');
  const words = ['status', 'paymentStatus', 'shippingStatus'].map((name) => order.optionalText(name));
  const [status = null, payment = null, shipping = null] = words;
  const customer = order.optionalObject('customerInfo');
  const [shipment] = order.list('shipments');
  return [
    {
      ...baseOfOrder(order),
      number: order.id('orderNo'),
      status: meaningOf(STATUS, status),
      paymentStatus: meaningOf(PAYMENT, payment),
      fulfillmentStatus: meaningOf(SHIPPING, shipping),
      platformStatus: joined(words, '/'),
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

const mapAddress = addressBy({
  names: [(of) => of.optionalText('fullName') ?? joinedText(['firstName', 'lastName'])(of)],
  company: 'companyName',
  line1: 'address1',
  line2: 'address2',
  city: 'city',
  region: 'stateCode',
  postalCode: 'postalCode',
  country: 'countryCode',
  phone: 'phone',
});

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
  return moneyOf(product);
}

/** By locale; "default" is always one. */
function defaultText(of: RecordReader, name: string): string | null {
  return of.optionalObject(name)?.optionalText('default') ?? null;
}

function markupOf(of: RecordReader, name: string): string | null {
  return of.optionalObject(name)?.optionalObject('default')?.optionalText('markup') ?? null;
}
