// Ecwid's orders, products and customers → unified records. Amounts are JSON numbers in major units, of the store's one currency, which the proof tells. Pure.
import type { Json, PassContext } from '../../domain/platform.ts';
import type {
  Customer,
  InventoryLevel,
  LineItem,
  Order,
  Product,
  ProductVariant,
} from '../../domain/resource.ts';
import { addressBy, firstText } from '../address.ts';
import { sumOf } from '../amount.ts';
import { recordInvalid } from '../json.ts';
import { baseBy, type RecordReader, readCurrency, readRecord } from '../record-reader.ts';
import { joined, meaningOf, type OrderWords, statusOfFlag } from '../words.ts';

const PAYMENT: OrderWords<'paymentStatus'> = {
  AWAITING_PAYMENT: 'pending',
  INCOMPLETE: 'pending',
  PAID: 'paid',
  PARTIALLY_REFUNDED: 'partially_refunded',
  REFUNDED: 'refunded',
  CANCELLED: 'voided',
};

const FULFILLMENT: OrderWords<'fulfillmentStatus'> = {
  AWAITING_PROCESSING: 'unfulfilled',
  PROCESSING: 'unfulfilled',
  READY_FOR_PICKUP: 'unfulfilled',
  WILL_NOT_DELIVER: 'unfulfilled',
  SHIPPED: 'fulfilled',
  DELIVERED: 'fulfilled',
  RETURNED: 'returned',
};

const TIMES = { createdAt: 'createTimestamp', updatedAt: 'updateTimestamp', as: 'epoch' } as const;
const base = baseBy({ id: 'id', ...TIMES });
/** Older answers know an order by its number alone. */
const baseByNumber = baseBy({ id: 'orderNumber', ...TIMES });
const baseOfCustomer = baseBy({ id: 'id', createdAt: 'registered', updatedAt: 'updated', as: instantAt });

export function mapOrder(item: Json, pass: PassContext): readonly Order[] {
  const order = readRecord(item);
  const own = (order.optionalId('id') === null ? baseByNumber : base)(order);
  const currency = readCurrency(pass.facts['currency'], `${order.path}/total`);
  const payment = order.optionalText('paymentStatus');
  const fulfillment = order.optionalText('fulfillmentStatus');
  return [
    {
      ...own,
      number: order.optionalText('vendorOrderNumber') ?? own.platformId,
      status: statusOf(payment, fulfillment),
      paymentStatus: meaningOf(PAYMENT, payment),
      fulfillmentStatus: meaningOf(FULFILLMENT, fulfillment),
      platformStatus: joined([payment, fulfillment], '/'),
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
      ...base(product),
      title: product.optionalText('name') ?? '',
      status: statusOfFlag(enabled),
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
    title: joined(
      one.list('options').map((option) => option.optionalText('value')),
      ' / ',
    ),
    price: one.optionalMoney('price', currency) ?? price,
  }));
}

export function mapCustomer(item: Json): readonly Customer[] {
  const customer = readRecord(item);
  const billing = customer.optionalObject('billingPerson');
  return [
    {
      ...baseOfCustomer(customer),
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

const mapPerson = addressBy({
  names: ['name'],
  company: 'companyName',
  line1: 'street',
  city: 'city',
  region: firstText('stateOrProvinceName', 'stateOrProvinceCode'),
  postalCode: 'postalCode',
  country: 'countryCode',
  phone: 'phone',
});

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
