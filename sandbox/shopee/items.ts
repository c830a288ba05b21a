/** Shopee's items: a list of ids by offset, base information for at most 50 of them, models with their stock. */
import { changeOf, exists, listed, lowerBound, updatedAtMs } from '../collection.ts';
import type { Answer } from '../exchange.ts';
import { firstVariant, generateProduct, money, type Product, stockOf, type Variant } from '../generator.ts';
import { spoil } from '../hostile.ts';
import type { Shop } from '../state.ts';
import { refuse, wrapped } from './answers.ts';
import type { ShopeeCall } from './api.ts';

const FIRST_ITEM_ID = 2_500_000_000;
const MAX_ITEMS = 50;
const STATUS = { active: 'NORMAL', draft: 'UNLIST', archived: 'BANNED' } as const;

export function itemId(product: number): number {
  return FIRST_ITEM_ID + product;
}

/** 0 for an item without models. */
export function modelId(product: number, variant: number): number {
  return product % 4 === 0 ? 9_000_000_000 + variant : 0;
}

export function itemList({ exchange, shop }: ShopeeCall): Answer {
  const { query } = exchange;
  const offset = Number(query.get('offset') ?? Number.NaN);
  const size = Number(query.get('page_size'));
  const statuses = query.getAll('item_status').flatMap((one) => one.split(','));
  if (!Number.isInteger(offset) || offset < 0) return refuse(400, 'error_param', 'offset is wrong.');
  if (!Number.isInteger(size) || size < 1 || size > 100)
    return refuse(400, 'error_param', 'page_size is from 1 to 100.');
  if (statuses.length === 0) return refuse(400, 'error_param', 'item_status is needed.');
  const timeOf = (index: number) => updatedAtMs(shop, 'products', index) / 1000;
  const all = listed(shop, 'products', 'updated');
  const from = query.get('update_time_from');
  const to = query.get('update_time_to');
  const inRange = all
    .subarray(
      from === null ? 0 : lowerBound(all, Number(from), timeOf),
      to === null ? all.length : lowerBound(all, Number(to) + 1, timeOf),
    )
    .filter((index) => statuses.includes(STATUS[generateProduct(shop, index).status]));
  const page = [...inRange.subarray(offset, offset + size)];
  const more = offset + page.length < inRange.length;
  return wrapped({
    item: page.map((index) => ({
      item_id: itemId(index),
      item_status: STATUS[generateProduct(shop, index).status],
      update_time: timeOf(index),
    })),
    total_count: inRange.length,
    has_next_page: more,
    ...(more ? { next_offset: offset + page.length } : {}),
    next: '',
  });
}

export function baseInfo({ exchange, shop }: ShopeeCall): Answer {
  const ids = (exchange.query.get('item_id_list') ?? '')
    .split(',')
    .filter((id) => id !== '')
    .map(Number);
  if (ids.length === 0 || ids.length > MAX_ITEMS) {
    return refuse(400, 'error_param', `item_id_list has from 1 to ${MAX_ITEMS} entries.`);
  }
  const found = ids.map((id) => id - FIRST_ITEM_ID).filter((index) => exists(shop, 'products', index));
  return wrapped({
    item_list: found.map((index) =>
      spoil(renderItem(shop, index), changeOf(shop, 'products', index)?.hostile),
    ),
  });
}

function renderItem(shop: Shop, index: number) {
  const product = generateProduct(shop, index);
  const hasModel = product.variants.length > 1;
  const first = product.variants[0];
  return {
    item_id: itemId(index),
    category_id: 100_001,
    item_name: product.title,
    description: `${product.title} by ${product.vendor}`,
    item_sku: hasModel ? '' : (first?.sku ?? ''),
    create_time: product.createdAtMs / 1000,
    update_time: product.updatedAtMs / 1000,
    item_status: STATUS[product.status],
    has_model: hasModel,
    condition: 'NEW',
    brand: { brand_id: 0, original_brand_name: product.vendor },
    ...(hasModel || first === undefined
      ? {}
      : { price_info: [price(shop, first)], stock_info_v2: stock(shop, first.index) }),
  };
}

function price(shop: Shop, variant: Variant) {
  const amount = Number(money(variant.priceMinor, shop.currency));
  return { currency: shop.currency, original_price: amount, current_price: amount };
}

function stock(shop: Shop, variant: number) {
  const total = stockOf(shop, variant);
  return {
    summary_info: { total_reserved_stock: 0, total_available_stock: total },
    seller_stock: [{ location_id: 'SGZ', stock: total }],
  };
}

export function modelList({ exchange, shop }: ShopeeCall): Answer {
  const index = Number(exchange.query.get('item_id')) - FIRST_ITEM_ID;
  if (!exists(shop, 'products', index)) return refuse(200, 'error_item_not_found', 'Item not found.');
  const product: Product = generateProduct(shop, index);
  const variants = product.variants.length > 1 ? product.variants : [];
  return wrapped({
    tier_variation:
      variants.length === 0
        ? []
        : [{ name: 'Size', option_list: variants.map((one) => ({ option: one.title })) }],
    model: variants.map((variant) => ({
      model_id: modelId(index, variant.index),
      model_sku: variant.sku,
      tier_index: [variant.index - firstVariant(index)],
      price_info: [price(shop, variant)],
      stock_info_v2: stock(shop, variant.index),
    })),
  });
}
