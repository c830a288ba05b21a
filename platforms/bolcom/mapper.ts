// bol's orders and stock at bol → unified records. Amounts are JSON numbers in euros, tax included; e-mail addresses are bol's relays. Pure.
import type { Json } from '../../domain/platform.ts';
import type { InventoryLevel, LineItem, Order } from '../../domain/resource.ts';
import { addressBy, firstText, joinedText } from '../address.ts';
import { sumOf, timesOf } from '../amount.ts';
import { recordInvalid } from '../json.ts';
import { baseBy, type RecordReader, readRecord } from '../record-reader.ts';

const CURRENCY = 'EUR';

const baseOfStock = baseBy({ id: 'bsku' });

export function mapOrder(item: Json): readonly Order[] {
  const order = readRecord(item);
  const rows = order.list('orderItems');
  const lines = rows.map(mapLine);
  const total = sumOf(lines.map((line) => line.total));
  if (total === null) throw recordInvalid(`${order.path}/orderItems`, 'tells no price');
  const shipment = order.optionalObject('shipmentDetails');
  return [
    {
      platformId: order.id('orderId'),
      platformCreatedAt: order.instant('orderPlacedDateTime'),
      platformUpdatedAt:
        rows
          .map((row) => row.instant('latestChangedDateTime'))
          .sort()
          .at(-1) ?? null,
      number: order.id('orderId'),
      ...progressOf(rows),
      // bol is paid; whether it was is not told.
      paymentStatus: 'unknown',
      platformStatus: null,
      currency: CURRENCY,
      total,
      subtotal: null,
      tax: null,
      shipping: null,
      discount: sumOf(
        rows.flatMap((row) => row.list('discounts').map((one) => one.optionalMoney('amount', CURRENCY))),
      ),
      customerPlatformId: null,
      email: shipment?.optionalText('email') ?? null,
      shippingAddress: mapAddress(shipment),
      billingAddress: mapAddress(order.optionalObject('billingDetails')),
      lineItems: lines,
    },
  ];
}

/** Of what was ordered and not cancelled. */
function progressOf(rows: readonly RecordReader[]): Pick<Order, 'status' | 'fulfillmentStatus'> {
  const count = (name: string) => rows.reduce((sum, row) => sum + (row.optionalInteger(name) ?? 0), 0);
  const [ordered, cancelled, shipped] = [
    count('quantity'),
    count('quantityCancelled'),
    count('quantityShipped'),
  ];
  if (ordered > 0 && cancelled >= ordered) return { status: 'cancelled', fulfillmentStatus: 'unfulfilled' };
  if (shipped === 0) return { status: 'open', fulfillmentStatus: 'unfulfilled' };
  return shipped + cancelled >= ordered
    ? { status: 'completed', fulfillmentStatus: 'fulfilled' }
    : { status: 'open', fulfillmentStatus: 'partially_fulfilled' };
}

function mapLine(row: RecordReader): LineItem {
  const product = row.optionalObject('product');
  const offer = row.optionalObject('offer');
  const quantity = row.integer('quantity');
  const unitPrice = row.optionalMoney('unitPrice', CURRENCY);
  return {
    platformId: row.id('orderItemId'),
    productPlatformId: product?.optionalText('ean') ?? null,
    variantPlatformId: offer?.optionalId('offerId') ?? null,
    sku: offer?.optionalText('reference') ?? null,
    title: product?.optionalText('title') ?? null,
    quantity,
    unitPrice,
    total: row.optionalMoney('totalPrice', CURRENCY) ?? timesOf(unitPrice, quantity),
  };
}

const mapAddress = addressBy({
  names: ['firstName', 'surname'],
  company: firstText('company', 'pickupPointName'),
  line1: joinedText(['streetName', 'houseNumber', 'houseNumberExtension']),
  line2: 'extraAddressInformation',
  city: 'city',
  postalCode: 'zipCode',
  country: 'countryCode',
  phone: 'deliveryPhoneNumber',
});

/** What lies at bol: what may be sold, and what may not any more. */
export function mapStock(item: Json): readonly InventoryLevel[] {
  const stock = readRecord(item);
  const [regular, graded] = [stock.optionalInteger('regularStock'), stock.optionalInteger('gradedStock')];
  return [
    {
      ...baseOfStock(stock),
      sku: stock.id('bsku'),
      productPlatformId: stock.optionalText('ean'),
      variantPlatformId: null,
      locationPlatformId: null,
      available: regular,
      onHand: regular === null ? null : regular + (graded ?? 0),
      reserved: null,
    },
  ];
}
