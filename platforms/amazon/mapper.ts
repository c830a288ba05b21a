// Amazon's orders, listings and stock → unified records. Amounts are decimal text with their currency. Pure.
import type { Json, PassContext } from '../../domain/platform.ts';
import type { InventoryLevel, LineItem, Money, Order, Product } from '../../domain/resource.ts';
import { withoutSign } from '../amount.ts';
import { recordInvalid } from '../json.ts';
import { baseBy, type RecordReader, readRecord } from '../record-reader.ts';
import { moneyBy } from '../told-money.ts';
import { statesBy } from '../words.ts';

const statesOf = statesBy(['status', 'fulfillmentStatus'], {
  PENDING_AVAILABILITY: ['open', 'unfulfilled'],
  PENDING: ['open', 'unfulfilled'],
  UNSHIPPED: ['open', 'unfulfilled'],
  PARTIALLY_SHIPPED: ['open', 'partially_fulfilled'],
  SHIPPED: ['completed', 'fulfilled'],
  CANCELLED: ['cancelled', 'unfulfilled'],
  UNFULFILLABLE: ['open', 'unfulfilled'],
});

const base = baseBy({ id: 'orderId', createdAt: 'createdTime', updatedAt: 'lastUpdatedTime' });
const baseOfStock = baseBy({ id: 'sellerSku', updatedAt: 'lastUpdatedTime' });
const { moneyIn } = moneyBy({ amount: 'amount', currency: 'currencyCode' });

/** A pending order has no price yet: it becomes a record when Amazon tells one. A cancelled one brings the seller nothing. */
export function mapOrder(item: Json, pass: PassContext): readonly Order[] {
  const order = readRecord(item);
  const word = order.optionalObject('fulfillment')?.optionalText('fulfillmentStatus') ?? null;
  const states = statesOf(word);
  const isPending = word === 'PENDING' || word === 'PENDING_AVAILABILITY';
  const proceeds = order.optionalObject('proceeds');
  const total = moneyIn(proceeds, 'grandTotal') ?? nothingIn(order, states.status, pass.facts);
  if (total === null && isPending) return [];
  if (total === null) throw recordInvalid(`${order.path}/proceeds/grandTotal`, 'is not told');
  const part = (type: string) => partOf(proceeds, type);
  return [
    {
      ...base(order),
      number: order.id('orderId'),
      ...states,
      // Amazon tells no more of the payment.
      paymentStatus: isPending ? 'pending' : 'unknown',
      platformStatus: word,
      currency: total.currency,
      total,
      subtotal: part('ITEM'),
      tax: part('TAX'),
      shipping: part('SHIPPING'),
      discount: withoutSign(part('DISCOUNT')),
      customerPlatformId: null,
      email: order.optionalObject('buyer')?.optionalText('buyerEmail') ?? null,
      shippingAddress: null,
      billingAddress: null,
      lineItems: order.list('orderItems').map(mapLine),
    },
  ];
}

function mapLine(line: RecordReader): LineItem {
  const product = line.object('product');
  const sku = product.optionalText('sellerSku');
  return {
    platformId: line.id('orderItemId'),
    // A listing is known by its SKU.
    productPlatformId: sku,
    variantPlatformId: sku,
    sku,
    title: product.optionalText('title'),
    quantity: line.integer('quantityOrdered'),
    unitPrice: moneyIn(product.optionalObject('price'), 'unitPrice'),
    total: moneyIn(line.optionalObject('proceeds'), 'proceedsTotal'),
  };
}

function partOf(proceeds: RecordReader | null, type: string): Money | null {
  const found = proceeds?.list('breakdowns').find((one) => one.raw['type'] === type);
  return moneyIn(found, 'subtotal');
}

/** What a cancelled order without proceeds comes to, in the currency of its marketplace where the proof told it. */
function nothingIn(
  order: RecordReader,
  status: Order['status'],
  facts: Readonly<Record<string, string>>,
): Money | null {
  if (status !== 'cancelled') return null;
  const marketplace = order.optionalObject('salesChannel')?.optionalText('marketplaceId') ?? '';
  const currency = facts[`currency:${marketplace}`] ?? facts['currency'];
  return currency === undefined ? null : { amount: '0', currency };
}

/** One listing is one SKU at one marketplace: a product that is its own only variant; a parent that is not sold has none. */
export function mapListing(item: Json): readonly Product[] {
  const listing = readRecord(item);
  const [summary] = listing.list('summaries');
  const sku = listing.id('sku');
  const title = summary?.optionalText('itemName') ?? null;
  const statuses = summary?.texts('status') ?? [];
  const isParent = listing
    .list('relationships')
    .some((one) => one.list('relationships').some((of) => of.texts('childSkus').length > 0));
  const offer = listing.list('offers').find((one) => one.raw['offerType'] === 'B2C');
  return [
    {
      platformId: sku,
      platformCreatedAt: summary?.instant('createdDate') ?? null,
      platformUpdatedAt: summary?.instant('lastUpdatedDate') ?? null,
      title: title ?? '',
      // A parent is never bought, and says nothing of those below it.
      status:
        summary === undefined || isParent ? 'unknown' : statuses.includes('BUYABLE') ? 'active' : 'draft',
      platformStatus: statuses.join('/') || null,
      description: null,
      brand: null,
      url: null,
      variants: isParent
        ? []
        : [
            {
              platformId: sku,
              sku,
              barcode: null,
              title,
              price: moneyIn(offer, 'price'),
              inventoryItemPlatformId: sku,
            },
          ],
    },
  ];
}

/** Stock in Amazon's own warehouses (FBA). What the seller keeps himself is not in it. */
export function mapStock(item: Json): readonly InventoryLevel[] {
  const stock = readRecord(item);
  const details = stock.optionalObject('inventoryDetails');
  const sku = stock.id('sellerSku');
  return [
    {
      ...baseOfStock(stock),
      sku,
      productPlatformId: sku,
      variantPlatformId: sku,
      locationPlatformId: null,
      available: details?.optionalInteger('fulfillableQuantity') ?? null,
      // totalQuantity counts what is still on its way in.
      onHand: null,
      reserved: details?.optionalObject('reservedQuantity')?.optionalInteger('totalReservedQuantity') ?? null,
    },
  ];
}
