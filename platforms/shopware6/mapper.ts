// Shopware's orders, products and customers → unified records. Amounts are JSON numbers in major units; ids are 32 hex digits. Pure.
import type { Json, PassContext } from '../../domain/platform.ts';
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
import { negated, sumOf } from '../amount.ts';
import { baseBy, type RecordReader, readCurrency, readRecord } from '../record-reader.ts';
import { joined, meaningOf, type OrderWords, statusOfFlag } from '../words.ts';

const STATUS: OrderWords<'status'> = {
  open: 'open',
  in_progress: 'open',
  completed: 'completed',
  cancelled: 'cancelled',
};

const PAYMENT: OrderWords<'paymentStatus'> = {
  open: 'pending',
  in_progress: 'pending',
  unconfirmed: 'pending',
  reminded: 'pending',
  authorized: 'authorized',
  paid: 'paid',
  refunded: 'refunded',
  refunded_partially: 'partially_refunded',
  cancelled: 'voided',
  failed: 'voided',
};

const FULFILLMENT: OrderWords<'fulfillmentStatus'> = {
  open: 'unfulfilled',
  shipped: 'fulfilled',
  shipped_partially: 'partially_fulfilled',
  returned: 'returned',
  cancelled: 'unfulfilled',
};

const base = baseBy({ id: 'id', createdAt: 'createdAt', updatedAt: 'updatedAt' });
const baseOfStock = baseBy({ id: 'id' });

export function mapOrder(item: Json): readonly Order[] {
  const order = readRecord(item);
  const currency = readCurrency(
    order.optionalObject('currency')?.raw['isoCode'],
    `${order.path}/currency/isoCode`,
  );
  const customer = order.optionalObject('orderCustomer');
  const [delivery] = order.list('deliveries');
  const words = [order, latest(order.list('transactions')), delivery ?? null].map(stateOf);
  const [status = null, payment = null, fulfillment = null] = words;
  const total = order.money('amountTotal', currency);
  const net = order.optionalMoney('amountNet', currency);
  const lines = order.list('lineItems').filter((line) => line.optionalId('parentId') === null);
  return [
    {
      ...base(order),
      number: order.optionalText('orderNumber'),
      status: meaningOf(STATUS, status),
      paymentStatus: meaningOf(PAYMENT, payment),
      fulfillmentStatus: meaningOf(FULFILLMENT, fulfillment),
      platformStatus: joined(words, '/'),
      currency,
      total,
      subtotal: order.optionalMoney('positionPrice', currency),
      tax: net === null ? null : sumOf([total, negated(net)]),
      shipping: order.optionalMoney('shippingTotal', currency),
      discount: discountOf(lines, currency),
      customerPlatformId: customer?.optionalId('customerId') ?? null,
      email: customer?.optionalText('email') ?? null,
      shippingAddress: mapAddress(delivery?.optionalObject('shippingOrderAddress') ?? null),
      billingAddress: mapAddress(order.optionalObject('billingAddress')),
      lineItems: lines.map((line) => mapLine(line, currency)),
    },
  ];
}

function stateOf(of: RecordReader | null): string | null {
  return of?.optionalObject('stateMachineState')?.optionalText('technicalName') ?? null;
}

/** A payment that failed is followed by another one. */
function latest(transactions: readonly RecordReader[]): RecordReader | null {
  const at = (one: RecordReader) => one.instant('createdAt') ?? '';
  return transactions.reduce<RecordReader | null>(
    (last, one) => (last === null || at(one) >= at(last) ? one : last),
    null,
  );
}

/** Promotions are lines with an amount below nothing. */
function discountOf(lines: readonly RecordReader[], currency: string): Money | null {
  const promotions = lines.filter((line) => line.raw['type'] === 'promotion');
  return negated(sumOf(promotions.map((line) => line.optionalMoney('totalPrice', currency))));
}

function mapLine(line: RecordReader, currency: string): LineItem {
  const payload = line.optionalObject('payload');
  const product = line.optionalId('productId');
  return {
    platformId: line.id('id'),
    productPlatformId: payload?.optionalId('parentId') ?? product,
    variantPlatformId: product,
    sku: payload?.optionalText('productNumber') ?? null,
    title: line.optionalText('label'),
    quantity: line.integer('quantity'),
    unitPrice: line.optionalMoney('unitPrice', currency),
    total: line.optionalMoney('totalPrice', currency),
  };
}

export function mapProduct(item: Json, pass: PassContext): readonly Product[] {
  const product = readRecord(item);
  const active = product.raw['active'];
  return [
    {
      ...base(product),
      title: translated(product, 'name') ?? '',
      status: statusOfFlag(active),
      platformStatus: active === true ? 'active' : active === false ? 'inactive' : null,
      description: translated(product, 'description'),
      brand: translated(product.optionalObject('manufacturer'), 'name'),
      url: null,
      variants: variantsOf(product, pass.facts['currency'] ?? null),
    },
  ];
}

/** A product without variants is its own; what a variant does not say is its parent's. */
function variantsOf(product: RecordReader, currency: string | null): readonly ProductVariant[] {
  const own = priceOf(product, currency);
  const children = product.list('children');
  if (children.length === 0) return [mapVariant(product, own)];
  return children.map((child) => mapVariant(child, priceOf(child, currency) ?? own));
}

function mapVariant(product: RecordReader, price: Money | null): ProductVariant {
  const id = product.id('id');
  const options = product.list('options').map((option) => translated(option, 'name') ?? '');
  return {
    platformId: id,
    sku: product.optionalText('productNumber'),
    barcode: product.optionalText('ean'),
    title: joined(options, ' / '),
    price,
    inventoryItemPlatformId: id,
  };
}

/** Of the system's own currency, which every product has a price in; with tax. */
export const SYSTEM_CURRENCY = 'b7d2554b0ce847cd82f3ac9bd1c0dfca';

function priceOf(product: RecordReader, currency: string | null): Money | null {
  const price = product.list('price').find((one) => one.raw['currencyId'] === SYSTEM_CURRENCY);
  return price?.optionalMoney('gross', currency) ?? null;
}

export function mapCustomer(item: Json): readonly Customer[] {
  const customer = readRecord(item);
  const addresses = customer.list('addresses');
  const main = addresses.find((one) => one.raw['id'] === customer.raw['defaultBillingAddressId']);
  return [
    {
      ...base(customer),
      email: customer.optionalText('email'),
      firstName: customer.optionalText('firstName'),
      lastName: customer.optionalText('lastName'),
      phone: (main ?? addresses[0])?.optionalText('phoneNumber') ?? null,
      addresses: addresses.flatMap((one) => mapAddress(one) ?? []),
    },
  ];
}

/** What is sold: a product that has variants is not. */
export function mapStock(item: Json): readonly InventoryLevel[] {
  const product = readRecord(item);
  if ((product.optionalInteger('childCount') ?? 0) > 0) return [];
  const id = product.id('id');
  const onHand = product.optionalInteger('stock');
  return [
    {
      ...baseOfStock(product),
      sku: product.optionalText('productNumber'),
      productPlatformId: product.optionalId('parentId') ?? id,
      variantPlatformId: id,
      locationPlatformId: null,
      available: product.optionalInteger('availableStock') ?? onHand,
      onHand,
      reserved: null,
    },
  ];
}

/** In the language of the API, which falls back to the system's. */
function translated(of: RecordReader | null, name: string): string | null {
  return of?.optionalObject('translated')?.optionalText(name) ?? of?.optionalText(name) ?? null;
}

const mapAddress = addressBy({
  names: ['firstName', 'lastName'],
  company: 'company',
  line1: 'street',
  line2: 'additionalAddressLine1',
  city: 'city',
  region: (address) => translated(address.optionalObject('countryState'), 'name'),
  postalCode: 'zipcode',
  country: textIn('country', 'iso'),
  phone: 'phoneNumber',
});
