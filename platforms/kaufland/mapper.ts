// Kaufland's orders and units → unified records. Amounts are whole numbers of the smallest unit of their currency; each order unit is one piece. Pure.
import type { Json } from '../../domain/platform.ts';
import type { Address, InventoryLevel, LineItem, Money, Order, Product } from '../../domain/resource.ts';
import { addressOf } from '../address.ts';
import { sumOf } from '../amount.ts';
import { recordInvalid } from '../json.ts';
import { minorMoney } from '../minor-units.ts';
import { lookUp, type RecordReader, readCurrency, readRecord } from '../record-reader.ts';

type Stage = 'waiting' | 'sent' | 'done' | 'returned' | 'cancelled';

const STAGE: Readonly<Record<string, Stage>> = {
  open: 'waiting',
  need_to_be_sent: 'waiting',
  sent: 'sent',
  sent_and_autopaid: 'done',
  received: 'done',
  returned: 'returned',
  returned_paid: 'returned',
  cancelled: 'cancelled',
};

export function mapOrder(item: Json): readonly Order[] {
  const order = readRecord(item);
  const units = order.list('order_units');
  const [first] = units;
  if (first === undefined) throw recordInvalid(`${order.path}/order_units`, 'is empty');
  const currency = readCurrency(first.raw['currency'], `${first.path}/currency`);
  const prices = units.map((unit) => money(unit, 'price', currency));
  const shipping = sumOf(units.map((unit) => money(unit, 'shipping_rate', currency)));
  const total = sumOf([...prices, shipping]);
  if (total === null) throw recordInvalid(`${first.path}/price`, 'is not told');
  const words = units.map((unit) => unit.optionalText('status'));
  return [
    {
      platformId: order.id('id_order'),
      platformCreatedAt: order.instant('ts_created_iso'),
      platformUpdatedAt: order.instant('ts_units_updated_iso'),
      number: order.id('id_order'),
      ...progressOf(words),
      // Kaufland is paid; whether it was is not told.
      paymentStatus: 'unknown',
      platformStatus: [...new Set(words.flatMap((word) => word ?? []))].join(',') || null,
      currency,
      total,
      subtotal: sumOf(prices),
      tax: null,
      shipping,
      discount: null,
      customerPlatformId: order.optionalObject('buyer')?.optionalId('id_buyer') ?? null,
      email: order.optionalObject('buyer')?.optionalText('email') ?? null,
      shippingAddress: mapAddress(order.optionalObject('shipping_address')),
      billingAddress: mapAddress(order.optionalObject('billing_address')),
      lineItems: units.map((unit) => mapLine(unit, currency)),
    },
  ];
}

function progressOf(words: readonly (string | null)[]): Pick<Order, 'status' | 'fulfillmentStatus'> {
  const stages = words.map((word) => lookUp(STAGE, word));
  if (stages.includes(undefined)) return { status: 'unknown', fulfillmentStatus: 'unknown' };
  const alive = stages.filter((one) => one !== 'cancelled');
  if (alive.length === 0) return { status: 'cancelled', fulfillmentStatus: 'unfulfilled' };
  if (alive.every((one) => one === 'returned')) return { status: 'completed', fulfillmentStatus: 'returned' };
  if (alive.every((one) => one === 'waiting')) return { status: 'open', fulfillmentStatus: 'unfulfilled' };
  if (alive.includes('waiting')) return { status: 'open', fulfillmentStatus: 'partially_fulfilled' };
  return { status: alive.includes('sent') ? 'open' : 'completed', fulfillmentStatus: 'fulfilled' };
}

function mapLine(unit: RecordReader, currency: string): LineItem {
  const product = unit.optionalObject('product');
  const price = money(unit, 'price', currency);
  return {
    platformId: unit.id('id_order_unit'),
    // Kaufland's product, of which ours are offers.
    productPlatformId: null,
    variantPlatformId: null,
    sku: unit.optionalText('id_offer'),
    title: product?.optionalText('title') ?? null,
    quantity: 1,
    unitPrice: price,
    total: price,
  };
}

/** Cents, haléře, grosze: two digits in every storefront. */
function money(record: RecordReader, name: string, currency: string | null): Money | null {
  return record.has(name) && currency !== null ? minorMoney(record, name, 2, currency) : null;
}

function mapAddress(address: RecordReader | null): Address | null {
  if (address === null) return null;
  const street = [address.optionalText('street'), address.optionalText('house_number')];
  return addressOf({
    names: [address.optionalText('first_name'), address.optionalText('last_name')],
    company: address.optionalText('company_name'),
    line1: street.flatMap((one) => one ?? []).join(' ') || null,
    line2: address.optionalText('additional_field'),
    city: address.optionalText('city'),
    postalCode: address.optionalText('postcode'),
    country: address.optionalText('country'),
    phone: address.optionalText('phone'),
  });
}

/** A unit is a seller's offer of one product in one condition. */
export function mapUnit(item: Json): readonly Product[] {
  const unit = readRecord(item);
  const status = unit.optionalText('status');
  const offer = unit.optionalText('id_offer');
  const code = unit.optionalText('currency');
  const currency = code === null ? null : readCurrency(code, `${unit.path}/currency`);
  return [
    {
      ...base(unit),
      title: unit.optionalObject('product')?.optionalText('title') ?? '',
      status: status === 'available' ? 'active' : status === 'onhold' ? 'draft' : 'unknown',
      platformStatus: status,
      description: null,
      brand: null,
      url: null,
      variants: [
        {
          platformId: unit.id('id_unit'),
          sku: offer,
          barcode: null,
          title: null,
          price: money(unit, 'listing_price', currency),
          inventoryItemPlatformId: null,
        },
      ],
    },
  ];
}

export function mapUnitStock(item: Json): readonly InventoryLevel[] {
  const unit = readRecord(item);
  return [
    {
      ...base(unit),
      sku: unit.optionalText('id_offer'),
      productPlatformId: unit.id('id_unit'),
      variantPlatformId: unit.id('id_unit'),
      locationPlatformId: unit.optionalId('id_warehouse'),
      available: unit.optionalInteger('amount'),
      onHand: null,
      reserved: null,
    },
  ];
}

function base(unit: RecordReader) {
  return {
    platformId: unit.id('id_unit'),
    platformCreatedAt: unit.instant('date_inserted_iso', 'utc'),
    platformUpdatedAt: unit.instant('date_lastchange_iso', 'utc'),
  };
}
