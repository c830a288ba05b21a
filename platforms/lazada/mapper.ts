// Lazada's objects → unified records. Each item of an order is one piece. Amounts are decimal text or numbers in major units; what Lazada masks («61****7») stays masked. Pure.
import type { Json, PassContext } from '../../domain/platform.ts';
import type { InventoryLevel, LineItem, Order, Product } from '../../domain/resource.ts';
import { addressBy, firstText } from '../address.ts';
import { negated, sumOf } from '../amount.ts';
import { progressOf, type Stage } from '../pieces.ts';
import { baseBy, type RecordReader, readCurrency, readRecord } from '../record-reader.ts';
import { lookUp, meaningOf, type ProductWords } from '../words.ts';
import { instantOf } from './instant.ts';

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
  delivered: 'done',
  returned: 'returned',
  shipped_back_success: 'returned',
  package_scrapped: 'done',
  lost: 'done',
  lost_by_3pl: 'done',
  damaged_by_3pl: 'done',
  canceled: 'cancelled',
};

const base = baseBy({ id: 'order_id', createdAt: 'created_at', updatedAt: 'updated_at', as: instantOf });
const baseOfProduct = baseBy({
  id: 'item_id',
  createdAt: 'created_time',
  updatedAt: 'updated_time',
  as: instantOf,
});

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
      ...base(order),
      number: order.optionalId('order_number'),
      ...progressOf(words.map((word) => lookUp(STAGE, word))),
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

const mapAddress = addressBy({
  names: ['first_name', 'last_name'],
  line1: 'address1',
  line2: firstText('address2', 'address5'),
  city: 'city',
  region: 'address3',
  postalCode: 'post_code',
  // In words.
  country: 'country',
  phone: 'phone',
});

const PRODUCT_STATUS: ProductWords = {
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
      ...baseOfProduct(product),
      title: attributes?.optionalText('name') ?? '',
      status: meaningOf(PRODUCT_STATUS, status?.toLowerCase() ?? null),
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
    ...baseOfProduct(product),
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
