// Shopify's GraphQL nodes → unified records. Ids are the platform's global ids, as they come. Pure.
import type { Json, PassContext } from '../../domain/platform.ts';
import type { Address, Customer, InventoryLevel, LineItem, Order, Product } from '../../domain/resource.ts';
import { baseBy, type RecordReader, readRecord } from '../record-reader.ts';
import { moneyBy, moneyInBy } from '../told-money.ts';
import { joined, meaningOf, type OrderWords, type ProductWords } from '../words.ts';

const PAYMENT: OrderWords<'paymentStatus'> = {
  PENDING: 'pending',
  PARTIALLY_PAID: 'pending',
  AUTHORIZED: 'authorized',
  PAID: 'paid',
  PARTIALLY_REFUNDED: 'partially_refunded',
  REFUNDED: 'refunded',
  VOIDED: 'voided',
};

const FULFILLMENT: OrderWords<'fulfillmentStatus'> = {
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

const PRODUCT_STATUS: ProductWords = {
  ACTIVE: 'active',
  DRAFT: 'draft',
  ARCHIVED: 'archived',
  UNLISTED: 'active',
};

const base = baseBy({ id: 'id', createdAt: 'createdAt', updatedAt: 'updatedAt' });

const { moneyOf } = moneyBy({ amount: 'amount', currency: 'currencyCode' });

/** Amounts in the shop's own currency; the customer's presentment currency is not kept. */
const shopMoney = (set: RecordReader) => moneyOf(set.object('shopMoney'));
const shopMoneyIn = moneyInBy(shopMoney);

export function mapOrder(item: Json): readonly Order[] {
  const order = readRecord(item);
  const payment = order.optionalText('displayFinancialStatus');
  const fulfillment = order.optionalText('displayFulfillmentStatus');
  return [
    {
      ...base(order),
      number: order.optionalText('name'),
      status: order.has('cancelledAt') ? 'cancelled' : order.has('closedAt') ? 'completed' : 'open',
      paymentStatus: meaningOf(PAYMENT, payment),
      fulfillmentStatus: meaningOf(FULFILLMENT, fulfillment),
      platformStatus: joined([payment, fulfillment], '/'),
      currency: order.currency('currencyCode'),
      total: shopMoney(order.object('totalPriceSet')),
      subtotal: shopMoneyIn(order, 'subtotalPriceSet'),
      tax: shopMoneyIn(order, 'totalTaxSet'),
      shipping: shopMoneyIn(order, 'totalShippingPriceSet'),
      discount: shopMoneyIn(order, 'totalDiscountsSet'),
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
    unitPrice: shopMoneyIn(line, 'originalUnitPriceSet'),
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
      status: meaningOf(PRODUCT_STATUS, status),
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
