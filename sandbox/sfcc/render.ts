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
      quantity: line.quantity,
      basePrice: amount(line.priceMinor),
      price: amount(line.priceMinor * line.quantity),
    })),
  };
}

export function renderProduct(shop: Shop, index: number) {
  const product = generateProduct(shop, index);
  const several = product.variants.length > 1;
  return {
    id: several ? product.handle : (product.variants[0]?.sku ?? product.handle),
    name: { default: product.title },
    brand: product.vendor,
    type: several ? { master: true } : { item: true },
    onlineFlag: { default: product.status === 'active' },
    creationDate: iso(product.createdAtMs),
    lastModified: iso(product.updatedAtMs),
    variants: several
      ? product.variants.map((variant) => ({
          productId: variant.sku,
          price: Number(money(variant.priceMinor, shop.currency)),
          variationValues: { size: variant.title },
        }))
      : [],
    price: Number(money(product.variants[0]?.priceMinor ?? 0, shop.currency)),
    priceCurrency: shop.currency,
  };
}

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
