/** The resolvers at the root of a query with the permission each needs, and Relay's paging: `first` is needed and at most a hundred. */
import { GraphQLError } from 'graphql';
import { hasScope } from '../calls.ts';
import { changeOf, exists, updatedAtMs } from '../collection.ts';
import type { Exchange } from '../exchange.ts';
import { isRecord } from '../exchange.ts';
import { productOfVariant } from '../generator.ts';
import { spoil } from '../hostile.ts';
import { instantMs, positionsIn, skusOf } from '../listing.ts';
import type { Sandbox } from '../sandbox.ts';
import type { Grant, HostileKind, ResourceName, Shop } from '../state.ts';
import {
  channelOf,
  indexOf,
  renderCustomer,
  renderOrder,
  renderProduct,
  renderStock,
  renderVariant,
  WAREHOUSE,
} from './render.ts';
import { webhookMutations, webhooksOf } from './webhooks.ts';

export interface SaleorCall {
  sandbox: Sandbox;
  exchange: Exchange;
  shop: Shop;
  /** Null: a stranger. */
  grant: Grant | null;
}

interface Args {
  first?: number | null;
  last?: number | null;
  after?: string | null;
  filter?: Filter | null;
  where?: Filter | null;
  sortBy?: { direction: 'ASC' | 'DESC'; field?: string | null } | null;
}

interface Filter {
  updatedAt?: Range | null;
  createdAt?: Range | null;
  ids?: string[] | null;
}

interface Range {
  gte?: string | null;
  lte?: string | null;
}

const MOST = 100;
/** What every app may see, and no stranger. */
const OF_APPS = 'AUTHENTICATED_STAFF_USER, AUTHENTICATED_APP';

function denied(permission: string): never {
  throw new GraphQLError(`To access this path, you need one of the following permissions: ${permission}`, {
    extensions: { code: 'PermissionDenied' },
  });
}

interface Listed {
  field: string;
  permission: string;
  resource: ResourceName;
  kind: string;
  render: (shop: Shop, index: number) => object;
}

const LISTED: readonly Listed[] = [
  { field: 'orders', permission: 'MANAGE_ORDERS', resource: 'orders', kind: 'Order', render: renderOrder },
  {
    field: 'products',
    permission: 'MANAGE_PRODUCTS',
    resource: 'products',
    kind: 'Product',
    render: renderProduct,
  },
  {
    field: 'productVariants',
    permission: 'MANAGE_PRODUCTS',
    resource: 'inventory',
    kind: 'ProductVariant',
    render: renderVariant,
  },
  {
    field: 'customers',
    permission: 'MANAGE_USERS',
    resource: 'customers',
    kind: 'User',
    render: renderCustomer,
  },
  {
    field: 'stocks',
    permission: 'MANAGE_PRODUCTS',
    resource: 'inventory',
    kind: 'Stock',
    render: renderStock,
  },
];

export function rootOf(call: SaleorCall) {
  const { shop, grant } = call;
  const hostile = new Map<string, (HostileKind | undefined)[]>();
  const needs = (permission: string) => {
    if (grant === null || !hasScope(grant, permission)) denied(permission);
  };
  const lists = LISTED.map((one) => {
    const resolve = (args: Args) => {
      needs(one.permission);
      const page = pageOf(shop, one, args);
      hostile.set(
        one.field,
        page.positions.map((index) => changeOf(shop, one.resource, index)?.hostile),
      );
      return connectionOf(shop, one, page);
    };
    return [one.field, resolve] as const;
  });
  const single = (field: string, kind: string) => [
    field,
    ({ id }: { id?: string }) => {
      const of = LISTED.find((one) => one.kind === kind);
      if (of === undefined) return null;
      needs(of.permission);
      const index = indexOf(kind, id ?? '');
      return index !== null && exists(shop, of.resource, index) ? of.render(shop, index) : null;
    },
  ];
  const value = {
    ...Object.fromEntries(lists),
    ...Object.fromEntries([
      single('order', 'Order'),
      single('product', 'Product'),
      single('productVariant', 'ProductVariant'),
      single('user', 'User'),
    ]),
    ...webhookMutations(call, denied),
    warehouses: () => {
      needs('MANAGE_PRODUCTS');
      return {
        edges: [{ node: WAREHOUSE, cursor: 'WzFd' }],
        pageInfo: { hasNextPage: false },
        totalCount: 1,
      };
    },
    channels: () => (grant === null ? denied(OF_APPS) : [channelOf(shop)]),
    // A stranger is no app: null, and no error.
    app: () => (grant === null ? null : { ...appOf(grant), webhooks: () => webhooksOf(call, grant) }),
    shop: {
      id: 'U2hvcDox',
      name: shop.name,
      description: '',
      version: '3.21.0',
      schemaVersion: '3.21',
      domain: { host: shop.host, sslEnabled: true, url: `https://${shop.host}/` },
      channelCurrencies: () => (grant === null ? denied(OF_APPS) : [shop.currency]),
      permissions: () => (grant === null ? denied(OF_APPS) : appOf(grant).permissions),
    },
  };
  return { value, spoilt: (data: unknown) => spoilLists(data, hostile) };
}

function appOf(grant: Grant) {
  return {
    id: `QXBwOg==${grant.id}`,
    name: 'Mooring',
    isActive: true,
    type: 'LOCAL',
    permissions: grant.scopes.map((code) => ({ code, name: code.toLowerCase().replaceAll('_', ' ') })),
  };
}

interface Page {
  positions: number[];
  cursors: string[];
  hasNextPage: boolean;
  hasPreviousPage: boolean;
  total: number;
}

/** A cursor holds the values the list is sorted by, so that a page goes on behind its record wherever that now stands. */
function pageOf(shop: Shop, of: Listed, args: Args): Page {
  const first = args.first ?? args.last ?? null;
  if (first === null)
    throw new GraphQLError(
      `You must provide a \`first\` or \`last\` value to properly paginate the \`${of.field}\` connection.`,
    );
  if (first > MOST || first < 1)
    throw new GraphQLError(
      `Requesting ${first} records on the \`${of.field}\` connection exceeds the \`first\` limit of ${MOST} records.`,
    );
  const sorted = matching(shop, of, args);
  const place = args.after ? behind(sorted, args.after, args.sortBy?.direction === 'DESC') : 0;
  const page = sorted.slice(place, place + first);
  return {
    positions: page.map(({ index }) => index),
    cursors: page.map(({ index, value }) => Buffer.from(JSON.stringify([value, index])).toString('base64')),
    hasNextPage: place + first < sorted.length,
    hasPreviousPage: place > 0,
    total: sorted.length,
  };
}

interface Sorted {
  index: number;
  value: number;
}

function matching(shop: Shop, { resource, kind }: Listed, { filter, where, sortBy }: Args): Sorted[] {
  const isSku = resource === 'inventory';
  const all = isSku ? skusOf(shop) : [...positionsIn(shop, resource, { by: 'created' })];
  const changedAt = (index: number) =>
    kind === 'ProductVariant'
      ? updatedAtMs(shop, 'products', productOfVariant(index))
      : updatedAtMs(shop, resource, index);
  const [updated, created] = [where?.updatedAt ?? filter?.updatedAt, where?.createdAt];
  const ids = where?.ids ?? filter?.ids ?? null;
  const wanted = ids === null ? null : new Set(ids.map((id) => indexOf(kind, id)));
  const made = new Set(positionsIn(shop, resource, { by: 'created', ...boundsOf(created) }));
  const { fromMs, toMs } = boundsOf(updated);
  const isByChange = sortBy?.field === 'LAST_MODIFIED_AT' || sortBy?.field === 'DATE';
  const found = all
    .filter(
      (index) =>
        (wanted === null || wanted.has(index)) &&
        made.has(index) &&
        (fromMs === null || changedAt(index) >= fromMs) &&
        (toMs === null || changedAt(index) < toMs),
    )
    .map((index) => ({ index, value: isByChange ? changedAt(index) : index }))
    .sort((a, b) => a.value - b.value || a.index - b.index);
  return sortBy?.direction === 'DESC' ? found.reverse() : found;
}

function boundsOf(range: Range | null | undefined): { fromMs: number | null; toMs: number | null } {
  const [from, to] = [range?.gte ?? null, range?.lte ?? null].map((text) => {
    if (text === null) return null;
    const ms = instantMs(text);
    if (ms === null) throw new GraphQLError(`DateTime cannot represent value: "${text}"`);
    return ms;
  });
  return { fromMs: from ?? null, toMs: typeof to === 'number' ? to + 1 : null };
}

function behind(sorted: Sorted[], cursor: string, descending: boolean): number {
  let held: unknown = null;
  try {
    held = JSON.parse(Buffer.from(cursor, 'base64').toString('utf8'));
  } catch {
    // Told below.
  }
  const [value, index] = Array.isArray(held) ? held : [];
  if (typeof value !== 'number' || typeof index !== 'number')
    throw new GraphQLError('Received cursor is invalid.');
  const isBehind = (one: Sorted) => {
    const difference = one.value - value || one.index - index;
    return descending ? difference < 0 : difference > 0;
  };
  const place = sorted.findIndex(isBehind);
  return place === -1 ? sorted.length : place;
}

function connectionOf(shop: Shop, { render }: Listed, page: Page) {
  return {
    totalCount: page.total,
    edges: page.positions.map((index, at) => ({ cursor: page.cursors[at], node: render(shop, index) })),
    pageInfo: {
      hasNextPage: page.hasNextPage,
      hasPreviousPage: page.hasPreviousPage,
      startCursor: page.cursors[0] ?? null,
      endCursor: page.cursors.at(-1) ?? null,
    },
  };
}

/** The page's hostile records, by their place in it. */
function spoilLists(data: unknown, hostile: ReadonlyMap<string, (HostileKind | undefined)[]>): unknown {
  if (!isRecord(data)) return data;
  const entries = Object.entries(data).map(([field, connection]) => {
    const kinds = hostile.get(field) ?? [];
    if (!isRecord(connection) || !Array.isArray(connection['edges']) || !kinds.some(Boolean))
      return [field, connection];
    const edges = connection['edges'].map((edge, at) => {
      const node = isRecord(edge) ? edge['node'] : null;
      return isRecord(edge) && isRecord(node) ? { ...edge, node: spoil(node, kinds[at]) } : edge;
    });
    return [field, { ...connection, edges }];
  });
  return Object.fromEntries(entries);
}
