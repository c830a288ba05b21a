/** A shop's records in Shopware's words: numbers for money, associations only where asked for, products with their variants as rows. */
import { listed } from '../collection.ts';
import {
  type Dated,
  generateCustomer,
  generateOrder,
  generateProduct,
  money,
  type OrderStatus,
  stockOf,
  variantCount,
} from '../generator.ts';
import { iso } from '../listing.ts';
import type { Shop } from '../state.ts';

const CURRENCY_ID = 'b7d2554b0ce847cd82f3ac9bd1c0dfca';
/** 32 hex digits that tell kind and position. */
const idOf = (kind: number, index: number) => `${kind}${index.toString(16).padStart(31, '0')}`;

/** Never changed: `updatedAt` is null. */
function dates(record: Dated) {
  const at = (ms: number) => iso(ms).replace('Z', '+00:00');
  return {
    createdAt: at(record.createdAtMs),
    updatedAt: record.version === 0 ? null : at(record.updatedAtMs),
  };
}

const STATE: Record<OrderStatus, [technical: string, name: string]> = {
  pending: ['open', 'Open'],
  paid: ['in_progress', 'In progress'],
  shipped: ['in_progress', 'In progress'],
  completed: ['completed', 'Done'],
  cancelled: ['cancelled', 'Cancelled'],
  refunded: ['completed', 'Done'],
  partially_refunded: ['completed', 'Done'],
};

/** Associations the sandbox knows; a record carries them as null until asked for. */
const ASSOCIATIONS = [
  'currency',
  'lineItems',
  'orderCustomer',
  'stateMachineState',
  'defaultBillingAddress',
  'addresses',
  'children',
];

/** The record with the associations that were asked for, and the others null. */
export function associated(
  record: Record<string, unknown>,
  wanted: Record<string, unknown>,
): Record<string, unknown> {
  const entries = Object.entries(record).map(([name, value]) =>
    ASSOCIATIONS.includes(name) && !Object.hasOwn(wanted, name) ? [name, null] : [name, value],
  );
  return Object.fromEntries(entries);
}

export function renderOrder(shop: Shop, index: number): Record<string, unknown> {
  const order = generateOrder(shop, index);
  const amount = (minor: number) => Number(money(minor, shop.currency));
  const [technicalName, name] = STATE[order.status];
  const { customer } = order;
  return {
    id: idOf(1, index),
    orderNumber: String(order.number),
    currencyId: CURRENCY_ID,
    currency: { id: CURRENCY_ID, isoCode: shop.currency },
    orderDateTime: iso(order.createdAtMs).replace('Z', '+00:00'),
    amountTotal: amount(order.totalMinor),
    amountNet: amount(order.totalMinor - order.taxMinor),
    positionPrice: amount(order.totalMinor - order.shippingMinor),
    shippingTotal: amount(order.shippingMinor),
    taxStatus: 'gross',
    customerComment: order.note === '' ? null : order.note,
    stateMachineState: { technicalName, name },
    orderCustomer: {
      email: customer.email,
      firstName: customer.firstName,
      lastName: customer.lastName,
      customerId: idOf(3, customer.index),
      customerNumber: String(10_000 + customer.index),
    },
    lineItems: order.lines.map((line, at) => ({
      id: idOf(5, index * 100 + at),
      productId: idOf(2, rowOf(line.product, line.variant)),
      type: 'product',
      label: line.title,
      quantity: line.quantity,
      unitPrice: amount(line.priceMinor),
      totalPrice: amount(line.priceMinor * line.quantity),
      payload: { productNumber: line.sku },
    })),
    ...dates(order),
  };
}

/** The row of a variant: a product of its own where there is one alone, else a child. */
function rowOf(product: number, variant: number): number {
  const several = variantCount(product) > 1;
  return product * 4 + (several ? 1 + (variant % 6) : 0);
}

export function rowsOfProducts(shop: Shop): number[] {
  return [...listed(shop, 'products', 'position')].flatMap((product) => {
    const count = variantCount(product);
    return Array.from({ length: count === 1 ? 1 : count + 1 }, (_, child) => product * 4 + child);
  });
}

export function renderProduct(shop: Shop, row: number): Record<string, unknown> {
  const [index, child] = [Math.floor(row / 4), row % 4];
  const product = generateProduct(shop, index);
  const isParent = child === 0 && product.variants.length > 1;
  const variant = product.variants[Math.max(0, child - 1)];
  const gross = Number(money(variant?.priceMinor ?? 0, shop.currency));
  const stock = isParent ? 0 : stockOf(shop, variant?.index ?? 0);
  return {
    id: idOf(2, row),
    parentId: child === 0 ? null : idOf(2, index * 4),
    childCount: isParent ? product.variants.length : 0,
    productNumber: isParent ? product.handle : (variant?.sku ?? ''),
    // A child inherits its name.
    name: child === 0 ? product.title : null,
    description: `${product.title} by ${product.vendor}`,
    active: product.status === 'active',
    stock,
    availableStock: stock,
    price: [{ currencyId: CURRENCY_ID, net: gross, gross, linked: true }],
    options: child === 0 ? null : [{ name: variant?.title }],
    ...dates(product),
  };
}

export function renderCustomer(shop: Shop, index: number): Record<string, unknown> {
  const customer = generateCustomer(shop, index);
  const { person } = customer;
  const address = {
    firstName: person.firstName,
    lastName: person.lastName,
    street: person.street,
    zipcode: person.zip,
    city: person.city,
    phoneNumber: person.phone,
    country: { iso: person.country },
  };
  return {
    id: idOf(3, index),
    customerNumber: String(10_000 + index),
    email: person.email,
    firstName: person.firstName,
    lastName: person.lastName,
    active: true,
    guest: false,
    defaultBillingAddress: address,
    addresses: [address],
    ...dates(customer),
  };
}
