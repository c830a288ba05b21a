// Magento's objects → unified records. Instants carry no zone and are UTC; amounts are JSON numbers in major units, of the order's own currency. Pure.
import type { Json, PassContext } from '../../domain/platform.ts';
import type {
  Customer,
  InventoryLevel,
  LineItem,
  Order,
  Product,
  ProductVariant,
} from '../../domain/resource.ts';
import { addressBy } from '../address.ts';
import { withoutSign } from '../amount.ts';
import { textOf, valueAt } from '../json.ts';
import { baseBy, type RecordReader, readRecord } from '../record-reader.ts';
import { joined, meaningOf, type OrderWords } from '../words.ts';

/** The state; statuses are the merchant's own words for it. */
const STATE: OrderWords<'status'> = {
  new: 'open',
  pending_payment: 'open',
  processing: 'open',
  holded: 'open',
  payment_review: 'open',
  complete: 'completed',
  closed: 'completed',
  canceled: 'cancelled',
};

const base = baseBy({ id: 'id', createdAt: 'created_at', updatedAt: 'updated_at', as: 'utc' });
const baseOfOrder = baseBy({
  id: 'entity_id',
  createdAt: 'created_at',
  updatedAt: 'updated_at',
  as: 'utc',
});

export function mapOrder(item: Json): readonly Order[] {
  const order = readRecord(item);
  const currency = order.currency('order_currency_code');
  const state = order.optionalText('state');
  const status = order.optionalText('status');
  const rows = order.list('items');
  const [shipping] = order.optionalObject('extension_attributes')?.list('shipping_assignments') ?? [];
  return [
    {
      ...baseOfOrder(order),
      number: order.optionalText('increment_id'),
      status: meaningOf(STATE, state),
      paymentStatus: paymentOf(order, state, currency),
      fulfillmentStatus: fulfillmentOf(rows, state),
      platformStatus: joined([state, status], '/'),
      currency,
      total: order.money('grand_total', currency),
      subtotal: order.optionalMoney('subtotal', currency),
      tax: order.optionalMoney('tax_amount', currency),
      shipping: order.optionalMoney('shipping_amount', currency),
      discount: withoutSign(order.optionalMoney('discount_amount', currency)),
      customerPlatformId: order.optionalId('customer_id'),
      email: order.optionalText('customer_email'),
      shippingAddress: mapAddress(shipping?.optionalObject('shipping')?.optionalObject('address') ?? null),
      billingAddress: mapAddress(order.optionalObject('billing_address')),
      lineItems: rows.filter(isSold).map((row) => mapLine(row, rows, currency)),
    },
  ];
}

/** What was sold; the parts of a bundle and the simple product chosen of a configurable one have rows of their own below it. */
function isSold(row: RecordReader): boolean {
  return row.optionalId('parent_item_id') === null;
}

function mapLine(row: RecordReader, rows: readonly RecordReader[], currency: string): LineItem {
  const id = row.id('item_id');
  const isConfigurable = row.optionalText('product_type') === 'configurable';
  const chosen = isConfigurable ? rows.find((one) => one.optionalId('parent_item_id') === id) : undefined;
  return {
    platformId: id,
    productPlatformId: row.optionalId('product_id'),
    variantPlatformId: (chosen ?? row).optionalId('product_id'),
    sku: row.optionalText('sku'),
    title: row.optionalText('name'),
    quantity: row.integer('qty_ordered'),
    unitPrice: row.optionalMoney('price', currency),
    total: row.optionalMoney('row_total', currency),
  };
}

/** Magento keeps no such word: by what was paid, what is due and what was given back. */
function paymentOf(order: RecordReader, state: string | null, currency: string): Order['paymentStatus'] {
  const isSome = (name: string) => /[1-9]/.test(order.optionalMoney(name, currency)?.amount ?? '');
  if (isSome('total_refunded')) return state === 'closed' ? 'refunded' : 'partially_refunded';
  if (state === 'canceled') return isSome('total_paid') ? 'unknown' : 'voided';
  if (isSome('total_paid')) return isSome('total_due') ? 'unknown' : 'paid';
  return isSome('grand_total') ? 'pending' : 'paid';
}

/** Of what was not cancelled; a complete order is through, also where nothing had to be sent. */
function fulfillmentOf(rows: readonly RecordReader[], state: string | null): Order['fulfillmentStatus'] {
  if (state === 'complete') return 'fulfilled';
  if (state === 'closed') return 'unknown';
  const sold = rows.filter(isSold);
  const shipped = sold.map((row) => row.optionalInteger('qty_shipped') ?? 0);
  if (shipped.every((one) => one === 0)) return 'unfulfilled';
  const isWhole = sold.every((row, at) => {
    const wanted = row.integer('qty_ordered') - (row.optionalInteger('qty_canceled') ?? 0);
    return (shipped[at] ?? 0) >= wanted;
  });
  return isWhole ? 'fulfilled' : 'partially_fulfilled';
}

export function mapProduct(item: Json, pass: PassContext): readonly Product[] {
  const product = readRecord(item);
  const status = product.optionalInteger('status');
  return [
    {
      ...base(product),
      title: product.optionalText('name') ?? '',
      status: status === 1 ? 'active' : status === 2 ? 'draft' : 'unknown',
      platformStatus: status === null ? null : String(status),
      description: attribute(product, 'description'),
      // The attribute "manufacturer" is a number that stands for a word of the shop's own list.
      brand: null,
      // A url_key alone is no address: suffix and path are settings of the shop.
      url: null,
      variants: variantsOf(product, pass.facts['currency'] ?? null),
    },
  ];
}

/** A configurable product names its variants by id; each is a product of its own in the list, with its SKU and price. */
function variantsOf(product: RecordReader, currency: string | null): readonly ProductVariant[] {
  const links = product.optionalObject('extension_attributes')?.raw['configurable_product_links'];
  if (Array.isArray(links) && links.length > 0) {
    return links.flatMap((link: Json) => {
      const platformId = textOf(link);
      const untold = { sku: null, barcode: null, title: null, price: null, inventoryItemPlatformId: null };
      return platformId === null || platformId === '' ? [] : [{ platformId, ...untold }];
    });
  }
  return [
    {
      platformId: product.id('id'),
      sku: product.optionalText('sku'),
      barcode: null,
      title: product.optionalText('name'),
      price: product.optionalMoney('price', currency),
      inventoryItemPlatformId: null,
    },
  ];
}

function attribute(product: RecordReader, code: string): string | null {
  const found = product.list('custom_attributes').find((one) => one.raw['attribute_code'] === code);
  return found?.optionalText('value') ?? null;
}

export function mapCustomer(item: Json): readonly Customer[] {
  const customer = readRecord(item);
  const addresses = customer.list('addresses');
  const main = addresses.find((one) => one.raw['default_billing'] === true) ?? addresses[0];
  return [
    {
      ...base(customer),
      email: customer.optionalText('email'),
      firstName: customer.optionalText('firstname'),
      lastName: customer.optionalText('lastname'),
      phone: main?.optionalText('telephone') ?? null,
      addresses: addresses.flatMap((one) => mapAddress(one) ?? []),
    },
  ];
}

/** One record a SKU and source. What may still be sold is less: Magento tells it apart, by stock and not by source. */
export function mapSourceItem(item: Json): readonly InventoryLevel[] {
  const level = readRecord(item);
  const [sku, source] = [level.text('sku'), level.id('source_code')];
  return [
    {
      platformId: `${source}/${sku}`,
      platformCreatedAt: null,
      platformUpdatedAt: null,
      sku: sku === '' ? null : sku,
      productPlatformId: null,
      variantPlatformId: null,
      locationPlatformId: source,
      available: null,
      onHand: level.optionalInteger('quantity'),
      reserved: null,
    },
  ];
}

export function sourceItemId(item: Json): string | null {
  const [source, sku] = [textOf(valueAt(item, 'source_code')), textOf(valueAt(item, 'sku'))];
  return source === null || sku === null ? null : `${source}/${sku}`;
}

const mapAddress = addressBy({
  names: ['firstname', 'lastname'],
  company: 'company',
  line1: (address) => address.texts('street')[0] ?? null,
  line2: (address) => joined(address.texts('street').slice(1), ', '),
  city: 'city',
  region: regionOf,
  postalCode: 'postcode',
  country: 'country_id',
  phone: 'telephone',
});

/** An order's address tells it as text, a customer's as an object. */
function regionOf(address: RecordReader): string | null {
  const isText = typeof address.raw['region'] !== 'object';
  return (isText ? address : address.optionalObject('region'))?.optionalText('region') ?? null;
}
