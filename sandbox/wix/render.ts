/** A site's records in Wix's words: ids are GUIDs, amounts text, one shape of product for both catalogs with the fields of each. */
import {
  firstVariant,
  generateCustomer,
  generateOrder,
  generateProduct,
  money,
  type OrderStatus,
  productOfVariant,
  stockOf,
} from '../generator.ts';
import { iso } from '../listing.ts';
import type { Shop } from '../state.ts';

export const idOf = (kind: number, index: number) =>
  `${kind}0000000-0000-4000-8000-${index.toString(16).padStart(12, '0')}`;

export function productIndex(id: string): number {
  return /^20000000-0000-4000-8000-[0-9a-f]{12}$/.test(id) ? Number.parseInt(id.slice(24), 16) : -1;
}

const STATUS: Record<OrderStatus, [status: string, payment: string, fulfillment: string]> = {
  pending: ['APPROVED', 'NOT_PAID', 'NOT_FULFILLED'],
  paid: ['APPROVED', 'PAID', 'NOT_FULFILLED'],
  shipped: ['APPROVED', 'PAID', 'FULFILLED'],
  completed: ['APPROVED', 'PAID', 'FULFILLED'],
  cancelled: ['CANCELED', 'NOT_PAID', 'NOT_FULFILLED'],
  refunded: ['APPROVED', 'FULLY_REFUNDED', 'FULFILLED'],
  partially_refunded: ['APPROVED', 'PARTIALLY_REFUNDED', 'FULFILLED'],
};

function price(shop: Shop, minor: number) {
  const amount = money(minor, shop.currency);
  return { amount, formattedAmount: `${shop.currency} ${amount}` };
}

export function renderOrder(shop: Shop, index: number): Record<string, unknown> {
  const order = generateOrder(shop, index);
  const { customer } = order;
  const [status, paymentStatus, fulfillmentStatus] = STATUS[order.status];
  const contactDetails = {
    firstName: customer.firstName,
    lastName: customer.lastName,
    phone: customer.phone,
  };
  const address = {
    addressLine: customer.street,
    city: customer.city,
    postalCode: customer.zip,
    country: customer.country,
  };
  return {
    id: idOf(1, index),
    number: String(order.number),
    createdDate: iso(order.createdAtMs),
    purchasedDate: iso(order.createdAtMs),
    updatedDate: iso(order.updatedAtMs),
    status,
    paymentStatus,
    fulfillmentStatus,
    currency: shop.currency,
    buyerInfo: { contactId: idOf(3, customer.index), email: customer.email },
    buyerNote: order.note,
    priceSummary: {
      subtotal: price(shop, order.goodsMinor),
      shipping: price(shop, order.shippingMinor),
      tax: price(shop, order.taxMinor),
      discount: price(shop, order.discountMinor),
      total: price(shop, order.totalMinor),
    },
    billingInfo: { contactDetails, address },
    shippingInfo: { logistics: { shippingDestination: { contactDetails, address } } },
    lineItems: order.lines.map((line, at) => ({
      id: idOf(5, index * 100 + at),
      productName: { original: line.title },
      catalogReference: {
        catalogItemId: idOf(2, line.product),
        options: { variantId: idOf(4, line.variant) },
      },
      quantity: line.quantity,
      price: price(shop, line.priceMinor),
      physicalProperties: { sku: line.sku, shippable: true },
      totalPriceAfterTax: price(shop, line.priceMinor * line.quantity),
    })),
  };
}

export function renderProduct(shop: Shop, index: number): Record<string, unknown> {
  const product = generateProduct(shop, index);
  const [first] = product.variants;
  const amount = (minor: number) => ({ amount: money(minor, shop.currency) });
  const several = product.variants.length > 1;
  const prices = product.variants.map((variant) => variant.priceMinor);
  const variants = product.variants.map((variant) => ({
    id: idOf(4, variant.index),
    visible: true,
    sku: variant.sku,
    choices: several ? [{ optionChoiceNames: { optionName: 'Size', choiceName: variant.title } }] : [],
    price: { actualPrice: amount(variant.priceMinor) },
    inventoryStatus: { inStock: stockOf(shop, variant.index) > 0 },
  }));
  return {
    id: idOf(2, index),
    revision: String(product.version + 1),
    createdDate: iso(product.createdAtMs),
    updatedDate: iso(product.updatedAtMs),
    name: product.title,
    slug: product.handle,
    visible: product.status === 'active',
    productType: 'PHYSICAL',
    sku: several ? '' : (first?.sku ?? ''),
    currency: shop.currency,
    variantSummary: { variantCount: product.variants.length },
    actualPriceRange: { minValue: amount(Math.min(...prices)), maxValue: amount(Math.max(...prices)) },
    variantsInfo: { variants },
  };
}

export function renderStock(shop: Shop, variant: number): Record<string, unknown> {
  const product = generateProduct(shop, productOfVariant(variant));
  const quantity = stockOf(shop, variant);
  return {
    id: idOf(6, variant),
    productId: idOf(2, product.index),
    variantId: idOf(4, variant),
    sku: product.variants[variant - firstVariant(product.index)]?.sku ?? '',
    trackQuantity: true,
    quantity,
    availabilityStatus: quantity > 0 ? 'IN_STOCK' : 'OUT_OF_STOCK',
  };
}

export function renderContact(shop: Shop, index: number): Record<string, unknown> {
  const customer = generateCustomer(shop, index);
  const { person } = customer;
  return {
    id: idOf(3, index),
    revision: customer.version + 1,
    createdDate: iso(customer.createdAtMs),
    updatedDate: iso(customer.updatedAtMs),
    primaryInfo: { email: person.email, phone: person.phone },
    info: {
      name: { first: person.firstName, last: person.lastName },
      emails: { items: [{ email: person.email, primary: true }] },
      phones: { items: [{ phone: person.phone, primary: true }] },
      addresses: {
        items: [
          {
            address: {
              addressLine: person.street,
              city: person.city,
              postalCode: person.zip,
              country: person.country,
            },
          },
        ],
      },
    },
  };
}
