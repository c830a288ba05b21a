// Tiendanube's objects → unified records. Amounts are decimal text; a price is in the store's main currency, an order's in its own. Pure.
import type { Json, PassContext } from '../../domain/platform.ts';
import type {
  Address,
  Customer,
  InventoryLevel,
  LineItem,
  Order,
  Product,
  ProductVariant,
} from '../../domain/resource.ts';
import { addressOf } from '../address.ts';
import { baseBy, lookUp, type RecordReader, readCurrency, readRecord } from '../record-reader.ts';

const STATUS: Readonly<Record<string, Order['status']>> = {
  open: 'open',
  closed: 'completed',
  cancelled: 'cancelled',
};

/** "abandoned" has no counterpart: the shopper left the payment. */
const PAYMENT: Readonly<Record<string, Order['paymentStatus']>> = {
  pending: 'pending',
  authorized: 'authorized',
  paid: 'paid',
  refunded: 'refunded',
  voided: 'voided',
};

/** As documented, and as its examples have it. */
const SHIPPING: Readonly<Record<string, Order['fulfillmentStatus']>> = {
  unpacked: 'unfulfilled',
  unfulfilled: 'unfulfilled',
  unshipped: 'unfulfilled',
  fulfilled: 'fulfilled',
  shipped: 'fulfilled',
};

const base = baseBy({ id: 'id', createdAt: 'created_at', updatedAt: 'updated_at' });

export function mapOrder(item: Json): readonly Order[] {
  const order = readRecord(item);
  const currency = readCurrency(order.raw['currency'], `${order.path}/currency`);
  const words = ['status', 'payment_status', 'shipping_status'].map((name) => order.optionalText(name));
  const [status = null, payment = null, shipping = null] = words;
  const customer = order.optionalObject('customer');
  return [
    {
      ...base(order),
      number: order.optionalId('number'),
      status: lookUp(STATUS, status) ?? 'unknown',
      paymentStatus: lookUp(PAYMENT, payment) ?? 'unknown',
      fulfillmentStatus: lookUp(SHIPPING, shipping) ?? 'unknown',
      platformStatus: words.filter((one) => one !== null).join('/') || null,
      currency,
      total: order.money('total', currency),
      subtotal: order.optionalMoney('subtotal', currency),
      tax: null,
      shipping: order.optionalMoney('shipping_cost_customer', currency),
      discount: order.optionalMoney('discount', currency),
      // With the scope read_customers alone.
      customerPlatformId: customer?.optionalId('id') ?? null,
      email: customer?.optionalText('email') ?? null,
      shippingAddress: mapAddress(order.optionalObject('shipping_address'), ''),
      billingAddress: mapAddress(order, 'billing_'),
      lineItems: order.list('products').map((line) => mapLine(line, currency)),
    },
  ];
}

function mapLine(line: RecordReader, currency: string): LineItem {
  return {
    platformId: line.optionalId('id'),
    productPlatformId: line.optionalId('product_id'),
    variantPlatformId: line.optionalId('variant_id'),
    sku: line.optionalText('sku'),
    title: line.optionalText('name'),
    quantity: line.integer('quantity'),
    unitPrice: line.optionalMoney('price', currency),
    total: null,
  };
}

/** A billing address is spread over members of the order that begin with billing_. */
function mapAddress(of: RecordReader | null, prefix: '' | 'billing_'): Address | null {
  if (of === null) return null;
  const text = (name: string) => of.optionalText(`${prefix}${name}`);
  const join = (names: readonly string[], separator: string) =>
    names.flatMap((name) => text(name) ?? []).join(separator) || null;
  return addressOf({
    names: [text('name')],
    line1: join(['address', 'number'], ' '),
    line2: join(['floor', 'locality'], ', '),
    city: text('city'),
    region: text('province'),
    postalCode: text('zipcode'),
    country: text('country'),
    phone: text('phone'),
  });
}

/** Texts by language; where there is but one it may be plain. */
function localized(record: RecordReader, name: string, pass: PassContext): string | null {
  if (typeof record.raw[name] === 'string') return record.optionalText(name);
  const texts = record.optionalObject(name);
  return texts === null ? null : inLanguage(texts, pass);
}

/** The store's main language, else the first there is. */
function inLanguage(texts: RecordReader, { facts }: PassContext): string | null {
  const wanted = facts['language'] ?? '';
  const [first] = Object.keys(texts.raw);
  const own = texts.has(wanted) ? texts.optionalText(wanted) : null;
  return own ?? (first === undefined ? null : texts.optionalText(first));
}

export function mapProduct(item: Json, pass: PassContext): readonly Product[] {
  const product = readRecord(item);
  return [
    {
      ...base(product),
      title: localized(product, 'name', pass) ?? '',
      status: product.raw['published'] === true ? 'active' : 'draft',
      // A yes or no, not a word.
      platformStatus: null,
      description: localized(product, 'description', pass),
      brand: product.optionalText('brand'),
      url: null,
      variants: product.list('variants').map((variant) => mapVariant(variant, pass)),
    },
  ];
}

function mapVariant(variant: RecordReader, pass: PassContext): ProductVariant {
  const id = variant.id('id');
  const values = variant.list('values').flatMap((value) => inLanguage(value, pass) ?? []);
  return {
    platformId: id,
    sku: variant.optionalText('sku'),
    barcode: variant.optionalText('barcode'),
    title: values.join(' / ') || null,
    price: variant.optionalMoney('price', pass.facts['currency'] ?? null),
    inventoryItemPlatformId: id,
  };
}

/** One level a variant. Stock that is not managed is null: there is always some. */
export function mapStock(item: Json): readonly InventoryLevel[] {
  const product = readRecord(item);
  const productId = product.id('id');
  return product.list('variants').map((variant) => ({
    platformId: variant.id('id'),
    platformCreatedAt: variant.instant('created_at'),
    platformUpdatedAt: variant.instant('updated_at'),
    sku: variant.optionalText('sku'),
    productPlatformId: productId,
    variantPlatformId: variant.id('id'),
    locationPlatformId: null,
    available: variant.optionalInteger('stock'),
    onHand: null,
    reserved: null,
  }));
}

export function mapCustomer(item: Json): readonly Customer[] {
  const customer = readRecord(item);
  return [
    {
      ...base(customer),
      email: customer.optionalText('email'),
      // The whole name: Tiendanube does not say which part is which.
      firstName: customer.optionalText('name'),
      lastName: null,
      phone: customer.optionalText('phone'),
      addresses: customer.list('addresses').flatMap((one) => mapAddress(one, '') ?? []),
    },
  ];
}
