// Lazada's objects → unified records. Each item of an order is one piece. Amounts are decimal text or numbers in major units; what Lazada masks («61****7») stays masked. Pure.
import type { Json, PassContext } from '../../domain/platform.ts';
import type { Address, InventoryLevel, LineItem, Order, Product } from '../../domain/resource.ts';
import { addressOf } from '../address.ts';
import { negated, sumOf } from '../amount.ts';
import { lookUp, type RecordReader, readCurrency, readRecord } from '../record-reader.ts';
import { instantOf } from './instant.ts';

type Stage = 'waiting' | 'sent' | 'delivered' | 'returned' | 'cancelled' | 'lost';

/** Words of an item. */
const STAGE: Readonly<Record<string, Stage>> = {
  unpaid: 'waiting',
  pending: 'waiting',
  topack: 'waiting',
  packed: 'waiting',
  repacked: 'waiting',
  toship: 'waiting',
  ready_to_ship_pending: 'waiting',
  ready_to_ship: 'waiting',
  shipped: 'sent',
  shipping: 'sent',
  failed: 'sent',
  failed_delivery: 'sent',
  shipped_back: 'sent',
  shipped_back_failed: 'sent',
  delivered: 'delivered',
  returned: 'returned',
  shipped_back_success: 'returned',
  package_scrapped: 'lost',
  lost: 'lost',
  lost_by_3pl: 'lost',
  damaged_by_3pl: 'lost',
  canceled: 'cancelled',
};

export function mapOrder(item: Json, pass: PassContext): readonly Order[] {
  const order = readRecord(item);
  const items = order.list('order_items');
  const currency = currencyOf(items, pass);
  const words = order.texts('statuses');
  const price = order.money('price', currency);
  const shipping = order.optionalMoney('shipping_fee', currency);
  const voucher = order.optionalMoney('voucher', currency);
  return [
    {
      platformId: order.id('order_id'),
      platformCreatedAt: instantOf(order, 'created_at'),
      platformUpdatedAt: instantOf(order, 'updated_at'),
      number: order.optionalId('order_number'),
      ...progressOf(words),
      paymentStatus: paymentOf(words, items),
      platformStatus: words.join(',') || null,
      currency,
      // The price is told without shipping and voucher.
      total: sumOf([price, shipping, negated(voucher)]) ?? price,
      subtotal: price,
      tax: sumOf(items.map((one) => one.optionalMoney('tax_amount', currency))),
      shipping,
      discount: voucher,
      customerPlatformId: items[0]?.optionalId('buyer_id') ?? null,
      email: null,
      shippingAddress: mapAddress(order.optionalObject('address_shipping')),
      billingAddress: mapAddress(order.optionalObject('address_billing')),
      lineItems: items.map((one) => mapLine(one, currency)),
    },
  ];
}

/** An order names no currency; its items do. */
function currencyOf(items: readonly RecordReader[], pass: PassContext): string {
  const [first] = items;
  const told = first?.optionalText('currency') ?? pass.facts['currency'];
  return readCurrency(told, first === undefined ? '/order_items' : `${first.path}/currency`);
}

function progressOf(words: readonly string[]): Pick<Order, 'status' | 'fulfillmentStatus'> {
  const stages = words.map((word) => lookUp(STAGE, word));
  const alive = stages.filter((one) => one !== 'cancelled');
  const all = (...wanted: Stage[]) => alive.every((one) => one !== undefined && wanted.includes(one));
  if (stages.length === 0 || stages.includes(undefined))
    return { status: 'unknown', fulfillmentStatus: 'unknown' };
  if (alive.length === 0) return { status: 'cancelled', fulfillmentStatus: 'unfulfilled' };
  if (all('returned')) return { status: 'completed', fulfillmentStatus: 'returned' };
  const status = all('delivered', 'returned', 'lost') ? 'completed' : 'open';
  if (all('waiting')) return { status, fulfillmentStatus: 'unfulfilled' };
  return { status, fulfillmentStatus: alive.includes('waiting') ? 'partially_fulfilled' : 'fulfilled' };
}

/** Cash on delivery has no time of payment, and a cancelled order does not tell whether it was given back. */
function paymentOf(words: readonly string[], items: readonly RecordReader[]): Order['paymentStatus'] {
  if (words.includes('unpaid')) return 'pending';
  const isPaid = items.length > 0 && items.every((one) => one.optionalId('payment_time') !== null);
  return isPaid && !words.includes('canceled') ? 'paid' : 'unknown';
}

function mapLine(line: RecordReader, currency: string): LineItem {
  return {
    platformId: line.id('order_item_id'),
    productPlatformId: null,
    variantPlatformId: line.optionalId('sku_id'),
    sku: line.optionalText('sku'),
    title: line.optionalText('name'),
    quantity: 1,
    unitPrice: line.optionalMoney('item_price', currency),
    total: line.optionalMoney('paid_price', currency),
  };
}

function mapAddress(address: RecordReader | null): Address | null {
  if (address === null) return null;
  return addressOf({
    names: [address.optionalText('first_name'), address.optionalText('last_name')],
    line1: address.optionalText('address1'),
    line2: address.optionalText('address2') ?? address.optionalText('address5'),
    city: address.optionalText('city'),
    region: address.optionalText('address3'),
    postalCode: address.optionalText('post_code'),
    // In words.
    country: address.optionalText('country'),
    phone: address.optionalText('phone'),
  });
}

const PRODUCT_STATUS: Readonly<Record<string, Product['status']>> = {
  active: 'active',
  inactive: 'draft',
  'pending qc': 'draft',
  suspended: 'archived',
};

export function mapProduct(item: Json, pass: PassContext): readonly Product[] {
  const product = readRecord(item);
  const attributes = product.optionalObject('attributes');
  const skus = product.list('skus');
  const status = product.optionalText('status');
  const currency = pass.facts['currency'] ?? null;
  return [
    {
      ...base(product),
      title: attributes?.optionalText('name') ?? '',
      status: lookUp(PRODUCT_STATUS, status?.toLowerCase() ?? null) ?? 'unknown',
      platformStatus: status,
      description: attributes?.optionalText('description') ?? null,
      brand: attributes?.optionalText('brand') ?? null,
      url: skus[0]?.optionalText('Url') ?? null,
      variants: skus.map((sku) => ({
        platformId: sku.id('SkuId'),
        sku: sku.optionalText('SellerSku'),
        barcode: null,
        title: null,
        // Without a promotion.
        price: sku.optionalMoney('price', currency),
        inventoryItemPlatformId: null,
      })),
    },
  ];
}

/** A level a SKU and warehouse; Lazada's own warehouses are told apart from the seller's. */
export function mapStock(item: Json): readonly InventoryLevel[] {
  const product = readRecord(item);
  return product.list('skus').flatMap((sku) => {
    const warehouses = [...sku.list('multiWarehouseInventories'), ...sku.list('fblWarehouseInventories')];
    if (warehouses.length === 0) return [level(product, sku, null)];
    return warehouses.map((warehouse) => level(product, sku, warehouse));
  });
}

function level(product: RecordReader, sku: RecordReader, warehouse: RecordReader | null): InventoryLevel {
  const id = sku.id('SkuId');
  const location = warehouse?.id('warehouseCode') ?? null;
  return {
    ...base(product),
    platformId: location === null ? id : `${id}/${location}`,
    sku: sku.optionalText('SellerSku'),
    productPlatformId: product.id('item_id'),
    variantPlatformId: id,
    locationPlatformId: location,
    available:
      warehouse === null ? sku.optionalInteger('Available') : warehouse.optionalInteger('sellableQuantity'),
    onHand: warehouse === null ? sku.optionalInteger('quantity') : warehouse.optionalInteger('totalQuantity'),
    reserved: warehouse === null ? null : reservedIn(warehouse),
  };
}

/** Ordered and paid, and ordered and not paid yet. */
function reservedIn(warehouse: RecordReader): number | null {
  const [occupied, withheld] = [
    warehouse.optionalInteger('occupyQuantity'),
    warehouse.optionalInteger('withholdQuantity'),
  ];
  return occupied === null && withheld === null ? null : (occupied ?? 0) + (withheld ?? 0);
}

function base(product: RecordReader) {
  return {
    platformId: product.id('item_id'),
    platformCreatedAt: instantOf(product, 'created_time'),
    platformUpdatedAt: instantOf(product, 'updated_time'),
  };
}
