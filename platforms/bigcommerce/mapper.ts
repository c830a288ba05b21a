// BigCommerce's objects → unified records. V2 writes instants as RFC 2822 and amounts as text, V3 as RFC 3339 and as numbers. Pure.
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
import { recordInvalid, textOf, valueAt } from '../json.ts';
import { baseBy, type RecordReader, readCurrency, readRecord } from '../record-reader.ts';
import { joined, lookUp, type OrderWords, statesBy, statusOfFlag } from '../words.ts';
import { MAX_LINES } from './listing.ts';

/** By status_id; names are the merchant's own. */
const statesOf = statesBy(['status', 'paymentStatus', 'fulfillmentStatus'], {
  '0': ['open', 'pending', 'unfulfilled'],
  '1': ['open', 'pending', 'unfulfilled'],
  '2': ['open', 'unknown', 'fulfilled'],
  '3': ['open', 'unknown', 'partially_fulfilled'],
  '4': ['completed', 'refunded', 'unknown'],
  '5': ['cancelled', 'unknown', 'unknown'],
  '6': ['cancelled', 'voided', 'unknown'],
  '7': ['open', 'pending', 'unfulfilled'],
  '8': ['open', 'unknown', 'unfulfilled'],
  '9': ['open', 'unknown', 'unfulfilled'],
  '10': ['completed', 'unknown', 'fulfilled'],
  '11': ['open', 'unknown', 'unfulfilled'],
  '12': ['open', 'unknown', 'unfulfilled'],
  '13': ['open', 'unknown', 'unknown'],
  '14': ['open', 'partially_refunded', 'unknown'],
});

/** The gateway's word, where it tells one. */
const PAYMENT: OrderWords<'paymentStatus'> = {
  authorized: 'authorized',
  captured: 'paid',
  'capture pending': 'authorized',
  paid: 'paid',
  pending: 'pending',
  'held for review': 'pending',
  declined: 'voided',
  'partially refunded': 'partially_refunded',
  refunded: 'refunded',
  void: 'voided',
  'void pending': 'voided',
};

const orderBase = baseBy({
  id: 'id',
  createdAt: 'date_created',
  updatedAt: 'date_modified',
  as: 'rfc2822',
});
const base = baseBy({ id: 'id', createdAt: 'date_created', updatedAt: 'date_modified' });

export function mapOrder(item: Json): readonly Order[] {
  const order = readRecord(item);
  const currency = readCurrency(
    // What the shopper pays in; the other is what was shown.
    order.raw['default_currency_code'] ?? order.raw['currency_code'],
    `${order.path}/default_currency_code`,
  );
  const lines = order.list('products');
  if (lines.length >= MAX_LINES)
    throw recordInvalid(`${order.path}/products`, `may hold more lines than the ${MAX_LINES} that were told`);
  const states = statesOf(order.id('status_id'));
  const billing = order.optionalObject('billing_address');
  const id = order.id('id');
  return [
    {
      ...orderBase(order),
      number: id,
      ...states,
      paymentStatus: lookUp(PAYMENT, order.optionalText('payment_status')) ?? states.paymentStatus,
      fulfillmentStatus:
        states.fulfillmentStatus === 'unknown' ? fulfillmentOf(order) : states.fulfillmentStatus,
      platformStatus: order.optionalText('status'),
      currency,
      total: order.money('total_inc_tax', currency),
      subtotal: order.optionalMoney('subtotal_ex_tax', currency),
      tax: order.optionalMoney('total_tax', currency),
      shipping: order.optionalMoney('shipping_cost_inc_tax', currency),
      // Without coupons, which are told apart and not added up here.
      discount: order.optionalMoney('discount_amount', currency),
      // 0 is a guest.
      customerPlatformId: order.optionalId('customer_id'),
      email: billing?.optionalText('email') ?? null,
      // A list of its own, since an order may go to several.
      shippingAddress: null,
      billingAddress: mapV2Address(billing),
      lineItems: lines.map((line) => mapLine(line, currency)),
    },
  ];
}

function fulfillmentOf(order: RecordReader): Order['fulfillmentStatus'] {
  const all = order.optionalInteger('items_total');
  const shipped = order.optionalInteger('items_shipped');
  if (all === null || shipped === null) return 'unknown';
  return shipped === 0 ? 'unfulfilled' : shipped < all ? 'partially_fulfilled' : 'fulfilled';
}

function mapLine(line: RecordReader, currency: string): LineItem {
  return {
    platformId: line.id('id'),
    // 0 is a product made up for this order.
    productPlatformId: line.optionalId('product_id'),
    variantPlatformId: line.optionalId('variant_id'),
    sku: line.optionalText('sku'),
    title: line.optionalText('name'),
    quantity: line.integer('quantity'),
    unitPrice: line.optionalMoney('price_inc_tax', currency),
    total: line.optionalMoney('total_inc_tax', currency),
  };
}

export function mapProduct(item: Json, pass: PassContext): readonly Product[] {
  const product = readRecord(item);
  const currency = pass.facts['currency'] ?? null;
  const isVisible = product.raw['is_visible'];
  const [availability, url] = [
    product.optionalText('availability'),
    product.optionalObject('custom_url')?.optionalText('url') ?? null,
  ];
  const domain = pass.facts['url'];
  return [
    {
      ...base(product),
      title: product.optionalText('name') ?? '',
      status: statusOfFlag(isVisible),
      platformStatus: availability,
      description: product.optionalText('description'),
      // brand_id stands for a word of another list.
      brand: null,
      url: url === null || domain === undefined ? null : domain + url,
      variants: product.list('variants').map((variant) => mapVariant(product, variant, currency)),
    },
  ];
}

/** A variant without a price of its own has the product's. */
function mapVariant(product: RecordReader, variant: RecordReader, currency: string | null): ProductVariant {
  const options = variant.list('option_values').flatMap((one) => one.optionalText('label') ?? []);
  const id = variant.id('id');
  return {
    platformId: id,
    sku: variant.optionalText('sku') ?? product.optionalText('sku'),
    barcode: variant.optionalText('gtin') ?? variant.optionalText('upc'),
    title: joined(options, ' / ') ?? product.optionalText('name'),
    price: variant.optionalMoney('price', currency) ?? product.optionalMoney('price', currency),
    inventoryItemPlatformId: id,
  };
}

export function mapCustomer(item: Json): readonly Customer[] {
  const customer = readRecord(item);
  return [
    {
      ...base(customer),
      email: customer.optionalText('email'),
      firstName: customer.optionalText('first_name'),
      lastName: customer.optionalText('last_name'),
      phone: customer.optionalText('phone'),
      addresses: customer.list('addresses').flatMap((one) => mapV3Address(one) ?? []),
    },
  ];
}

/** One record a variant and location. */
export function mapStock(item: Json): readonly InventoryLevel[] {
  const stocked = readRecord(item);
  const identity = stocked.object('identity');
  const product = identity.optionalId('product_id');
  const variant = identity.optionalId('variant_id');
  return stocked.list('locations').map((level) => {
    const location = level.id('location_id');
    const stock = variant ?? product;
    if (stock === null) throw recordInvalid(`${identity.path}/variant_id`, 'is not told');
    return {
      platformId: `${stock}/${location}`,
      platformCreatedAt: null,
      platformUpdatedAt: null,
      sku: identity.optionalText('sku'),
      productPlatformId: product,
      variantPlatformId: variant,
      locationPlatformId: location,
      available: level.optionalInteger('available_to_sell'),
      onHand: level.optionalInteger('total_inventory_onhand'),
      reserved: null,
    };
  });
}

export function stockId(item: Json): string | null {
  return textOf(valueAt(item, 'identity.variant_id')) ?? textOf(valueAt(item, 'identity.product_id'));
}

const ADDRESS = {
  names: ['first_name', 'last_name'],
  company: 'company',
  city: 'city',
  phone: 'phone',
} as const;

const mapV2Address = addressBy({
  ...ADDRESS,
  line1: 'street_1',
  line2: 'street_2',
  region: 'state',
  postalCode: 'zip',
  country: 'country_iso2',
});

const mapV3Address = addressBy({
  ...ADDRESS,
  line1: 'address1',
  line2: 'address2',
  region: 'state_or_province',
  postalCode: 'postal_code',
  country: 'country_code',
});
