// TikTok Shop's objects → unified records. Each line of an order is one piece. Instants are Unix seconds, amounts decimal text in major units; what TikTok masks stays masked. Pure.
import type { Json } from '../../domain/platform.ts';
import type { InventoryLevel, LineItem, Order, Product } from '../../domain/resource.ts';
import { addressBy, firstText } from '../address.ts';
import { sumOf } from '../amount.ts';
import { baseBy, type RecordReader, readRecord } from '../record-reader.ts';
import { meaningOf, type ProductWords, statesBy } from '../words.ts';

const statesOf = statesBy(['status', 'fulfillmentStatus'], {
  UNPAID: ['open', 'unfulfilled'],
  ON_HOLD: ['open', 'unfulfilled'],
  AWAITING_SHIPMENT: ['open', 'unfulfilled'],
  AWAITING_COLLECTION: ['open', 'unfulfilled'],
  PARTIALLY_SHIPPING: ['open', 'partially_fulfilled'],
  IN_TRANSIT: ['open', 'fulfilled'],
  DELIVERED: ['open', 'fulfilled'],
  COMPLETED: ['completed', 'fulfilled'],
  CANCELLED: ['cancelled', 'unfulfilled'],
});

const base = baseBy({ id: 'id', createdAt: 'create_time', updatedAt: 'update_time', as: 'epoch' });

export function mapOrder(item: Json): readonly Order[] {
  const order = readRecord(item);
  const payment = order.object('payment');
  const currency = payment.currency('currency');
  const word = order.optionalText('status');
  const part = (name: string) => payment.optionalMoney(name, currency);
  return [
    {
      ...base(order),
      number: order.id('id'),
      ...statesOf(word),
      paymentStatus: paymentOf(order, word),
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

const mapAddress = addressBy({
  names: ['name'],
  line1: firstText('address_line1', 'address_detail'),
  line2: 'address_line2',
  city: (address) => address.optionalText('post_town') ?? districtOf(address, 'L2'),
  region: (address) => districtOf(address, 'L1'),
  postalCode: 'postal_code',
  country: 'region_code',
  phone: 'phone_number',
});

/** L0 is the country, L1 the province or state, L2 the city or district. */
function districtOf(address: RecordReader, level: 'L1' | 'L2'): string | null {
  const found = address.list('district_info').find((one) => one.raw['address_level'] === level);
  return found?.optionalText('address_name') ?? null;
}

const PRODUCT_STATUS: ProductWords = {
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
      status: meaningOf(PRODUCT_STATUS, status),
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
