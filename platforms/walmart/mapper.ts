// Walmart's purchase orders, items and stock → unified records. Instants are milliseconds; an order tells its charges, and a total in some answers alone. Pure.
import type { Json } from '../../domain/platform.ts';
import type { Address, InventoryLevel, LineItem, Money, Order, Product } from '../../domain/resource.ts';
import { addressOf } from '../address.ts';
import { sumOf } from '../amount.ts';
import { recordInvalid } from '../json.ts';
import { lookUp, type RecordReader, readCurrency, readRecord } from '../record-reader.ts';

/** One customer order becomes a purchase order for each place it is sent from. */
export function mapOrder(item: Json): readonly Order[] {
  const order = readRecord(item);
  const lines = order.optionalObject('orderLines')?.list('orderLine') ?? [];
  const charges = lines.flatMap(chargesOf);
  const taxes = sumOf(charges.map(({ tax }) => tax));
  const total =
    moneyOrNull(order.optionalObject('orderSummary')?.optionalObject('totalAmount') ?? null, SUMMARY) ??
    sumOf([...charges.map(({ amount }) => amount), taxes]);
  if (total === null) throw recordInvalid(`${order.path}/orderLines`, 'tells no charge');
  const statuses = lines.flatMap(statusesOf);
  const of = (type: string) => sumOf(charges.flatMap((one) => (one.type === type ? [one.amount] : [])));
  return [
    {
      platformId: order.id('purchaseOrderId'),
      platformCreatedAt: order.epochMs('orderDate'),
      // Lines have times of their status, and the order none.
      platformUpdatedAt: null,
      number: order.optionalId('customerOrderId'),
      status: statusOf(statuses),
      // Walmart takes the payment, and tells nothing of it.
      paymentStatus: 'unknown',
      fulfillmentStatus: fulfillmentOf(statuses),
      platformStatus: [...new Set(statuses)].join('/') || null,
      currency: total.currency,
      total,
      subtotal: of('PRODUCT'),
      tax: taxes,
      shipping: of('SHIPPING'),
      discount: null,
      customerPlatformId: null,
      email: order.optionalText('customerEmailId'),
      shippingAddress: mapAddress(order.optionalObject('shippingInfo')),
      billingAddress: null,
      lineItems: lines.map(mapLine),
    },
  ];
}

interface Charge {
  readonly type: string | null;
  readonly amount: Money | null;
  readonly tax: Money | null;
}

interface MoneyNames {
  readonly amount: string;
  readonly currency: string;
}

const CHARGE: MoneyNames = { amount: 'amount', currency: 'currency' };
const SUMMARY: MoneyNames = { amount: 'currencyAmount', currency: 'currencyUnit' };

function chargesOf(line: RecordReader): readonly Charge[] {
  const charges = line.optionalObject('charges')?.list('charge') ?? [];
  return charges.map((charge) => ({
    type: charge.optionalText('chargeType'),
    amount: moneyOrNull(charge.optionalObject('chargeAmount'), CHARGE),
    tax: moneyOrNull(charge.optionalObject('tax')?.optionalObject('taxAmount') ?? null, CHARGE),
  }));
}

function moneyOrNull(of: RecordReader | null, names: MoneyNames): Money | null {
  if (of === null) return null;
  return of.money(names.amount, readCurrency(of.raw[names.currency], `${of.path}/${names.currency}`));
}

function statusesOf(line: RecordReader): readonly string[] {
  const statuses = line.optionalObject('orderLineStatuses')?.list('orderLineStatus') ?? [];
  return statuses.flatMap((one) => one.optionalText('status') ?? []);
}

/** Of the lines, since the order has none of its own. */
function statusOf(statuses: readonly string[]): Order['status'] {
  if (statuses.length === 0) return 'unknown';
  const alive = statuses.filter((one) => one !== 'Cancelled');
  if (alive.length === 0) return 'cancelled';
  return alive.every((one) => one === 'Delivered') ? 'completed' : 'open';
}

function fulfillmentOf(statuses: readonly string[]): Order['fulfillmentStatus'] {
  const alive = statuses.filter((one) => one !== 'Cancelled');
  if (alive.length === 0) return statuses.length === 0 ? 'unknown' : 'unfulfilled';
  const sent = alive.filter((one) => one === 'Shipped' || one === 'Delivered').length;
  return sent === 0 ? 'unfulfilled' : sent < alive.length ? 'partially_fulfilled' : 'fulfilled';
}

function mapLine(line: RecordReader): LineItem {
  const item = line.optionalObject('item');
  const sku = item?.optionalText('sku') ?? null;
  const quantity = line.object('orderLineQuantity').integer('amount');
  const product = sumOf(chargesOf(line).flatMap((one) => (one.type === 'PRODUCT' ? [one.amount] : [])));
  return {
    platformId: line.id('lineNumber'),
    // An item is known by its SKU.
    productPlatformId: sku,
    variantPlatformId: sku,
    sku,
    title: item?.optionalText('productName') ?? null,
    quantity,
    // Whether a charge is of one or of all is not documented; there is one of a line in what was seen.
    unitPrice: quantity === 1 ? product : null,
    total: product,
  };
}

/** Three letters there (ISO 3166-1 alpha-3), of the countries Walmart sells in. */
const COUNTRIES: Readonly<Record<string, string>> = { USA: 'US', CAN: 'CA', MEX: 'MX' };

function mapAddress(shipping: RecordReader | null): Address | null {
  const address = shipping?.optionalObject('postalAddress') ?? null;
  const country = address?.optionalText('country') ?? null;
  const text = (name: string) => address?.optionalText(name) ?? null;
  return addressOf({
    names: [text('name')],
    line1: text('address1'),
    line2: text('address2'),
    city: text('city'),
    region: text('state'),
    postalCode: text('postalCode'),
    country: lookUp(COUNTRIES, country) ?? country,
    phone: shipping?.optionalText('phone') ?? null,
  });
}

const PUBLISHED: Readonly<Record<string, Product['status']>> = {
  PUBLISHED: 'active',
  UNPUBLISHED: 'draft',
  READY_TO_PUBLISH: 'draft',
  IN_PROGRESS: 'draft',
  STAGE: 'draft',
  SYSTEM_PROBLEM: 'draft',
};

/** One SKU is a product that is its own only variant. */
export function mapItem(item: Json): readonly Product[] {
  const listed = readRecord(item);
  const sku = listed.id('sku');
  const title = listed.optionalText('productName');
  const lifecycle = listed.optionalText('lifecycleStatus');
  const published = listed.optionalText('publishedStatus');
  const isOver = lifecycle === 'ARCHIVED' || lifecycle === 'RETIRED';
  return [
    {
      platformId: sku,
      platformCreatedAt: null,
      platformUpdatedAt: null,
      title: title ?? '',
      status: isOver ? 'archived' : (lookUp(PUBLISHED, published) ?? 'unknown'),
      platformStatus: [lifecycle, published].filter((one) => one !== null).join('/') || null,
      description: null,
      brand: null,
      url: null,
      variants: [
        {
          platformId: sku,
          sku,
          barcode: listed.optionalText('gtin') ?? listed.optionalText('upc'),
          title,
          price: moneyOrNull(listed.optionalObject('price'), CHARGE),
          inventoryItemPlatformId: sku,
        },
      ],
    },
  ];
}

/** One record a SKU and ship node. */
export function mapStock(item: Json): readonly InventoryLevel[] {
  const stocked = readRecord(item);
  const sku = stocked.id('sku');
  return stocked.list('nodes').map((level) => {
    const node = level.id('shipNode');
    const quantity = (name: string) => level.optionalObject(name)?.optionalInteger('amount') ?? null;
    return {
      platformId: `${sku}/${node}`,
      platformCreatedAt: null,
      platformUpdatedAt: null,
      sku,
      productPlatformId: sku,
      variantPlatformId: sku,
      locationPlatformId: node,
      available: quantity('availToSellQty'),
      onHand: quantity('inputQty'),
      reserved: quantity('reservedQty'),
    };
  });
}
