// eBay's orders and inventory items → unified records. Amounts are decimal text with their currency. Pure.
import type { Json } from '../../domain/platform.ts';
import type { InventoryLevel, LineItem, Order, Product } from '../../domain/resource.ts';
import { addressBy, textIn } from '../address.ts';
import { withoutSign } from '../amount.ts';
import { baseBy, type RecordReader, readRecord } from '../record-reader.ts';
import { moneyBy } from '../told-money.ts';
import { joined, meaningOf, type OrderWords } from '../words.ts';

const PAYMENT: OrderWords<'paymentStatus'> = {
  PENDING: 'pending',
  FAILED: 'pending',
  PAID: 'paid',
  PARTIALLY_REFUNDED: 'partially_refunded',
  FULLY_REFUNDED: 'refunded',
};

const FULFILLMENT: OrderWords<'fulfillmentStatus'> = {
  NOT_STARTED: 'unfulfilled',
  IN_PROGRESS: 'partially_fulfilled',
  FULFILLED: 'fulfilled',
};

const base = baseBy({ id: 'orderId', createdAt: 'creationDate', updatedAt: 'lastModifiedDate' });
const baseOfItem = baseBy({ id: 'sku' });
const { moneyOf, moneyIn } = moneyBy({ amount: 'value', currency: 'currency' });

export function mapOrder(item: Json): readonly Order[] {
  const order = readRecord(item);
  const pricing = order.object('pricingSummary');
  const total = moneyOf(pricing.object('total'));
  const payment = order.optionalText('orderPaymentStatus');
  const fulfillment = order.optionalText('orderFulfillmentStatus');
  const cancelled = order.optionalObject('cancelStatus')?.optionalText('cancelState') ?? null;
  const buyer = order.optionalObject('buyer');
  const [instruction] = order.list('fulfillmentStartInstructions');
  const part = (name: string) => moneyIn(pricing, name);
  return [
    {
      ...base(order),
      number: order.id('orderId'),
      status: cancelled === 'CANCELED' ? 'cancelled' : fulfillment === 'FULFILLED' ? 'completed' : 'open',
      paymentStatus: meaningOf(PAYMENT, payment),
      fulfillmentStatus: meaningOf(FULFILLMENT, fulfillment),
      platformStatus: joined([payment, fulfillment, cancelled], '/'),
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
  const cost = moneyIn(line, 'lineItemCost');
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
    total: moneyIn(line, 'discountedLineItemCost') ?? cost,
  };
}

const mapContact = addressBy({
  names: ['fullName'],
  company: 'companyName',
  line1: textIn('contactAddress', 'addressLine1'),
  line2: textIn('contactAddress', 'addressLine2'),
  city: textIn('contactAddress', 'city'),
  region: textIn('contactAddress', 'stateOrProvince'),
  postalCode: textIn('contactAddress', 'postalCode'),
  country: textIn('contactAddress', 'countryCode'),
  phone: textIn('primaryPhone', 'phoneNumber'),
});

/** One SKU is a product that is its own only variant. Whether it is offered, and for how much, its offers tell, one call a SKU. */
export function mapItem(item: Json): readonly Product[] {
  const stocked = readRecord(item);
  const sku = stocked.id('sku');
  const product = stocked.optionalObject('product');
  const title = product?.optionalText('title') ?? null;
  const codes = ['ean', 'upc', 'isbn'].flatMap((name) => product?.texts(name) ?? []);
  return [
    {
      ...baseOfItem(stocked),
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
      ...baseOfItem(stocked),
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
