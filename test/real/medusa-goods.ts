// What the real shop sells and to whom: fills a Medusa shop through its admin API, and changes it afterwards.
import type { MedusaShop } from './medusa-shop.ts';

export interface Goods {
  readonly productIds: readonly string[];
  readonly variantIds: readonly string[];
  readonly customerIds: readonly string[];
  readonly orderIds: readonly string[];
  readonly inventoryItemIds: readonly string[];
  readonly locationId: string;
  /** Places one more order, and gives its id. */
  placeOrder(): Promise<string>;
}

interface Product {
  id: string;
  variants: { id: string }[];
}

/** Makes the given numbers of products (one variant each, stocked), customers and orders. Amounts are in euro. */
export async function fillShop(
  shop: MedusaShop,
  wanted: { products: number; customers: number; orders: number },
): Promise<Goods> {
  const channels = await shop.admin<{ sales_channels: { id: string }[] }>('GET', '/admin/sales-channels');
  const channelId = first(channels.sales_channels).id;
  const { region } = await shop.admin<{ region: { id: string } }>('POST', '/admin/regions', {
    name: 'Europe',
    currency_code: 'eur',
    countries: ['de', 'fr'],
  });
  const { stock_location: location } = await shop.admin<{ stock_location: { id: string } }>(
    'POST',
    '/admin/stock-locations',
    {
      name: 'Main',
    },
  );
  await shop.admin('POST', `/admin/stock-locations/${location.id}/sales-channels`, { add: [channelId] });

  const products: Product[] = [];
  for (let n = 1; n <= wanted.products; n++) products.push(await makeProduct(shop, channelId, n));
  const items = await shop.admin<{ inventory_items: { id: string }[] }>(
    'GET',
    `/admin/inventory-items?limit=${wanted.products}`,
  );
  for (const item of items.inventory_items) {
    await shop.admin('POST', `/admin/inventory-items/${item.id}/location-levels`, {
      location_id: location.id,
      stocked_quantity: 500,
    });
  }

  const customers: { id: string; email: string }[] = [];
  for (let n = 1; n <= wanted.customers; n++) {
    const made = await shop.admin<{ customer: { id: string; email: string } }>('POST', '/admin/customers', {
      email: `customer${n}@example.com`,
      first_name: 'Ána',
      last_name: `Ødegård ${n}`,
    });
    customers.push(made.customer);
  }

  let placed = 0;
  const placeOrder = async () => {
    const product = products[placed % products.length];
    const customer = customers[placed % customers.length];
    placed += 1;
    if (product === undefined || customer === undefined)
      throw new Error('an order needs a product and a customer');
    return await makeOrder(shop, {
      channelId,
      regionId: region.id,
      variantId: first(product.variants).id,
      customer,
      quantity: (placed % 3) + 1,
    });
  };
  const orderIds: string[] = [];
  for (let n = 0; n < wanted.orders; n++) orderIds.push(await placeOrder());
  return {
    productIds: products.map((product) => product.id),
    variantIds: products.map((product) => first(product.variants).id),
    customerIds: customers.map((customer) => customer.id),
    orderIds,
    inventoryItemIds: items.inventory_items.map((item) => item.id),
    locationId: location.id,
    placeOrder,
  };
}

async function makeProduct(shop: MedusaShop, channelId: string, n: number): Promise<Product> {
  const made = await shop.admin<{ product: Product }>('POST', '/admin/products', {
    title: `Mug ✓ ${n}`,
    handle: `mug-${n}`,
    status: 'published',
    options: [{ title: 'Size', values: ['M'] }],
    variants: [
      {
        title: 'M',
        sku: `MUG-${n}`,
        manage_inventory: true,
        options: { Size: 'M' },
        prices: [{ amount: 10 + n / 100, currency_code: 'eur' }],
      },
    ],
    sales_channels: [{ id: channelId }],
  });
  return made.product;
}

async function makeOrder(
  shop: MedusaShop,
  order: {
    channelId: string;
    regionId: string;
    variantId: string;
    customer: { id: string; email: string };
    quantity: number;
  },
): Promise<string> {
  const { draft_order: draft } = await shop.admin<{ draft_order: { id: string } }>(
    'POST',
    '/admin/draft-orders',
    {
      email: order.customer.email,
      customer_id: order.customer.id,
      region_id: order.regionId,
      sales_channel_id: order.channelId,
      currency_code: 'eur',
      shipping_address: {
        first_name: 'Ána',
        last_name: 'Ødegård',
        address_1: 'Kai 1',
        city: 'Berlin',
        country_code: 'de',
        postal_code: '10115',
      },
      items: [{ variant_id: order.variantId, quantity: order.quantity, unit_price: 19.99, title: 'Mug' }],
    },
  );
  await shop.admin('POST', `/admin/draft-orders/${draft.id}/convert-to-order`);
  return draft.id;
}

function first<T>(items: readonly T[]): T {
  const [item] = items;
  if (item === undefined) throw new Error('the shop gave an empty list where one was needed');
  return item;
}
