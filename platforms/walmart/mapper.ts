// Walmart's purchase orders, items and stock → unified records. Instants are milliseconds; an order tells its charges, and a total in some answers alone. Pure.
import type { Json } from '../../domain/platform.ts';
import type { InventoryLevel, LineItem, Money, Order, Product } from '../../domain/resource.ts';
import { addressBy, textIn } from '../address.ts';
import { sumOf } from '../amount.ts';
import { alpha2Of } from '../country-code.ts';
import { recordInvalid } from '../json.ts';
import { progressOf, type Stage } from '../pieces.ts';
import { baseBy, type RecordReader, readRecord } from '../record-reader.ts';
import { moneyBy } from '../told-money.ts';
import { joined, lookUp, meaningOf, type ProductWords } from '../words.ts';

/** A line of another word is not sent yet. */
const STAGE: Readonly<Record<string, Stage>> = { Shipped: 'sent', Delivered: 'done', Cancelled: 'cancelled' };

/** Lines have times of their status, and the order none. */
const base = baseBy({ id: 'purchaseOrderId', createdAt: 'orderDate', as: 'epochMs' });
const baseOfItem = baseBy({ id: 'sku' });

/** One customer order becomes a purchase order for each place it is sent from. */
export function mapOrder(item: Json): readonly Order[] {
  const order = readRecord(item);
  const lines = order.optionalObject('orderLines')?.list('orderLine') ?? [];
  const charges = lines.flatMap(chargesOf);
  const taxes = sumOf(charges.map(({ tax }) => tax));
  const total =
    summaryMoneyIn(order.optionalObject('orderSummary'), 'totalAmount') ??
    sumOf([...charges.map(({ amount }) => amount), taxes]);
  if (total === null) throw recordInvalid(`${order.path}/orderLines`, 'tells no charge');
  const statuses = lines.flatMap(statusesOf);
  const of = (type: string) => sumOf(charges.flatMap((one) => (one.type === type ? [one.amount] : [])));
  return [
    {
      ...base(order),
      number: order.optionalId('customerOrderId'),
      // Of the lines, since the order has none of its own.
      ...progressOf(statuses.map((word) => lookUp(STAGE, word) ?? 'waiting')),
      // Walmart takes the payment, and tells nothing of it.
      paymentStatus: 'unknown',
      platformStatus: joined([...new Set(statuses)], '/'),
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

const { moneyIn } = moneyBy({ amount: 'amount', currency: 'currency' });
const { moneyIn: summaryMoneyIn } = moneyBy({ amount: 'currencyAmount', currency: 'currencyUnit' });

function chargesOf(line: RecordReader): readonly Charge[] {
  const charges = line.optionalObject('charges')?.list('charge') ?? [];
  return charges.map((charge) => ({
    type: charge.optionalText('chargeType'),
    amount: moneyIn(charge, 'chargeAmount'),
    tax: moneyIn(charge.optionalObject('tax'), 'taxAmount'),
  }));
}

function statusesOf(line: RecordReader): readonly string[] {
  const statuses = line.optionalObject('orderLineStatuses')?.list('orderLineStatus') ?? [];
  return statuses.flatMap((one) => one.optionalText('status') ?? []);
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

const mapAddress = addressBy({
  names: [textIn('postalAddress', 'name')],
  line1: textIn('postalAddress', 'address1'),
  line2: textIn('postalAddress', 'address2'),
  city: textIn('postalAddress', 'city'),
  region: textIn('postalAddress', 'state'),
  postalCode: textIn('postalAddress', 'postalCode'),
  country: (shipping) => alpha2Of(textIn('postalAddress', 'country')(shipping)),
  phone: 'phone',
});

const PUBLISHED: ProductWords = {
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
      ...baseOfItem(listed),
      title: title ?? '',
      status: isOver ? 'archived' : meaningOf(PUBLISHED, published),
      platformStatus: joined([lifecycle, published], '/'),
      description: null,
      brand: null,
      url: null,
      variants: [
        {
          platformId: sku,
          sku,
          barcode: listed.optionalText('gtin') ?? listed.optionalText('upc'),
          title,
          price: moneyIn(listed, 'price'),
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
