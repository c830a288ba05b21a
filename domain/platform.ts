// What a platform is, as data. One object of type Platform per platform, in platforms/<id>/platform.ts; a function only where
// data cannot say it (mappers, named hooks), always pure. `{name}` in a template is a shop field, or a value the text names.
import type { ErrorCode } from './errors.ts';
import type { Permission, Resource, UnifiedRecord } from './resource.ts';

/** How sure a fact is: read in the vendor's own documentation or code, in another's, or not confirmed. */
export type Certainty = 'vendor' | 'secondary' | 'unverified';

export interface ShopField {
  readonly name: string;
  readonly label: string;
  /** Anchored regular expression (^…$) the value must match, after `normalize`. */
  readonly pattern: string;
  readonly help: string;
  readonly example: string;
  /** url: an https address, kept without trailing slash. lower: lower case. */
  readonly normalize?: 'lower' | 'url';
  readonly optional?: true;
}

export interface CredentialField {
  readonly name: string;
  readonly label: string;
  readonly secret: boolean;
  readonly help: string;
  readonly pattern?: string;
}

/** JSON paths into a token answer, dotted ("data.access_token"). */
export interface TokenAnswer {
  readonly accessToken: string;
  readonly refreshToken?: string;
  /** seconds from now; epoch: absolute Unix seconds; auto: seconds unless above 1e9. */
  readonly expiresIn?: {
    readonly path: string;
    /** jwt_exp: the path leads to a JWT, whose `exp` claim is read (RFC 7519 § 4.1.4), not verified. */
    readonly unit: 'seconds' | 'epoch_seconds' | 'auto' | 'iso8601' | 'jwt_exp';
  };
  readonly refreshExpiresIn?: {
    readonly path: string;
    readonly unit: 'seconds' | 'epoch_seconds' | 'iso8601';
  };
  readonly scope?: { readonly path: string; readonly separator: ',' | ' ' };
  /** Further values to keep beside the token in the credential: our field name → path. */
  readonly keep?: Readonly<Record<string, string>>;
  /** Where the answer itself says it failed although HTTP said 200. */
  readonly failedWhen?: { readonly path: string; readonly notIn: readonly string[] };
}

export interface TokenRequest {
  readonly url: string;
  readonly method: 'POST' | 'GET';
  readonly format: 'json' | 'form' | 'query';
  /** Parameter name → template over {clientId} {clientSecret} {code} {codeVerifier} {redirectUri} {refreshToken}, shop and credential fields. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Parameters to send as JSON numbers. */
  readonly numeric?: readonly string[];
  readonly clientAuthentication: 'body' | 'basic' | 'none' | 'signed';
  /** With `signed`: how the exchange itself is signed. */
  readonly sign?: HmacSign;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One step of a callback route, ANY /oauth/{platform}/{step}. */
export interface CallbackStep {
  readonly step: string;
  readonly method: 'GET' | 'POST';
  /** browser: bound to the merchant's browser by cookie. server: the platform's own server calls, no cookie. */
  readonly from: 'browser' | 'server';
  /** Parameter that carries our single-use state. */
  readonly stateParameter: string;
  /** Parameters this step must carry when the merchant approved. */
  readonly required: readonly string[];
  /** A parameter and the values of it that mean the merchant declined. */
  readonly denied?: { readonly parameter: string; readonly values?: readonly string[] };
  /**
   * Shop field → parameter that tells it. A field the connection already has must be the same, else the callback is refused
   * with shop_mismatch; a field it does not have yet is taken from here.
   */
  readonly shopFields?: Readonly<Record<string, string>>;
  /** Whether this step brings what the exchange needs; a step that does not only shows the outcome. */
  readonly grants: boolean;
  /** A signature over the callback's parameters, verified with the client secret before anything is exchanged. */
  readonly signature?: CallbackSignature;
}

export interface CallbackSignature {
  readonly parameter: string;
  readonly algorithm: 'hmac-sha256';
  readonly encoding: 'hex';
  /** sorted_query: remaining parameters sorted by name, URL-encoded, joined k=v with &. */
  readonly message: 'sorted_query';
  readonly except: readonly string[];
  readonly timestamp?: { readonly parameter: string; readonly toleranceS: number };
}

export type Obtain =
  | {
      readonly kind: 'authorization_code';
      readonly authorizeUrl: string;
      /** Query parameter → template over {clientId} {redirectUri} {state} {scopes} {codeChallenge}, shop fields. */
      readonly authorizeParameters: Readonly<Record<string, string>>;
      readonly scopeSeparator: ',' | ' ' | null;
      readonly pkce: 'S256' | 'unsupported';
      readonly token: TokenRequest;
      readonly callback: readonly CallbackStep[];
    }
  | {
      readonly kind: 'key_handshake';
      readonly authorizeUrl: string;
      /** as above, plus {callbackUrl} (the granting step) and {returnUrl} (the browser's step), {access} from `accessByPermission`. */
      readonly authorizeParameters: Readonly<Record<string, string>>;
      /** {access}: the platform's word for read-only, and for read and write. */
      readonly access: { readonly read: string; readonly write: string };
      /** credential field → field of the handshake's body */
      readonly keys: Readonly<Record<string, string>>;
      readonly callback: readonly CallbackStep[];
    }
  | {
      readonly kind: 'pasted';
      readonly fields: readonly CredentialField[];
    };

export type Renew =
  | {
      readonly kind: 'refresh_token';
      readonly when: 'ahead' | 'on_use';
      readonly token: TokenRequest;
      readonly rotates: boolean;
      /** Whether the previous refresh token still works until the new one is used: a lost answer may be retried with it. */
      readonly previousUsable: boolean;
      readonly refreshLifetimeS?: number;
    }
  | {
      readonly kind: 'login';
      readonly when: 'ahead' | 'on_use';
      readonly token: TokenRequest;
    }
  | { readonly kind: 'none' };

export type Sign =
  | { readonly scheme: 'bearer' }
  | { readonly scheme: 'header'; readonly name: string; readonly value: string }
  | { readonly scheme: 'query'; readonly name: string; readonly value: string }
  /** Templates over credential fields; RFC 7617. */
  | { readonly scheme: 'basic'; readonly username: string; readonly password: string }
  | HmacSign;

export interface HmacSign {
  readonly scheme: 'hmac';
  readonly algorithm: 'sha256' | 'sha1' | 'sha512';
  readonly encoding: 'hex' | 'HEX' | 'base64';
  /** Template of the key, over client and credential fields. */
  readonly key: string;
  /** Templates joined without separator, over {path} {timestamp} {method} {body} {clientId}, credential and shop fields. */
  readonly message: readonly string[];
  readonly timestamp: 'seconds' | 'milliseconds';
  /** Where the signature and its companions go: query parameter → template, {signature} included. */
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** How one shape of credential is renewed and put on requests. A platform has one per `credentialKind` it can hold. */
export interface AuthMethod {
  readonly credentialKind: string;
  readonly obtain: Obtain;
  readonly renew: Renew;
  readonly sign: readonly Sign[];
  /** The parts of a credential that are seconds-long defaults when an answer tells no lifetime. null: does not expire. */
  readonly defaultLifetimeS: number | null;
  readonly tokenAnswer?: TokenAnswer;
}

/** What an answer of the platform means. Rows are tried in order; the first that matches wins. */
export interface AnswerRule {
  readonly status?: number | readonly number[] | '5xx';
  /** dotted path into the JSON body and the values that match; a value may be a /regex/ over the text. */
  readonly body?: { readonly path: string; readonly equals?: readonly string[]; readonly matches?: string };
  readonly means: Classification;
  /** Only for credentials of this kind: what is an expired session with one is a revoked key with another. */
  readonly credentialKind?: string;
  /** where the rule holds; default: both */
  readonly at?: 'token' | 'api';
  readonly note?: string;
}

export type Classification =
  | 'ok'
  | 'retry_after'
  | 'credential_expired'
  | 'credential_dead'
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
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Json;
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
  /** When a page lists ids only: a request that reads the details of these ids; `read` its items with `readDetails`. */
  readonly details?: {
    readonly max: number;
    readonly request: (pass: PassContext, items: readonly Json[]) => PlatformRequest;
    readonly read: (answer: { body: Json }) => readonly Json[];
  };
  /** Raw item → unified records (one product may give several stock levels). Throws MooringError('record_invalid') naming the path. */
  readonly map: (item: Json, pass: PassContext) => readonly UnifiedRecord<R>[];
  /** The item's id for setting aside when it cannot be mapped; null when even that is missing. */
  readonly idOf: (item: Json) => string | null;
  readonly mapperVersion: number;
}

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
  };
}

export interface RateLimit {
  readonly scope: 'connection' | 'registration';
  /** Tokens in the bucket and tokens restored each second. */
  readonly burst: number;
  readonly perSecond: number;
  /** Reads what is left out of an answer, where the platform tells; pure. */
  readonly observe?: (answer: {
    body: Json;
    headers: Readonly<Record<string, string>>;
  }) => { readonly available: number; readonly perSecond?: number; readonly burst?: number } | null;
  readonly certainty: Certainty;
}

export interface Platform {
  readonly id: string;
  readonly name: string;
  readonly certainty: Certainty;
  readonly documentation: string;
  readonly shop: readonly ShopField[];
  /** https origin plus base path of the API, over shop fields: "https://{shop}/admin/api/2026-07". */
  readonly baseUrl: string;
  readonly apiVersion: { readonly name: string; readonly sunset: string | null };
  readonly auth: readonly AuthMethod[];
  /** Whether our app must be registered at the platform before anybody can connect. */
  readonly needsRegistration: boolean;
  readonly proof: Proof;
  /** permission → narrowest scopes; a permission that is absent is unsupported. */
  readonly permissions: Readonly<Partial<Record<Permission, readonly string[]>>>;
  /** scope → scopes it implies */
  readonly impliedScopes?: Readonly<Record<string, readonly string[]>>;
  readonly answers: readonly AnswerRule[];
  /** Header with the wait, and its unit. */
  readonly retryAfter?: { readonly header: string; readonly unit: 'seconds' | 'milliseconds' };
  /** Where the wait is in the body instead: milliseconds, or null when the answer does not tell. Pure. */
  readonly waitMs?: (answer: { readonly body: Json }) => number | null;
  readonly rateLimits: readonly RateLimit[];
  readonly resources: { readonly [R in Resource]?: ResourceDefinition<R> };
  /** A request that ends the grant at the platform; absent: it cannot be revoked by us. */
  readonly revoke?: { readonly request: (shop: Readonly<Record<string, string>>) => PlatformRequest };
  /** Codes of ours the platform's own words stand for, shown in a diagnosis. */
  readonly explains?: Readonly<Partial<Record<ErrorCode, string>>>;
  readonly deadlines?: readonly {
    readonly kind: 'refresh_token' | 'client_secret' | 'consent' | 'api_version';
    readonly afterS: number;
    readonly note: string;
  }[];
  /** Shop values and credentials the demo connects with, against the sandbox. */
  readonly demo?: { readonly shop: Readonly<Record<string, string>>; readonly how: 'browser' | 'pasted' };
}
