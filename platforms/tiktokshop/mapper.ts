// TikTok Shop's objects → unified records. Each line of an order is one piece. Instants are Unix seconds, amounts decimal text in major units; what TikTok masks stays masked. Pure.
import type { Json } from '../../domain/platform.ts';
import type { Address, InventoryLevel, LineItem, Order, Product } from '../../domain/resource.ts';
import { addressOf } from '../address.ts';
import { sumOf } from '../amount.ts';
import { lookUp, type RecordReader, readCurrency, readRecord } from '../record-reader.ts';

const ORDER: Readonly<
  Record<string, { readonly status: Order['status']; readonly fulfillment: Order['fulfillmentStatus'] }>
> = {
  UNPAID: { status: 'open', fulfillment: 'unfulfilled' },
  ON_HOLD: { status: 'open', fulfillment: 'unfulfilled' },
  AWAITING_SHIPMENT: { status: 'open', fulfillment: 'unfulfilled' },
  AWAITING_COLLECTION: { status: 'open', fulfillment: 'unfulfilled' },
  PARTIALLY_SHIPPING: { status: 'open', fulfillment: 'partially_fulfilled' },
  IN_TRANSIT: { status: 'open', fulfillment: 'fulfilled' },
  DELIVERED: { status: 'open', fulfillment: 'fulfilled' },
  COMPLETED: { status: 'completed', fulfillment: 'fulfilled' },
  CANCELLED: { status: 'cancelled', fulfillment: 'unfulfilled' },
};
const UNKNOWN = { status: 'unknown', fulfillment: 'unknown' } as const;

export function mapOrder(item: Json): readonly Order[] {
  const order = readRecord(item);
  const payment = order.object('payment');
  const currency = readCurrency(payment.raw['currency'], `${payment.path}/currency`);
  const word = order.optionalText('status');
  const { status, fulfillment } = lookUp(ORDER, word) ?? UNKNOWN;
  const part = (name: string) => payment.optionalMoney(name, currency);
  return [
    {
      ...base(order),
      number: order.id('id'),
      status,
      paymentStatus: paymentOf(order, word),
      fulfillmentStatus: fulfillment,
      platformStatus: word,
      currency,
      total: payment.money('total_amount', currency),
      subtotal: part('sub_total'),
      tax: part('tax'),
      shipping: part('shipping_fee'),
      discount: sumOf([part('seller_discount'), part('platform_discount')]),
      customerPlatformId: order.optionalId('user_id'),
      email: order.optionalText('buyer_email'),
      shippingAddress: mapAddress(order.optionalObject('recipient_address')),
      billingAddress: null,
      lineItems: order.list('line_items').map((line) => mapLine(line, currency)),
    },
  ];
}

/** Cash on delivery is paid when it is delivered; whether a cancelled order was given back is not told. */
function paymentOf(order: RecordReader, word: string | null): Order['paymentStatus'] {
  const isPaid = order.epoch('paid_time') !== null;
  if (word === 'CANCELLED') return isPaid ? 'unknown' : 'voided';
  if (isPaid) return 'paid';
  return word === 'UNPAID' ? 'pending' : 'unknown';
}

function mapLine(line: RecordReader, currency: string): LineItem {
  const price = line.optionalMoney('sale_price', line.optionalText('currency') ?? currency);
  return {
    platformId: line.id('id'),
    productPlatformId: line.optionalId('product_id'),
    variantPlatformId: line.optionalId('sku_id'),
    sku: line.optionalText('seller_sku'),
    title: line.optionalText('product_name'),
    quantity: 1,
    unitPrice: price,
    total: price,
  };
}

/** Levels of a district: L0 the country, L1 the province or state, L2 the city or district. */
function mapAddress(address: RecordReader | null): Address | null {
  if (address === null) return null;
  const districts = address.list('district_info');
  const level = (name: string) =>
    districts.find((one) => one.raw['address_level'] === name)?.optionalText('address_name') ?? null;
  return addressOf({
    names: [address.optionalText('name')],
    line1: address.optionalText('address_line1') ?? address.optionalText('address_detail'),
    line2: address.optionalText('address_line2'),
    city: address.optionalText('post_town') ?? level('L2'),
    region: level('L1'),
    postalCode: address.optionalText('postal_code'),
    country: address.optionalText('region_code'),
    phone: address.optionalText('phone_number'),
  });
}

const PRODUCT_STATUS: Readonly<Record<string, Product['status']>> = {
  ACTIVATE: 'active',
  DRAFT: 'draft',
  PENDING: 'draft',
  FAILED: 'draft',
  SELLER_DEACTIVATED: 'draft',
  PLATFORM_DEACTIVATED: 'archived',
  FREEZE: 'archived',
};

export function mapProduct(item: Json): readonly Product[] {
  const product = readRecord(item);
  const status = product.optionalText('status');
  return [
    {
      ...base(product),
      title: product.optionalText('title') ?? '',
      status: lookUp(PRODUCT_STATUS, status) ?? 'unknown',
      platformStatus: status,
      description: null,
      brand: null,
      url: null,
      variants: product.list('skus').map((sku) => ({
        platformId: sku.id('id'),
        sku: sku.optionalText('seller_sku'),
        barcode: sku.optionalObject('identifier_code')?.optionalText('code') ?? null,
        title: null,
        price: priceOf(sku.optionalObject('price')),
        inventoryItemPlatformId: null,
      })),
    },
  ];
}

/** What buyers pay before promotions; without tax where only that is told. */
function priceOf(price: RecordReader | null) {
  const currency = price?.optionalText('currency') ?? null;
  const sale = price?.optionalMoney('sale_price', currency) ?? null;
  return sale ?? price?.optionalMoney('tax_exclusive_price', currency) ?? null;
}

/** A level a SKU and warehouse. */
export function mapStock(item: Json): readonly InventoryLevel[] {
  const product = readRecord(item);
  const productPlatformId = product.id('product_id');
  return product.list('skus').flatMap((sku) =>
    sku.list('warehouse_inventory').map((warehouse): InventoryLevel => {
      const [id, location] = [sku.id('id'), warehouse.id('warehouse_id')];
      return {
        platformId: `${id}/${location}`,
        platformCreatedAt: null,
        platformUpdatedAt: null,
        sku: sku.optionalText('seller_sku'),
        productPlatformId,
        variantPlatformId: id,
        locationPlatformId: location,
        available: warehouse.optionalInteger('available_quantity'),
        onHand: null,
        reserved: warehouse.optionalInteger('committed_quantity'),
      };
    }),
  );
}

function base(record: RecordReader) {
  return {
    platformId: record.id('id'),
    platformCreatedAt: record.epoch('create_time'),
    platformUpdatedAt: record.epoch('update_time'),
  };
}
