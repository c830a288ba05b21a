/** A site's records in B2C Commerce's words: numbers for money, masters with their variants. */
import { updatedAtMs } from '../collection.ts';
import {
  firstVariant,
  generateOrder,
  generateProduct,
  money,
  type OrderStatus,
  productOfVariant,
  stockOf,
} from '../generator.ts';
import { iso } from '../listing.ts';
import type { Shop } from '../state.ts';

const STATUS: Record<OrderStatus, [status: string, payment: string, shipping: string]> = {
  pending: ['created', 'not_paid', 'not_shipped'],
  paid: ['new', 'paid', 'not_shipped'],
  shipped: ['open', 'paid', 'part_shipped'],
  completed: ['completed', 'paid', 'shipped'],
  cancelled: ['cancelled', 'not_paid', 'not_shipped'],
  refunded: ['completed', 'paid', 'shipped'],
  partially_refunded: ['completed', 'paid', 'shipped'],
};

const orderNo = (index: number) => String(index + 1).padStart(8, '0');

export function orderIndex(no: string): number | null {
  return /^\d{8}$/.test(no) ? Number(no) - 1 : null;
}

export function renderOrder(shop: Shop, index: number) {
  const order = generateOrder(shop, index);
  const { customer } = order;
  const amount = (minor: number) => Number(money(minor, shop.currency));
  const priceOf = (netMinor: number) => {
    const taxMinor = Math.trunc((netMinor * 19) / 100);
    return { netPrice: amount(netMinor), tax: amount(taxMinor), grossPrice: amount(netMinor + taxMinor) };
  };
  const [status, paymentStatus, shippingStatus] = STATUS[order.status];
  const address = {
    firstName: customer.firstName,
    lastName: customer.lastName,
    address1: customer.street,
    city: customer.city,
    postalCode: customer.zip,
    countryCode: customer.country,
    phone: customer.phone,
  };
  return {
    orderNo: orderNo(index),
    creationDate: iso(order.createdAtMs),
    lastModified: iso(order.updatedAtMs),
    currency: shop.currency,
    status,
    paymentStatus,
    shippingStatus,
    confirmationStatus: 'confirmed',
    siteId: 'main',
    taxation: 'net',
    orderTotal: amount(order.totalMinor),
    productTotal: amount(order.goodsMinor - order.discountMinor),
    shippingTotal: amount(order.shippingMinor),
    taxTotal: amount(order.taxMinor),
    customerInfo: {
      customerId: `c${customer.index}`,
      customerNo: String(customer.index + 1),
      email: customer.email,
    },
    billingAddress: address,
    shipments: [{ shipmentId: 'me', shippingAddress: address }],
    productItems: order.lines.map((line, at) => ({
      itemId: `${index}-${at}`,
      productId: line.sku,
      productName: line.title,
      itemText: line.title,
      quantity: line.quantity,
      basePrice: amount(line.priceMinor),
      ...priceOf(line.priceMinor * line.quantity),
      priceAfterItemDiscount: amount(line.priceMinor * line.quantity),
      taxRate: 0.19,
    })),
    orderPriceAdjustments:
      order.discountMinor === 0
        ? []
        : [{ priceAdjustmentId: 'spring', itemText: 'Spring', ...priceOf(-order.discountMinor) }],
  };
}

export interface Hit {
  id: string;
  name: { default: string };
  creationDate: string;
  lastModified: string;
}

/** What a search finds of a product: itself, and where it has variants the master and each of them. */
export function hitsOf(shop: Shop, index: number): Hit[] {
  const product = generateProduct(shop, index);
  const price = (minor: number) => ({
    price: Number(money(minor, shop.currency)),
    priceCurrency: shop.currency,
  });
  const common = {
    name: { default: product.title },
    brand: product.vendor,
    onlineFlag: { default: product.status === 'active' },
    online: { default: product.status === 'active' },
    creationDate: iso(product.createdAtMs),
    lastModified: iso(product.updatedAtMs),
    image: { absUrl: `https://images.example/${product.handle}.jpg` },
  };
  const [first, ...others] = product.variants;
  if (first === undefined || others.length === 0)
    return [
      { ...common, ...price(first?.priceMinor ?? 0), id: first?.sku ?? product.handle, ...typeOf('item') },
    ];
  const variants = product.variants.map(({ sku, title, priceMinor }) => ({
    ...common,
    ...price(priceMinor),
    id: sku,
    ...typeOf('variant'),
    variationValues: { size: title },
    master: { masterId: product.handle },
  }));
  const listed = product.variants.map(({ sku, title }) => ({
    productId: sku,
    variationValues: { size: title },
  }));
  const master = {
    ...common,
    ...price(first.priceMinor),
    id: product.handle,
    ...typeOf('master'),
    variants: listed,
  };
  return [master, ...variants];
}

const typeOf = (name: 'item' | 'master' | 'variant') => ({ type: { [name]: true } });

export function renderRecord(shop: Shop, variant: number) {
  const product = generateProduct(shop, productOfVariant(variant));
  const onHand = stockOf(shop, variant);
  return {
    sku: product.variants[variant - firstVariant(product.index)]?.sku ?? '',
    locationId: 'main',
    onHand,
    availableToFulfill: onHand,
    effectiveDate: iso(updatedAtMs(shop, 'inventory', variant)),
  };
}
