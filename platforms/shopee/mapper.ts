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
import { baseBy, type RecordReader, readRecord } from '../record-reader.ts';
import { moneyBy } from '../told-money.ts';
import { meaningOf, type ProductWords, statesBy } from '../words.ts';

const statesOf = statesBy(['status', 'fulfillmentStatus'], {
  PENDING: ['open', 'unfulfilled'],
  UNPAID: ['open', 'unfulfilled'],
  INVOICE_PENDING: ['open', 'unfulfilled'],
  READY_TO_SHIP: ['open', 'unfulfilled'],
  RETRY_SHIP: ['open', 'unfulfilled'],
  PROCESSED: ['open', 'unfulfilled'],
  SHIPPED: ['open', 'fulfilled'],
  TO_CONFIRM_RECEIVE: ['open', 'fulfilled'],
  TO_RETURN: ['open', 'returned'],
  COMPLETED: ['completed', 'fulfilled'],
  IN_CANCEL: ['open', 'unfulfilled'],
  CANCELLED: ['cancelled', 'unfulfilled'],
});

const ITEM_STATUS: ProductWords = {
  NORMAL: 'active',
  UNLIST: 'draft',
  REVIEWING: 'draft',
  BANNED: 'archived',
};

const TIMES = { createdAt: 'create_time', updatedAt: 'update_time', as: 'epoch' } as const;
const base = baseBy({ id: 'order_sn', ...TIMES });
const baseOfItem = baseBy({ id: 'item_id', ...TIMES });
const { moneyOf } = moneyBy({ amount: 'current_price', currency: 'currency' });

export function mapOrder(item: Json): readonly Order[] {
  const order = readRecord(item);
  const currency = order.currency('currency');
  const platformStatus = order.text('order_status');
  const states = statesOf(platformStatus);
  return [
    {
      ...base(order),
      number: order.id('order_sn'),
      ...states,
      paymentStatus: paymentOf(order, states.status),
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
function paymentOf(order: RecordReader, status: Order['status']): Order['paymentStatus'] {
  if (order.epoch('pay_time') !== null) return status === 'cancelled' ? 'refunded' : 'paid';
  if (status === 'cancelled') return 'voided';
  return status === 'unknown' ? 'unknown' : 'pending';
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
      ...baseOfItem(product),
      title: product.text('item_name'),
      status: meaningOf(ITEM_STATUS, status),
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
  return price === undefined ? null : moneyOf(price);
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
    ...baseOfItem(product),
    platformId: id,
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
