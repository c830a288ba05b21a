/** An order in the words of Shopify's REST API, which its pushes share. Pure. */
import { generateOrder, money } from '../generator.ts';
import type { Shop } from '../state.ts';
import { recordId } from './page.ts';
import { iso } from './render.ts';

export function restOrder(shop: Shop, index: number) {
  const order = generateOrder(shop, index);
  return {
    id: recordId('orders', index),
    name: `#${order.number}`,
    order_number: order.number,
    email: order.customer.email,
    created_at: iso(order.createdAtMs),
    updated_at: iso(order.updatedAtMs),
    currency: shop.currency,
    total_price: money(order.totalMinor, shop.currency),
    line_items: order.lines.map((line) => ({
      sku: line.sku,
      title: line.title,
      quantity: line.quantity,
      price: money(line.priceMinor, shop.currency),
    })),
  };
}
