// eBay's orders and inventory items → unified records. Amounts are decimal text with their currency. Pure.
import type { Json } from '../../domain/platform.ts';
import type { Address, InventoryLevel, LineItem, Money, Order, Product } from '../../domain/resource.ts';
import { addressOf } from '../address.ts';
import { baseBy, lookUp, type RecordReader, readCurrency, readRecord } from '../record-reader.ts';

const PAYMENT: Readonly<Record<string, Order['paymentStatus']>> = {
  PENDING: 'pending',
  FAILED: 'pending',
  PAID: 'paid',
  PARTIALLY_REFUNDED: 'partially_refunded',
  FULLY_REFUNDED: 'refunded',
};

const FULFILLMENT: Readonly<Record<string, Order['fulfillmentStatus']>> = {
  NOT_STARTED: 'unfulfilled',
  IN_PROGRESS: 'partially_fulfilled',
  FULFILLED: 'fulfilled',
};

const base = baseBy({ id: 'orderId', createdAt: 'creationDate', updatedAt: 'lastModifiedDate' });

export function mapOrder(item: Json): readonly Order[] {
  const order = readRecord(item);
  const pricing = order.object('pricingSummary');
  const total = amount(pricing.object('total'));
  const payment = order.optionalText('orderPaymentStatus');
  const fulfillment = order.optionalText('orderFulfillmentStatus');
  const cancelled = order.optionalObject('cancelStatus')?.optionalText('cancelState') ?? null;
  const buyer = order.optionalObject('buyer');
  const [instruction] = order.list('fulfillmentStartInstructions');
  const part = (name: string) => amountOrNull(pricing.optionalObject(name));
  return [
    {
      ...base(order),
      number: order.id('orderId'),
      status: cancelled === 'CANCELED' ? 'cancelled' : fulfillment === 'FULFILLED' ? 'completed' : 'open',
      paymentStatus: lookUp(PAYMENT, payment) ?? 'unknown',
      fulfillmentStatus: lookUp(FULFILLMENT, fulfillment) ?? 'unknown',
      platformStatus: [payment, fulfillment, cancelled].filter((one) => one !== null).join('/') || null,
      currency: total.currency,
      total,
      subtotal: part('priceSubtotal'),
      tax: part('tax'),
      shipping: part('deliveryCost'),
      discount: withoutSign(part('priceDiscount')),
      customerPlatformId: buyer?.optionalId('username') ?? null,
      email: buyer?.optionalObject('buyerRegistrationAddress')?.optionalText('email') ?? null,
      shippingAddress: mapContact(
        instruction?.optionalObject('shippingStep')?.optionalObject('shipTo') ?? null,
      ),
      // What a buyer registered with is not what the order is billed to.
      billingAddress: null,
      lineItems: order.list('lineItems').map(mapLine),
    },
  ];
}

/** Products are inventory items, known by their SKU; a listing made elsewhere may have none. */
function mapLine(line: RecordReader): LineItem {
  const quantity = line.integer('quantity');
  const cost = amountOrNull(line.optionalObject('lineItemCost'));
  const sku = line.optionalText('sku');
  return {
    platformId: line.id('lineItemId'),
    productPlatformId: sku,
    variantPlatformId: sku,
    sku,
    title: line.optionalText('title'),
    quantity,
    // The cost is of all units; a price that is not told is not computed.
    unitPrice: quantity === 1 ? cost : null,
    total: amountOrNull(line.optionalObject('discountedLineItemCost')) ?? cost,
  };
}

function amount(of: RecordReader): Money {
  return of.money('value', readCurrency(of.raw['currency'], `${of.path}/currency`));
}

function amountOrNull(of: RecordReader | null): Money | null {
  return of === null ? null : amount(of);
}

/** A discount is a negative number there. */
function withoutSign(of: Money | null): Money | null {
  return of === null ? null : { ...of, amount: of.amount.replace(/^-/, '') };
}

function mapContact(contact: RecordReader | null): Address | null {
  const address = contact?.optionalObject('contactAddress') ?? null;
  return addressOf({
    names: [contact?.optionalText('fullName') ?? null],
    company: contact?.optionalText('companyName') ?? null,
    line1: address?.optionalText('addressLine1') ?? null,
    line2: address?.optionalText('addressLine2') ?? null,
    city: address?.optionalText('city') ?? null,
    region: address?.optionalText('stateOrProvince') ?? null,
    postalCode: address?.optionalText('postalCode') ?? null,
    country: address?.optionalText('countryCode') ?? null,
    phone: contact?.optionalObject('primaryPhone')?.optionalText('phoneNumber') ?? null,
  });
}

/** One SKU is a product that is its own only variant. Whether it is offered, and for how much, its offers tell, one call a SKU. */
export function mapItem(item: Json): readonly Product[] {
  const stocked = readRecord(item);
  const sku = stocked.id('sku');
  const product = stocked.optionalObject('product');
  const title = product?.optionalText('title') ?? null;
  const codes = ['ean', 'upc', 'isbn'].flatMap((name) => product?.texts(name) ?? []);
  return [
    {
      platformId: sku,
      platformCreatedAt: null,
      platformUpdatedAt: null,
      title: title ?? '',
      status: 'unknown',
      platformStatus: null,
      description: product?.optionalText('description') ?? null,
      brand: product?.optionalText('brand') ?? null,
      url: null,
      variants: [
        {
          platformId: sku,
          sku,
          barcode: codes[0] ?? null,
          title,
          price: null,
          inventoryItemPlatformId: sku,
        },
      ],
    },
  ];
}

export function mapStock(item: Json): readonly InventoryLevel[] {
  const stocked = readRecord(item);
  const sku = stocked.id('sku');
  const shipped = stocked.optionalObject('availability')?.optionalObject('shipToLocationAvailability');
  return [
    {
      platformId: sku,
      platformCreatedAt: null,
      platformUpdatedAt: null,
      sku,
      productPlatformId: sku,
      variantPlatformId: sku,
      locationPlatformId: null,
      available: shipped?.optionalInteger('quantity') ?? null,
      onHand: null,
      reserved: null,
    },
  ];
}
