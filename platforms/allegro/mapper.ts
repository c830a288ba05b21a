// Allegro's checkout forms and offers → unified records. Amounts are decimal text with their currency, instants RFC 3339 in UTC. Pure.
import type { Json } from '../../domain/platform.ts';
import type { Address, InventoryLevel, LineItem, Money, Order, Product } from '../../domain/resource.ts';
import { addressOf } from '../address.ts';
import { timesOf } from '../amount.ts';
import { lookUp, type RecordReader, readRecord } from '../record-reader.ts';

const FULFILLMENT: Readonly<Record<string, Order['fulfillmentStatus']>> = {
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

export function mapOrder(item: Json): readonly Order[] {
  const order = readRecord(item);
  const status = order.optionalText('status');
  const work = order.optionalObject('fulfillment');
  const done = work?.optionalText('status') ?? null;
  const lines = order.list('lineItems');
  const total = requiredMoney(order.object('summary').object('totalToPay'));
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
      platformStatus: [status, done].filter((one) => one !== null).join('/') || null,
      currency: total.currency,
      total,
      subtotal: null,
      tax: null,
      shipping: money(delivery?.optionalObject('cost') ?? null),
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
  const known = lookUp(FULFILLMENT, done) ?? 'unknown';
  return known === 'unfulfilled' && sent === 'SOME' ? 'partially_fulfilled' : known;
}

function mapLine(line: RecordReader): LineItem {
  const offer = line.optionalObject('offer');
  const quantity = line.integer('quantity');
  const price = money(line.optionalObject('price'));
  return {
    platformId: line.optionalId('id'),
    productPlatformId: offer?.optionalId('id') ?? null,
    variantPlatformId: offer?.optionalId('id') ?? null,
    sku: offer?.optionalObject('external')?.optionalText('id') ?? null,
    title: offer?.optionalText('name') ?? null,
    quantity,
    unitPrice: price,
    total: price === null ? null : timesOf(price, quantity),
  };
}

/** Delivery and invoice tell person and company in different ways. */
function mapAddress(address: RecordReader | null): Address | null {
  if (address === null) return null;
  const person = address.optionalObject('naturalPerson') ?? address;
  return addressOf({
    names: [person.optionalText('firstName'), person.optionalText('lastName')],
    company:
      address.optionalText('companyName') ?? address.optionalObject('company')?.optionalText('name') ?? null,
    line1: address.optionalText('street'),
    city: address.optionalText('city'),
    postalCode: address.optionalText('zipCode'),
    country: address.optionalText('countryCode'),
    phone: address.optionalText('phoneNumber'),
  });
}

const PUBLICATION: Readonly<Record<string, Product['status']>> = {
  ACTIVE: 'active',
  ACTIVATING: 'active',
  INACTIVE: 'draft',
  ENDED: 'archived',
};

/** An offer is of one thing: its only variant has its id. */
export function mapOffer(item: Json): readonly Product[] {
  const offer = readRecord(item);
  const publication = offer.optionalObject('publication');
  const status = publication?.optionalText('status') ?? null;
  const id = offer.id('id');
  return [
    {
      ...untimed(id),
      title: offer.optionalText('name') ?? '',
      status: lookUp(PUBLICATION, status) ?? 'unknown',
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
          price: money(offer.optionalObject('sellingMode')?.optionalObject('price') ?? null),
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
      ...untimed(id),
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

/** The list of offers tells no time at which one was made or changed. */
function untimed(platformId: string) {
  return { platformId, platformCreatedAt: null, platformUpdatedAt: null };
}

function skuOf(offer: RecordReader): string | null {
  return offer.optionalObject('external')?.optionalText('id') ?? null;
}

function requiredMoney(told: RecordReader): Money {
  return told.money('amount', told.text('currency'));
}

function money(told: RecordReader | null): Money | null {
  return told === null ? null : requiredMoney(told);
}
