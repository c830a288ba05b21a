// Etsy's receipts and listings → unified records. Instants are seconds; an amount is a whole number and what it is to be divided by, a power of ten. Pure.
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
import { recordInvalid } from '../json.ts';
import { minorMoney } from '../minor-units.ts';
import { type RecordReader, readRecord } from '../record-reader.ts';
import { moneyInBy } from '../told-money.ts';
import { meaningOf, type ProductWords, statesBy } from '../words.ts';

const statesOf = statesBy(['status', 'paymentStatus'], {
  open: ['open', 'pending'],
  'payment processing': ['open', 'pending'],
  paid: ['open', 'paid'],
  completed: ['completed', 'paid'],
  canceled: ['cancelled', 'unknown'],
  'fully refunded': ['completed', 'refunded'],
  'partially refunded': ['open', 'partially_refunded'],
});

const PRODUCT_STATUS: ProductWords = {
  active: 'active',
  sold_out: 'active',
  draft: 'draft',
  inactive: 'draft',
  expired: 'archived',
};

export function mapReceipt(item: Json): readonly Order[] {
  const receipt = readRecord(item);
  const total = money(receipt.object('grandtotal'));
  // Written in capitals in some answers.
  const word = receipt.optionalText('status');
  const { status, paymentStatus } = statesOf(word?.toLowerCase() ?? null);
  const isPaid = status === 'unknown' && receipt.raw['is_paid'] === true;
  const isShipped = receipt.raw['is_shipped'];
  const id = receipt.id('receipt_id');
  const part = (name: string) => moneyIn(receipt, name);
  return [
    {
      ...times(receipt),
      platformId: id,
      number: id,
      status,
      paymentStatus: isPaid ? 'paid' : paymentStatus,
      fulfillmentStatus: isShipped === true ? 'fulfilled' : isShipped === false ? 'unfulfilled' : 'unknown',
      platformStatus: word,
      currency: total.currency,
      total,
      subtotal: part('subtotal'),
      tax: part('total_tax_cost'),
      shipping: part('total_shipping_cost'),
      discount: part('discount_amt'),
      customerPlatformId: receipt.optionalId('buyer_user_id'),
      email: receipt.optionalText('buyer_email'),
      shippingAddress: mapAddress(receipt),
      billingAddress: null,
      lineItems: receipt.list('transactions').map(mapTransaction),
    },
  ];
}

/** Of the receipt's own members. */
const mapAddress = addressBy({
  names: ['name'],
  line1: 'first_line',
  line2: 'second_line',
  city: 'city',
  region: 'state',
  postalCode: 'zip',
  country: 'country_iso',
});

function mapTransaction(line: RecordReader): LineItem {
  return {
    platformId: line.id('transaction_id'),
    productPlatformId: line.optionalId('listing_id'),
    variantPlatformId: line.optionalId('product_id'),
    sku: line.optionalText('sku'),
    title: line.optionalText('title'),
    quantity: line.integer('quantity'),
    unitPrice: moneyIn(line, 'price'),
    total: null,
  };
}

export function mapListing(item: Json): readonly Product[] {
  const listing = readRecord(item);
  const state = listing.optionalText('state');
  const title = listing.optionalText('title');
  return [
    {
      ...times(listing),
      platformId: listing.id('listing_id'),
      title: title ?? '',
      status: meaningOf(PRODUCT_STATUS, state),
      platformStatus: state,
      description: listing.optionalText('description'),
      brand: null,
      url: listing.optionalText('url'),
      variants: productsOf(listing).map((product) => mapVariant(product, title)),
    },
  ];
}

/** A product has one offering, as far as Etsy's documents show. */
function mapVariant(product: RecordReader, title: string | null): ProductVariant {
  const values = product.list('property_values').flatMap((one) => one.texts('values'));
  const id = product.id('product_id');
  const [offering] = offeringsOf(product);
  return {
    platformId: id,
    sku: product.optionalText('sku'),
    barcode: null,
    title: values.join(' / ') || title,
    price: moneyIn(offering, 'price'),
    inventoryItemPlatformId: id,
  };
}

/** One record a product, which is what Etsy calls a variation. */
export function mapStock(item: Json): readonly InventoryLevel[] {
  const listing = readRecord(item);
  return productsOf(listing).map((product) => {
    const id = product.id('product_id');
    const quantities = offeringsOf(product).flatMap((one) => one.optionalInteger('quantity') ?? []);
    return {
      ...times(listing),
      platformId: id,
      sku: product.optionalText('sku'),
      productPlatformId: listing.id('listing_id'),
      variantPlatformId: id,
      locationPlatformId: null,
      available: quantities.length === 0 ? null : quantities.reduce((sum, one) => sum + one, 0),
      onHand: null,
      reserved: null,
    };
  });
}

function productsOf(listing: RecordReader): readonly RecordReader[] {
  const products = listing.optionalObject('inventory')?.list('products') ?? [];
  return products.filter((one) => one.raw['is_deleted'] !== true);
}

function offeringsOf(product: RecordReader): readonly RecordReader[] {
  return product.list('offerings').filter((one) => one.raw['is_deleted'] !== true);
}

function times(record: RecordReader) {
  const first = (...names: string[]) => {
    const name = names.find((one) => record.has(one));
    return name === undefined ? null : record.epoch(name);
  };
  return {
    platformCreatedAt: first('created_timestamp', 'create_timestamp', 'creation_timestamp'),
    platformUpdatedAt: first('updated_timestamp', 'update_timestamp', 'last_modified_timestamp'),
  };
}

function money(of: RecordReader): Money {
  const currency = of.currency('currency_code');
  const divisor = /^1(0*)$/.exec(of.id('divisor'));
  if (divisor === null) throw recordInvalid(`${of.path}/divisor`, 'is no power of ten');
  return minorMoney(of, 'amount', divisor[1]?.length ?? 0, currency);
}

const moneyIn = moneyInBy(money);
