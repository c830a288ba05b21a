// commercetools' objects → unified records. Amounts count the smallest unit and say how many digits that is; texts come in several languages. Pure.
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
import { minorMoney } from '../minor-units.ts';
import { baseBy, lookUp, type RecordReader, readCurrency, readRecord } from '../record-reader.ts';

const STATUS: Readonly<Record<string, Order['status']>> = {
  Open: 'open',
  Confirmed: 'open',
  Complete: 'completed',
  Cancelled: 'cancelled',
};

/** Failed and CreditOwed have no counterpart: what became of the money they do not say. */
const PAYMENT: Readonly<Record<string, Order['paymentStatus']>> = {
  BalanceDue: 'pending',
  Pending: 'pending',
  Paid: 'paid',
};

const SHIPMENT: Readonly<Record<string, Order['fulfillmentStatus']>> = {
  Shipped: 'fulfilled',
  Delivered: 'fulfilled',
  Partial: 'partially_fulfilled',
  Ready: 'unfulfilled',
  Pending: 'unfulfilled',
  Delayed: 'unfulfilled',
  Backorder: 'unfulfilled',
};

const base = baseBy({ id: 'id', createdAt: 'createdAt', updatedAt: 'lastModifiedAt' });

export function mapOrder(item: Json, pass: PassContext): readonly Order[] {
  const order = readRecord(item);
  const net = money(order.object('totalPrice'));
  const taxed = order.optionalObject('taxedPrice');
  const words = ['orderState', 'paymentState', 'shipmentState'].map((name) => order.optionalText(name));
  const [status = null, payment = null, shipment = null] = words;
  const shipping = order.optionalObject('shippingInfo');
  return [
    {
      ...base(order),
      number: order.optionalText('orderNumber'),
      status: lookUp(STATUS, status) ?? 'unknown',
      paymentStatus: lookUp(PAYMENT, payment) ?? 'unknown',
      fulfillmentStatus: lookUp(SHIPMENT, shipment) ?? 'unknown',
      platformStatus: words.filter((one) => one !== null).join('/') || null,
      currency: net.currency,
      // Without taxes where they are not included in prices.
      total: moneyIn(taxed, 'totalGross') ?? net,
      subtotal: null,
      tax: moneyIn(taxed, 'totalTax'),
      shipping:
        moneyIn(shipping?.optionalObject('discountedPrice') ?? null, 'value') ?? moneyIn(shipping, 'price'),
      discount: moneyIn(order.optionalObject('discountOnTotalPrice'), 'discountedAmount'),
      customerPlatformId: order.optionalId('customerId'),
      email: order.optionalText('customerEmail'),
      shippingAddress: mapAddress(order.optionalObject('shippingAddress')),
      billingAddress: mapAddress(order.optionalObject('billingAddress')),
      lineItems: [
        ...order.list('lineItems').map((line) => mapLine(line, pass)),
        ...order.list('customLineItems').map((line) => mapCustomLine(line, pass)),
      ],
    },
  ];
}

function mapLine(line: RecordReader, pass: PassContext): LineItem {
  const productId = line.id('productId');
  const variant = line.object('variant');
  const price = line.optionalObject('price');
  return {
    platformId: line.id('id'),
    productPlatformId: productId,
    variantPlatformId: `${productId}/${variant.id('id')}`,
    sku: variant.optionalText('sku'),
    title: localized(line.optionalObject('name'), pass),
    quantity: line.integer('quantity'),
    unitPrice: moneyIn(price?.optionalObject('discounted') ?? null, 'value') ?? moneyIn(price, 'value'),
    total: moneyIn(line, 'totalPrice'),
  };
}

/** What is sold beside products: a fee, a wrapping. */
function mapCustomLine(line: RecordReader, pass: PassContext): LineItem {
  return {
    platformId: line.id('id'),
    productPlatformId: null,
    variantPlatformId: null,
    sku: null,
    title: localized(line.optionalObject('name'), pass),
    quantity: line.integer('quantity'),
    unitPrice: moneyIn(line, 'money'),
    total: moneyIn(line, 'totalPrice'),
  };
}

function moneyIn(of: RecordReader | null, name: string): Money | null {
  const found = of?.optionalObject(name) ?? null;
  return found === null ? null : money(found);
}

/** Of more digits than its currency has, the precise amount. */
function money(of: RecordReader): Money {
  const currency = readCurrency(of.raw['currencyCode'], `${of.path}/currencyCode`);
  const name = of.raw['type'] === 'highPrecision' ? 'preciseAmount' : 'centAmount';
  return minorMoney(of, name, of.integer('fractionDigits'), currency);
}

/** In the project's first language, else in the first there is. */
function localized(texts: RecordReader | null, { facts }: PassContext): string | null {
  if (texts === null) return null;
  const wanted = facts['language'] ?? '';
  const [first] = Object.keys(texts.raw);
  return (
    (texts.has(wanted) ? texts.optionalText(wanted) : null) ??
    (first === undefined ? null : texts.optionalText(first))
  );
}

export function mapProduct(item: Json, pass: PassContext): readonly Product[] {
  const product = readRecord(item);
  const master = product.object('masterData');
  const isPublished = master.raw['published'] === true;
  const data = master.object(isPublished ? 'current' : 'staged');
  const first = data.optionalObject('masterVariant');
  const productId = product.id('id');
  return [
    {
      ...base(product),
      title: localized(data.optionalObject('name'), pass) ?? '',
      status: isPublished ? 'active' : 'draft',
      // A yes or no, not a word.
      platformStatus: null,
      description: localized(data.optionalObject('description'), pass),
      brand: null,
      url: null,
      variants: [...(first === null ? [] : [first]), ...data.list('variants')].map((one) =>
        mapVariant(one, productId, pass),
      ),
    },
  ];
}

function mapVariant(variant: RecordReader, productId: string, { facts }: PassContext): ProductVariant {
  const sku = variant.optionalText('sku');
  return {
    platformId: `${productId}/${variant.id('id')}`,
    sku,
    barcode: null,
    title: null,
    price: priceOf(variant, facts['currency']),
    // Stock is kept by SKU.
    inventoryItemPlatformId: sku,
  };
}

const FOR_SOME = ['country', 'customerGroup', 'channel', 'validFrom', 'validUntil', 'recurrencePolicy'];

/** The one that holds for everybody, in the project's first currency; a price for some is not the variant's. */
function priceOf(variant: RecordReader, currency: string | undefined): Money | null {
  const found = variant
    .list('prices')
    .find(
      (one) =>
        FOR_SOME.every((name) => !one.has(name)) &&
        one.optionalObject('value')?.raw['currencyCode'] === currency,
    );
  return moneyIn(found ?? null, 'value');
}

export function mapCustomer(item: Json): readonly Customer[] {
  const customer = readRecord(item);
  const addresses = customer.list('addresses');
  const main =
    customer.optionalId('defaultBillingAddressId') ?? customer.optionalId('defaultShippingAddressId');
  const first = addresses.find((one) => main !== null && one.optionalId('id') === main) ?? addresses[0];
  return [
    {
      ...base(customer),
      email: customer.optionalText('email'),
      firstName: customer.optionalText('firstName'),
      lastName: customer.optionalText('lastName'),
      phone: first === undefined ? null : phoneOf(first),
      addresses: addresses.flatMap((one) => mapAddress(one) ?? []),
    },
  ];
}

/** One entry a SKU and supply channel. */
export function mapEntry(item: Json): readonly InventoryLevel[] {
  const entry = readRecord(item);
  return [
    {
      ...base(entry),
      sku: entry.optionalText('sku'),
      productPlatformId: null,
      variantPlatformId: null,
      locationPlatformId: entry.optionalObject('supplyChannel')?.optionalId('id') ?? null,
      available: entry.optionalInteger('availableQuantity'),
      onHand: entry.optionalInteger('quantityOnStock'),
      reserved: null,
    },
  ];
}

function phoneOf(address: RecordReader): string | null {
  return address.optionalText('phone') ?? address.optionalText('mobile');
}

function mapAddress(address: RecordReader | null): Address | null {
  if (address === null) return null;
  const join = (names: readonly string[]) =>
    names.flatMap((name) => address.optionalText(name) ?? []).join(' ') || null;
  return addressOf({
    names: [address.optionalText('firstName'), address.optionalText('lastName')],
    company: address.optionalText('company'),
    line1: join(['streetName', 'streetNumber']) ?? address.optionalText('pOBox'),
    line2: join(['additionalStreetInfo', 'building', 'apartment']),
    city: address.optionalText('city'),
    region: address.optionalText('state') ?? address.optionalText('region'),
    postalCode: address.optionalText('postalCode'),
    country: address.optionalText('country'),
    phone: phoneOf(address),
  });
}
