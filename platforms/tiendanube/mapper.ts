// Tiendanube's objects → unified records. Amounts are decimal text; a price is in the store's main currency, an order's in its own. Pure.
import type { Json, PassContext } from '../../domain/platform.ts';
import type {
  Customer,
  InventoryLevel,
  LineItem,
  Order,
  Product,
  ProductVariant,
} from '../../domain/resource.ts';
import { type AddressNames, addressBy, joinedText } from '../address.ts';
import { inLanguage } from '../in-language.ts';
import { baseBy, type RecordReader, readRecord } from '../record-reader.ts';
import { joined, meaningOf, type OrderWords } from '../words.ts';

const STATUS: OrderWords<'status'> = {
  open: 'open',
  closed: 'completed',
  cancelled: 'cancelled',
};

/** "abandoned" has no counterpart: the shopper left the payment. */
const PAYMENT: OrderWords<'paymentStatus'> = {
  pending: 'pending',
  authorized: 'authorized',
  paid: 'paid',
  refunded: 'refunded',
  voided: 'voided',
};

/** As documented, and as its examples have it. */
const SHIPPING: OrderWords<'fulfillmentStatus'> = {
  unpacked: 'unfulfilled',
  unfulfilled: 'unfulfilled',
  unshipped: 'unfulfilled',
  fulfilled: 'fulfilled',
  shipped: 'fulfilled',
};

const base = baseBy({ id: 'id', createdAt: 'created_at', updatedAt: 'updated_at' });

export function mapOrder(item: Json): readonly Order[] {
  const order = readRecord(item);
  const currency = order.currency('currency');
  const words = ['status', 'payment_status', 'shipping_status'].map((name) => order.optionalText(name));
  const [status = null, payment = null, shipping = null] = words;
  const customer = order.optionalObject('customer');
  return [
    {
      ...base(order),
      number: order.optionalId('number'),
      status: meaningOf(STATUS, status),
      paymentStatus: meaningOf(PAYMENT, payment),
      fulfillmentStatus: meaningOf(SHIPPING, shipping),
      platformStatus: joined(words, '/'),
      currency,
      total: order.money('total', currency),
      subtotal: order.optionalMoney('subtotal', currency),
      tax: null,
      shipping: order.optionalMoney('shipping_cost_customer', currency),
      discount: order.optionalMoney('discount', currency),
      // With the scope read_customers alone.
      customerPlatformId: customer?.optionalId('id') ?? null,
      email: customer?.optionalText('email') ?? null,
      shippingAddress: mapAddress(order.optionalObject('shipping_address')),
      billingAddress: mapBillingAddress(order),
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

const mapAddress = addressBy(addressNames(''));
/** Spread over members of the order that begin with billing_. */
const mapBillingAddress = addressBy(addressNames('billing_'));

function addressNames(prefix: '' | 'billing_'): AddressNames {
  const all = (names: readonly string[], separator?: string) =>
    joinedText(
      names.map((name) => `${prefix}${name}`),
      separator,
    );
  return {
    names: [`${prefix}name`],
    line1: all(['address', 'number']),
    line2: all(['floor', 'locality'], ', '),
    city: `${prefix}city`,
    region: `${prefix}province`,
    postalCode: `${prefix}zipcode`,
    country: `${prefix}country`,
    phone: `${prefix}phone`,
  };
}

/** Texts by language; where there is but one it may be plain. */
function localized(record: RecordReader, name: string, pass: PassContext): string | null {
  if (typeof record.raw[name] === 'string') return record.optionalText(name);
  return inLanguage(record.optionalObject(name), pass);
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
  const values = variant.list('values').map((value) => inLanguage(value, pass));
  return {
    platformId: id,
    sku: variant.optionalText('sku'),
    barcode: variant.optionalText('barcode'),
    title: joined(values, ' / '),
    price: variant.optionalMoney('price', pass.facts['currency'] ?? null),
    inventoryItemPlatformId: id,
  };
}

/** One level a variant. Stock that is not managed is null: there is always some. */
export function mapStock(item: Json): readonly InventoryLevel[] {
  const product = readRecord(item);
  const productId = product.id('id');
  return product.list('variants').map((variant) => ({
    ...base(variant),
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
      addresses: customer.list('addresses').flatMap((one) => mapAddress(one) ?? []),
    },
  ];
}
