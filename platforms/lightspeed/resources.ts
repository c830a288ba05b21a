// How Lightspeed Retail lists: by a version that every change makes higher, each page after the last version seen. A version stands for no time, so that every pass begins at the first one
// and reads all; what changes meanwhile comes again at the end.
import type { PageCursor, ResourceDefinition } from '../../domain/platform.ts';
import type { Resource } from '../../domain/resource.ts';
import { answerInvalid, listAt, textOf, valueAt } from '../json.ts';
import { mapCustomer, mapProduct } from './mapper.ts';
import { oneAt } from './notifications.ts';

function define<R extends Resource>(
  resource: R,
  path: string,
  map: ResourceDefinition<R>['map'],
): ResourceDefinition<R> {
  return {
    resource,
    requires: `${resource}:read`,
    pageSize: { default: 200, max: 200 },
    filter: 'full_scan',
    overlapS: 0,
    windowS: null,
    request: ({ pageSize }, cursor) => ({
      method: 'GET',
      path,
      endpoint: `GET ${path}`,
      query: { page_size: String(pageSize), ...after(cursor) },
    }),
    read: (_pass, cursor, { body }) => {
      const items = listAt(body, 'data');
      if (items.length === 0) return { items, next: null };
      const version = textOf(valueAt(body, 'version.max'));
      if (version === null) throw answerInvalid('/version/max', 'is not told');
      // The same page again would never end.
      if (version === textOf(valueAt(cursor ?? undefined, 'after')))
        throw answerInvalid('/version/max', 'does not go on');
      return { items, next: { after: version } };
    },
    one: oneAt(path),
    map,
    idOf: (item) => textOf(valueAt(item, 'id')),
    mapperVersion: 1,
  };
}

function after(cursor: PageCursor | null): Record<string, string> {
  const version = textOf(valueAt(cursor ?? undefined, 'after'));
  return version === null ? {} : { after: version };
}

export const RESOURCES = {
  products: define('products', '/products', mapProduct),
  customers: define('customers', '/customers', mapCustomer),
} as const;
