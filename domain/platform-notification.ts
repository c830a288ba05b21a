// What a platform pushes to us and how it is proved, as data. Headers and unsigned fields are hints: what a notification names is read again from the platform.
import type { Json, PlatformRequest } from './platform-resource.ts';
import type { ReceivedSignature } from './platform-sign.ts';
import type { Part } from './platform-token.ts';
import type { Resource } from './resource.ts';

/** Where a value of a notification stands: a header, or a dotted path into the JSON body, or into the claims where the body is a JWT. A text on the way that is itself JSON is stepped into. */
export type NotificationField = { readonly header: string } | { readonly json: string };

/** What a topic is about: a resource that changed, the end of the grant, or a duty to erase or to report. */
export type NotificationMeaning =
  | Resource
  | 'uninstalled'
  | 'consent_expiring'
  | 'erase_customer'
  | 'erase_shop'
  | 'customer_data';

export interface Notifications {
  /** queue: the platform delivers to a queue of ours alone. none: it must be polled. */
  readonly delivery: 'http' | 'queue' | 'none';
  /** shop: one subscription a shop, by API. registration: once for our app, by API or in its console. merchant: by hand. */
  readonly subscribedBy: 'shop' | 'registration' | 'merchant';
  /** Topic → what changed: a resource, the end of the grant, or a duty to erase. */
  readonly topics: Readonly<Record<string, NotificationMeaning>>;
  readonly topicIn?: NotificationField;
  /** Identifies one event over its repeats; absent: by the body's hash. Where it is not signed, the body's hash counts beside it. */
  readonly idIn?: NotificationField;
  readonly shopIn?: NotificationField;
  /** Where some topics name the shop instead. */
  readonly otherwiseShopIn?: NotificationField;
  /** What `shopIn` tells: the shop's key (the default), or a field of the shop; a pattern (anchored, one group) takes it out of the text. */
  readonly shopIs?: { readonly field?: string; readonly pattern?: string };
  /** Where a duty's body names the shop, where `shopIn` is not signed: a duty is of no shop that the signature does not cover. */
  readonly dutyShopIn?: NotificationField;
  /** Resource → where the changed object's id stands; the first that is there counts. None: an incremental sync is asked for. */
  readonly objectIn?: Readonly<Partial<Record<Resource, readonly ObjectPlace[]>>>;
  /** Topic → paths that its signed body has, where the topic itself is not signed: no duty to erase is believed without. */
  readonly bodyOf?: Readonly<Record<string, readonly string[]>>;
  /** Topic → the members that its signed body has and no other, where nothing in it tells the topic. */
  readonly bodyIs?: Readonly<Record<string, readonly string[]>>;
  /** A request to erase somebody concerns all shops of our app: a person known to the platform, not one shop's customer. */
  readonly erasesAcross?: true;
  /** Whom a duty concerns: the customer, and their orders. */
  readonly subjectIn?: {
    readonly customer?: readonly ObjectPlace[];
    readonly orders?: readonly ObjectPlace[];
  };
  /** null: not signed at all. */
  readonly signature: ReceivedSignature | null;
  /** Requests that want an answer and tell nothing. */
  readonly challenges?: readonly Challenge[];
  /** Signed requests of their own, beside the topics: an uninstall that a browser or the platform's server tells. */
  readonly calls?: readonly NotificationCall[];
  /** How we subscribe by API, where `subscribedBy` is shop. */
  readonly subscribe?: Subscribe;
  /** What a queue's messages have of their own (docs/notifications.md). */
  readonly queue?: QueueTold;
  /** Milliseconds within which it must be answered. */
  readonly answerWithinMs?: number;
  readonly note?: string;
}

/** A message of a queue: nothing signs it, so that all it says is a hint. */
export interface QueueTold {
  /** The first that is there counts; default `shopIn`. */
  readonly shopIn?: readonly NotificationField[];
  /** Names begin with a capital in some messages, and with a small letter in the data: both are the same name. */
  readonly capitals?: true;
}

/** Where an object's id stands, and how the record's own id is made of it. */
export interface ObjectPlace {
  readonly in: NotificationField;
  /** Anchored, with one group: the id within the text. Default: the whole. */
  readonly pattern?: string;
  /** Template over {id}: "gid://shopify/Order/{id}". */
  readonly as?: string;
}

export type Challenge =
  /** An unsigned body of this one field, sent to see whether we are there: answered 200. */
  | { readonly kind: 'ping'; readonly field: string }
  /** GET or POST with a parameter, answered by a digest over templates: the parameter, {verificationToken} of our registration, {address}. */
  | {
      readonly kind: 'digest';
      readonly parameter: string;
      readonly algorithm: 'sha256';
      readonly message: readonly string[];
      readonly answer: string;
    }
  /** What is sent in the parameter (of the query, or of the JSON body) is sent back. */
  | { readonly kind: 'echo'; readonly parameter: string };

export interface NotificationCall {
  readonly name: string;
  readonly method: 'GET' | 'POST';
  readonly means: 'uninstalled' | 'erase_shop';
  readonly signature: ReceivedSignature;
  /** Shop field → claim of the signed JWT, or part of one. */
  readonly shopFields: Readonly<Record<string, string | Part>>;
}

/** Subscriptions by API, one a topic unless `together`. Pure, over the connection's shop fields; the requests are made with its own credential. */
export interface Subscribe {
  /** What signs: a secret of ours that we give, one that the answer gives, our app's, or none of these: the credential, the platform's own key. */
  readonly secret: 'ours' | 'told' | 'registration' | 'none';
  /** Kinds of credential that may subscribe; default: each. With another the shop is polled. */
  readonly credentialKinds?: readonly string[];
  /** Topics that are told without this API, or not at all by it: set up in the app's console. */
  readonly except?: readonly string[];
  /** All shops are told at the one address of our app, /notify/{platform}/{client registration}: what comes there is proved by our app's secret, and its shop is signed. Where a shop has one address a topic. */
  readonly shared?: true;
  /** What signs is one key for all subscriptions of a shop, given by a call of its own, which ends the key before it. */
  readonly key?: {
    readonly request: (shop: Readonly<Record<string, string>>) => PlatformRequest;
    /** Throws platform_answer_invalid. */
    readonly read: (answer: { readonly body: Json }) => string;
  };
  /** One subscription holds all topics. It is found once for each of them, and made anew where they change. */
  readonly together?: true;
  /** Field of our registration: what stands at the platform for the one address of all, made once for our app. Its fields are told beside the shop's; without this one nothing is subscribed to. */
  readonly destination?: string;
  readonly create: (wish: SubscriptionWish, shop: Readonly<Record<string, string>>) => PlatformRequest;
  /** `ref` null: the platform makes it later, and it is found by its address. Throws platform_answer_invalid. */
  readonly created: (
    answer: { readonly body: Json },
    wish: SubscriptionWish,
  ) => {
    readonly ref: string | null;
    readonly secret?: string;
  };
  readonly list: (page: number, shop: Readonly<Record<string, string>>) => PlatformRequest;
  /** Throws platform_answer_invalid. `isLast` false: there is another page. */
  readonly listed: (
    answer: { readonly body: Json; readonly headers: Readonly<Record<string, string>> },
    page: number,
  ) => {
    readonly found: readonly FoundSubscription[];
    readonly isLast: boolean;
  };
  readonly remove: (ref: string, shop: Readonly<Record<string, string>>) => PlatformRequest;
  /** Most per shop: where others have as many, none is asked for, so that none of theirs is written over. */
  readonly most?: number;
}

export interface SubscriptionWish {
  readonly topic: string;
  /** All that it is for: `topic` alone, unless they are `together`. */
  readonly topics: readonly string[];
  /** Where it is to be told; holds a secret token. */
  readonly address: string;
  /** Where `secret` is ours. */
  readonly secret: string | null;
}

export interface FoundSubscription {
  readonly ref: string;
  readonly topic: string;
  readonly address: string;
  readonly isEnabled: boolean;
}
