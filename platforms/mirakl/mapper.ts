// Mirakl's orders and offers → unified records. Amounts are JSON numbers of the order's own currency, instants RFC 3339. Pure.
import type { Json } from '../../domain/platform.ts';
import type { InventoryLevel, LineItem, Order, Product } from '../../domain/resource.ts';
import { addressBy } from '../address.ts';
import { alpha2Of } from '../country-code.ts';
import { baseBy, type RecordReader, readRecord } from '../record-reader.ts';
import { joined, statesBy, statusOfFlag } from '../words.ts';

const statesOf = statesBy(['status', 'fulfillmentStatus'], {
  STAGING: ['open', 'unfulfilled'],
  WAITING_ACCEPTANCE: ['open', 'unfulfilled'],
  WAITING_DEBIT: ['open', 'unfulfilled'],
  WAITING_DEBIT_PAYMENT: ['open', 'unfulfilled'],
  SHIPPING: ['open', 'unfulfilled'],
  SHIPPED: ['open', 'fulfilled'],
  TO_COLLECT: ['open', 'fulfilled'],
  RECEIVED: ['completed', 'fulfilled'],
  CLOSED: ['completed', 'unknown'],
  REFUSED: ['cancelled', 'unfulfilled'],
  CANCELED: ['cancelled', 'unfulfilled'],
});

const UNPAID: readonly string[] = ['STAGING', 'WAITING_ACCEPTANCE', 'WAITING_DEBIT', 'WAITING_DEBIT_PAYMENT'];

const base = baseBy({ id: 'order_id', createdAt: 'created_date', updatedAt: 'last_updated_date' });
/** Offers tell no time at which one was made or changed. */
const baseOfOffer = baseBy({ id: 'offer_id' });

export function mapOrder(item: Json): readonly Order[] {
  const order = readRecord(item);
  const currency = order.currency('currency_iso_code');
  const word = order.optionalText('order_state');
  const customer = order.optionalObject('customer');
  return [
    {
      ...base(order),
      number: order.optionalText('commercial_id') ?? order.id('order_id'),
      ...statesOf(word),
      paymentStatus: paymentOf(order, word),
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

const mapAddress = addressBy({
  names: ['firstname', 'lastname'],
  company: 'company',
  line1: 'street_1',
  line2: 'street_2',
  city: 'city',
  region: 'state',
  postalCode: 'zip_code',
  country: (address) => alpha2Of(address.optionalText('country_iso_code')),
  phone: 'phone',
});

/** An offer is of one product of the operator's catalogue: its only variant has its id. */
export function mapOffer(item: Json): readonly Product[] {
  const offer = readRecord(item);
  const id = offer.id('offer_id');
  const isActive = offer.raw['active'];
  return [
    {
      ...baseOfOffer(offer),
      title: offer.optionalText('product_title') ?? '',
      status: statusOfFlag(isActive),
      platformStatus: joined(offer.texts('inactivity_reasons'), ','),
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
      ...baseOfOffer(offer),
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
