/** A retailer's records in Lightspeed's words: sales without their tax and the tax beside, a product a sku whose parent is the first of its kind, stock by outlet. */
import { updatedAtMs } from '../collection.ts';
import {
  firstVariant,
  generateCustomer,
  generateOrder,
  generateProduct,
  money,
  type OrderStatus,
  type Person,
  productOfVariant,
  stockOf,
} from '../generator.ts';
import type { Shop } from '../state.ts';

const uuid = (kind: string, index: number) =>
  `06bf537b-c7${kind}-11e6-f6b9-${index.toString(16).padStart(12, '0')}`;

export const productId = (variant: number) => uuid('06', variant);
export const customerId = (index: number) => uuid('04', index);

/** Null: the id is of another kind. */
export function indexOf(kind: '04' | '06', id: string): number | null {
  const head = uuid(kind, 0).slice(0, -12);
  return id.startsWith(head) && /^[0-9a-f]{12}$/.test(id.slice(head.length))
    ? Number.parseInt(id.slice(head.length), 16)
    : null;
}

export const OUTLET = uuid('00', 1);
const REGISTER = uuid('01', 1);

/** Rises with the time of the change, and within a second with the position: below 2^53. */
export function versionAt(changedMs: number, index: number): number {
  return Math.floor(changedMs / 1_000) * 1_000_000 + (index % 1_000_000);
}

const at = (ms: number) => `${new Date(ms).toISOString().slice(0, 19)}+00:00`;

/** Exact: two places at most, far below 2^53. */
const amount = (shop: Shop, minor: number) => Number(money(minor, shop.currency));

const STATUS: Record<OrderStatus, [state: string, status: string]> = {
  pending: ['parked', 'SAVED'],
  paid: ['closed', 'CLOSED'],
  shipped: ['closed', 'CLOSED'],
  completed: ['closed', 'CLOSED'],
  cancelled: ['voided', 'VOIDED'],
  // A return is a sale of its own, which names this one.
  refunded: ['closed', 'CLOSED'],
  partially_refunded: ['closed', 'CLOSED'],
};

const taxOf = (minor: number) => Math.floor((minor * 19) / 100);

export function renderSale(shop: Shop, index: number) {
  const order = generateOrder(shop, index);
  const [state, status] = STATUS[order.status];
  const lines = order.lines.map((line) => {
    const total = line.priceMinor * line.quantity;
    return { ...line, total, tax: taxOf(total) };
  });
  const [total, tax] = [order.goodsMinor, lines.reduce((sum, line) => sum + line.tax, 0)];
  return {
    id: uuid('02', index),
    outlet_id: OUTLET,
    register_id: REGISTER,
    user_id: uuid('03', 1),
    customer_id: uuid('04', order.customer.index),
    invoice_number: String(order.number),
    receipt_number: String(order.number),
    state,
    status,
    note: order.note,
    short_code: index.toString(36).padStart(6, '0'),
    return_for: null,
    source: 'USER',
    total_price: amount(shop, total),
    total_tax: amount(shop, tax),
    total_price_incl: amount(shop, total + tax),
    total_loyalty: 0,
    sale_date: at(order.createdAtMs),
    created_at: at(order.createdAtMs),
    updated_at: at(order.updatedAtMs),
    deleted_at: null,
    line_items: lines.map((line, place) => ({
      id: uuid('05', index * 100 + place),
      product_id: uuid('06', line.variant),
      quantity: line.quantity,
      price: amount(shop, line.priceMinor),
      unit_price: amount(shop, line.priceMinor),
      price_total: amount(shop, line.total),
      total_price: amount(shop, line.total),
      tax: amount(shop, Math.floor(line.tax / line.quantity)),
      tax_total: amount(shop, line.tax),
      total_tax: amount(shop, line.tax),
      discount: 0,
      discount_total: 0,
      status: 'CONFIRMED',
      sequence: place,
      is_return: false,
      note: '',
    })),
    payments:
      state === 'closed'
        ? [
            {
              id: uuid('07', index),
              name: 'Cash',
              amount: amount(shop, total + tax),
              payment_date: at(order.createdAtMs),
            },
          ]
        : [],
    version: versionAt(order.updatedAtMs, index),
  };
}

function addressOf(person: Person) {
  return {
    physical_address_1: person.street,
    physical_address_2: null,
    physical_city: person.city,
    physical_postcode: person.zip,
    physical_state: null,
    physical_country_id: person.country,
  };
}

export function renderCustomer(shop: Shop, index: number) {
  const { person, ...customer } = generateCustomer(shop, index);
  return {
    id: uuid('04', index),
    customer_code: `C-${index}`,
    name: `${person.firstName} ${person.lastName}`,
    first_name: person.firstName,
    last_name: person.lastName,
    company_name: null,
    email: person.email,
    phone: person.phone,
    mobile: null,
    ...addressOf(person),
    created_at: at(customer.createdAtMs),
    updated_at: at(customer.updatedAtMs),
    deleted_at: null,
    version: versionAt(customer.updatedAtMs, index),
  };
}

export function renderProduct(shop: Shop, variant: number) {
  const product = generateProduct(shop, productOfVariant(variant));
  const first = firstVariant(product.index);
  const found = product.variants[variant - first];
  const several = product.variants.length > 1;
  const price = found?.priceMinor ?? 0;
  return {
    id: uuid('06', variant),
    name: product.title,
    variant_name: several ? `${product.title} / ${found?.title ?? ''}` : product.title,
    handle: product.handle,
    sku: found?.sku ?? '',
    active: product.status === 'active',
    is_active: product.status === 'active',
    has_variants: several && variant === first,
    variant_parent_id: several && variant !== first ? uuid('06', first) : null,
    variant_options: several ? [{ id: uuid('08', 1), name: 'Size', value: found?.title ?? '' }] : [],
    description: product.title,
    brand: { id: uuid('09', product.index % 7), name: product.vendor },
    image_url: `https://images.example/${product.handle}.jpg`,
    price_excluding_tax: amount(shop, price),
    price_including_tax: amount(shop, price + taxOf(price)),
    supply_price: amount(shop, Math.floor(price / 2)),
    created_at: at(product.createdAtMs),
    updated_at: at(product.updatedAtMs),
    deleted_at: null,
    version: versionAt(product.updatedAtMs, variant),
  };
}

export function renderInventory(shop: Shop, variant: number) {
  return {
    id: uuid('0a', variant),
    outlet_id: OUTLET,
    product_id: uuid('06', variant),
    inventory_level: stockOf(shop, variant),
    current_amount: stockOf(shop, variant),
    reorder_point: null,
    deleted_at: null,
    version: versionAt(updatedAtMs(shop, 'inventory', variant), variant),
  };
}
