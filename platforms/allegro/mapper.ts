// Allegro's checkout forms and offers → unified records. Amounts are decimal text with their currency, instants RFC 3339 in UTC. Pure.
import type { Json } from '../../domain/platform.ts';
import type { InventoryLevel, LineItem, Order, Product } from '../../domain/resource.ts';
import { addressBy, joinedText } from '../address.ts';
import { timesOf } from '../amount.ts';
import { baseBy, type RecordReader, readRecord } from '../record-reader.ts';
import { moneyBy } from '../told-money.ts';
import { joined, meaningOf, type OrderWords, type ProductWords } from '../words.ts';

const FULFILLMENT: OrderWords<'fulfillmentStatus'> = {
  NEW: 'unfulfilled',
  PROCESSING: 'unfulfilled',
  READY_FOR_SHIPMENT: 'unfulfilled',
  READY_FOR_PICKUP: 'fulfilled',
  SUSPENDED: 'unfulfilled',
  SENT: 'fulfilled',
  PICKED_UP: 'fulfilled',
  CANCELLED: 'unfulfilled',
  RETURNED: 'returned',
};

const { moneyOf, moneyIn } = moneyBy({ amount: 'amount', currency: 'currency' });

export function mapOrder(item: Json): readonly Order[] {
  const order = readRecord(item);
  const status = order.optionalText('status');
  const work = order.optionalObject('fulfillment');
  const done = work?.optionalText('status') ?? null;
  const lines = order.list('lineItems');
  const total = moneyOf(order.object('summary').object('totalToPay'));
  const delivery = order.optionalObject('delivery');
  const buyer = order.optionalObject('buyer');
  const invoice = order.optionalObject('invoice')?.optionalObject('address') ?? null;
  return [
    {
      platformId: order.id('id'),
      // What was bought at first; the form itself does not tell when it was made.
      platformCreatedAt: lines.map((one) => one.instant('boughtAt')).sort()[0] ?? null,
      platformUpdatedAt: order.instant('updatedAt'),
      number: order.id('id'),
      status: statusOf(status, done),
      paymentStatus: paymentOf(order, status),
      fulfillmentStatus: fulfillmentOf(work, done),
      platformStatus: joined([status, done], '/'),
      currency: total.currency,
      total,
      subtotal: null,
      tax: null,
      shipping: moneyIn(delivery, 'cost'),
      discount: null,
      customerPlatformId: buyer?.optionalId('id') ?? null,
      email: buyer?.optionalText('email') ?? null,
      shippingAddress: mapAddress(delivery?.optionalObject('address') ?? null),
      billingAddress: mapAddress(invoice),
      lineItems: lines.map(mapLine),
    },
  ];
}

function statusOf(status: string | null, done: string | null): Order['status'] {
  if (status === 'CANCELLED' || done === 'CANCELLED') return 'cancelled';
  if (done === 'PICKED_UP' || done === 'RETURNED') return 'completed';
  return status === 'BOUGHT' || status === 'FILLED_IN' || status === 'READY_FOR_PROCESSING'
    ? 'open'
    : 'unknown';
}

/** A form is ready for processing once it is paid, or is paid on delivery. */
function paymentOf(order: RecordReader, status: string | null): Order['paymentStatus'] {
  const payment = order.optionalObject('payment');
  if (status === 'CANCELLED') return 'unknown';
  if (payment?.instant('finishedAt') != null) return 'paid';
  return status === 'BOUGHT' || status === 'FILLED_IN' ? 'pending' : 'unknown';
}

function fulfillmentOf(work: RecordReader | null, done: string | null): Order['fulfillmentStatus'] {
  const sent = work?.optionalObject('shipmentSummary')?.optionalText('lineItemsSent') ?? null;
  const known = meaningOf(FULFILLMENT, done);
  return known === 'unfulfilled' && sent === 'SOME' ? 'partially_fulfilled' : known;
}

function mapLine(line: RecordReader): LineItem {
  const offer = line.optionalObject('offer');
  const quantity = line.integer('quantity');
  const price = moneyIn(line, 'price');
  return {
    platformId: line.optionalId('id'),
    productPlatformId: offer?.optionalId('id') ?? null,
    variantPlatformId: offer?.optionalId('id') ?? null,
    sku: offer?.optionalObject('external')?.optionalText('id') ?? null,
    title: offer?.optionalText('name') ?? null,
    quantity,
    unitPrice: price,
    total: timesOf(price, quantity),
  };
}

/** Delivery and invoice tell person and company in different ways. */
const mapAddress = addressBy({
  names: [
    (address) => joinedText(['firstName', 'lastName'])(address.optionalObject('naturalPerson') ?? address),
  ],
  company: (address) =>
    address.optionalText('companyName') ?? address.optionalObject('company')?.optionalText('name') ?? null,
  line1: 'street',
  city: 'city',
  postalCode: 'zipCode',
  country: 'countryCode',
  phone: 'phoneNumber',
});

const PUBLICATION: ProductWords = {
  ACTIVE: 'active',
  ACTIVATING: 'active',
  INACTIVE: 'draft',
  ENDED: 'archived',
};

/** The list of offers tells no time at which one was made or changed. */
const base = baseBy({ id: 'id' });

/** An offer is of one thing: its only variant has its id. */
export function mapOffer(item: Json): readonly Product[] {
  const offer = readRecord(item);
  const publication = offer.optionalObject('publication');
  const status = publication?.optionalText('status') ?? null;
  const id = offer.id('id');
  return [
    {
      ...base(offer),
      title: offer.optionalText('name') ?? '',
      status: meaningOf(PUBLICATION, status),
      platformStatus: status,
      description: null,
      brand: null,
      url: null,
      variants: [
        {
          platformId: id,
          sku: skuOf(offer),
          barcode: null,
          title: null,
          price: moneyIn(offer.optionalObject('sellingMode'), 'price'),
          inventoryItemPlatformId: null,
        },
      ],
    },
  ];
}

export function mapStock(item: Json): readonly InventoryLevel[] {
  const offer = readRecord(item);
  const id = offer.id('id');
  return [
    {
      ...base(offer),
      sku: skuOf(offer),
      productPlatformId: id,
      variantPlatformId: id,
      locationPlatformId: null,
      available: offer.optionalObject('stock')?.optionalInteger('available') ?? null,
      onHand: null,
      reserved: null,
    },
  ];
}

function skuOf(offer: RecordReader): string | null {
  return offer.optionalObject('external')?.optionalText('id') ?? null;
}
