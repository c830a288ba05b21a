// Kaufland's orders and units → unified records. Amounts are whole numbers of the smallest unit of their currency; each order unit is one piece. Pure.
import type { Json } from '../../domain/platform.ts';
import type { InventoryLevel, LineItem, Money, Order, Product } from '../../domain/resource.ts';
import { addressBy, joinedText } from '../address.ts';
import { sumOf } from '../amount.ts';
import { recordInvalid } from '../json.ts';
import { minorMoney } from '../minor-units.ts';
import { progressOf, type Stage } from '../pieces.ts';
import { baseBy, type RecordReader, readCurrency, readRecord } from '../record-reader.ts';
import { joined, lookUp } from '../words.ts';

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

const base = baseBy({ id: 'id_order', createdAt: 'ts_created_iso', updatedAt: 'ts_units_updated_iso' });
const baseOfUnit = baseBy({
  id: 'id_unit',
  createdAt: 'date_inserted_iso',
  updatedAt: 'date_lastchange_iso',
  as: 'utc',
});

export function mapOrder(item: Json): readonly Order[] {
  const order = readRecord(item);
  const units = order.list('order_units');
  const [first] = units;
  if (first === undefined) throw recordInvalid(`${order.path}/order_units`, 'is empty');
  const currency = first.currency('currency');
  const prices = units.map((unit) => money(unit, 'price', currency));
  const shipping = sumOf(units.map((unit) => money(unit, 'shipping_rate', currency)));
  const total = sumOf([...prices, shipping]);
  if (total === null) throw recordInvalid(`${first.path}/price`, 'is not told');
  const words = units.map((unit) => unit.optionalText('status'));
  return [
    {
      ...base(order),
      number: order.id('id_order'),
      ...progressOf(words.map((word) => lookUp(STAGE, word))),
      // Kaufland is paid; whether it was is not told.
      paymentStatus: 'unknown',
      platformStatus: joined([...new Set(words)], ','),
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

const mapAddress = addressBy({
  names: ['first_name', 'last_name'],
  company: 'company_name',
  line1: joinedText(['street', 'house_number']),
  line2: 'additional_field',
  city: 'city',
  postalCode: 'postcode',
  country: 'country',
  phone: 'phone',
});

/** A unit is a seller's offer of one product in one condition. */
export function mapUnit(item: Json): readonly Product[] {
  const unit = readRecord(item);
  const status = unit.optionalText('status');
  const offer = unit.optionalText('id_offer');
  const code = unit.optionalText('currency');
  const currency = code === null ? null : readCurrency(code, `${unit.path}/currency`);
  return [
    {
      ...baseOfUnit(unit),
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
      ...baseOfUnit(unit),
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
