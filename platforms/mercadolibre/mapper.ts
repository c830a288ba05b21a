// Mercado Libre's objects → unified records. Amounts are JSON numbers in major units, instants RFC 3339 with a zone. Pure.
import type { Json } from '../../domain/platform.ts';
import type { InventoryLevel, LineItem, Order, Product, ProductVariant } from '../../domain/resource.ts';
import { baseBy, type RecordReader, readRecord } from '../record-reader.ts';
import { meaningOf, type OrderWords, type ProductWords } from '../words.ts';

const PAYMENT: OrderWords<'paymentStatus'> = {
  confirmed: 'pending',
  payment_required: 'pending',
  payment_in_process: 'pending',
  paid: 'paid',
  partially_refunded: 'partially_refunded',
};

const base = baseBy({ id: 'id', createdAt: 'date_created', updatedAt: 'last_updated' });

export function mapOrder(item: Json): readonly Order[] {
  const order = readRecord(item);
  const currency = order.currency('currency_id');
  const word = order.optionalText('status');
  const isDelivered = order.texts('tags').includes('delivered');
  const isCancelled = word === 'cancelled' || word === 'invalid';
  return [
    {
      ...base(order),
      number: order.id('id'),
      status: isCancelled ? 'cancelled' : isDelivered ? 'completed' : word === null ? 'unknown' : 'open',
      // Of a cancelled order it is not told whether the money went back.
      paymentStatus: meaningOf(PAYMENT, word),
      // What is on its way is in the shipment.
      fulfillmentStatus: isDelivered ? 'fulfilled' : 'unknown',
      platformStatus: word,
      currency,
      total: order.money('total_amount', currency),
      subtotal: null,
      tax: order.optionalObject('taxes')?.optionalMoney('amount', currency) ?? null,
      shipping: null,
      discount: order.optionalObject('coupon')?.optionalMoney('amount', currency) ?? null,
      customerPlatformId: order.optionalObject('buyer')?.optionalId('id') ?? null,
      email: null,
      shippingAddress: null,
      billingAddress: null,
      lineItems: order.list('order_items').map((line) => mapLine(line, currency)),
    },
  ];
}

function mapLine(line: RecordReader, currency: string): LineItem {
  const item = line.object('item');
  return {
    platformId: null,
    productPlatformId: item.optionalId('id'),
    variantPlatformId: item.optionalId('variation_id') ?? item.optionalId('id'),
    sku: item.optionalText('seller_sku') ?? item.optionalText('seller_custom_field'),
    title: item.optionalText('title'),
    quantity: line.integer('quantity'),
    unitPrice: line.optionalMoney('unit_price', line.optionalText('currency_id') ?? currency),
    total: null,
  };
}

const ITEM_STATUS: ProductWords = {
  active: 'active',
  paused: 'draft',
  not_yet_active: 'draft',
  payment_required: 'draft',
  under_review: 'draft',
  inactive: 'archived',
  closed: 'archived',
};

export function mapItem(raw: Json): readonly Product[] {
  const item = readRecord(raw);
  const status = item.optionalText('status');
  const currency = item.optionalText('currency_id');
  const variations = item.list('variations');
  return [
    {
      ...base(item),
      title: item.optionalText('title') ?? '',
      status: meaningOf(ITEM_STATUS, status),
      platformStatus: status,
      // A call of its own.
      description: null,
      brand: attributeOf(item, 'BRAND'),
      url: item.optionalText('permalink'),
      // What has no variations is sold by itself: its only variant has its id.
      variants:
        variations.length > 0
          ? variations.map((one) => mapVariant(one, currency))
          : [mapVariant(item, currency)],
    },
  ];
}

function mapVariant(one: RecordReader, currency: string | null): ProductVariant {
  return {
    platformId: one.id('id'),
    sku: skuOf(one),
    barcode: attributeOf(one, 'GTIN'),
    title: null,
    price: one.optionalMoney('price', currency),
    inventoryItemPlatformId: one.optionalId('inventory_id'),
  };
}

/** The newer place of it is an attribute. */
function skuOf(one: RecordReader): string | null {
  return attributeOf(one, 'SELLER_SKU') ?? one.optionalText('seller_custom_field');
}

function attributeOf(one: RecordReader, id: string): string | null {
  const found = one.list('attributes').find((attribute) => attribute.raw['id'] === id);
  return found?.optionalText('value_name') ?? null;
}

/** What can be bought, an item and variation; where it lies is told elsewhere. */
export function mapStock(raw: Json): readonly InventoryLevel[] {
  const item = readRecord(raw);
  const variations = item.list('variations');
  if (variations.length === 0) return [level(item, item, item.id('id'))];
  return variations.map((one) => level(item, one, `${item.id('id')}/${one.id('id')}`));
}

function level(item: RecordReader, stocked: RecordReader, platformId: string): InventoryLevel {
  return {
    ...base(item),
    platformId,
    sku: skuOf(stocked),
    productPlatformId: item.id('id'),
    variantPlatformId: stocked.id('id'),
    locationPlatformId: null,
    available: stocked.optionalInteger('available_quantity'),
    onHand: null,
    reserved: null,
  };
}
