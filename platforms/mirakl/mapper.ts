// Mirakl's orders and offers → unified records. Amounts are JSON numbers of the order's own currency, instants RFC 3339. Pure.
import type { Json } from '../../domain/platform.ts';
import type { Address, InventoryLevel, LineItem, Order, Product } from '../../domain/resource.ts';
import { addressOf } from '../address.ts';
import { alpha2Of } from '../country-code.ts';
import { lookUp, type RecordReader, readCurrency, readRecord } from '../record-reader.ts';

const STATE: Readonly<
  Record<string, { readonly status: Order['status']; readonly fulfillment: Order['fulfillmentStatus'] }>
> = {
  STAGING: { status: 'open', fulfillment: 'unfulfilled' },
  WAITING_ACCEPTANCE: { status: 'open', fulfillment: 'unfulfilled' },
  WAITING_DEBIT: { status: 'open', fulfillment: 'unfulfilled' },
  WAITING_DEBIT_PAYMENT: { status: 'open', fulfillment: 'unfulfilled' },
  SHIPPING: { status: 'open', fulfillment: 'unfulfilled' },
  SHIPPED: { status: 'open', fulfillment: 'fulfilled' },
  TO_COLLECT: { status: 'open', fulfillment: 'fulfilled' },
  RECEIVED: { status: 'completed', fulfillment: 'fulfilled' },
  CLOSED: { status: 'completed', fulfillment: 'unknown' },
  REFUSED: { status: 'cancelled', fulfillment: 'unfulfilled' },
  CANCELED: { status: 'cancelled', fulfillment: 'unfulfilled' },
};
const UNKNOWN = { status: 'unknown', fulfillment: 'unknown' } as const;

const UNPAID: readonly string[] = ['STAGING', 'WAITING_ACCEPTANCE', 'WAITING_DEBIT', 'WAITING_DEBIT_PAYMENT'];

export function mapOrder(item: Json): readonly Order[] {
  const order = readRecord(item);
  const currency = readCurrency(order.raw['currency_iso_code'], `${order.path}/currency_iso_code`);
  const word = order.optionalText('order_state');
  const { status, fulfillment } = lookUp(STATE, word) ?? UNKNOWN;
  const customer = order.optionalObject('customer');
  return [
    {
      platformId: order.id('order_id'),
      platformCreatedAt: order.instant('created_date'),
      platformUpdatedAt: order.instant('last_updated_date'),
      number: order.optionalText('commercial_id') ?? order.id('order_id'),
      status,
      paymentStatus: paymentOf(order, word),
      fulfillmentStatus: fulfillment,
      platformStatus: word,
      currency,
      total: order.money('total_price', currency),
      subtotal: order.optionalMoney('price', currency),
      tax: null,
      shipping: order.optionalMoney('shipping_price', currency),
      discount: null,
      customerPlatformId: customer?.optionalId('customer_id') ?? null,
      email: order.optionalText('customer_notification_email'),
      shippingAddress: mapAddress(customer?.optionalObject('shipping_address') ?? null),
      billingAddress: mapAddress(customer?.optionalObject('billing_address') ?? null),
      lineItems: order.list('order_lines').map((line) => mapLine(line, currency)),
    },
  ];
}

function paymentOf(order: RecordReader, word: string | null): Order['paymentStatus'] {
  if (order.raw['fully_refunded'] === true) return 'refunded';
  if (order.instant('customer_debited_date') !== null) return 'paid';
  return word !== null && UNPAID.includes(word) ? 'pending' : 'unknown';
}

function mapLine(line: RecordReader, currency: string): LineItem {
  return {
    platformId: line.id('order_line_id'),
    productPlatformId: line.optionalId('offer_id'),
    variantPlatformId: line.optionalId('offer_id'),
    sku: line.optionalText('offer_sku'),
    title: line.optionalText('product_title'),
    quantity: line.integer('quantity'),
    unitPrice: line.optionalMoney('price_unit', currency),
    total: line.optionalMoney('price', currency),
  };
}

function mapAddress(address: RecordReader | null): Address | null {
  if (address === null) return null;
  return addressOf({
    names: [address.optionalText('firstname'), address.optionalText('lastname')],
    company: address.optionalText('company'),
    line1: address.optionalText('street_1'),
    line2: address.optionalText('street_2'),
    city: address.optionalText('city'),
    region: address.optionalText('state'),
    postalCode: address.optionalText('zip_code'),
    country: alpha2Of(address.optionalText('country_iso_code')),
    phone: address.optionalText('phone'),
  });
}

/** An offer is of one product of the operator's catalogue: its only variant has its id. */
export function mapOffer(item: Json): readonly Product[] {
  const offer = readRecord(item);
  const id = offer.id('offer_id');
  const isActive = offer.raw['active'];
  return [
    {
      ...untimed(id),
      title: offer.optionalText('product_title') ?? '',
      status: isActive === true ? 'active' : isActive === false ? 'draft' : 'unknown',
      platformStatus: offer.texts('inactivity_reasons').join(',') || null,
      description: offer.optionalText('product_description'),
      brand: offer.optionalText('product_brand'),
      url: null,
      variants: [
        {
          platformId: id,
          sku: offer.optionalText('shop_sku'),
          barcode: barcodeOf(offer),
          title: null,
          price: offer.optionalMoney('price', offer.optionalText('currency_iso_code')),
          inventoryItemPlatformId: null,
        },
      ],
    },
  ];
}

function barcodeOf(offer: RecordReader): string | null {
  const references = offer.list('product_references');
  return (
    references
      .find((one) => /^(EAN|GTIN|UPC)/i.test(String(one.raw['reference_type'])))
      ?.optionalText('reference') ?? null
  );
}

export function mapStock(item: Json): readonly InventoryLevel[] {
  const offer = readRecord(item);
  const id = offer.id('offer_id');
  return [
    {
      ...untimed(id),
      sku: offer.optionalText('shop_sku'),
      productPlatformId: id,
      variantPlatformId: id,
      locationPlatformId: null,
      available: offer.optionalInteger('quantity'),
      onHand: null,
      reserved: null,
    },
  ];
}

/** Offers tell no time at which one was made or changed. */
function untimed(platformId: string) {
  return { platformId, platformCreatedAt: null, platformUpdatedAt: null };
}
