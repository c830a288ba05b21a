// Faire's orders and products → unified records. Amounts are whole units of the smallest coin; instants may be written without signs between their parts. Pure.
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
import { addressOf } from '../address.ts';
import { sumOf, timesOf } from '../amount.ts';
import { alpha2Of } from '../country-code.ts';
import { recordInvalid } from '../json.ts';
import { minorMoney } from '../minor-units.ts';
import { lookUp, type RecordReader, readCurrency, readRecord } from '../record-reader.ts';

/** Of the currencies that Faire sells in: AUD, CAD, EUR, GBP, USD. */
const CENTS = 2;

const STATE: Readonly<Record<string, Pick<Order, 'status' | 'fulfillmentStatus'>>> = {
  NEW: { status: 'open', fulfillmentStatus: 'unfulfilled' },
  PROCESSING: { status: 'open', fulfillmentStatus: 'unfulfilled' },
  BACKORDERED: { status: 'open', fulfillmentStatus: 'unfulfilled' },
  PENDING_RETAILER_CONFIRMATION: { status: 'open', fulfillmentStatus: 'unfulfilled' },
  PRE_TRANSIT: { status: 'open', fulfillmentStatus: 'fulfilled' },
  IN_TRANSIT: { status: 'open', fulfillmentStatus: 'fulfilled' },
  DELIVERED: { status: 'completed', fulfillmentStatus: 'fulfilled' },
  CANCELED: { status: 'cancelled', fulfillmentStatus: 'unfulfilled' },
};
const UNKNOWN = { status: 'unknown', fulfillmentStatus: 'unknown' } as const;

/** Wholesale: what the retailer owes. Faire pays the brand apart from it, and tells no payment. */
export function mapOrder(item: Json): readonly Order[] {
  const order = readRecord(item);
  const lines = order.list('items');
  const costs = order.optionalObject('payout_costs');
  const subtotal = sumOf(lines.map(lineTotal));
  const total = (costs === null ? null : amountOf(costs, 'subtotal_after_brand_discounts')) ?? subtotal;
  if (total === null) throw recordInvalid('/items', 'tells no price');
  const word = order.optionalText('state');
  return [
    {
      platformId: order.id('id'),
      platformCreatedAt: instantOf(order, 'created_at'),
      platformUpdatedAt: instantOf(order, 'updated_at'),
      number: order.optionalId('display_id'),
      ...(lookUp(STATE, word) ?? UNKNOWN),
      paymentStatus: 'unknown',
      platformStatus: word,
      currency: total.currency,
      total,
      subtotal,
      tax: null,
      shipping: null,
      discount: costs === null ? null : amountOf(costs, 'total_brand_discounts'),
      customerPlatformId: order.optionalId('retailer_id'),
      email: null,
      shippingAddress: mapAddress(order.optionalObject('address')),
      billingAddress: null,
      lineItems: lines.map(mapLine),
    },
  ];
}

function mapLine(line: RecordReader): LineItem {
  return {
    platformId: line.optionalId('id'),
    productPlatformId: line.optionalId('product_id'),
    variantPlatformId: line.optionalId('variant_id') ?? line.optionalId('product_option_id'),
    sku: line.optionalText('sku'),
    title: line.optionalText('product_name'),
    quantity: line.integer('quantity'),
    unitPrice: amountOf(line, 'price'),
    total: lineTotal(line),
  };
}

function lineTotal(line: RecordReader): Money | null {
  const price = amountOf(line, 'price');
  return price === null ? null : timesOf(price, line.integer('quantity'));
}

function amountOf(of: RecordReader, name: string): Money | null {
  const told = of.optionalObject(name);
  if (told === null) return null;
  return minorMoney(told, 'amount_minor', CENTS, readCurrency(told.raw['currency'], `${told.path}/currency`));
}

function mapAddress(of: RecordReader | null): Address | null {
  if (of === null) return null;
  return addressOf({
    names: [of.optionalText('name')],
    company: of.optionalText('company_name'),
    line1: of.optionalText('address1'),
    line2: of.optionalText('address2'),
    city: of.optionalText('city'),
    region: of.optionalText('state'),
    postalCode: of.optionalText('postal_code'),
    country: alpha2Of(of.optionalText('country_code')),
    phone: of.optionalText('phone_number'),
  });
}

/** "20260131T235959.000Z" */
const BASIC = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2}(?:\.\d+)?)Z$/;

function instantOf(of: RecordReader, name: string): string | null {
  const parts = BASIC.exec(of.optionalText(name) ?? '');
  if (parts === null) return of.instant(name);
  const [year, month, day, hour, minute, second] = parts.slice(1);
  const ms = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (Number.isNaN(ms)) throw recordInvalid(`${of.path}/${name}`, 'is not an instant');
  return new Date(ms).toISOString();
}

const LIFECYCLE: Readonly<Record<string, Product['status']>> = {
  PUBLISHED: 'active',
  DRAFT: 'draft',
  UNPUBLISHED: 'draft',
  RETIRED: 'archived',
  DELETED: 'archived',
};

export function mapProduct(item: Json): readonly Product[] {
  const product = readRecord(item);
  const word = product.optionalText('lifecycle_state');
  return [
    {
      platformId: product.id('id'),
      platformCreatedAt: instantOf(product, 'created_at'),
      platformUpdatedAt: instantOf(product, 'updated_at'),
      title: product.optionalText('name') ?? '',
      status: lookUp(LIFECYCLE, word) ?? 'unknown',
      platformStatus: word,
      description: product.optionalText('description') ?? product.optionalText('short_description'),
      brand: null,
      url: null,
      variants: product.list('variants').map(mapVariant),
    },
  ];
}

function mapVariant(variant: RecordReader): ProductVariant {
  const id = variant.id('id');
  return {
    platformId: id,
    sku: variant.optionalText('sku'),
    barcode: variant.optionalText('gtin'),
    title: variant.optionalText('name'),
    price: wholesaleOf(variant),
    inventoryItemPlatformId: id,
  };
}

/** A variant has a price for each market; one price is told only where there is one. */
function wholesaleOf(variant: RecordReader): Money | null {
  const [price, ...others] = variant.list('prices');
  return price === undefined || others.length > 0 ? null : amountOf(price, 'wholesale_price');
}

/** One level a variant that is counted; a product that was deleted has none. */
export function mapStock(item: Json): readonly InventoryLevel[] {
  const product = readRecord(item);
  if (product.raw['lifecycle_state'] === 'DELETED') return [];
  return product.list('variants').flatMap((variant) => {
    const available = variant.optionalInteger('available_quantity');
    if (available === null) return [];
    const id = variant.id('id');
    return {
      platformId: id,
      platformCreatedAt: null,
      platformUpdatedAt: null,
      sku: variant.optionalText('sku'),
      productPlatformId: product.id('id'),
      variantPlatformId: id,
      locationPlatformId: null,
      available,
      onHand: null,
      reserved: null,
    };
  });
}
