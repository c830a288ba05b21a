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
import { addressOf } from '../address.ts';
import { alpha2Of } from '../country-code.ts';
import { minorMoney } from '../minor-units.ts';
import { baseBy, lookUp, type RecordReader, readCurrency, readRecord } from '../record-reader.ts';

/** Of the workflow; a store may have words of its own. */
const STATUS: Readonly<
  Record<string, { readonly status: Order['status']; readonly payment: Order['paymentStatus'] }>
> = {
  'waiting-for-sellers-confirmation': { status: 'open', payment: 'unknown' },
  'payment-pending': { status: 'open', payment: 'pending' },
  'payment-approved': { status: 'open', payment: 'authorized' },
  'window-to-cancel': { status: 'open', payment: 'authorized' },
  'ready-for-handling': { status: 'open', payment: 'authorized' },
  handling: { status: 'open', payment: 'authorized' },
  invoiced: { status: 'completed', payment: 'paid' },
  canceled: { status: 'cancelled', payment: 'unknown' },
};
const UNKNOWN = { status: 'unknown', payment: 'unknown' } as const;

/** "Value in cents", whatever the currency. */
const CENTS = 2;

const base = baseBy({ id: 'orderId', createdAt: 'creationDate', updatedAt: 'lastChange' });

export function mapOrder(item: Json): readonly Order[] {
  const order = readRecord(item);
  const preferences = order.object('storePreferencesData');
  const currency = readCurrency(preferences.raw['currencyCode'], `${preferences.path}/currencyCode`);
  const word = order.optionalText('status');
  const { status, payment } = lookUp(STATUS, word) ?? UNKNOWN;
  const part = (id: string) => partOf(order, id, currency);
  const profile = order.optionalObject('clientProfileData');
  const shipping = order.optionalObject('shippingData');
  return [
    {
      ...base(order),
      number: order.optionalId('sequence') ?? order.id('orderId'),
      status,
      paymentStatus: payment,
      fulfillmentStatus: fulfillmentOf(order, status),
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

function withoutSign(of: Money | null): Money | null {
  return of === null ? null : { ...of, amount: of.amount.replace(/^-/, '') };
}

function mapAddress(address: RecordReader | null, profile: RecordReader | null): Address | null {
  if (address === null) return null;
  const of = (names: readonly string[], separator: string) =>
    names.flatMap((name) => address.optionalText(name) ?? []).join(separator) || null;
  return addressOf({
    names: [address.optionalText('receiverName')],
    company: profile?.optionalText('corporateName') ?? null,
    line1: of(['street', 'number'], ' '),
    line2: of(['complement', 'neighborhood'], ', '),
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
      platformId: product.id('Id'),
      platformCreatedAt: null,
      platformUpdatedAt: null,
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
      platformId: shopper.id('id'),
      platformCreatedAt: shopper.instant('createdIn', 'utc'),
      platformUpdatedAt: shopper.instant('updatedIn', 'utc'),
      email: shopper.optionalText('email'),
      firstName: shopper.optionalText('firstName'),
      lastName: shopper.optionalText('lastName'),
      phone: shopper.optionalText('phone') ?? shopper.optionalText('homePhone'),
      addresses: [],
    },
  ];
}
