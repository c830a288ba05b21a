// Medusa's admin objects → unified records. Amounts are in major units; the exact text of an amount is in its raw_ twin. Pure.
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
import { baseBy, type RecordReader, readCurrency, readRecord } from '../record-reader.ts';
import { joined, meaningOf, type OrderWords, type ProductWords } from '../words.ts';

const ORDER_STATUS: OrderWords<'status'> = {
  pending: 'open',
  requires_action: 'open',
  draft: 'open',
  completed: 'completed',
  archived: 'completed',
  canceled: 'cancelled',
};

const PAYMENT: OrderWords<'paymentStatus'> = {
  not_paid: 'pending',
  awaiting: 'pending',
  requires_action: 'pending',
  authorized: 'authorized',
  partially_authorized: 'authorized',
  captured: 'paid',
  partially_captured: 'authorized',
  partially_refunded: 'partially_refunded',
  refunded: 'refunded',
  canceled: 'voided',
};

const FULFILLMENT: OrderWords<'fulfillmentStatus'> = {
  not_fulfilled: 'unfulfilled',
  partially_fulfilled: 'partially_fulfilled',
  fulfilled: 'fulfilled',
  partially_shipped: 'partially_fulfilled',
  shipped: 'fulfilled',
  partially_delivered: 'partially_fulfilled',
  delivered: 'fulfilled',
};

const PRODUCT_STATUS: ProductWords = {
  published: 'active',
  draft: 'draft',
  proposed: 'draft',
  rejected: 'archived',
};

const base = baseBy({ id: 'id', createdAt: 'created_at', updatedAt: 'updated_at' });

export function mapOrder(item: Json, pass: PassContext): readonly Order[] {
  const order = readRecord(item);
  // Older lists leave the currency out; the shop's own is then the only one there is.
  const currency = readCurrency(
    order.raw['currency_code'] ?? pass.facts['currency'],
    `${order.path}/currency_code`,
  );
  const payment = order.optionalText('payment_status');
  const fulfillment = order.optionalText('fulfillment_status');
  const status = order.optionalText('status');
  return [
    {
      ...base(order),
      number: order.has('display_id') ? `#${order.id('display_id')}` : null,
      status: meaningOf(ORDER_STATUS, status),
      paymentStatus: meaningOf(PAYMENT, payment),
      fulfillmentStatus: meaningOf(FULFILLMENT, fulfillment),
      platformStatus: joined([status, payment, fulfillment], '/'),
      currency,
      total: amount(order, 'total', currency) ?? order.money('total', currency),
      subtotal: amount(order, 'subtotal', currency),
      tax: amount(order, 'tax_total', currency),
      shipping: amount(order, 'shipping_total', currency),
      discount: amount(order, 'discount_total', currency),
      customerPlatformId: order.optionalId('customer_id'),
      email: order.optionalText('email'),
      shippingAddress: address(order.optionalObject('shipping_address')),
      billingAddress: address(order.optionalObject('billing_address')),
      lineItems: order.list('items').map((line) => mapLineItem(line, currency)),
    },
  ];
}

function mapLineItem(line: RecordReader, currency: string): LineItem {
  return {
    platformId: line.id('id'),
    productPlatformId: line.optionalId('product_id'),
    variantPlatformId: line.optionalId('variant_id'),
    sku: line.optionalText('variant_sku'),
    title: line.optionalText('title'),
    quantity: line.integer('quantity'),
    unitPrice: amount(line, 'unit_price', currency),
    total: amount(line, 'total', currency),
  };
}

export function mapProduct(item: Json): readonly Product[] {
  const product = readRecord(item);
  const status = product.optionalText('status');
  return [
    {
      ...base(product),
      title: product.text('title'),
      status: meaningOf(PRODUCT_STATUS, status),
      platformStatus: status,
      description: product.optionalText('description'),
      brand: null,
      url: null,
      variants: product.list('variants').map((variant) => ({
        platformId: variant.id('id'),
        sku: variant.optionalText('sku'),
        barcode: variant.optionalText('barcode'),
        title: variant.optionalText('title'),
        // Prices are per region and currency, and are not in the list.
        price: null,
        inventoryItemPlatformId: null,
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
      firstName: customer.optionalText('first_name'),
      lastName: customer.optionalText('last_name'),
      phone: customer.optionalText('phone'),
      addresses: customer.list('addresses').flatMap((one) => address(one) ?? []),
    },
  ];
}

/** One record a location; the level's id is the record's. */
export function mapInventory(item: Json): readonly InventoryLevel[] {
  const stocked = readRecord(item);
  return stocked.list('location_levels').map((level) => ({
    ...base(level),
    sku: stocked.optionalText('sku'),
    productPlatformId: null,
    variantPlatformId: null,
    locationPlatformId: level.optionalId('location_id'),
    available: level.optionalInteger('available_quantity'),
    onHand: level.optionalInteger('stocked_quantity'),
    reserved: level.optionalInteger('reserved_quantity'),
  }));
}

/** The exact decimal where Medusa tells it, else the number. */
function amount(record: RecordReader, name: string, currency: string): Money | null {
  return (
    record.optionalObject(`raw_${name}`)?.optionalMoney('value', currency) ??
    record.optionalMoney(name, currency)
  );
}

function address(of: RecordReader | null): Address | null {
  if (of === null) return null;
  const names = [of.optionalText('first_name'), of.optionalText('last_name')];
  return {
    name: joined(names, ' '),
    company: of.optionalText('company'),
    line1: of.optionalText('address_1'),
    line2: of.optionalText('address_2'),
    city: of.optionalText('city'),
    region: of.optionalText('province'),
    postalCode: of.optionalText('postal_code'),
    countryCode: of.optionalText('country_code')?.toUpperCase() ?? null,
    phone: of.optionalText('phone'),
  };
}
