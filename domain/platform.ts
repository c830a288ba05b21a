// What a platform is, as data. One object of type Platform per platform, in platforms/<id>/platform.ts; a function only where
// data cannot say it (mappers, named hooks), always pure. `{name}` in a template is a shop field, or a value the text names.
// Its nouns have files of their own beside this one, and are told again here, so that a platform's file names one place.
import type { ErrorCode } from './errors.ts';
import type { AuthMethod } from './platform-auth.ts';
import type { Notifications } from './platform-notification.ts';
import type {
  Classification,
  Json,
  PlatformRequest,
  Proof,
  ResourceDefinition,
} from './platform-resource.ts';
import type { CredentialField, TokenRequest } from './platform-token.ts';
import type { Permission, Resource } from './resource.ts';

export type * from './platform-auth.ts';
export type * from './platform-notification.ts';
export type * from './platform-obtain.ts';
export type * from './platform-resource.ts';
export type * from './platform-several.ts';
export type * from './platform-sign.ts';
export type * from './platform-token.ts';

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
  /** A closed list. Beside the value itself a choice may give further template values: hosts of a region, say. */
  readonly choices?: readonly {
    readonly value: string;
    readonly label: string;
    readonly gives?: Readonly<Record<string, string>>;
  }[];
}

/** One endpoint whose version differs from the platform's own, or that has an end of its own. */
export interface EndpointVersion {
  /** As in PlatformRequest.endpoint. */
  readonly endpoint: string;
  readonly version: string;
  /** YYYY-MM-DD, or null where none is announced. */
  readonly sunset: string | null;
  readonly note?: string;
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

export interface RateLimit {
  readonly scope: 'connection' | 'registration';
  /** Only calls of these (PlatformRequest.endpoint); absent: all. */
  readonly endpoints?: readonly string[];
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
  /** Further hosts of the API, by the name that a request's `base` gives. Declared, since no call goes elsewhere. */
  readonly otherBaseUrls?: Readonly<Record<string, string>>;
  readonly apiVersion: { readonly name: string; readonly sunset: string | null };
  readonly endpoints?: readonly EndpointVersion[];
  /** Sent with every call: name → template over shop, registration and credential fields. A request's own headers win. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly auth: readonly AuthMethod[];
  /** Whether our app must be registered at the platform before anybody can connect. */
  readonly needsRegistration: boolean;
  /** What our registration holds beside client id and secret: an application id, a redirect name, a key. Not secret: also in the authorize address. */
  readonly registration?: readonly CredentialField[];
  readonly proof: Proof;
  /** permission → narrowest scopes; a permission that is absent is unsupported. */
  readonly permissions: Readonly<Partial<Record<Permission, readonly string[]>>>;
  /** Asked for with every approval: what the proof needs. */
  readonly alwaysScopes?: readonly string[];
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
  readonly revoke?:
    | {
        readonly request: (
          shop: Readonly<Record<string, string>>,
          app: { readonly clientId: string },
        ) => PlatformRequest;
      }
    /** RFC 7009, or what a platform has in its place. */
    | { readonly token: TokenRequest };
  /** A token of our app's own, which no shop granted, for what only it may ask: keys of notifications, the end of a subscription. `kind`: the credential that it is put on a request as. */
  readonly appToken?: { readonly kind: string; readonly token: TokenRequest };
  readonly notifications?: Notifications;
  /** What it does not offer, or we do not do yet, in words: shown on its page. */
  readonly unsupported?: readonly string[];
  /** What its data says and nobody confirmed, in words: shown on its page. */
  readonly unverified?: readonly string[];
  /** Codes of ours the platform's own words stand for, shown in a diagnosis. */
  readonly explains?: Readonly<Partial<Record<ErrorCode, string>>>;
  readonly deadlines?: readonly {
    readonly kind:
      | 'refresh_token'
      | 'client_secret'
      | 'credential'
      | 'certificate'
      | 'consent'
      | 'api_version';
    readonly afterS: number;
    readonly note: string;
  }[];
  /** Shop values and credentials the demo connects with, against the sandbox. */
  readonly demo?: { readonly shop: Readonly<Record<string, string>>; readonly how: 'browser' | 'pasted' };
}
