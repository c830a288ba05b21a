/** A brand's records in Faire's words: wholesale, amounts in the smallest coin beside their currency, countries of three letters, retailers by id alone. */
import { updatedAtMs } from '../collection.ts';
import {
  firstVariant,
  generateOrder,
  generateProduct,
  type Line,
  type OrderStatus,
  type Person,
  productOfVariant,
  stockOf,
} from '../generator.ts';
import { iso } from '../listing.ts';
import type { Shop } from '../state.ts';

const idOf = (prefix: string, index: number) => `${prefix}${index.toString(36).padStart(10, '0')}`;

export function indexOfId(prefix: string, id: string): number | null {
  const digits = id.startsWith(prefix) ? id.slice(prefix.length) : '';
  return /^[a-z0-9]{10,}$/.test(digits) ? Number.parseInt(digits, 36) : null;
}

const STATE: Record<OrderStatus, string> = {
  pending: 'NEW',
  paid: 'PROCESSING',
  shipped: 'IN_TRANSIT',
  completed: 'DELIVERED',
  cancelled: 'CANCELED',
  refunded: 'DELIVERED',
  partially_refunded: 'DELIVERED',
};

const COUNTRY: Record<string, [code: string, name: string]> = {
  DE: ['DEU', 'Germany'],
  DK: ['DNK', 'Denmark'],
  BR: ['BRA', 'Brazil'],
  JP: ['JPN', 'Japan'],
  SG: ['SGP', 'Singapore'],
  PL: ['POL', 'Poland'],
  US: ['USA', 'United States'],
  IE: ['IRL', 'Ireland'],
};

const amount = (shop: Shop, minor: number) => ({ amount_minor: minor, currency: shop.currency });

function address(person: Person) {
  const [country_code, country] = COUNTRY[person.country] ?? ['USA', 'United States'];
  return {
    id: idOf('a_', person.index),
    name: `${person.firstName} ${person.lastName}`,
    address1: person.street,
    postal_code: person.zip,
    city: person.city,
    phone_number: person.phone,
    country,
    country_code,
    company_name: `${person.lastName} & Co`,
  };
}

function itemOf(shop: Shop, line: Line, of: { index: number; place: number; at: string; state: string }) {
  return {
    id: `oi_${of.index.toString(36)}x${of.place}`,
    created_at: of.at,
    updated_at: of.at,
    order_id: idOf('bo_', of.index),
    product_id: idOf('p_', line.product),
    variant_id: idOf('po_', line.variant),
    quantity: line.quantity,
    sku: line.sku,
    price: amount(shop, line.priceMinor),
    product_name: line.title,
    variant_name: '',
    includes_tester: false,
    discounts: [],
    state: of.state === 'NEW' ? 'PROCESSING' : of.state,
  };
}

/** Faire's brands are paid a subtotal less the commission; shipping and tax are not theirs to tell. */
export function renderOrder(shop: Shop, index: number) {
  const order = generateOrder(shop, index);
  const state = STATE[order.status];
  const at = iso(order.createdAtMs);
  const after = order.goodsMinor - order.discountMinor;
  const commission = Math.floor((after * 15) / 100);
  return {
    id: idOf('bo_', index),
    display_id: idOf('', index).toUpperCase(),
    created_at: at,
    updated_at: iso(order.updatedAtMs),
    state,
    items: order.lines.map((line, place) => itemOf(shop, line, { index, place, at, state })),
    shipments: [],
    address: address(order.customer),
    ship_after: at,
    payout_costs: {
      payout_fee_bps: 0,
      commission_bps: 1_500,
      payout_fee: amount(shop, 0),
      commission: amount(shop, commission),
      total_payout: amount(shop, after - commission),
      net_tax: amount(shop, 0),
      taxes: [],
      subtotal_after_brand_discounts: amount(shop, after),
      total_brand_discounts: amount(shop, order.discountMinor),
    },
    retailer_id: idOf('r_', order.customer.index),
    source: 'MARKETPLACE',
    customer: { first_name: order.customer.firstName, last_name: order.customer.lastName },
    brand_discounts:
      order.discountMinor === 0
        ? []
        : [
            {
              id: 'bpc_0000000001',
              code: 'SPRING',
              discount_type: 'FLAT_AMOUNT',
              includes_free_shipping: false,
              discount_amount: amount(shop, order.discountMinor),
            },
          ],
    is_free_shipping: false,
    is_fulfilled_by_faire: false,
    ...(order.note === '' ? {} : { notes: order.note }),
  };
}

export function renderProduct(shop: Shop, index: number) {
  const product = generateProduct(shop, index);
  const at = iso(product.createdAtMs);
  const [several] = product.variants.slice(1);
  return {
    id: idOf('p_', index),
    brand_id: shop.key,
    name: product.title,
    short_description: product.title,
    description: `${product.title}.`,
    sale_state: 'FOR_SALE',
    lifecycle_state:
      product.status === 'active' ? 'PUBLISHED' : product.status === 'draft' ? 'DRAFT' : 'UNPUBLISHED',
    unit_multiplier: 1,
    minimum_order_quantity: 1,
    created_at: at,
    updated_at: iso(product.updatedAtMs),
    images: [{ id: idOf('i_', index), url: `https://images.example/${product.handle}.jpg`, sequence: 0 }],
    variant_option_sets:
      several === undefined ? [] : [{ name: 'Size', values: product.variants.map((v) => v.title) }],
    variants: product.variants.map((variant) => ({
      id: idOf('po_', variant.index),
      product_id: idOf('p_', index),
      name: several === undefined ? product.title : variant.title,
      sku: variant.sku,
      created_at: at,
      updated_at: iso(product.updatedAtMs),
      lifecycle_state: 'PUBLISHED',
      sale_state: 'FOR_SALE',
      available_quantity: stockOf(shop, variant.index),
      options: several === undefined ? [] : [{ name: 'Size', value: variant.title }],
      prices: [
        {
          geo_constraint: { country: 'USA' },
          wholesale_price: amount(shop, variant.priceMinor),
          retail_price: amount(shop, variant.priceMinor * 2),
        },
      ],
    })),
  };
}

export function renderStock(shop: Shop, variant: number) {
  const product = generateProduct(shop, productOfVariant(variant));
  const units = { type: 'QUANTITY', quantity: stockOf(shop, variant) };
  return {
    sku: product.variants[variant - firstVariant(product.index)]?.sku ?? '',
    product_variant_id: idOf('po_', variant),
    on_hand_quantity: units,
    committed_quantity: { type: 'QUANTITY', quantity: 0 },
    available_quantity: units,
    updated_at: iso(updatedAtMs(shop, 'inventory', variant)),
  };
}
