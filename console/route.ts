// Which page the address names, after the "#": the server sees none of it. Pure.

export interface ConnectionFilter {
  readonly state?: string;
  readonly platform?: string;
  readonly tenantId?: string;
  readonly search?: string;
}

export type Route =
  | { readonly page: 'fleet' }
  | { readonly page: 'connections'; readonly filter: ConnectionFilter }
  | { readonly page: 'connection'; readonly id: string }
  | { readonly page: 'events' }
  | { readonly page: 'privacy' }
  | { readonly page: 'deliveries'; readonly filter: DeliveryFilter }
  | { readonly page: 'delivery'; readonly id: string }
  | { readonly page: 'nowhere' };

/** What the list of deliveries is narrowed to. */
export interface DeliveryFilter {
  readonly state?: string;
  readonly endpointId?: string;
}

const DELIVERY_FILTERS = ['state', 'endpointId'] as const;
const FILTERS = ['state', 'platform', 'tenantId', 'search'] as const;

export function parseRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#/, '').split('?', 2);
  const [page, id, ...rest] = path.split('/').filter((part) => part !== '');
  if (rest.length > 0) return { page: 'nowhere' };
  if (page === undefined) return { page: 'fleet' };
  if ((page === 'events' || page === 'privacy') && id === undefined) return { page };
  const asked = new URLSearchParams(query);
  if (page === 'deliveries') {
    return id === undefined
      ? { page: 'deliveries', filter: askedOf(asked, DELIVERY_FILTERS) }
      : { page: 'delivery', id };
  }
  if (page !== 'connections') return { page: 'nowhere' };
  if (id !== undefined) return { page: 'connection', id };
  return { page: 'connections', filter: askedOf(asked, FILTERS) };
}

function askedOf<K extends string>(asked: URLSearchParams, names: readonly K[]): { [N in K]?: string } {
  const given: { [N in K]?: string } = {};
  for (const name of names) {
    const value = asked.get(name);
    if (value !== null && value !== '') given[name] = value;
  }
  return given;
}

export function addressOf(route: Exclude<Route, { page: 'nowhere' }>): string {
  switch (route.page) {
    case 'fleet':
      return '#/';
    case 'events':
    case 'privacy':
      return `#/${route.page}`;
    case 'connection':
      return `#/connections/${route.id}`;
    case 'delivery':
      return `#/deliveries/${route.id}`;
    case 'connections':
      return withQuery('#/connections', FILTERS, route.filter);
    case 'deliveries':
      return withQuery('#/deliveries', DELIVERY_FILTERS, route.filter);
  }
}

function withQuery<K extends string>(
  path: string,
  names: readonly K[],
  filter: { readonly [N in K]?: string },
): string {
  const query = new URLSearchParams();
  for (const name of names) {
    const value = filter[name];
    if (value !== undefined && value !== '') query.set(name, value);
  }
  return query.size === 0 ? path : `${path}?${query}`;
}
