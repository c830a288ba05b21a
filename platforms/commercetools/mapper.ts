// commercetools' objects → unified records. Amounts count the smallest unit and say how many digits that is; texts come in several languages. Pure.
import type { Json, PassContext } from '../../domain/platform.ts';
import type {
  Customer,
  InventoryLevel,
  LineItem,
  Money,
  Order,
  Product,
  ProductVariant,
} from '../../domain/resource.ts';
import { addressBy, firstText, joinedText } from '../address.ts';
import { inLanguage } from '../in-language.ts';
import { minorMoney } from '../minor-units.ts';
import { baseBy, type RecordReader, readRecord } from '../record-reader.ts';
import { moneyInBy } from '../told-money.ts';
import { joined, meaningOf, type OrderWords } from '../words.ts';

const STATUS: OrderWords<'status'> = {
  Open: 'open',
  Confirmed: 'open',
  Complete: 'completed',
  Cancelled: 'cancelled',
};

/** Failed and CreditOwed have no counterpart: what became of the money they do not say. */
const PAYMENT: OrderWords<'paymentStatus'> = {
  BalanceDue: 'pending',
  Pending: 'pending',
  Paid: 'paid',
};

const SHIPMENT: OrderWords<'fulfillmentStatus'> = {
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
  const net = moneyOf(order.object('totalPrice'));
  const taxed = order.optionalObject('taxedPrice');
  const words = ['orderState', 'paymentState', 'shipmentState'].map((name) => order.optionalText(name));
  const [status = null, payment = null, shipment = null] = words;
  const shipping = order.optionalObject('shippingInfo');
  return [
    {
      ...base(order),
      number: order.optionalText('orderNumber'),
      status: meaningOf(STATUS, status),
      paymentStatus: meaningOf(PAYMENT, payment),
      fulfillmentStatus: meaningOf(SHIPMENT, shipment),
      platformStatus: joined(words, '/'),
      currency: net.currency,
      // Without taxes where they are not included in prices.
      total: moneyIn(taxed, 'totalGross') ?? net,
      subtotal: null,
      tax: moneyIn(taxed, 'totalTax'),
      shipping: moneyIn(shipping?.optionalObject('discountedPrice'), 'value') ?? moneyIn(shipping, 'price'),
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
    title: inLanguage(line.optionalObject('name'), pass),
    quantity: line.integer('quantity'),
    unitPrice: moneyIn(price?.optionalObject('discounted'), 'value') ?? moneyIn(price, 'value'),
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
    title: inLanguage(line.optionalObject('name'), pass),
    quantity: line.integer('quantity'),
    unitPrice: moneyIn(line, 'money'),
    total: moneyIn(line, 'totalPrice'),
  };
}

/** Of more digits than its currency has, the precise amount. */
function moneyOf(of: RecordReader): Money {
  const currency = of.currency('currencyCode');
  const name = of.raw['type'] === 'highPrecision' ? 'preciseAmount' : 'centAmount';
  return minorMoney(of, name, of.integer('fractionDigits'), currency);
}

const moneyIn = moneyInBy(moneyOf);

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
      title: inLanguage(data.optionalObject('name'), pass) ?? '',
      status: isPublished ? 'active' : 'draft',
      // A yes or no, not a word.
      platformStatus: null,
      description: inLanguage(data.optionalObject('description'), pass),
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
  return moneyIn(found, 'value');
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

const mapAddress = addressBy({
  names: ['firstName', 'lastName'],
  company: 'company',
  line1: (address) => joinedText(['streetName', 'streetNumber'])(address) ?? address.optionalText('pOBox'),
  line2: joinedText(['additionalStreetInfo', 'building', 'apartment']),
  city: 'city',
  region: firstText('state', 'region'),
  postalCode: 'postalCode',
  country: 'country',
  phone: phoneOf,
});
