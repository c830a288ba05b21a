// What a call to a platform is, and how a resource is listed and mapped, as data and pure functions.
import type { Permission, Resource, UnifiedRecord } from './resource.ts';

/** What an answer means, by the platform's own table. */
export type Classification =
  | 'ok'
  | 'retry_after'
  | 'credential_expired'
  | 'credential_dead'
  /** the platform says in so many words that our app was removed from the shop */
  | 'uninstalled'
  | 'registration_rejected'
  | 'scope_missing'
  | 'shop_unavailable'
  | 'not_found'
  | 'rejected'
  | 'platform_down';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A request to a platform before it is signed. `path` begins with / and is relative to the platform's base URL. */
export interface PlatformRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  /** Relative to one of the platform's otherBaseUrls instead. */
  readonly base?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Json;
  /** Instead of `body`: application/x-www-form-urlencoded. */
  readonly form?: Readonly<Record<string, string>>;
  /** Made with our app's own token (`appToken`) instead of the shop's credential. */
  readonly asApp?: true;
  /** Name of the endpoint for counting and the inventory, e.g. "GET /orders". */
  readonly endpoint: string;
  /** Cost in the units of the rate limit; default 1. */
  readonly cost?: number;
}

/** What the page reader is told about a pass over one resource. Instants are epoch milliseconds. */
export interface PassContext {
  readonly shop: Readonly<Record<string, string>>;
  /** Changed since; null for everything. */
  readonly sinceMs: number | null;
  /** Changed before; the upper end of the pass. */
  readonly untilMs: number;
  readonly pageSize: number;
  /** values the proof kept: currency, time zone, location ids… */
  readonly facts: Readonly<Record<string, string>>;
}

/** The platform's paging value between two pages: plain JSON, opaque to everybody but the resource that made it. */
export type PageCursor = Json;

/** The raw items of one page, and where the next begins. */
export interface RawPage {
  readonly items: readonly Json[];
  readonly next: PageCursor | null;
  /** ids the platform says are gone */
  readonly deleted?: readonly string[];
  /** Approximate number of items in the whole pass, for progress; null when not told. */
  readonly total?: number | null;
}

export interface Mapped<R extends Resource> {
  readonly records: readonly UnifiedRecord<R>[];
}

/** How one resource is listed and mapped. Functions are pure. */
export interface ResourceDefinition<R extends Resource = Resource> {
  readonly resource: R;
  readonly requires: Permission;
  readonly pageSize: { readonly default: number; readonly max: number };
  /** incremental: can filter by update time. full_scan: every pass reads all, and finds deletions by itself. */
  readonly filter: 'updated_at' | 'full_scan';
  /** recent: the platform lists what is not older than some age, so that what a full pass does not see may still be there: it is never taken for deleted. Default: all. */
  readonly reach?: 'all' | 'recent';
  /** Overlap in seconds subtracted from the watermark, for clocks and late index writes. */
  readonly overlapS: number;
  /** The widest window one pass may ask for, seconds; null: unbounded. The cursor steps through windows. */
  readonly windowS: number | null;
  /** The next request of the pass; `cursor` null at its beginning. */
  readonly request: (pass: PassContext, cursor: PageCursor | null) => PlatformRequest;
  /** Reads an answer; throws MooringError('platform_answer_invalid') when it is not the documented form. */
  readonly read: (
    pass: PassContext,
    cursor: PageCursor | null,
    answer: { body: Json; headers: Readonly<Record<string, string>> },
  ) => RawPage;
  /** Classifications beside `ok` that `read` knows what to do with, such as an object that went while the pass was reading. */
  readonly accepts?: readonly Classification[];
  /** When a page lists ids or parts only: a request that reads the details of these items. `read` gives the whole ones; what was listed is told again, where the answer holds but the rest. */
  readonly details?: {
    readonly max: number;
    readonly request: (pass: PassContext, items: readonly Json[]) => PlatformRequest;
    readonly read: (answer: { body: Json }, items: readonly Json[]) => readonly Json[];
  };
  /** How one object is read by itself; absent: what a notification names waits for an incremental pass. */
  readonly one?: OneObject;
  /** Raw item → unified records (one product may give several stock levels). Throws MooringError('record_invalid') naming the path. */
  readonly map: (item: Json, pass: PassContext) => readonly UnifiedRecord<R>[];
  /** The item's id for setting aside when it cannot be mapped; null when even that is missing. */
  readonly idOf: (item: Json) => string | null;
  readonly mapperVersion: number;
}

/** One object, by its record's id. Pure. `id`: an anchored pattern of the ids that may be asked for; any other is not read. An answer `not_found`, or one without an item, says that it is gone. */
export type OneObject = { readonly id: string } & (
  | {
      /** The cursor at which a pass reads this object and ends. */
      readonly begin: (id: string) => PageCursor;
    }
  | {
      readonly request: (pass: PassContext, id: string) => PlatformRequest;
      /** The items as `map` takes them. */
      readonly read: (answer: { body: Json; headers: Readonly<Record<string, string>> }) => readonly Json[];
      /** Whether the resource's `details` are read besides. */
      readonly hasDetails?: true;
    }
);

/** A real call that proves a credential and reads the shop's immutable key. */
export interface Proof {
  readonly request: (shop: Readonly<Record<string, string>>) => PlatformRequest;
  /** Reads the key, name and facts out of the answer. Scopes: null when the answer does not tell them. */
  readonly read: (
    answer: { body: Json; headers: Readonly<Record<string, string>> },
    shop: Readonly<Record<string, string>>,
  ) => {
    readonly shopKey: string | null;
    readonly shopName: string | null;
    readonly scopes: readonly string[] | null;
    readonly facts: Readonly<Record<string, string>>;
    /** The markets one grant covers, where the platform tells several. */
    readonly markets?: readonly string[];
  };
}
