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
  | { readonly page: 'nowhere' };

const FILTERS = ['state', 'platform', 'tenantId', 'search'] as const;

export function parseRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#/, '').split('?', 2);
  const [page, id, ...rest] = path.split('/').filter((part) => part !== '');
  if (rest.length > 0) return { page: 'nowhere' };
  if (page === undefined) return { page: 'fleet' };
  if (page === 'events' && id === undefined) return { page: 'events' };
  if (page !== 'connections') return { page: 'nowhere' };
  if (id !== undefined) return { page: 'connection', id };
  const asked = new URLSearchParams(query);
  const filter = Object.fromEntries(
    FILTERS.flatMap((name) => {
      const value = asked.get(name);
      return value === null || value === '' ? [] : [[name, value]];
    }),
  );
  return { page: 'connections', filter };
}

export function addressOf(route: Exclude<Route, { page: 'nowhere' }>): string {
  switch (route.page) {
    case 'fleet':
      return '#/';
    case 'events':
      return '#/events';
    case 'connection':
      return `#/connections/${route.id}`;
    case 'connections': {
      const query = new URLSearchParams();
      for (const name of FILTERS) {
        const value = route.filter[name];
        if (value !== undefined && value !== '') query.set(name, value);
      }
      return query.size === 0 ? '#/connections' : `#/connections?${query}`;
    }
  }
}
