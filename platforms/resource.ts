// A resource of a platform, where it is listed as most are: what every platform says alike is said here once. Pure.
import type {
  Json,
  OneObject,
  PageCursor,
  PassContext,
  PlatformRequest,
  RawPage,
  ResourceDefinition,
} from '../domain/platform.ts';
import type { Resource } from '../domain/resource.ts';
import { textOf, valueAt } from './json.ts';

/** How a platform's resources are listed that have all but their `Listing` in common: where they are, how they are filtered and so on. */
interface Listed<Listing>
  extends Pick<ResourceDefinition, 'overlapS'>,
    Partial<Pick<ResourceDefinition, 'accepts'>> {
  readonly pageSize: ResourceDefinition['pageSize'] | ((listing: Listing) => ResourceDefinition['pageSize']);
  /** Whether the list can be asked for by update time. */
  readonly isIncremental: (listing: Listing) => boolean;
  /** Where an item has its id; default "id". */
  readonly id?: (listing: Listing) => string;
  /** How one object is read by itself; null where the listing cannot. */
  readonly one?: (listing: Listing) => OneObject | null;
  readonly request: (listing: Listing, pass: PassContext, cursor: PageCursor | null) => PlatformRequest;
  readonly read: (
    listing: Listing,
    pass: PassContext,
    cursor: PageCursor | null,
    answer: { body: Json; headers: Readonly<Record<string, string>> },
  ) => RawPage;
}

export type DefineResource<Listing> = <R extends Resource>(
  resource: R,
  listing: Listing,
  map: ResourceDefinition<R>['map'],
) => ResourceDefinition<R>;

/** Gives what defines one resource by its listing and its mapper. */
export function resourcesBy<Listing>(listed: Listed<Listing>): DefineResource<Listing> {
  const { pageSize, isIncremental, id, one, request, read, ...same } = listed;
  return (resource, listing, map) => ({
    ...same,
    resource,
    requires: `${resource}:read`,
    pageSize: typeof pageSize === 'function' ? pageSize(listing) : pageSize,
    filter: isIncremental(listing) ? 'updated_at' : 'full_scan',
    windowS: null,
    request: (pass, cursor) => request(listing, pass, cursor),
    read: (pass, cursor, answer) => read(listing, pass, cursor, answer),
    ...oneOf(one?.(listing) ?? null),
    map,
    idOf: idAt(id === undefined ? 'id' : id(listing)),
    mapperVersion: 1,
  });
}

function oneOf(one: OneObject | null): Pick<ResourceDefinition, 'one'> {
  return one === null ? {} : { one };
}

/** Reads an item's id where it can be read at all, to set it aside by. */
export function idAt(path: string): ResourceDefinition['idOf'] {
  return (item) => textOf(valueAt(item, path));
}
