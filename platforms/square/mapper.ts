// Square's orders, catalog items, customers and counts → unified records. Amounts are whole numbers of the smallest unit. Pure.
import type { Json } from '../../domain/platform.ts';
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
import { textOf, valueAt } from '../json.ts';
import { minorMoney } from '../minor-units.ts';
import { baseBy, type RecordReader, readRecord } from '../record-reader.ts';
import { joined, meaningOf, type OrderWords } from '../words.ts';

const STATUS: OrderWords<'status'> = {
  OPEN: 'open',
  DRAFT: 'open',
  COMPLETED: 'completed',
  CANCELED: 'cancelled',
};

const base = baseBy({ id: 'id', createdAt: 'created_at', updatedAt: 'updated_at' });

export function mapOrder(item: Json): readonly Order[] {
  const order = readRecord(item);
  const state = order.optionalText('state');
  const total = moneyOf(order.object('total_money'));
  const fulfillments = order.list('fulfillments');
  const recipient = fulfillments.map(recipientOf).find((one) => one !== null) ?? null;
  return [
    {
      ...base(order),
      number: order.optionalText('reference_id') ?? order.optionalText('ticket_name'),
      status: meaningOf(STATUS, state),
      paymentStatus: paymentOf(order, state),
      fulfillmentStatus: fulfillmentOf(fulfillments, state),
      platformStatus: state,
      currency: total.currency,
      total,
      subtotal: null,
      tax: optionalMoney(order, 'total_tax_money'),
      // What is charged for sending is one of the service charges, and is not told apart.
      shipping: null,
      discount: optionalMoney(order, 'total_discount_money'),
      customerPlatformId: order.optionalId('customer_id'),
      email: recipient?.optionalText('email_address') ?? null,
      shippingAddress: mapRecipient(recipient),
      billingAddress: null,
      lineItems: order.list('line_items').map(mapLine),
    },
  ];
}

/** Square keeps no such word: by what is still due, and what was given back. */
function paymentOf(order: RecordReader, state: string | null): Order['paymentStatus'] {
  const refunded = order
    .list('refunds')
    .filter((one) => one.raw['status'] !== 'REJECTED' && one.raw['status'] !== 'FAILED')
    .reduce((sum, one) => sum + (one.optionalObject('amount_money')?.optionalInteger('amount') ?? 0), 0);
  const total = order.object('total_money').integer('amount');
  if (refunded > 0) return refunded >= total ? 'refunded' : 'partially_refunded';
  if (state === 'CANCELED') return 'voided';
  const due = order.optionalObject('net_amount_due_money')?.optionalInteger('amount') ?? null;
  if (due === null) return 'unknown';
  return due === 0 ? 'paid' : due === total ? 'pending' : 'unknown';
}

/** What was sold over the counter is handed over with it. */
function fulfillmentOf(
  fulfillments: readonly RecordReader[],
  state: string | null,
): Order['fulfillmentStatus'] {
  if (fulfillments.length === 0) return state === 'COMPLETED' ? 'fulfilled' : 'unfulfilled';
  const open = fulfillments.filter((one) => one.raw['state'] !== 'CANCELED' && one.raw['state'] !== 'FAILED');
  const done = open.filter((one) => one.raw['state'] === 'COMPLETED').length;
  if (done === 0) return 'unfulfilled';
  return done === open.length ? 'fulfilled' : 'partially_fulfilled';
}

function recipientOf(fulfillment: RecordReader): RecordReader | null {
  const details =
    fulfillment.optionalObject('shipment_details') ?? fulfillment.optionalObject('delivery_details');
  return details?.optionalObject('recipient') ?? null;
}

function mapLine(line: RecordReader): LineItem {
  const names = [line.optionalText('name'), line.optionalText('variation_name')];
  return {
    platformId: line.optionalId('uid'),
    // A line names the variation alone, and no SKU.
    productPlatformId: null,
    variantPlatformId: line.optionalId('catalog_object_id'),
    sku: null,
    title: joined(names, ' - '),
    quantity: line.integer('quantity'),
    unitPrice: optionalMoney(line, 'base_price_money'),
    total: optionalMoney(line, 'total_money'),
  };
}

export function mapItem(item: Json): readonly Product[] {
  const object = readRecord(item);
  const data = object.object('item_data');
  const isArchived = data.raw['is_archived'] === true;
  return [
    {
      platformId: object.id('id'),
      platformCreatedAt: null,
      platformUpdatedAt: object.instant('updated_at'),
      title: data.optionalText('name') ?? '',
      status: isArchived ? 'archived' : 'active',
      platformStatus: isArchived ? 'archived' : null,
      description: data.optionalText('description_html') ?? data.optionalText('description'),
      brand: null,
      url: null,
      variants: data
        .list('variations')
        .filter((one) => one.raw['is_deleted'] !== true)
        .map(mapVariation),
    },
  ];
}

function mapVariation(object: RecordReader): ProductVariant {
  const id = object.id('id');
  const data = object.optionalObject('item_variation_data');
  return {
    platformId: id,
    sku: data?.optionalText('sku') ?? null,
    barcode: data?.optionalText('upc') ?? null,
    title: data?.optionalText('name') ?? null,
    // None where it is said at the time of the sale.
    price: data === null ? null : optionalMoney(data, 'price_money'),
    inventoryItemPlatformId: id,
  };
}

export function mapCustomer(item: Json): readonly Customer[] {
  const customer = readRecord(item);
  const address = mapAddress(customer.optionalObject('address'), []);
  return [
    {
      ...base(customer),
      email: customer.optionalText('email_address'),
      firstName: customer.optionalText('given_name'),
      lastName: customer.optionalText('family_name'),
      phone: customer.optionalText('phone_number'),
      addresses: address === null ? [] : [address],
    },
  ];
}

/** One record a variation and location; what is not in stock is not asked for. */
export function mapCount(item: Json): readonly InventoryLevel[] {
  const count = readRecord(item);
  const variation = count.id('catalog_object_id');
  const location = count.id('location_id');
  return [
    {
      platformId: `${location}/${variation}`,
      platformCreatedAt: null,
      platformUpdatedAt: count.instant('calculated_at'),
      sku: null,
      productPlatformId: null,
      variantPlatformId: variation,
      locationPlatformId: location,
      available: count.optionalInteger('quantity'),
      onHand: null,
      reserved: null,
    },
  ];
}

export function countId(item: Json): string | null {
  const [location, variation] = [
    textOf(valueAt(item, 'location_id')),
    textOf(valueAt(item, 'catalog_object_id')),
  ];
  return location === null || variation === null ? null : `${location}/${variation}`;
}

/** Currencies without a smaller unit, and those with a thousand of them (ISO 4217); all others have a hundred. */
const WHOLE = new Set('BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'.split(' '));
const THOUSANDS = new Set('BHD IQD JOD KWD LYD OMR TND'.split(' '));

function moneyOf(money: RecordReader): Money {
  const currency = money.currency('currency');
  const digits = WHOLE.has(currency) ? 0 : THOUSANDS.has(currency) ? 3 : 2;
  return minorMoney(money, 'amount', digits, currency);
}

/** Where there is an amount: Square leaves out what it does not know. */
function optionalMoney(of: RecordReader, name: string): Money | null {
  const money = of.optionalObject(name);
  return money?.has('amount') === true ? moneyOf(money) : null;
}

function mapRecipient(recipient: RecordReader | null): Address | null {
  if (recipient === null) return null;
  const names = [recipient.optionalText('display_name')];
  const address = mapAddress(recipient.optionalObject('address'), names) ?? addressOf({ names });
  return address === null ? null : { ...address, phone: recipient.optionalText('phone_number') };
}

function mapAddress(address: RecordReader | null, names: readonly (string | null)[]): Address | null {
  if (address === null) return null;
  const own = [address.optionalText('first_name'), address.optionalText('last_name')];
  return addressOf({
    names: names.some((one) => one !== null) ? names : own,
    line1: address.optionalText('address_line_1'),
    line2: address.optionalText('address_line_2'),
    city: address.optionalText('locality'),
    region: address.optionalText('administrative_district_level_1'),
    postalCode: address.optionalText('postal_code'),
    country: address.optionalText('country'),
  });
}
