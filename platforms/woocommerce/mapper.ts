// WooCommerce's objects → unified records. Instants named _gmt carry no zone and are UTC; amounts are decimal text. Pure.
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
import { baseBy, type RecordReader, readRecord } from '../record-reader.ts';
import { meaningOf, type ProductWords, statesBy } from '../words.ts';

/** A status outside this table is a plugin's own. */
const statesOf = statesBy(['status', 'paymentStatus', 'fulfillmentStatus'], {
  pending: ['open', 'pending', 'unfulfilled'],
  'checkout-draft': ['open', 'pending', 'unfulfilled'],
  'on-hold': ['open', 'pending', 'unfulfilled'],
  processing: ['open', 'paid', 'unfulfilled'],
  completed: ['completed', 'paid', 'fulfilled'],
  refunded: ['completed', 'refunded', 'unknown'],
  cancelled: ['cancelled', 'unknown', 'unfulfilled'],
  failed: ['cancelled', 'voided', 'unfulfilled'],
  trash: ['cancelled', 'unknown', 'unknown'],
});

const PRODUCT_STATUS: ProductWords = {
  publish: 'active',
  private: 'active',
  draft: 'draft',
  pending: 'draft',
  future: 'draft',
  trash: 'archived',
};

const base = baseBy({ id: 'id', createdAt: 'date_created_gmt', updatedAt: 'date_modified_gmt', as: 'utc' });

export function mapOrder(item: Json): readonly Order[] {
  const order = readRecord(item);
  const currency = order.currency('currency');
  const platformStatus = order.text('status');
  const states = statesOf(platformStatus);
  const billing = order.optionalObject('billing');
  const isPartlyRefunded = states.paymentStatus === 'paid' && order.list('refunds').length > 0;
  return [
    {
      ...base(order),
      number: order.optionalId('number'),
      ...states,
      paymentStatus: isPartlyRefunded ? 'partially_refunded' : states.paymentStatus,
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
      status: meaningOf(PRODUCT_STATUS, status),
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

/** WooCommerce sends every field, empty or not. */
const mapAddress = addressBy({
  names: ['first_name', 'last_name'],
  company: 'company',
  line1: 'address_1',
  line2: 'address_2',
  city: 'city',
  region: 'state',
  postalCode: 'postcode',
  country: 'country',
  phone: 'phone',
});
