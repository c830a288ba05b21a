// What the HTTP part is made of. Only main.ts and tests construct it; no route reaches for anything else.
import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import type { Platform } from '../domain/platform.ts';
import type { PubSubSettings } from '../domain/queue-settings.ts';
import type { Egress } from '../egress/index.ts';
import type { Database } from '../store/database.ts';
import type { KeyProvider, Vault } from '../vault/index.ts';
import type { FleetCommands } from './fleet-commands.ts';
import type { LifecycleCommands } from './lifecycle.ts';

export interface HttpSettings {
  /** Where the world reaches us, without a trailing slash: "https://mooring.example". */
  readonly publicUrl: string;
  /** Origins a merchant may be sent back to, beside our own. */
  readonly returnOrigins: readonly string[];
  /** The vendor's page that claims an install which began at a platform: it is sent `install`, the token, and `continue`, where the platform wants the browser in the end. null: our own page shows it. */
  readonly claimUrl?: string | null;
  /** Where a browser finds a platform that is overridden for development; undefined: at the platform itself. */
  readonly browserOverride: (origin: string) => string | undefined;
  /** Who may push through Google Pub/Sub; null or absent: nobody. */
  readonly pubSub?: PubSubSettings | null;
  /** Hops of reverse proxies whose X-Forwarded-For is believed. */
  readonly trustedProxies: number;
  /** How long a link to the connect page and an OAuth state live. */
  readonly sessionLifetimeMs: number;
  readonly stateLifetimeMs: number;
  /** Wrong keys a minute from one address before it gets 429. */
  readonly wrongKeysPerMinute: number;
}

export interface HttpDeps {
  readonly db: Database;
  /** Seals; opens nothing but saved answers to idempotent requests (idempotency.ts). */
  readonly vault: Vault;
  /** Wraps data keys; for moving them under another key alone. */
  readonly keyProvider: KeyProvider;
  readonly lifecycle: LifecycleCommands;
  readonly fleet: FleetCommands;
  readonly platforms: ReadonlyMap<string, Platform>;
  readonly settings: HttpSettings;
  /** The proxy route's door; nothing else calls a platform. */
  readonly withCredential: Egress['withCredential'];
  /** Verifies what platforms push. */
  readonly receive: Egress['receive'];
  /** For the report of what is held of somebody. */
  readonly openPrivacyRequest: Egress['openPrivacyRequest'];
  /** Throws address_not_allowed for what no delivery may be sent to. */
  readonly checkEndpointUrl: (url: string) => void;
  readonly log: Logger;
  readonly nowMs: () => number;
}

export type { Client };
