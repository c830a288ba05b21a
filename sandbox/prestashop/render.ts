/** A shop's records in PrestaShop's words: amounts with six digits, instants in the shop's own time without a zone, states and currencies by id. */
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
import type { Shop } from '../state.ts';

export const STATES = [
  'Awaiting payment',
  'Payment accepted',
  'Shipped',
  'Delivered',
  'Canceled',
  'Refunded',
];

const STATE: Record<OrderStatus, number> = {
  pending: 1,
  paid: 2,
  shipped: 3,
  completed: 4,
  cancelled: 5,
  refunded: 6,
  partially_refunded: 4,
};

export function renderState(at: number): Record<string, unknown> {
  const [id, name] = [at + 1, STATES[at]];
  return {
    id,
    name,
    paid: String(Number(id > 1 && id < 5)),
    shipped: String(Number(id === 3 || id === 4)),
    deleted: '0',
  };
}

const local = (shop: Shop, ms: number) =>
  new Date(ms + shop.timeZoneOffsetMinutes * 60_000).toISOString().slice(0, 19).replace('T', ' ');

export function renderOrder(shop: Shop, index: number): Record<string, unknown> {
  const order = generateOrder(shop, index);
  const amount = (minor: number) => Number(money(minor, shop.currency)).toFixed(6);
  return {
    id: index + 1,
    id_customer: String(order.customer.index + 1),
    id_currency: '1',
    id_lang: '1',
    current_state: String(STATE[order.status]),
    reference: `SBX${String(index).padStart(6, '0')}`,
    payment: 'Bank transfer',
    module: 'ps_wirepayment',
    total_discounts: amount(order.discountMinor),
    total_paid: amount(order.totalMinor),
    total_paid_tax_incl: amount(order.totalMinor),
    total_paid_tax_excl: amount(order.totalMinor - order.taxMinor),
    total_paid_real: amount(order.status === 'pending' ? 0 : order.totalMinor),
    total_products: amount(order.goodsMinor),
    total_shipping: amount(order.shippingMinor),
    note: order.note,
    date_add: local(shop, order.createdAtMs),
    date_upd: local(shop, order.updatedAtMs),
    associations: {
      order_rows: order.lines.map((line, at) => ({
        id: String(index * 100 + at + 1),
        product_id: String(line.product + 1),
        product_attribute_id: line.product % 4 === 0 ? String(line.variant + 1) : '0',
        product_quantity: String(line.quantity),
        product_name: line.title,
        product_reference: line.sku,
        product_price: amount(line.priceMinor),
        unit_price_tax_incl: amount(Math.round(line.priceMinor * 1.19)),
        unit_price_tax_excl: amount(line.priceMinor),
      })),
    },
  };
}

export function renderProduct(shop: Shop, index: number): Record<string, unknown> {
  const product = generateProduct(shop, index);
  const several = product.variants.length > 1;
  const [first] = product.variants;
  const ids = product.variants.map((variant) => ({ id: String(variant.index + 1) }));
  return {
    id: index + 1,
    reference: several ? '' : (first?.sku ?? ''),
    name: product.title,
    description: `<p>${product.title} by ${product.vendor}</p>`,
    link_rewrite: product.handle,
    manufacturer_name: product.vendor,
    price: Number(money(first?.priceMinor ?? 0, shop.currency)).toFixed(6),
    active: product.status === 'active' ? '1' : '0',
    state: '1',
    product_type: several ? 'combinations' : 'standard',
    date_add: local(shop, product.createdAtMs),
    date_upd: local(shop, product.updatedAtMs),
    associations: {
      ...(several ? { combinations: ids } : {}),
      stock_availables: product.variants.map((variant) => ({
        id: String(variant.index + 1),
        id_product_attribute: several ? String(variant.index + 1) : '0',
      })),
    },
  };
}

export function renderCombination(shop: Shop, variant: number): Record<string, unknown> {
  const product = generateProduct(shop, productOfVariant(variant));
  const found = product.variants[variant - firstVariant(product.index)];
  const base = product.variants[0]?.priceMinor ?? 0;
  return {
    id: variant + 1,
    id_product: String(product.index + 1),
    reference: found?.sku ?? '',
    // The difference from the product's own price.
    price: Number(money((found?.priceMinor ?? 0) - base, shop.currency)).toFixed(6),
    quantity: stockOf(shop, variant),
  };
}

export function renderCustomer(shop: Shop, index: number): Record<string, unknown> {
  const customer = generateCustomer(shop, index);
  const { person } = customer;
  return {
    id: index + 1,
    id_default_group: '3',
    firstname: person.firstName,
    lastname: person.lastName,
    email: person.email,
    active: '1',
    deleted: '0',
    date_add: local(shop, customer.createdAtMs),
    date_upd: local(shop, customer.updatedAtMs),
  };
}

export function renderStock(shop: Shop, variant: number): Record<string, unknown> {
  const product = productOfVariant(variant);
  return {
    id: variant + 1,
    id_product: String(product + 1),
    id_product_attribute: product % 4 === 0 ? String(variant + 1) : '0',
    id_shop: '1',
    quantity: String(stockOf(shop, variant)),
    depends_on_stock: '0',
    out_of_stock: '2',
  };
}
