// WooCommerce's objects → unified records. Instants named _gmt carry no zone and are UTC; amounts are decimal text. Pure.
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
import { baseBy, lookUp, type RecordReader, readCurrency, readRecord } from '../record-reader.ts';

/** A status outside this table is a plugin's own. */
const ORDER: Readonly<
  Record<
    string,
    { status: Order['status']; payment: Order['paymentStatus']; fulfillment: Order['fulfillmentStatus'] }
  >
> = {
  pending: { status: 'open', payment: 'pending', fulfillment: 'unfulfilled' },
  'checkout-draft': { status: 'open', payment: 'pending', fulfillment: 'unfulfilled' },
  'on-hold': { status: 'open', payment: 'pending', fulfillment: 'unfulfilled' },
  processing: { status: 'open', payment: 'paid', fulfillment: 'unfulfilled' },
  completed: { status: 'completed', payment: 'paid', fulfillment: 'fulfilled' },
  refunded: { status: 'completed', payment: 'refunded', fulfillment: 'unknown' },
  cancelled: { status: 'cancelled', payment: 'unknown', fulfillment: 'unfulfilled' },
  failed: { status: 'cancelled', payment: 'voided', fulfillment: 'unfulfilled' },
  trash: { status: 'cancelled', payment: 'unknown', fulfillment: 'unknown' },
};
const FOREIGN = { status: 'unknown', payment: 'unknown', fulfillment: 'unknown' } as const;

const PRODUCT_STATUS: Readonly<Record<string, Product['status']>> = {
  publish: 'active',
  private: 'active',
  draft: 'draft',
  pending: 'draft',
  future: 'draft',
  trash: 'archived',
};

const base = baseBy({ id: 'id', createdAt: 'date_created_gmt', updatedAt: 'date_modified_gmt', zone: 'utc' });

export function mapOrder(item: Json): readonly Order[] {
  const order = readRecord(item);
  const currency = readCurrency(order.raw['currency'], `${order.path}/currency`);
  const platformStatus = order.text('status');
  const known = lookUp(ORDER, platformStatus) ?? FOREIGN;
  const billing = order.optionalObject('billing');
  const isPartlyRefunded = known.payment === 'paid' && order.list('refunds').length > 0;
  return [
    {
      ...base(order),
      number: order.optionalId('number'),
      status: known.status,
      paymentStatus: isPartlyRefunded ? 'partially_refunded' : known.payment,
      fulfillmentStatus: known.fulfillment,
      platformStatus,
      currency,
      total: order.money('total', currency),
      // The list tells none; adding lines up would miss fees.
      subtotal: null,
      tax: order.optionalMoney('total_tax', currency),
      shipping: order.optionalMoney('shipping_total', currency),
      discount: order.optionalMoney('discount_total', currency),
      // 0 is a guest.
      customerPlatformId: order.optionalId('customer_id'),
      email: billing?.optionalText('email') ?? null,
      shippingAddress: mapAddress(order.optionalObject('shipping')),
      billingAddress: mapAddress(billing),
      lineItems: order.list('line_items').map((line) => mapLine(line, currency)),
    },
  ];
}

function mapLine(line: RecordReader, currency: string): LineItem {
  return {
    platformId: line.id('id'),
    productPlatformId: line.optionalId('product_id'),
    variantPlatformId: line.optionalId('variation_id'),
    sku: line.optionalText('sku'),
    title: line.optionalText('name'),
    quantity: line.integer('quantity'),
    unitPrice: line.optionalMoney('price', currency),
    total: line.optionalMoney('total', currency),
  };
}

export function mapProduct(item: Json, pass: PassContext): readonly Product[] {
  const product = readRecord(item);
  const currency = pass.facts['currency'] ?? null;
  const status = product.optionalText('status');
  const variations = product.list('variations').map((variation) => mapVariant(variation, currency, null));
  return [
    {
      ...base(product),
      title: product.text('name'),
      status: lookUp(PRODUCT_STATUS, status) ?? 'unknown',
      platformStatus: status,
      description: product.optionalText('description'),
      brand: product.list('brands')[0]?.optionalText('name') ?? null,
      url: product.optionalText('permalink'),
      // What has no variations is sold by itself: its only variant has its id.
      variants: variations.length > 0 ? variations : [mapVariant(product, currency, product.text('name'))],
    },
  ];
}

function mapVariant(variant: RecordReader, currency: string | null, title: string | null): ProductVariant {
  const platformId = variant.id('id');
  const options = variant.raw['attributes'] === undefined || title !== null ? [] : variant.list('attributes');
  const named = options.flatMap((option) => option.optionalText('option') ?? []).join(' / ');
  return {
    platformId,
    sku: variant.optionalText('sku'),
    barcode: variant.optionalText('global_unique_id'),
    title: title ?? (named || null),
    price: variant.optionalMoney('price', currency),
    inventoryItemPlatformId: platformId,
  };
}

export function mapCustomer(item: Json): readonly Customer[] {
  const customer = readRecord(item);
  const billing = customer.optionalObject('billing');
  const addresses = [mapAddress(billing), mapAddress(customer.optionalObject('shipping'))];
  return [
    {
      ...base(customer),
      email: customer.optionalText('email'),
      firstName: customer.optionalText('first_name'),
      lastName: customer.optionalText('last_name'),
      phone: billing?.optionalText('phone') ?? null,
      addresses: addresses.flatMap((one) => one ?? []),
    },
  ];
}

/** One level a product or variation. Stock that is kept at the parent is the parent's record. */
export function mapStock(item: Json): readonly InventoryLevel[] {
  const stock = readRecord(item);
  const parent = stock.optionalId('parent_id');
  const id = stock.id('id');
  const isManaged = stock.raw['manage_stock'] === true;
  // A variable product has stock of its own only where its variations share it.
  const isVariable = parent === null && (stock.optionalText('type') ?? '').includes('variable');
  if (isVariable && !isManaged) return [];
  return [
    {
      ...base(stock),
      sku: stock.optionalText('sku'),
      productPlatformId: parent ?? id,
      variantPlatformId: isVariable ? null : id,
      locationPlatformId: null,
      available: isManaged ? stock.optionalInteger('stock_quantity') : null,
      onHand: null,
      reserved: null,
    },
  ];
}

/** WooCommerce sends every field, empty or not; an address of empty fields alone is none. */
function mapAddress(address: RecordReader | null): Address | null {
  if (address === null) return null;
  const text = (name: string) => (address.has(name) ? address.optionalText(name) : null);
  const names = [text('first_name'), text('last_name')].flatMap((one) => one ?? []);
  const country = text('country');
  const mapped: Address = {
    name: names.join(' ') || null,
    company: text('company'),
    line1: text('address_1'),
    line2: text('address_2'),
    city: text('city'),
    region: text('state'),
    postalCode: text('postcode'),
    countryCode: country !== null && /^[A-Z]{2}$/.test(country) ? country : null,
    phone: text('phone'),
  };
  return Object.values(mapped).every((one) => one === null) ? null : mapped;
}
