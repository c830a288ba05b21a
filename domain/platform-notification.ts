// What a platform pushes to us and how it is proved, as data. Headers and unsigned fields are hints: what a notification names is read again from the platform.
import type { ReceivedSignature } from './platform-sign.ts';
import type { Part } from './platform-token.ts';
import type { Resource } from './resource.ts';

/** Where a value of a notification stands: a header, or a dotted path into the JSON body. */
export type NotificationField = { readonly header: string } | { readonly json: string };

export interface Notifications {
  /** queue: the platform delivers to a queue of ours alone. none: it must be polled. */
  readonly delivery: 'http' | 'queue' | 'none';
  /** shop: one subscription a shop, by API. registration: once for our app, by API or in its console. merchant: by hand. */
  readonly subscribedBy: 'shop' | 'registration' | 'merchant';
  /** Topic → what changed: a resource, the end of the grant, or a duty to erase. */
  readonly topics: Readonly<
    Record<
      string,
      Resource | 'uninstalled' | 'consent_expiring' | 'erase_customer' | 'erase_shop' | 'customer_data'
    >
  >;
  readonly topicIn?: NotificationField;
  /** Identifies one event over its repeats; absent: by the body's hash. */
  readonly idIn?: NotificationField;
  readonly shopIn?: NotificationField;
  /** null: not signed at all. */
  readonly signature: ReceivedSignature | null;
  /** Signed requests of their own, beside the topics: an uninstall that a browser or the platform's server tells. */
  readonly calls?: readonly NotificationCall[];
  /** Milliseconds within which it must be answered. */
  readonly answerWithinMs?: number;
  readonly note?: string;
}

export interface NotificationCall {
  readonly name: string;
  readonly method: 'GET' | 'POST';
  readonly means: 'uninstalled' | 'erase_shop';
  readonly signature: ReceivedSignature;
  /** Shop field → claim of the signed JWT, or part of one. */
  readonly shopFields: Readonly<Record<string, string | Part>>;
}
