/** A shop's records in no platform's words, made from (seed, position, version) when asked for. Never kept, never random. */
import { changeOf, createdAtMs, sizeOf, updatedAtMs } from './collection.ts';
import { type Dice, dice, randomUint32 } from './random.ts';
import type { HostileKind, Shop } from './state.ts';
import { ADJECTIVES, FIRST_NAMES, GOODS, LAST_NAMES, PLACES, SIZES } from './words.ts';

export interface Person {
  index: number;
  firstName: string;
  lastName: string;
  email: string;
  phone: string;
  street: string;
  city: string;
  zip: string;
  country: string;
}

export interface Dated {
  index: number;
  version: number;
  createdAtMs: number;
  updatedAtMs: number;
  hostile: HostileKind | undefined;
}

export interface Variant {
  /** Its position among all variants of the shop. */
  index: number;
  sku: string;
  title: string;
  priceMinor: number;
}

export interface Product extends Dated {
  title: string;
  handle: string;
  vendor: string;
  status: 'active' | 'draft' | 'archived';
  variants: Variant[];
}

export interface Line {
  sku: string;
  title: string;
  quantity: number;
  priceMinor: number;
  product: number;
  variant: number;
}

export type OrderStatus =
  | 'pending'
  | 'paid'
  | 'shipped'
  | 'completed'
  | 'cancelled'
  | 'refunded'
  | 'partially_refunded';

export interface Order extends Dated {
  number: number;
  status: OrderStatus;
  customer: Person;
  lines: Line[];
  /** Of all lines. */
  pieces: number;
  goodsMinor: number;
  shippingMinor: number;
  taxMinor: number;
  discountMinor: number;
  totalMinor: number;
  refundedMinor: number;
  note: string;
}

export interface Customer extends Dated {
  person: Person;
}

/** Four products have six variants: the first of each four has three. */
const VARIANTS_PER_FOUR = 6;

export function firstVariant(product: number): number {
  const within = product % 4;
  return Math.floor(product / 4) * VARIANTS_PER_FOUR + (within === 0 ? 0 : 2 + within);
}

export function variantCount(product: number): number {
  return product % 4 === 0 ? 3 : 1;
}

/** All variants of the first `products` products. */
export function variantsOf(products: number): number {
  return firstVariant(products);
}

export function productOfVariant(variant: number): number {
  const within = variant % VARIANTS_PER_FOUR;
  return Math.floor(variant / VARIANTS_PER_FOUR) * 4 + (within < 3 ? 0 : within - 2);
}

const MINOR_DIGITS: Record<string, number> = { JPY: 0, KRW: 0, VND: 0, IDR: 0, KWD: 3 };

/** A decimal string, as the currency writes it. */
export function money(minor: number, currency: string): string {
  const digits = MINOR_DIGITS[currency] ?? 2;
  return (minor / 10 ** digits).toFixed(digits);
}

function dated(shop: Shop, resource: 'orders' | 'products' | 'customers', index: number): Dated {
  const change = changeOf(shop, resource, index);
  return {
    index,
    version: change?.version ?? 0,
    createdAtMs: createdAtMs(shop, resource, index),
    updatedAtMs: updatedAtMs(shop, resource, index),
    hostile: change?.hostile,
  };
}

function generatePerson(shop: Shop, index: number): Person {
  const draw = dice(shop.seed, 'person', index);
  const place = draw.pick(PLACES);
  return {
    index,
    firstName: draw.pick(FIRST_NAMES),
    lastName: draw.pick(LAST_NAMES),
    email: `customer${index}@${shop.seed.replace(/[^a-z0-9]/gi, '').toLowerCase() || 'shop'}.example`,
    phone: `+49301${String(1_000_000 + draw.roll(8_999_999))}`,
    street: `${place.street} ${draw.roll(200) + 1}`,
    city: place.city,
    zip: place.zip,
    country: place.country,
  };
}

export function generateCustomer(shop: Shop, index: number): Customer {
  const person = generatePerson(shop, index);
  const at = dated(shop, 'customers', index);
  return { ...at, person: at.version === 0 ? person : { ...person, phone: `${person.phone}${at.version}` } };
}

function productTitle(shop: Shop, index: number): string {
  const draw = dice(shop.seed, 'title', index);
  return `${draw.pick(ADJECTIVES)} ${draw.pick(GOODS)}`;
}

function variantPriceMinor(shop: Shop, variant: number): number {
  return 195 + (randomUint32(shop.seed, 'price', variant) % 400) * 25;
}

function variantSku(shop: Shop, variant: number): string {
  return `${shop.seed.slice(0, 3).toUpperCase()}-${String(variant).padStart(5, '0')}`;
}

export function generateProduct(shop: Shop, index: number): Product {
  const at = dated(shop, 'products', index);
  const count = variantCount(index);
  const rolled = dice(shop.seed, 'product', index).roll(20);
  return {
    ...at,
    title: at.version === 0 ? productTitle(shop, index) : `${productTitle(shop, index)} · v${at.version}`,
    handle: `product-${index}`,
    vendor: `Atelier ${index % 7}`,
    status: rolled === 0 ? 'draft' : rolled === 1 ? 'archived' : 'active',
    variants: Array.from({ length: count }, (_, i) => {
      const variant = firstVariant(index) + i;
      return {
        index: variant,
        sku: variantSku(shop, variant),
        title: count === 1 ? 'Default Title' : (SIZES[i] ?? 'L'),
        priceMinor: variantPriceMinor(shop, variant) + at.version * 10,
      };
    }),
  };
}

/** Units of a variant on hand; moves with each change of its inventory. */
export function stockOf(shop: Shop, variant: number): number {
  const version = changeOf(shop, 'inventory', variant)?.version ?? 0;
  return randomUint32(shop.seed, `stock${version}`, variant) % 500;
}

const LATER: readonly OrderStatus[] = [
  'pending',
  'paid',
  'shipped',
  'completed',
  'partially_refunded',
  'refunded',
];

function statusOf(draw: Dice, version: number): OrderStatus {
  const rolled = draw.roll(20);
  if (rolled === 0) return 'cancelled';
  const start = rolled < 3 ? 0 : rolled < 7 ? 1 : rolled < 10 ? 2 : rolled < 18 ? 3 : rolled < 19 ? 4 : 5;
  return LATER[Math.min(LATER.length - 1, start + version)] ?? 'refunded';
}

function refundedOf(status: OrderStatus, totalMinor: number): number {
  if (status === 'refunded') return totalMinor;
  return status === 'partially_refunded' ? 500 : 0;
}

export function generateOrder(shop: Shop, index: number): Order {
  const at = dated(shop, 'orders', index);
  const draw = dice(shop.seed, 'order', index);
  const status = statusOf(draw, at.version);
  const products = Math.max(1, sizeOf(shop.collections.products));
  const customers = Math.max(1, sizeOf(shop.collections.customers));
  const lines = Array.from({ length: 1 + draw.roll(draw.roll(10) === 0 ? 19 : 5) }, () => {
    const product = draw.roll(products);
    const variant = firstVariant(product) + draw.roll(variantCount(product));
    return {
      sku: variantSku(shop, variant),
      title: productTitle(shop, product),
      quantity: 1 + draw.roll(3),
      priceMinor: variantPriceMinor(shop, variant),
      product,
      variant,
    };
  });
  const goodsMinor = lines.reduce((sum, line) => sum + line.priceMinor * line.quantity, 0);
  const shippingMinor = goodsMinor > 5_000 ? 0 : 495;
  const discountMinor = draw.roll(6) === 0 ? Math.floor(goodsMinor / 10) : 0;
  const taxMinor = Math.floor(((goodsMinor - discountMinor) * 19) / 100);
  const totalMinor = goodsMinor - discountMinor + taxMinor + shippingMinor;
  return {
    ...at,
    number: 1001 + index,
    status,
    customer: generatePerson(shop, draw.roll(customers)),
    lines,
    pieces: lines.reduce((sum, line) => sum + line.quantity, 0),
    goodsMinor,
    shippingMinor,
    taxMinor,
    discountMinor,
    totalMinor,
    refundedMinor: refundedOf(status, totalMinor),
    note:
      at.version > 0
        ? `changed ${at.version} times`
        : draw.roll(12) === 0
          ? 'Bitte klingeln 🔔 — “Hinterhaus”'
          : '',
  };
}
