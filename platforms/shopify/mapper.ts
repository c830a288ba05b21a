// Shopify's GraphQL nodes → unified records. Ids are the platform's global ids, as they come. Pure.
import type { Json, PassContext } from '../../domain/platform.ts';
import type {
  Address,
  Customer,
  InventoryLevel,
  LineItem,
  Money,
  Order,
  Product,
} from '../../domain/resource.ts';
import { baseBy, lookUp, type RecordReader, readCurrency, readRecord } from '../record-reader.ts';

const PAYMENT: Readonly<Record<string, Order['paymentStatus']>> = {
  PENDING: 'pending',
  PARTIALLY_PAID: 'pending',
  AUTHORIZED: 'authorized',
  PAID: 'paid',
  PARTIALLY_REFUNDED: 'partially_refunded',
  REFUNDED: 'refunded',
  VOIDED: 'voided',
};

const FULFILLMENT: Readonly<Record<string, Order['fulfillmentStatus']>> = {
  UNFULFILLED: 'unfulfilled',
  OPEN: 'unfulfilled',
  IN_PROGRESS: 'unfulfilled',
  ON_HOLD: 'unfulfilled',
  PENDING_FULFILLMENT: 'unfulfilled',
  REQUEST_DECLINED: 'unfulfilled',
  SCHEDULED: 'unfulfilled',
  PARTIALLY_FULFILLED: 'partially_fulfilled',
  FULFILLED: 'fulfilled',
  RESTOCKED: 'returned',
};

const PRODUCT_STATUS: Readonly<Record<string, Product['status']>> = {
  ACTIVE: 'active',
  DRAFT: 'draft',
  ARCHIVED: 'archived',
  UNLISTED: 'active',
};

const base = baseBy({ id: 'id', createdAt: 'createdAt', updatedAt: 'updatedAt' });

export function mapOrder(item: Json): readonly Order[] {
  const order = readRecord(item);
  const payment = order.optionalText('displayFinancialStatus');
  const fulfillment = order.optionalText('displayFulfillmentStatus');
  return [
    {
      ...base(order),
      number: order.optionalText('name'),
      status: order.has('cancelledAt') ? 'cancelled' : order.has('closedAt') ? 'completed' : 'open',
      paymentStatus: lookUp(PAYMENT, payment) ?? 'unknown',
      fulfillmentStatus: lookUp(FULFILLMENT, fulfillment) ?? 'unknown',
      platformStatus: [payment, fulfillment].filter((one) => one !== null).join('/') || null,
      currency: readCurrency(order.raw['currencyCode'], `${order.path}/currencyCode`),
      total: shopMoney(order.object('totalPriceSet')),
      subtotal: optionalShopMoney(order, 'subtotalPriceSet'),
      tax: optionalShopMoney(order, 'totalTaxSet'),
      shipping: optionalShopMoney(order, 'totalShippingPriceSet'),
      discount: optionalShopMoney(order, 'totalDiscountsSet'),
      customerPlatformId: order.optionalObject('customer')?.id('id') ?? null,
      email: order.optionalText('email'),
      shippingAddress: optionalAddress(order, 'shippingAddress'),
      billingAddress: optionalAddress(order, 'billingAddress'),
      lineItems: order.object('lineItems').list('nodes').map(mapLineItem),
    },
  ];
}

function mapLineItem(line: RecordReader): LineItem {
  return {
    platformId: line.id('id'),
    productPlatformId: line.optionalObject('product')?.id('id') ?? null,
    variantPlatformId: line.optionalObject('variant')?.id('id') ?? null,
    sku: line.optionalText('sku'),
    title: line.optionalText('title'),
    quantity: line.integer('quantity'),
    unitPrice: optionalShopMoney(line, 'originalUnitPriceSet'),
    // The discounted total of a line costs two more points a line; unit price × quantity would be a guess.
    total: null,
  };
}

export function mapProduct(item: Json, pass: PassContext): readonly Product[] {
  const product = readRecord(item);
  const status = product.optionalText('status');
  const currency = pass.facts['currency'] ?? null;
  return [
    {
      ...base(product),
      title: product.text('title'),
      status: lookUp(PRODUCT_STATUS, status) ?? 'unknown',
      platformStatus: status,
      description: product.optionalText('description'),
      brand: product.optionalText('vendor'),
      url: product.optionalText('onlineStoreUrl'),
      variants: product
        .object('variants')
        .list('nodes')
        .map((variant) => ({
          platformId: variant.id('id'),
          sku: variant.optionalText('sku'),
          barcode: variant.optionalText('barcode'),
          title: variant.optionalText('title'),
          // The API gives the price in the shop's currency, and names none.
          price: variant.optionalMoney('price', currency),
          inventoryItemPlatformId: variant.optionalObject('inventoryItem')?.id('id') ?? null,
        })),
    },
  ];
}

export function mapCustomer(item: Json): readonly Customer[] {
  const customer = readRecord(item);
  return [
    {
      ...base(customer),
      email: customer.optionalText('email'),
      firstName: customer.optionalText('firstName'),
      lastName: customer.optionalText('lastName'),
      phone: customer.optionalText('phone'),
      addresses: customer.list('addresses').map(mapAddress),
    },
  ];
}

/** One stock level for each location of an inventory item. */
export function mapInventoryItem(item: Json): readonly InventoryLevel[] {
  const stock = readRecord(item);
  const variant = stock.optionalObject('variant');
  return stock
    .object('inventoryLevels')
    .list('nodes')
    .map((level) => {
      const quantities = new Map(
        level.list('quantities').map((one) => [one.text('name'), one.integer('quantity')]),
      );
      return {
        platformId: level.id('id'),
        platformCreatedAt: stock.instant('createdAt'),
        platformUpdatedAt: level.instant('updatedAt'),
        sku: stock.optionalText('sku'),
        productPlatformId: variant?.optionalObject('product')?.id('id') ?? null,
        variantPlatformId: variant?.id('id') ?? null,
        locationPlatformId: level.optionalObject('location')?.id('id') ?? null,
        available: quantities.get('available') ?? null,
        onHand: quantities.get('on_hand') ?? null,
        reserved: quantities.get('committed') ?? null,
      };
    });
}

/** Amounts in the shop's own currency; the customer's presentment currency is not kept. */
function shopMoney(set: RecordReader): Money {
  const money = set.object('shopMoney');
  return money.money('amount', readCurrency(money.raw['currencyCode'], `${money.path}/currencyCode`));
}

function optionalShopMoney(record: RecordReader, name: string): Money | null {
  const set = record.optionalObject(name);
  return set === null ? null : shopMoney(set);
}

function optionalAddress(record: RecordReader, name: string): Address | null {
  const address = record.optionalObject(name);
  return address === null ? null : mapAddress(address);
}

function mapAddress(address: RecordReader): Address {
  return {
    name: address.optionalText('name'),
    company: address.optionalText('company'),
    line1: address.optionalText('address1'),
    line2: address.optionalText('address2'),
    city: address.optionalText('city'),
    region: address.optionalText('province'),
    postalCode: address.optionalText('zip'),
    countryCode: address.optionalText('countryCodeV2'),
    phone: address.optionalText('phone'),
  };
}
