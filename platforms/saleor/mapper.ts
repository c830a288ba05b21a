// Saleor's objects → unified records. Amounts are JSON numbers in major units beside their currency. Pure.
import type { Json } from '../../domain/platform.ts';
import type {
  Customer,
  InventoryLevel,
  LineItem,
  Money,
  Order,
  Product,
  ProductVariant,
} from '../../domain/resource.ts';
import { addressBy, textIn } from '../address.ts';
import { recordInvalid } from '../json.ts';
import { baseBy, type RecordReader, readRecord } from '../record-reader.ts';
import { moneyBy } from '../told-money.ts';
import { joined, meaningOf, type OrderWords, statesBy } from '../words.ts';

/** PARTIALLY_RETURNED does not say whether the rest was sent. */
const statesOf = statesBy(['status', 'fulfillmentStatus'], {
  DRAFT: ['open', 'unfulfilled'],
  UNCONFIRMED: ['open', 'unfulfilled'],
  UNFULFILLED: ['open', 'unfulfilled'],
  PARTIALLY_FULFILLED: ['open', 'partially_fulfilled'],
  FULFILLED: ['completed', 'fulfilled'],
  RETURNED: ['completed', 'returned'],
  CANCELED: ['cancelled', 'unfulfilled'],
  EXPIRED: ['cancelled', 'unfulfilled'],
});

/** PARTIALLY_CHARGED and REFUSED have no counterpart. */
const PAYMENT: OrderWords<'paymentStatus'> = {
  NOT_CHARGED: 'pending',
  PENDING: 'pending',
  FULLY_CHARGED: 'paid',
  PARTIALLY_REFUNDED: 'partially_refunded',
  FULLY_REFUNDED: 'refunded',
  CANCELLED: 'voided',
};

const base = baseBy({ id: 'id', createdAt: 'created', updatedAt: 'updatedAt' });
const baseOfStock = baseBy({ id: 'id' });
const { moneyOf, moneyIn } = moneyBy({ amount: 'amount', currency: 'currency' });
const baseOfCustomer = baseBy({ id: 'id', createdAt: 'dateJoined', updatedAt: 'updatedAt' });

export function mapOrder(item: Json): readonly Order[] {
  const order = readRecord(item);
  const total = order.object('total');
  const gross = moneyOf(total.object('gross'));
  const [word, payment] = [order.optionalText('status'), order.optionalText('paymentStatus')];
  const isAuthorized = order.raw['authorizeStatus'] === 'FULL' && payment === 'NOT_CHARGED';
  return [
    {
      ...base(order),
      number: order.optionalText('number'),
      ...statesOf(word),
      paymentStatus: isAuthorized ? 'authorized' : meaningOf(PAYMENT, payment),
      platformStatus: joined([word, payment], '/'),
      currency: gross.currency,
      total: gross,
      subtotal: moneyIn(order.optionalObject('subtotal'), 'gross'),
      tax: moneyIn(total, 'tax'),
      shipping: moneyIn(order.optionalObject('shippingPrice'), 'gross'),
      discount: null,
      customerPlatformId: order.optionalObject('user')?.optionalId('id') ?? null,
      email: order.optionalText('userEmail'),
      shippingAddress: mapAddress(order.optionalObject('shippingAddress')),
      billingAddress: mapAddress(order.optionalObject('billingAddress')),
      lineItems: order.list('lines').map(mapLine),
    },
  ];
}

function mapLine(line: RecordReader): LineItem {
  const variant = line.optionalObject('variant');
  const names = [line.optionalText('productName'), line.optionalText('variantName')];
  return {
    platformId: line.id('id'),
    productPlatformId: variant?.optionalObject('product')?.optionalId('id') ?? null,
    // Also told where the variant is gone.
    variantPlatformId: line.optionalId('productVariantId') ?? variant?.optionalId('id') ?? null,
    sku: line.optionalText('productSku'),
    title: joined(names, ' '),
    quantity: line.integer('quantity'),
    unitPrice: moneyIn(line.optionalObject('unitPrice'), 'gross'),
    total: moneyIn(line.optionalObject('totalPrice'), 'gross'),
  };
}

export function mapProduct(item: Json): readonly Product[] {
  const product = readRecord(item);
  const isPublished = product.list('channelListings').some((one) => one.raw['isPublished'] === true);
  return [
    {
      ...base(product),
      title: product.optionalText('name') ?? '',
      status: isPublished ? 'active' : 'draft',
      // A yes or no for each channel, not a word.
      platformStatus: null,
      // A document of an editor, not text.
      description: null,
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
    barcode: null,
    title: variant.optionalText('name'),
    price: priceOf(variant),
    inventoryItemPlatformId: id,
  };
}

/** A variant has a price for each channel: where they differ none of them is its price. */
function priceOf(variant: RecordReader): Money | null {
  const prices = variant.list('channelListings').flatMap((one) => moneyIn(one, 'price') ?? []);
  const [first, ...others] = prices;
  const isOne = others.every((one) => one.amount === first?.amount && one.currency === first.currency);
  return first !== undefined && isOne ? first : null;
}

export function mapCustomer(item: Json): readonly Customer[] {
  const customer = readRecord(item);
  const main = customer.optionalObject('defaultBillingAddress') ?? customer.list('addresses')[0];
  return [
    {
      ...baseOfCustomer(customer),
      email: customer.optionalText('email'),
      firstName: customer.optionalText('firstName'),
      lastName: customer.optionalText('lastName'),
      phone: main?.optionalText('phone') ?? null,
      addresses: customer.list('addresses').flatMap((one) => mapAddress(one) ?? []),
    },
  ];
}

/** One level a variant and warehouse. */
export function mapStock(item: Json): readonly InventoryLevel[] {
  const stock = readRecord(item);
  const variant = stock.object('productVariant');
  if (!stock.has('warehouse')) throw recordInvalid(`${stock.path}/warehouse`, 'is not told');
  return [
    {
      ...baseOfStock(stock),
      sku: variant.optionalText('sku'),
      productPlatformId: variant.optionalObject('product')?.optionalId('id') ?? null,
      variantPlatformId: variant.id('id'),
      locationPlatformId: stock.object('warehouse').id('id'),
      available: null,
      onHand: stock.optionalInteger('quantity'),
      reserved: stock.optionalInteger('quantityAllocated'),
    },
  ];
}

const mapAddress = addressBy({
  names: ['firstName', 'lastName'],
  company: 'companyName',
  line1: 'streetAddress1',
  line2: 'streetAddress2',
  city: 'city',
  region: 'countryArea',
  postalCode: 'postalCode',
  country: textIn('country', 'code'),
  phone: 'phone',
});
