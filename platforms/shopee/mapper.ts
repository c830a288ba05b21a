// Shopee's objects → unified records. Instants are Unix seconds, amounts are numbers in major units; what Shopee masks («****»)
// stays masked. Pure.
import type { Json } from '../../domain/platform.ts';
import type {
  Address,
  InventoryLevel,
  LineItem,
  Money,
  Order,
  Product,
  ProductVariant,
} from '../../domain/resource.ts';
import { lookUp, type RecordReader, readCurrency, readRecord } from '../record-reader.ts';

const ORDER: Readonly<Record<string, { status: Order['status']; fulfillment: Order['fulfillmentStatus'] }>> =
  {
    PENDING: { status: 'open', fulfillment: 'unfulfilled' },
    UNPAID: { status: 'open', fulfillment: 'unfulfilled' },
    INVOICE_PENDING: { status: 'open', fulfillment: 'unfulfilled' },
    READY_TO_SHIP: { status: 'open', fulfillment: 'unfulfilled' },
    RETRY_SHIP: { status: 'open', fulfillment: 'unfulfilled' },
    PROCESSED: { status: 'open', fulfillment: 'unfulfilled' },
    SHIPPED: { status: 'open', fulfillment: 'fulfilled' },
    TO_CONFIRM_RECEIVE: { status: 'open', fulfillment: 'fulfilled' },
    TO_RETURN: { status: 'open', fulfillment: 'returned' },
    COMPLETED: { status: 'completed', fulfillment: 'fulfilled' },
    IN_CANCEL: { status: 'open', fulfillment: 'unfulfilled' },
    CANCELLED: { status: 'cancelled', fulfillment: 'unfulfilled' },
  };
const FOREIGN = { status: 'unknown', fulfillment: 'unknown' } as const;

const ITEM_STATUS: Readonly<Record<string, Product['status']>> = {
  NORMAL: 'active',
  UNLIST: 'draft',
  REVIEWING: 'draft',
  BANNED: 'archived',
};

export function mapOrder(item: Json): readonly Order[] {
  const order = readRecord(item);
  const currency = readCurrency(order.raw['currency'], `${order.path}/currency`);
  const platformStatus = order.text('order_status');
  const known = lookUp(ORDER, platformStatus) ?? FOREIGN;
  return [
    {
      platformId: order.id('order_sn'),
      platformCreatedAt: order.epoch('create_time'),
      platformUpdatedAt: order.epoch('update_time'),
      number: order.id('order_sn'),
      status: known.status,
      paymentStatus: paymentStatus(order, platformStatus),
      fulfillmentStatus: known.fulfillment,
      platformStatus,
      currency,
      total: order.money('total_amount', currency),
      subtotal: null,
      tax: null,
      shipping: shippingOf(order, currency),
      discount: null,
      customerPlatformId: order.optionalId('buyer_user_id'),
      email: null,
      shippingAddress: mapAddress(order.optionalObject('recipient_address')),
      billingAddress: null,
      lineItems: order.list('item_list').map((line) => mapLine(line, currency)),
    },
  ];
}

/** Cash on delivery has no pay_time until it is delivered. */
function paymentStatus(order: RecordReader, status: string): Order['paymentStatus'] {
  if (order.epoch('pay_time') !== null) return status === 'CANCELLED' ? 'refunded' : 'paid';
  if (status === 'CANCELLED') return 'voided';
  return lookUp(ORDER, status) === undefined ? 'unknown' : 'pending';
}

/** The actual fee once it is known, the estimate before. */
function shippingOf(order: RecordReader, currency: string): Money | null {
  const actual = order.optionalMoney('actual_shipping_fee', currency);
  const isActual = actual !== null && !/^0(\.0+)?$/.test(actual.amount);
  return isActual ? actual : order.optionalMoney('estimated_shipping_fee', currency);
}

function mapLine(line: RecordReader, currency: string): LineItem {
  return {
    platformId: line.optionalId('order_item_id'),
    productPlatformId: line.optionalId('item_id'),
    variantPlatformId: line.optionalId('model_id'),
    sku: line.optionalText('model_sku') ?? line.optionalText('item_sku'),
    title: line.optionalText('item_name'),
    quantity: line.integer('model_quantity_purchased'),
    unitPrice: line.optionalMoney('model_discounted_price', currency),
    total: null,
  };
}

export function mapItem(item: Json): readonly Product[] {
  const product = readRecord(item);
  const status = product.optionalText('item_status');
  const models = product.list('model').map(mapModel);
  return [
    {
      platformId: product.id('item_id'),
      platformCreatedAt: product.epoch('create_time'),
      platformUpdatedAt: product.epoch('update_time'),
      title: product.text('item_name'),
      status: lookUp(ITEM_STATUS, status) ?? 'unknown',
      platformStatus: status,
      description: product.optionalText('description'),
      brand: product.optionalObject('brand')?.optionalText('original_brand_name') ?? null,
      url: null,
      // What has no models is sold by itself: its only variant has its id.
      variants: models.length > 0 ? models : [mapSingle(product)],
    },
  ];
}

function mapModel(model: RecordReader): ProductVariant {
  return {
    platformId: model.id('model_id'),
    sku: model.optionalText('model_sku'),
    barcode: model.optionalText('gtin_code'),
    title: model.optionalText('model_name'),
    price: priceOf(model),
    inventoryItemPlatformId: model.id('model_id'),
  };
}

function mapSingle(product: RecordReader): ProductVariant {
  return {
    platformId: product.id('item_id'),
    sku: product.optionalText('item_sku'),
    barcode: product.optionalText('gtin_code'),
    title: product.optionalText('item_name'),
    price: priceOf(product),
    inventoryItemPlatformId: product.id('item_id'),
  };
}

function priceOf(of: RecordReader): Money | null {
  const price = of.list('price_info')[0];
  if (price === undefined) return null;
  return price.money('current_price', readCurrency(price.raw['currency'], `${price.path}/currency`));
}

/** One level an item or model, over all of its locations. */
export function mapStock(item: Json): readonly InventoryLevel[] {
  const product = readRecord(item);
  const models = product.list('model');
  if (models.length === 0) return [mapLevel(product, product, product.id('item_id'))];
  return models.map((model) => mapLevel(product, model, model.id('model_id')));
}

function mapLevel(product: RecordReader, stocked: RecordReader, id: string): InventoryLevel {
  const summary = stocked.optionalObject('stock_info_v2')?.optionalObject('summary_info') ?? null;
  return {
    platformId: id,
    platformCreatedAt: product.epoch('create_time'),
    platformUpdatedAt: product.epoch('update_time'),
    sku: stocked.optionalText('model_sku') ?? product.optionalText('item_sku'),
    productPlatformId: product.id('item_id'),
    variantPlatformId: id,
    locationPlatformId: null,
    available: summary?.optionalInteger('total_available_stock') ?? null,
    onHand: null,
    reserved: summary?.optionalInteger('total_reserved_stock') ?? null,
  };
}

function mapAddress(address: RecordReader | null): Address | null {
  if (address === null) return null;
  const country = address.optionalText('region');
  return {
    name: address.optionalText('name'),
    company: null,
    line1: address.optionalText('full_address'),
    line2: address.optionalText('district'),
    city: address.optionalText('city'),
    region: address.optionalText('state'),
    postalCode: address.optionalText('zipcode'),
    countryCode: country !== null && /^[A-Z]{2}$/.test(country) ? country : null,
    phone: address.optionalText('phone'),
  };
}
