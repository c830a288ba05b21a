// Coupang's order sheets, products and stock → unified records. Amounts are whole won; instants are Korean time and carry no zone. Pure.
import type { Json } from '../../domain/platform.ts';
import type {
  InventoryLevel,
  LineItem,
  Money,
  Order,
  Product,
  ProductVariant,
} from '../../domain/resource.ts';
import { addressBy, firstText } from '../address.ts';
import { negated, sumOf } from '../amount.ts';
import { recordInvalid } from '../json.ts';
import { baseBy, type RecordReader, readRecord } from '../record-reader.ts';
import { statesBy } from '../words.ts';

const CURRENCY = 'KRW';

const statesOf = statesBy(['status', 'fulfillmentStatus'], {
  ACCEPT: ['open', 'unfulfilled'],
  INSTRUCT: ['open', 'unfulfilled'],
  DEPARTURE: ['open', 'fulfilled'],
  DELIVERING: ['open', 'fulfilled'],
  NONE_TRACKING: ['open', 'fulfilled'],
  FINAL_DELIVERY: ['completed', 'fulfilled'],
});

const base = baseBy({ id: 'shipmentBoxId', createdAt: 'orderedAt', as: koreanInstant });
const baseOfProduct = baseBy({ id: 'sellerProductId', createdAt: 'createdAt', as: koreanInstant });
const baseOfStock = baseBy({ id: 'vendorItemId' });

/** One box of an order: an order that is sent in two is two. Only what was paid is told at all. */
export function mapSheet(item: Json): readonly Order[] {
  const sheet = readRecord(item);
  const lines = sheet.list('orderItems');
  const word = sheet.optionalText('status');
  const isCancelled = lines.length > 0 && lines.every((line) => line.raw['canceled'] === true);
  const states = statesOf(word);
  const subtotal = sumOf(lines.map((line) => won(line, 'orderPrice')));
  const discount = sumOf(lines.map((line) => won(line, 'discountPrice')));
  const shipping = sumOf([won(sheet, 'shippingPrice'), won(sheet, 'remotePrice')]);
  const total = sumOf([subtotal, shipping, negated(discount)]);
  if (total === null) throw recordInvalid(`${sheet.path}/orderItems`, 'tells no price');
  return [
    {
      ...base(sheet),
      number: sheet.optionalId('orderId'),
      status: isCancelled ? 'cancelled' : states.status,
      paymentStatus: isCancelled || states.status === 'unknown' ? 'unknown' : 'paid',
      fulfillmentStatus: isCancelled ? 'unfulfilled' : states.fulfillmentStatus,
      platformStatus: word,
      currency: CURRENCY,
      total,
      subtotal,
      tax: null,
      shipping,
      discount,
      customerPlatformId: null,
      // Masked.
      email: sheet.optionalObject('orderer')?.optionalText('email') ?? null,
      shippingAddress: mapReceiver(sheet.optionalObject('receiver')),
      billingAddress: null,
      lineItems: lines.map(mapLine),
    },
  ];
}

function mapLine(line: RecordReader): LineItem {
  return {
    platformId: null,
    productPlatformId: line.optionalId('sellerProductId'),
    variantPlatformId: line.optionalId('vendorItemId'),
    sku: line.optionalText('externalVendorSkuCode'),
    title: line.optionalText('vendorItemName') ?? line.optionalText('sellerProductName'),
    // Without what was cancelled.
    quantity: line.integer('shippingCount'),
    unitPrice: won(line, 'salesPrice'),
    total: won(line, 'orderPrice'),
  };
}

const mapReceiver = addressBy({
  names: ['name'],
  line1: 'addr1',
  line2: 'addr2',
  postalCode: 'postCode',
  phone: firstText('receiverNumber', 'safeNumber'),
});

function won(of: RecordReader, name: string): Money | null {
  return of.optionalMoney(name, CURRENCY);
}

const WITHOUT_ZONE = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?$/;

function koreanInstant(record: RecordReader, name: string): string | null {
  const text = record.optionalText(name);
  if (text === null || !WITHOUT_ZONE.test(text)) return record.instant(name);
  const ms = Date.parse(`${text}+09:00`);
  if (Number.isNaN(ms)) throw recordInvalid(`${record.path}/${name}`, 'is not an instant');
  return new Date(ms).toISOString();
}

/** Its status is told in Korean words. */
const ON_SALE = ['승인완료', '부분승인완료', 'APPROVED', 'PARTIAL_APPROVED'];
const GONE = ['상품삭제', 'DELETED'];

export function mapProduct(item: Json): readonly Product[] {
  const product = readRecord(item);
  const word = product.optionalText('statusName');
  const isOnSale = word !== null && ON_SALE.includes(word);
  return [
    {
      ...baseOfProduct(product),
      title: product.optionalText('sellerProductName') ?? '',
      status: isOnSale ? 'active' : word === null ? 'unknown' : GONE.includes(word) ? 'archived' : 'draft',
      platformStatus: word,
      description: null,
      brand: product.optionalText('brand'),
      url: null,
      variants: product.list('items').map(mapVariant),
    },
  ];
}

/** Until it is approved it has no id of its own but that of its registration. */
function mapVariant(variant: RecordReader): ProductVariant {
  const id = variant.optionalId('vendorItemId');
  return {
    platformId: id ?? variant.id('sellerProductItemId'),
    sku: variant.optionalText('externalVendorSku'),
    barcode: variant.optionalText('barcode'),
    title: variant.optionalText('itemName'),
    price: won(variant, 'salePrice'),
    inventoryItemPlatformId: id,
  };
}

export function mapStock(item: Json): readonly InventoryLevel[] {
  const stock = readRecord(item);
  const id = stock.id('vendorItemId');
  return [
    {
      ...baseOfStock(stock),
      sku: stock.optionalText('externalVendorSku'),
      productPlatformId: stock.optionalId('sellerProductId'),
      variantPlatformId: id,
      locationPlatformId: null,
      available: stock.optionalInteger('amountInStock'),
      onHand: null,
      reserved: null,
    },
  ];
}
