// Faire's orders and products → unified records. Amounts are whole units of the smallest coin; instants may be written without signs between their parts. Pure.
import type { Json } from '../../domain/platform.ts';
import type {
  InventoryLevel,
  LineItem,
  Money,
  Order,
  Product,
  ProductVariant,
} from '../../domain/resource.ts';
import { addressBy } from '../address.ts';
import { sumOf, timesOf } from '../amount.ts';
import { alpha2Of } from '../country-code.ts';
import { recordInvalid } from '../json.ts';
import { minorMoney } from '../minor-units.ts';
import { baseBy, type RecordReader, readRecord } from '../record-reader.ts';
import { moneyInBy } from '../told-money.ts';
import { meaningOf, type ProductWords, statesBy } from '../words.ts';

/** Of the currencies that Faire sells in: AUD, CAD, EUR, GBP, USD. */
const CENTS = 2;

const statesOf = statesBy(['status', 'fulfillmentStatus'], {
  NEW: ['open', 'unfulfilled'],
  PROCESSING: ['open', 'unfulfilled'],
  BACKORDERED: ['open', 'unfulfilled'],
  PENDING_RETAILER_CONFIRMATION: ['open', 'unfulfilled'],
  PRE_TRANSIT: ['open', 'fulfilled'],
  IN_TRANSIT: ['open', 'fulfilled'],
  DELIVERED: ['completed', 'fulfilled'],
  CANCELED: ['cancelled', 'unfulfilled'],
});

const base = baseBy({ id: 'id', createdAt: 'created_at', updatedAt: 'updated_at', as: instantOf });
const baseOfStock = baseBy({ id: 'id' });

/** Wholesale: what the retailer owes. Faire pays the brand apart from it, and tells no payment. */
export function mapOrder(item: Json): readonly Order[] {
  const order = readRecord(item);
  const lines = order.list('items');
  const costs = order.optionalObject('payout_costs');
  const subtotal = sumOf(lines.map(lineTotal));
  const total = amountIn(costs, 'subtotal_after_brand_discounts') ?? subtotal;
  if (total === null) throw recordInvalid('/items', 'tells no price');
  const word = order.optionalText('state');
  return [
    {
      ...base(order),
      number: order.optionalId('display_id'),
      ...statesOf(word),
      paymentStatus: 'unknown',
      platformStatus: word,
      currency: total.currency,
      total,
      subtotal,
      tax: null,
      shipping: null,
      discount: amountIn(costs, 'total_brand_discounts'),
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
    unitPrice: amountIn(line, 'price'),
    total: lineTotal(line),
  };
}

function lineTotal(line: RecordReader): Money | null {
  return timesOf(amountIn(line, 'price'), line.integer('quantity'));
}

const amountIn = moneyInBy((told) => minorMoney(told, 'amount_minor', CENTS, told.currency('currency')));

const mapAddress = addressBy({
  names: ['name'],
  company: 'company_name',
  line1: 'address1',
  line2: 'address2',
  city: 'city',
  region: 'state',
  postalCode: 'postal_code',
  country: (of) => alpha2Of(of.optionalText('country_code')),
  phone: 'phone_number',
});

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

const LIFECYCLE: ProductWords = {
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
      ...base(product),
      title: product.optionalText('name') ?? '',
      status: meaningOf(LIFECYCLE, word),
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
  return price === undefined || others.length > 0 ? null : amountIn(price, 'wholesale_price');
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
      ...baseOfStock(variant),
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
