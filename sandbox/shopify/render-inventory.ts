/** A shop's inventory in the words of Shopify's GraphQL API: an item a variant, a level a location. Pure. */
import { createdAtMs, sizeOf, updatedAtMs } from '../collection.ts';
import { stockOf } from '../generator.ts';
import type { Shop } from '../state.ts';
import type { PageArgs } from './page.ts';
import { recordId } from './page.ts';
import { gid, iso, listPage, renderVariant } from './render.ts';

/** Each shop has two locations; the second holds a tenth of the stock. */
export function renderLocation(shop: Shop, at: number) {
  const id = 90_000_000_000 + at;
  return {
    __typename: 'Location',
    id: gid('Location', id),
    legacyResourceId: String(id),
    name: at === 0 ? 'Warehouse' : 'Ladengeschäft',
    isActive: true,
    inventoryLevels: (args: PageArgs) => {
      const variants = sizeOf(shop.collections.inventory);
      return listPage(
        Array.from({ length: variants }, (_, variant) => () => renderLevel(shop, variant, at)),
        args,
      );
    },
  };
}

export function renderInventoryItem(shop: Shop, variant: number) {
  const id = recordId('inventory', variant);
  return {
    __typename: 'InventoryItem',
    id: gid('InventoryItem', id),
    legacyResourceId: String(id),
    sku: () => renderVariant(shop, variant)?.sku ?? null,
    tracked: true,
    requiresShipping: true,
    createdAt: iso(createdAtMs(shop, 'inventory', variant)),
    updatedAt: iso(updatedAtMs(shop, 'inventory', variant)),
    unitCost: null,
    variant: () => renderVariant(shop, variant),
    inventoryLevels: (args: PageArgs) =>
      listPage(
        [0, 1].map((at) => () => renderLevel(shop, variant, at)),
        args,
      ),
  };
}

function renderLevel(shop: Shop, variant: number, at: number): object {
  const stock = stockOf(shop, variant);
  const quantity = at === 0 ? stock - Math.floor(stock / 10) : Math.floor(stock / 10);
  const updatedAt = iso(updatedAtMs(shop, 'inventory', variant));
  const id = gid('InventoryLevel', recordId('inventory', variant) * 10 + at);
  return {
    __typename: 'InventoryLevel',
    id: `${id}?inventory_item_id=${recordId('inventory', variant)}`,
    createdAt: iso(createdAtMs(shop, 'inventory', variant)),
    updatedAt,
    location: () => renderLocation(shop, at),
    item: () => renderInventoryItem(shop, variant),
    quantities: ({ names }: { names: string[] }) =>
      names.map((name) => ({
        id,
        name,
        quantity: name === 'available' || name === 'on_hand' ? quantity : 0,
        updatedAt,
      })),
  };
}
