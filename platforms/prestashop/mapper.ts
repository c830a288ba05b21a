// PrestaShop's orders, products, customers and stock → unified records. Numbers are mostly text, «none» is "0", and a text is one for each language. Instants are the shop's own time
// without a zone, so that none is told. Pure.
import type { Json, PassContext } from '../../domain/platform.ts';
import type {
  Customer,
  InventoryLevel,
  LineItem,
  Order,
  Product,
  ProductVariant,
} from '../../domain/resource.ts';
import { negated, sumOf } from '../amount.ts';
import { isList, textOf, valueAt } from '../json.ts';
import { baseBy, type RecordReader, readCurrency, readRecord } from '../record-reader.ts';

const base = baseBy({ id: 'id' });

/** A currency that the shop does not list any more is not guessed at. */
export function mapOrder(item: Json): readonly Order[] {
  const order = readRecord(item);
  const currency = readCurrency(
    order.optionalObject('currency')?.raw['iso_code'],
    `${order.path}/id_currency`,
  );
  const state = order.optionalObject('state');
  const total = order.money('total_paid_tax_incl', currency);
  const untaxed = order.optionalMoney('total_paid_tax_excl', currency);
  return [
    {
      ...base(order),
      number: order.optionalText('reference'),
      ...statusOf(state),
      platformStatus: idOrNone(order, 'current_state'),
      currency,
      total,
      subtotal: order.optionalMoney('total_products', currency),
      tax: untaxed === null ? null : sumOf([total, negated(untaxed)]),
      shipping: order.optionalMoney('total_shipping_tax_incl', currency),
      discount: order.optionalMoney('total_discounts_tax_incl', currency),
      customerPlatformId: idOrNone(order, 'id_customer'),
      // An order names its customer and its addresses by id alone.
      email: null,
      shippingAddress: null,
      billingAddress: null,
      lineItems: (order.optionalObject('associations')?.list('order_rows') ?? []).map((row) =>
        mapRow(row, currency),
      ),
    },
  ];
}

/** States are the merchant's own, with flags; that one means cancelled or given back, the name of its mail says. */
function statusOf(state: RecordReader | null): Pick<Order, 'status' | 'paymentStatus' | 'fulfillmentStatus'> {
  if (state === null) return { status: 'unknown', paymentStatus: 'unknown', fulfillmentStatus: 'unknown' };
  const mail = languageText(state, 'template');
  const [isPaid, isShipped] = [isSet(state, 'paid'), isSet(state, 'shipped')];
  const isCancelled = mail === 'order_canceled';
  return {
    status: isCancelled ? 'cancelled' : isShipped ? 'completed' : 'open',
    paymentStatus: mail === 'refund' ? 'refunded' : isPaid ? 'paid' : isCancelled ? 'voided' : 'pending',
    fulfillmentStatus: isShipped ? 'fulfilled' : 'unfulfilled',
  };
}

function mapRow(row: RecordReader, currency: string): LineItem {
  const product = idOrNone(row, 'product_id');
  return {
    platformId: idOrNone(row, 'id'),
    productPlatformId: product,
    variantPlatformId: idOrNone(row, 'product_attribute_id') ?? product,
    sku: row.optionalText('product_reference'),
    title: row.optionalText('product_name'),
    quantity: row.integer('product_quantity'),
    unitPrice: row.optionalMoney('unit_price_tax_incl', currency),
    total: null,
  };
}

export function mapProduct(item: Json, pass: PassContext): readonly Product[] {
  const product = readRecord(item);
  const active = textOf(product.raw['active']);
  return [
    {
      ...base(product),
      title: languageText(product, 'name') ?? '',
      status: active === '1' ? 'active' : active === '0' ? 'draft' : 'unknown',
      platformStatus: active === '1' ? 'active' : active === '0' ? 'inactive' : null,
      description: languageText(product, 'description'),
      // `false` where there is none.
      brand:
        typeof product.raw['manufacturer_name'] === 'string'
          ? product.optionalText('manufacturer_name')
          : null,
      url: null,
      variants: variantsOf(product, pass.facts['currency'] ?? null),
    },
  ];
}

/** Prices are without tax; a combination tells what it adds to its product's. */
function variantsOf(product: RecordReader, currency: string | null): readonly ProductVariant[] {
  const price = product.optionalMoney('price', currency);
  const combinations = product.list('combinations');
  if (combinations.length === 0) return [{ ...variantOf(product), title: null, price }];
  return combinations.map((one) => ({
    ...variantOf(one),
    title: null,
    price: price === null ? null : sumOf([price, one.optionalMoney('price', currency)]),
  }));
}

function variantOf(record: RecordReader): Omit<ProductVariant, 'title' | 'price'> {
  return {
    platformId: record.id('id'),
    sku: record.optionalText('reference'),
    barcode: record.optionalText('ean13') ?? record.optionalText('upc'),
    inventoryItemPlatformId: null,
  };
}

export function mapCustomer(item: Json): readonly Customer[] {
  const customer = readRecord(item);
  return [
    {
      ...base(customer),
      email: customer.optionalText('email'),
      firstName: customer.optionalText('firstname'),
      lastName: customer.optionalText('lastname'),
      // Both are in a list of their own.
      phone: null,
      addresses: [],
    },
  ];
}

/** A row without a combination is a plain product's, or the sum of those that a product has: which, it does not tell. */
export function mapStock(item: Json): readonly InventoryLevel[] {
  const stock = readRecord(item);
  return [
    {
      ...base(stock),
      sku: null,
      productPlatformId: idOrNone(stock, 'id_product'),
      variantPlatformId: idOrNone(stock, 'id_product_attribute'),
      locationPlatformId: null,
      available: stock.optionalInteger('quantity'),
      onHand: null,
      reserved: null,
    },
  ];
}

function idOrNone(record: RecordReader, name: string): string | null {
  const id = record.optionalId(name);
  return id === '0' ? null : id;
}

function isSet(record: RecordReader, name: string): boolean {
  return textOf(record.raw[name]) === '1';
}

/** One text, or a list of one for each language: the first. */
function languageText(record: RecordReader, name: string): string | null {
  const value = record.raw[name];
  if (!isList(value)) return record.optionalText(name);
  return textOf(valueAt(value[0], 'value')) || null;
}
