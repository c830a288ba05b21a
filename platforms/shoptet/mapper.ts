// Shoptet's orders, products, customers and supplies → unified records. Amounts and quantities are decimal text. Pure.
import type { Json } from '../../domain/platform.ts';
import type { Customer, InventoryLevel, LineItem, Money, Order, Product } from '../../domain/resource.ts';
import { addressBy, firstText, joinedText } from '../address.ts';
import { negated, sumOf } from '../amount.ts';
import { textOf, valueAt } from '../json.ts';
import { baseBy, type RecordReader, readRecord } from '../record-reader.ts';
import { joined, meaningOf, type ProductWords } from '../words.ts';

const TIMES = { createdAt: 'creationTime', updatedAt: 'changeTime' } as const;
const baseByCode = baseBy({ id: 'code', ...TIMES });
const baseByGuid = baseBy({ id: 'guid', ...TIMES });

/** Items that are no goods: what is charged for sending and paying, and what is taken off. */
const CHARGES = new Set(['shipping', 'billing']);
const DISCOUNTS = new Set(['discount-coupon', 'volume-discount']);

export function mapOrder(item: Json): readonly Order[] {
  const order = readRecord(item);
  const price = order.object('price');
  const currency = price.currency('currencyCode');
  const items = order.list('items');
  const ofType = (types: ReadonlySet<string>) =>
    items.filter((one) => types.has(one.optionalText('itemType') ?? ''));
  const goods = items.filter((one) => {
    const type = one.optionalText('itemType') ?? '';
    return !CHARGES.has(type) && !DISCOUNTS.has(type);
  });
  const paid = order.raw['paid'];
  const delivery = order.optionalObject('deliveryAddress');
  const billing = mapAddress(order.optionalObject('billingAddress'));
  return [
    {
      ...baseByCode(order),
      number: order.id('code'),
      // Statuses are the merchant's own, and have no meaning but their name.
      status: 'unknown',
      paymentStatus: paid === true ? 'paid' : paid === false ? 'pending' : 'unknown',
      fulfillmentStatus: fulfillmentOf(goods),
      platformStatus: order.optionalObject('status')?.optionalText('name') ?? null,
      currency,
      total: price.money('withVat', currency),
      subtotal: sumOf(goods.map((one) => linePrice(one, currency))),
      tax: price.optionalMoney('vat', currency),
      shipping: sumOf(ofType(new Set(['shipping'])).map((one) => linePrice(one, currency))),
      discount: negated(sumOf(ofType(DISCOUNTS).map((one) => linePrice(one, currency)))),
      customerPlatformId: order.optionalId('customerGuid'),
      email: order.optionalText('email'),
      shippingAddress: order.raw['addressesEqual'] === true ? billing : mapAddress(delivery),
      billingAddress: billing,
      lineItems: goods.map((one) => mapLine(one, currency)),
    },
  ];
}

/** By how much of each thing is completed. */
function fulfillmentOf(goods: readonly RecordReader[]): Order['fulfillmentStatus'] {
  const told = goods.flatMap((one) => {
    const [amount, done] = [one.optionalText('amount'), one.optionalText('amountCompleted')];
    return amount === null || done === null ? [] : [{ amount: Number(amount), done: Number(done) }];
  });
  if (told.length === 0 || told.length < goods.length) return 'unknown';
  if (told.every(({ done }) => done === 0)) return 'unfulfilled';
  return told.every(({ amount, done }) => done >= amount) ? 'fulfilled' : 'partially_fulfilled';
}

function mapLine(line: RecordReader, currency: string): LineItem {
  const code = line.optionalText('code');
  const names = [line.optionalText('name'), line.optionalText('variantName')];
  return {
    platformId: line.optionalId('itemId'),
    productPlatformId: line.optionalId('productGuid'),
    variantPlatformId: code,
    sku: code,
    title: joined(names, ' - '),
    quantity: line.integer('amount'),
    unitPrice: line.optionalObject('unitPrice')?.optionalMoney('withVat', currency) ?? null,
    total: linePrice(line, currency),
  };
}

function linePrice(line: RecordReader, currency: string): Money | null {
  return line.optionalObject('itemPrice')?.optionalMoney('withVat', currency) ?? null;
}

const STATUS: ProductWords = {
  visible: 'active',
  normal: 'active',
  hidden: 'draft',
};

export function mapProduct(item: Json): readonly Product[] {
  const product = readRecord(item);
  const visibility = product.optionalText('visibility');
  return [
    {
      ...baseByGuid(product),
      title: product.optionalText('name') ?? '',
      status: meaningOf(STATUS, visibility),
      platformStatus: visibility,
      description: product.optionalText('description') ?? product.optionalText('shortDescription'),
      brand: product.optionalObject('brand')?.optionalText('name') ?? null,
      url: product.optionalText('url'),
      variants: product.list('variants').map((variant) => {
        const code = variant.id('code');
        const currency = variant.optionalText('currencyCode');
        return {
          // Variants have codes, and nothing else that names them.
          platformId: code,
          sku: code,
          barcode: variant.optionalText('ean'),
          title: variant.optionalText('name'),
          price: variant.optionalMoney('price', currency),
          inventoryItemPlatformId: code,
        };
      }),
    },
  ];
}

export function mapCustomer(item: Json): readonly Customer[] {
  const customer = readRecord(item);
  const accounts = customer.list('accounts');
  const account = accounts.find((one) => one.raw['mainAccount'] === true) ?? accounts[0];
  const addresses = [customer.optionalObject('billingAddress'), ...customer.list('deliveryAddress')];
  return [
    {
      ...baseByGuid(customer),
      email: account?.optionalText('email') ?? null,
      // One name is all that is told: it is in the addresses, whole.
      firstName: null,
      lastName: null,
      phone: account?.optionalText('phone') ?? null,
      addresses: addresses.flatMap((one) => mapAddress(one) ?? []),
    },
  ];
}

/** What of it may still be sold, Shoptet leaves to be reckoned. */
export function mapSupply(item: Json): readonly InventoryLevel[] {
  const supply = readRecord(item);
  const [stock, code] = [supply.id('stockId'), supply.id('code')];
  return [
    {
      platformId: `${stock}/${code}`,
      platformCreatedAt: null,
      platformUpdatedAt: supply.instant('changeTime'),
      sku: code,
      productPlatformId: supply.optionalId('productGuid'),
      variantPlatformId: code,
      locationPlatformId: stock,
      available: null,
      onHand: supply.optionalInteger('amount'),
      reserved: supply.optionalInteger('claim'),
    },
  ];
}

export function supplyId(item: Json): string | null {
  const [stock, code] = [textOf(valueAt(item, 'stockId')), textOf(valueAt(item, 'code'))];
  return stock === null || code === null ? null : `${stock}/${code}`;
}

const mapAddress = addressBy({
  names: ['fullName'],
  company: 'company',
  line1: joinedText(['street', 'houseNumber']),
  line2: 'additional',
  city: 'city',
  region: firstText('regionName', 'district'),
  postalCode: 'zip',
  country: 'countryCode',
});
