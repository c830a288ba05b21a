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
import { addressOf } from '../address.ts';
import { recordInvalid } from '../json.ts';
import { minorMoney } from '../minor-units.ts';
import { lookUp, type RecordReader, readCurrency, readRecord } from '../record-reader.ts';

const STATUS: Readonly<
  Record<string, { readonly status: Order['status']; readonly payment: Order['paymentStatus'] }>
> = {
  open: { status: 'open', payment: 'pending' },
  'payment processing': { status: 'open', payment: 'pending' },
  paid: { status: 'open', payment: 'paid' },
  completed: { status: 'completed', payment: 'paid' },
  canceled: { status: 'cancelled', payment: 'unknown' },
  'fully refunded': { status: 'completed', payment: 'refunded' },
  'partially refunded': { status: 'open', payment: 'partially_refunded' },
};

const PRODUCT_STATUS: Readonly<Record<string, Product['status']>> = {
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
  const known = lookUp(STATUS, word?.toLowerCase() ?? null);
  const isShipped = receipt.raw['is_shipped'];
  const id = receipt.id('receipt_id');
  const part = (name: string) => moneyOrNull(receipt.optionalObject(name));
  return [
    {
      ...times(receipt),
      platformId: id,
      number: id,
      status: known?.status ?? 'unknown',
      paymentStatus: known?.payment ?? (receipt.raw['is_paid'] === true ? 'paid' : 'unknown'),
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
      shippingAddress: addressOf({
        names: [receipt.optionalText('name')],
        line1: receipt.optionalText('first_line'),
        line2: receipt.optionalText('second_line'),
        city: receipt.optionalText('city'),
        region: receipt.optionalText('state'),
        postalCode: receipt.optionalText('zip'),
        country: receipt.optionalText('country_iso'),
      }),
      billingAddress: null,
      lineItems: receipt.list('transactions').map(mapTransaction),
    },
  ];
}

function mapTransaction(line: RecordReader): LineItem {
  return {
    platformId: line.id('transaction_id'),
    productPlatformId: line.optionalId('listing_id'),
    variantPlatformId: line.optionalId('product_id'),
    sku: line.optionalText('sku'),
    title: line.optionalText('title'),
    quantity: line.integer('quantity'),
    unitPrice: moneyOrNull(line.optionalObject('price')),
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
      status: lookUp(PRODUCT_STATUS, state) ?? 'unknown',
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
    price: moneyOrNull(offering?.optionalObject('price') ?? null),
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
  const currency = readCurrency(of.raw['currency_code'], `${of.path}/currency_code`);
  const divisor = /^1(0*)$/.exec(of.id('divisor'));
  if (divisor === null) throw recordInvalid(`${of.path}/divisor`, 'is no power of ten');
  return minorMoney(of, 'amount', divisor[1]?.length ?? 0, currency);
}

function moneyOrNull(of: RecordReader | null): Money | null {
  return of === null ? null : money(of);
}
