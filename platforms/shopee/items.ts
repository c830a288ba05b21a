// Reads items in three kinds of call: a page of ids, the base information of up to 50 of them, the models of one. The cursor holds
// what is still to be read; a page of ids is at most 50, so that one base call serves it. Pure.
import type { Json, PageCursor, PassContext, PlatformRequest, RawPage } from '../../domain/platform.ts';
import { answerInvalid, isList, isObject, listAt, objectAt, textOf, valueAt } from '../json.ts';

interface Position {
  readonly offset: number;
  readonly total: number | null;
  readonly isListed: boolean;
  /** ids whose base information comes next */
  readonly ids: readonly string[];
  /** ids are asked for one by one: one of them went, and an answer for many does not tell which */
  readonly isSingly: boolean;
  /** base information of items whose models come next, one call each */
  readonly waiting: readonly Json[];
}

const START: Position = { offset: 0, total: null, isListed: false, ids: [], isSingly: false, waiting: [] };

/** Kept for an item that waits for its models: what the mappers read, so that a cursor stays small. */
const KEPT = [
  'item_id',
  'item_name',
  'item_sku',
  'item_status',
  'description',
  'brand',
  'gtin_code',
  'create_time',
  'update_time',
];

const ALIVE = ['NORMAL', 'BANNED', 'UNLIST', 'REVIEWING'];
/** What asking for an item that is not there any more is answered with; classified as not_found. */
export const ITEM_GONE: readonly string[] = ['error_item_not_found'];
const GONE = ['SELLER_DELETE', 'SHOPEE_DELETE'];

export function itemsRequest(
  pass: PassContext,
  cursor: PageCursor | null,
  { isIncremental }: { readonly isIncremental: boolean },
): PlatformRequest {
  const position = readPosition(cursor);
  if (position.ids.length > 0) {
    const path = '/product/get_item_base_info';
    return {
      method: 'GET',
      path,
      query: { item_id_list: askedIds(position).join(',') },
      endpoint: `GET ${path}`,
    };
  }
  const [waiting] = position.waiting;
  if (waiting !== undefined) {
    const path = '/product/get_model_list';
    return { method: 'GET', path, query: { item_id: idOf(waiting) }, endpoint: `GET ${path}` };
  }
  return listRequest(pass, position.offset, isIncremental);
}

function askedIds({ ids, isSingly }: Position): readonly string[] {
  return isSingly ? ids.slice(0, 1) : ids;
}

function listRequest(pass: PassContext, offset: number, isIncremental: boolean): PlatformRequest {
  const path = '/product/get_item_list';
  const sinceMs = isIncremental ? pass.sinceMs : null;
  // Deleted items are told only to who asks, and matter only to who has them.
  const statuses = sinceMs === null ? ALIVE : [...ALIVE, ...GONE];
  const window =
    sinceMs === null
      ? {}
      : {
          update_time_from: String(Math.floor(sinceMs / 1_000)),
          update_time_to: String(Math.ceil(pass.untilMs / 1_000)),
        };
  return {
    method: 'GET',
    // The status is a repeated parameter.
    path: `${path}?${statuses.map((one) => `item_status=${one}`).join('&')}`,
    query: { offset: String(offset), page_size: String(pass.pageSize), ...window },
    endpoint: `GET ${path}`,
  };
}

/** Throws platform_answer_invalid. */
export function readItems(cursor: PageCursor | null, body: Json): RawPage {
  const position = readPosition(cursor);
  if (position.ids.length > 0) return readBase(position, body);
  return position.waiting.length > 0 ? readModels(position, body) : readIds(position, body);
}

function readIds(position: Position, body: Json): RawPage {
  const response = objectAt(body, 'response');
  // An empty page leaves the list out.
  const found = response['item'] === undefined ? [] : listAt(body, 'response.item');
  const isDeleted = (item: Json) => GONE.includes(textOf(valueAt(item, 'item_status')) ?? '');
  const total = typeof response['total_count'] === 'number' ? response['total_count'] : null;
  const hasNext = response['has_next_page'] === true;
  // Something before us was deleted: what moved up into what we had read is read again.
  const lost = position.total === null || total === null ? 0 : Math.max(0, position.total - total);
  const next: Position = {
    offset: Math.max(
      0,
      (hasNext ? nextOffset(response['next_offset'], position.offset) : position.offset) - lost,
    ),
    total,
    isListed: !hasNext && lost === 0,
    ids: found.filter((item) => !isDeleted(item)).map(idOf),
    isSingly: false,
    waiting: [],
  };
  return { items: [], deleted: found.filter(isDeleted).map(idOf), next: nextOf(next), total };
}

function nextOffset(value: Json | undefined, before: number): number {
  if (typeof value !== 'number' || value <= before)
    throw answerInvalid('/response/next_offset', 'does not go on');
  return value;
}

function readBase(position: Position, body: Json): RawPage {
  const asked = askedIds(position);
  const after = { ...position, ids: position.ids.slice(asked.length) };
  if (isGone(body))
    return { items: [], next: nextOf(asked.length === 1 ? after : { ...position, isSingly: true }) };
  const items = listAt(body, 'response.item_list');
  const hasModels = (item: Json) => valueAt(item, 'has_model') === true;
  const waiting = [...position.waiting, ...items.filter(hasModels).map(kept)];
  return {
    items: items.filter((item) => !hasModels(item)),
    next: nextOf({ ...after, waiting }),
  };
}

function readModels(position: Position, body: Json): RawPage {
  const [item, ...waiting] = position.waiting;
  if (isGone(body)) return { items: [], next: nextOf({ ...position, waiting }) };
  const models = listAt(body, 'response.model');
  const whole = isObject(item) ? { ...item, model: models } : null;
  return { items: whole === null ? [] : [whole], next: nextOf({ ...position, waiting }) };
}

/** Deleted since its id was read: the pass goes on without it. */
function isGone(body: Json): boolean {
  return ITEM_GONE.includes(textOf(valueAt(body, 'error')) ?? '');
}

function kept(item: Json): Json {
  if (!isObject(item)) return item;
  return Object.fromEntries(Object.entries(item).filter(([name]) => KEPT.includes(name)));
}

function nextOf(position: Position): PageCursor | null {
  const isDone = position.isListed && position.ids.length === 0 && position.waiting.length === 0;
  return isDone ? null : { ...position };
}

function idOf(item: Json): string {
  const id = textOf(valueAt(item, 'item_id'));
  if (id === null || !/^\d+$/.test(id))
    throw answerInvalid('/response/item', 'holds an item without item_id');
  return id;
}

function readPosition(cursor: PageCursor | null): Position {
  if (!isObject(cursor ?? undefined) || cursor === null) return START;
  const list = (name: string): readonly Json[] => {
    const value = valueAt(cursor, name);
    return isList(value) ? value : [];
  };
  const number = (name: string): number | null => {
    const value = valueAt(cursor, name);
    return typeof value === 'number' ? value : null;
  };
  return {
    offset: number('offset') ?? 0,
    total: number('total'),
    isListed: valueAt(cursor, 'isListed') === true,
    ids: list('ids').flatMap((one) => textOf(one) ?? []),
    isSingly: valueAt(cursor, 'isSingly') === true,
    waiting: list('waiting'),
  };
}
