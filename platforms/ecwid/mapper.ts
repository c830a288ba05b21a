// Ecwid's orders, products and customers → unified records. Amounts are JSON numbers in major units, of the store's one currency, which the proof tells. Pure.
import type { Json, PassContext } from '../../domain/platform.ts';
import type {
  Address,
  Customer,
  InventoryLevel,
  LineItem,
  Order,
  Product,
  ProductVariant,
} from '../../domain/resource.ts';
import { addressOf } from '../address.ts';
import { sumOf } from '../amount.ts';
import { recordInvalid } from '../json.ts';
import { lookUp, type RecordReader, readCurrency, readRecord } from '../record-reader.ts';

const PAYMENT: Readonly<Record<string, Order['paymentStatus']>> = {
  AWAITING_PAYMENT: 'pending',
  INCOMPLETE: 'pending',
  PAID: 'paid',
  PARTIALLY_REFUNDED: 'partially_refunded',
  REFUNDED: 'refunded',
  CANCELLED: 'voided',
};

const FULFILLMENT: Readonly<Record<string, Order['fulfillmentStatus']>> = {
  AWAITING_PROCESSING: 'unfulfilled',
  PROCESSING: 'unfulfilled',
  READY_FOR_PICKUP: 'unfulfilled',
  WILL_NOT_DELIVER: 'unfulfilled',
  SHIPPED: 'fulfilled',
  DELIVERED: 'fulfilled',
  RETURNED: 'returned',
};

export function mapOrder(item: Json, pass: PassContext): readonly Order[] {
  const order = readRecord(item);
  const currency = readCurrency(pass.facts['currency'], `${order.path}/total`);
  const payment = order.optionalText('paymentStatus');
  const fulfillment = order.optionalText('fulfillmentStatus');
  return [
    {
      platformId: orderId(order),
      ...instants(order),
      number: order.optionalText('vendorOrderNumber') ?? orderId(order),
      status: statusOf(payment, fulfillment),
      paymentStatus: lookUp(PAYMENT, payment) ?? 'unknown',
      fulfillmentStatus: lookUp(FULFILLMENT, fulfillment) ?? 'unknown',
      platformStatus: [payment, fulfillment].filter((one) => one !== null).join('/') || null,
      currency,
      total: order.money('total', currency),
      subtotal: order.optionalMoney('subtotal', currency),
      tax: order.optionalMoney('tax', currency),
      shipping: order.optionalObject('shippingOption')?.optionalMoney('shippingRate', currency) ?? null,
      discount: sumOf([
        order.optionalMoney('discount', currency),
        order.optionalMoney('couponDiscount', currency),
      ]),
      customerPlatformId: order.optionalId('customerId'),
      email: order.optionalText('email'),
      shippingAddress: mapPerson(order.optionalObject('shippingPerson')),
      billingAddress: mapPerson(order.optionalObject('billingPerson')),
      lineItems: order.list('items').map((line) => mapLine(line, currency)),
    },
  ];
}

/** What the addresses of the API go by; the number alone in older answers. */
function orderId(order: RecordReader): string {
  return order.optionalId('id') ?? order.id('orderNumber');
}

function statusOf(payment: string | null, fulfillment: string | null): Order['status'] {
  if (payment === null && fulfillment === null) return 'unknown';
  if (payment === 'CANCELLED' || fulfillment === 'WILL_NOT_DELIVER') return 'cancelled';
  return fulfillment === 'SHIPPED' || fulfillment === 'DELIVERED' ? 'completed' : 'open';
}

function mapLine(line: RecordReader, currency: string): LineItem {
  return {
    platformId: line.optionalId('id'),
    productPlatformId: line.optionalId('productId'),
    // Which variation was sold, its SKU says.
    variantPlatformId: null,
    sku: line.optionalText('sku'),
    title: line.optionalText('name'),
    quantity: line.integer('quantity'),
    unitPrice: line.optionalMoney('price', currency),
    total: null,
  };
}

export function mapProduct(item: Json, pass: PassContext): readonly Product[] {
  const product = readRecord(item);
  const enabled = product.raw['enabled'];
  return [
    {
      platformId: product.id('id'),
      ...instants(product),
      title: product.optionalText('name') ?? '',
      status: enabled === true ? 'active' : enabled === false ? 'draft' : 'unknown',
      platformStatus: enabled === true ? 'enabled' : enabled === false ? 'disabled' : null,
      description: product.optionalText('description'),
      brand: null,
      url: product.optionalText('url'),
      variants: variantsOf(product, pass.facts['currency'] ?? null),
    },
  ];
}

/** A product without variations is its own; a variation may leave SKU and price to its product. */
function variantsOf(product: RecordReader, currency: string | null): readonly ProductVariant[] {
  const price = product.optionalMoney('price', currency);
  const own: ProductVariant = {
    platformId: product.id('id'),
    sku: product.optionalText('sku'),
    barcode: null,
    title: null,
    price,
    inventoryItemPlatformId: null,
  };
  const combinations = product.list('combinations');
  if (combinations.length === 0) return [own];
  return combinations.map((one) => ({
    ...own,
    platformId: one.id('id'),
    sku: one.optionalText('sku'),
    title:
      one
        .list('options')
        .flatMap((option) => option.optionalText('value') ?? [])
        .join(' / ') || null,
    price: one.optionalMoney('price', currency) ?? price,
  }));
}

export function mapCustomer(item: Json): readonly Customer[] {
  const customer = readRecord(item);
  const billing = customer.optionalObject('billingPerson');
  return [
    {
      platformId: customer.id('id'),
      platformCreatedAt: instantAt(customer, 'registered'),
      platformUpdatedAt: instantAt(customer, 'updated'),
      email: customer.optionalText('email'),
      // One name is all that is told: it is in the addresses, whole.
      firstName: null,
      lastName: null,
      phone: billing?.optionalText('phone') ?? null,
      addresses: [billing, ...customer.list('shippingAddresses')].flatMap((one) => mapPerson(one) ?? []),
    },
  ];
}

/** A product's stock, or one record for each of its variations. Without a number it is not counted. */
export function mapStock(item: Json): readonly InventoryLevel[] {
  const product = readRecord(item);
  const id = product.id('id');
  const combinations = product.list('combinations');
  const counted = combinations.length === 0 ? [product] : combinations;
  return counted.map((one) => ({
    // Ids of products and of variations are not of one kind.
    platformId: one === product ? id : `${id}/${one.id('id')}`,
    platformCreatedAt: null,
    platformUpdatedAt: null,
    sku: one.optionalText('sku'),
    productPlatformId: id,
    variantPlatformId: one.id('id'),
    locationPlatformId: null,
    available: one.raw['unlimited'] === true ? null : one.optionalInteger('quantity'),
    onHand: null,
    reserved: null,
  }));
}

function mapPerson(person: RecordReader | null): Address | null {
  if (person === null) return null;
  return addressOf({
    names: [person.optionalText('name')],
    company: person.optionalText('companyName'),
    line1: person.optionalText('street'),
    city: person.optionalText('city'),
    region: person.optionalText('stateOrProvinceName') ?? person.optionalText('stateOrProvinceCode'),
    postalCode: person.optionalText('postalCode'),
    country: person.optionalText('countryCode'),
    phone: person.optionalText('phone'),
  });
}

function instants(record: RecordReader) {
  return {
    platformCreatedAt: record.epoch('createTimestamp'),
    platformUpdatedAt: record.epoch('updateTimestamp'),
  };
}

const INSTANT = /^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2}) ([+-]\d{2})(\d{2})$/;

/** "2018-05-31 15:08:36 +0000" */
function instantAt(record: RecordReader, name: string): string | null {
  const text = record.optionalText(name);
  if (text === null) return null;
  const [, date, time, hours, minutes] = INSTANT.exec(text) ?? [];
  const ms = Date.parse(`${date}T${time}${hours}:${minutes}`);
  if (Number.isNaN(ms)) throw recordInvalid(`${record.path}/${name}`, 'is not an instant');
  return new Date(ms).toISOString();
}
