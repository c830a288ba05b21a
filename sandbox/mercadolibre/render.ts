/** A seller's records in Mercado Libre's words: instants with a written offset, items with their variations. */
import { generateOrder, generateProduct, money, type OrderStatus, stockOf } from '../generator.ts';
import type { Shop } from '../state.ts';

const FIRST_ORDER = 2_000_003_500_000_000;
const at = (ms: number) => `${new Date(ms - 4 * 3_600_000).toISOString().slice(0, 23)}-04:00`;

export const orderId = (index: number) => FIRST_ORDER + index;
export const orderIndex = (id: number) => id - FIRST_ORDER;
export const itemId = (index: number) => `MLA${1_100_000_000 + index}`;
export const itemIndex = (id: string) => (/^MLA\d{10}$/.test(id) ? Number(id.slice(3)) - 1_100_000_000 : -1);

const STATUS: Record<OrderStatus, string> = {
  pending: 'payment_required',
  paid: 'paid',
  shipped: 'paid',
  completed: 'paid',
  cancelled: 'cancelled',
  refunded: 'cancelled',
  partially_refunded: 'partially_refunded',
};

export function renderOrder(shop: Shop, index: number) {
  const order = generateOrder(shop, index);
  const amount = (minor: number) => Number(money(minor, shop.currency));
  return {
    id: orderId(index),
    status: STATUS[order.status],
    date_created: at(order.createdAtMs),
    last_updated: at(order.updatedAtMs),
    date_last_updated: at(order.updatedAtMs),
    currency_id: shop.currency,
    total_amount: amount(order.totalMinor - order.shippingMinor),
    paid_amount: amount(order.status === 'pending' ? 0 : order.totalMinor),
    shipping_cost: amount(order.shippingMinor),
    tags: order.status === 'completed' ? ['delivered', 'paid'] : ['not_delivered'],
    buyer: { id: 300_000 + order.customer.index, nickname: `BUYER${order.customer.index}` },
    seller: { id: shop.id },
    comment: order.note,
    order_items: order.lines.map((line) => ({
      item: {
        id: itemId(line.product),
        title: line.title,
        seller_sku: line.sku,
        variation_id: line.product % 4 === 0 ? line.variant + 1 : null,
      },
      quantity: line.quantity,
      unit_price: amount(line.priceMinor),
      full_unit_price: amount(line.priceMinor),
      currency_id: shop.currency,
    })),
  };
}

export function renderItem(shop: Shop, index: number) {
  const product = generateProduct(shop, index);
  const amount = (minor: number) => Number(money(minor, shop.currency));
  const several = product.variants.length > 1;
  const [first] = product.variants;
  const quantity = product.variants.reduce((sum, one) => sum + stockOf(shop, one.index), 0);
  const sku = (value: string) => [{ id: 'SELLER_SKU', name: 'SKU', value_name: value }];
  return {
    id: itemId(index),
    site_id: 'MLA',
    title: product.title,
    seller_id: shop.id,
    price: amount(first?.priceMinor ?? 0),
    currency_id: shop.currency,
    available_quantity: quantity,
    status: product.status === 'active' ? 'active' : product.status === 'draft' ? 'paused' : 'closed',
    permalink: `https://articulo.mercadolibre.com.ar/${itemId(index)}`,
    date_created: new Date(product.createdAtMs).toISOString(),
    last_updated: new Date(product.updatedAtMs).toISOString(),
    attributes: several ? [] : sku(first?.sku ?? ''),
    variations: several
      ? product.variants.map((variant) => ({
          id: variant.index + 1,
          price: amount(variant.priceMinor),
          available_quantity: stockOf(shop, variant.index),
          seller_custom_field: variant.sku,
          attribute_combinations: [{ id: 'SIZE', name: 'Talle', value_name: variant.title }],
          attributes: sku(variant.sku),
        }))
      : [],
  };
}
