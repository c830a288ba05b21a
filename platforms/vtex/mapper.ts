// VTEX's objects → unified records. Amounts are whole cents, countries ISO 3166-1 alpha-3. Pure.
import type { Json } from '../../domain/platform.ts';
import type {
  Address,
  Customer,
  InventoryLevel,
  LineItem,
  Money,
  Order,
  Product,
} from '../../domain/resource.ts';
import { addressOf, joinedText } from '../address.ts';
import { withoutSign } from '../amount.ts';
import { alpha2Of } from '../country-code.ts';
import { minorMoney } from '../minor-units.ts';
import { baseBy, type RecordReader, readRecord } from '../record-reader.ts';
import { statesBy } from '../words.ts';

/** Of the workflow; a store may have words of its own. */
const statesOf = statesBy(['status', 'paymentStatus'], {
  'waiting-for-sellers-confirmation': ['open', 'unknown'],
  'payment-pending': ['open', 'pending'],
  'payment-approved': ['open', 'authorized'],
  'window-to-cancel': ['open', 'authorized'],
  'ready-for-handling': ['open', 'authorized'],
  handling: ['open', 'authorized'],
  invoiced: ['completed', 'paid'],
  canceled: ['cancelled', 'unknown'],
});

/** "Value in cents", whatever the currency. */
const CENTS = 2;

const base = baseBy({ id: 'orderId', createdAt: 'creationDate', updatedAt: 'lastChange' });
const baseOfProduct = baseBy({ id: 'Id' });
const baseOfShopper = baseBy({ id: 'id', createdAt: 'createdIn', updatedAt: 'updatedIn', as: 'utc' });

export function mapOrder(item: Json): readonly Order[] {
  const order = readRecord(item);
  const preferences = order.object('storePreferencesData');
  const currency = preferences.currency('currencyCode');
  const word = order.optionalText('status');
  const states = statesOf(word);
  const part = (id: string) => partOf(order, id, currency);
  const profile = order.optionalObject('clientProfileData');
  const shipping = order.optionalObject('shippingData');
  return [
    {
      ...base(order),
      number: order.optionalId('sequence') ?? order.id('orderId'),
      ...states,
      fulfillmentStatus: fulfillmentOf(order, states.status),
      platformStatus: word,
      currency,
      total: cents(order, 'value', currency),
      subtotal: part('Items'),
      tax: part('Tax'),
      shipping: part('Shipping'),
      discount: withoutSign(part('Discounts')),
      customerPlatformId: profile?.optionalId('userProfileId') ?? null,
      // Often an alias that forwards.
      email: profile?.optionalText('email') ?? null,
      shippingAddress: mapAddress(shipping?.optionalObject('address') ?? null, profile),
      billingAddress: null,
      lineItems: order.list('items').map((line) => mapLine(line, currency)),
    },
  ];
}

function mapLine(line: RecordReader, currency: string): LineItem {
  const price = line.optionalObject('priceDefinition');
  return {
    platformId: line.optionalId('uniqueId'),
    productPlatformId: line.optionalId('productId'),
    variantPlatformId: line.optionalId('id'),
    sku: line.optionalText('refId'),
    title: line.optionalText('name'),
    quantity: line.integer('quantity'),
    unitPrice: optionalCents(line, 'sellingPrice', currency),
    total: price === null ? null : optionalCents(price, 'total', currency),
  };
}

/** What was invoiced is on its way; packages before that are a part of it. */
function fulfillmentOf(order: RecordReader, status: Order['status']): Order['fulfillmentStatus'] {
  if (status === 'unknown') return 'unknown';
  if (status === 'completed') return 'fulfilled';
  const packages = order.optionalObject('packageAttachment')?.list('packages') ?? [];
  return packages.length > 0 ? 'partially_fulfilled' : 'unfulfilled';
}

function partOf(order: RecordReader, id: string, currency: string): Money | null {
  const found = order.list('totals').find((one) => one.raw['id'] === id);
  return found === undefined ? null : optionalCents(found, 'value', currency);
}

function cents(of: RecordReader, name: string, currency: string): Money {
  return minorMoney(of, name, CENTS, currency);
}

function optionalCents(of: RecordReader, name: string, currency: string): Money | null {
  return of.has(name) ? cents(of, name, currency) : null;
}

function mapAddress(address: RecordReader | null, profile: RecordReader | null): Address | null {
  if (address === null) return null;
  return addressOf({
    names: [address.optionalText('receiverName')],
    company: profile?.optionalText('corporateName') ?? null,
    line1: joinedText(['street', 'number'])(address),
    line2: joinedText(['complement', 'neighborhood'], ', ')(address),
    city: address.optionalText('city'),
    region: address.optionalText('state'),
    postalCode: address.optionalText('postalCode'),
    country: alpha2Of(address.optionalText('country')),
    phone: profile?.optionalText('phone') ?? null,
  });
}

/** `skus` were read apart. Prices are in another API. */
export function mapProduct(item: Json): readonly Product[] {
  const product = readRecord(item);
  return [
    {
      ...baseOfProduct(product),
      title: product.optionalText('Name') ?? '',
      status: product.raw['IsActive'] === true && product.raw['IsVisible'] === true ? 'active' : 'draft',
      platformStatus: null,
      description: product.optionalText('Description'),
      brand: null,
      url: null,
      variants: product.list('skus').map((sku) => ({
        platformId: sku.id('Id'),
        sku: sku.optionalText('RefId'),
        barcode: null,
        title: sku.optionalText('Name'),
        price: null,
        inventoryItemPlatformId: sku.id('Id'),
      })),
    },
  ];
}

/** One level a SKU and warehouse; what is unlimited has no number. */
export function mapStock(item: Json): readonly InventoryLevel[] {
  const stock = readRecord(item);
  const sku = stock.id('skuId');
  return stock.list('balance').map((level) => {
    const warehouse = level.id('warehouseId');
    const isUnlimited = level.raw['hasUnlimitedQuantity'] === true;
    return {
      platformId: `${sku}/${warehouse}`,
      platformCreatedAt: null,
      platformUpdatedAt: null,
      sku: null,
      productPlatformId: null,
      variantPlatformId: sku,
      locationPlatformId: warehouse,
      available: null,
      onHand: isUnlimited ? null : level.optionalInteger('totalQuantity'),
      reserved: level.optionalInteger('reservedQuantity'),
    };
  });
}

/** Addresses are documents of their own. */
export function mapShopper(item: Json): readonly Customer[] {
  const shopper = readRecord(item);
  return [
    {
      ...baseOfShopper(shopper),
      email: shopper.optionalText('email'),
      firstName: shopper.optionalText('firstName'),
      lastName: shopper.optionalText('lastName'),
      phone: shopper.optionalText('phone') ?? shopper.optionalText('homePhone'),
      addresses: [],
    },
  ];
}
