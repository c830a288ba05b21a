// The door: the one way out to a platform. Composition only; each step has its own file.
import type { Platform } from '../domain/platform.ts';
import { markUsed } from '../store/credentials.ts';
import type { Database } from '../store/database.ts';
import type { Vault } from '../vault/index.ts';
import type { EnsureFresh } from './call.ts';
import { createEndpointUses } from './endpoint-uses.ts';
import type { Exchange } from './exchange.ts';
import { createFenceWatch } from './fence.ts';
import { createGuard, type GuardSettings } from './guard.ts';
import { createInstallExchange, type InstallExchange } from './install-exchange.ts';
import { createNotificationKeys } from './notification-keys.ts';
import { createExchangeOpener, createGenerationOpener, createOpener } from './open.ts';
import { createOpenPrivacyRequest, type OpenPrivacyRequest } from './privacy-subject.ts';
import { createRateBudgets } from './rate-budget.ts';
import { createReceive, type Receive } from './receive.ts';
import { createExchange } from './run-exchange.ts';
import { API_BOUNDS, createSender } from './send.ts';
import { type Clock, type Log, SYSTEM_CLOCK } from './surroundings.ts';
import { createWithCredential, type WithCredential } from './with-credential.ts';

export type { ReceivedMessage, ReceivedVerdict } from '../auth/index.ts';
export { type NewWebhookKey, newWebhookKey, type WebhookKeyKind } from '../auth/standard-webhooks.ts';
export type { CallOptions, CredentialUse, EnsureFresh, PlatformCall, PlatformResult } from './call.ts';
export { createDeliverer, type Deliverer, endpointGuard } from './deliver.ts';
export { createEndpointKeys } from './endpoint-keys.ts';
export { type AskWorkflow, ensureFreshBy } from './ensure-fresh.ts';
export type {
  Exchange,
  ExchangeContext,
  ExchangeUse,
  OpenCredential,
  OpenRegistration,
  Proven,
} from './exchange.ts';
export type { InstallContext, InstallExchange } from './install-exchange.ts';
export { NO_OVERRIDES, type OriginOverrides, parseOriginOverrides } from './overrides.ts';
export type { OpenPrivacyRequest, PrivacySubject } from './privacy-subject.ts';
export type { Receive, ReceivedFor } from './receive.ts';
export { createSqs, type QueueMessage, type Sqs } from './sqs.ts';
export { type QueuedAs, takeQueued } from './take-queued.ts';

export interface EgressDeps extends GuardSettings {
  readonly db: Database;
  readonly vault: Pick<Vault, 'open'>;
  readonly platforms: ReadonlyMap<string, Platform>;
  readonly ensureFresh: EnsureFresh;
  readonly log: Log;
  readonly clock?: Clock;
  /** How long a call waits for its rate budget before it is platform_rate_limited; default 5000. */
  readonly maxRateWaitMs?: number;
}

export interface Egress {
  /** Opens the credential once, with its audit row, and lends calls signed with it to the closure. */
  readonly withCredential: WithCredential;
  /** For the lifecycle activities alone. */
  readonly exchange: Exchange;
  /** The same for an install that nobody has claimed yet. */
  readonly installExchange: InstallExchange;
  /** Whether what came is a platform's. */
  readonly receive: Receive;
  readonly openPrivacyRequest: OpenPrivacyRequest;
  /** Flushes counts and closes pools; calls under way are aborted. The database stays open: it is the caller's. */
  close(): Promise<void>;
}

/** The door, with all its parts; one a process. It heeds the fence from now on, and calls no platform and opens no credential until it is used. */
export function createEgress(deps: EgressDeps): Egress {
  const clock = deps.clock ?? SYSTEM_CLOCK;
  const around = { db: deps.db, clock, log: deps.log };
  const guard = createGuard(deps);
  const sender = createSender(guard, clock);
  const fence = createFenceWatch(around);
  const uses = createEndpointUses(around);
  const budgets = createRateBudgets({
    ...around,
    ...(deps.maxRateWaitMs === undefined ? {} : { maxWaitMs: deps.maxRateWaitMs }),
  });
  const parts = { sender, budgets, fence, uses, clock, bounds: API_BOUNDS };
  const opening = { ...around, vault: deps.vault, platforms: deps.platforms, fence };
  const withCredential = createWithCredential({
    ...parts,
    open: createOpener(opening),
    ensureFresh: deps.ensureFresh,
    markUsed: (use, generation) =>
      deps.db.sqlInTenant(use.tenantId, (sql) => markUsed(sql, use.connectionId, generation)),
  });
  const keys = createNotificationKeys({ ...around, withCredential, sender });
  return {
    withCredential,
    receive: createReceive({ ...around, vault: deps.vault, keys }),
    openPrivacyRequest: createOpenPrivacyRequest({ db: deps.db, vault: deps.vault }),
    exchange: createExchange({
      ...parts,
      guard,
      open: createExchangeOpener(opening),
      openGeneration: createGenerationOpener(opening),
    }),
    installExchange: createInstallExchange({ ...around, vault: deps.vault, guard, sender }),
    close: async () => {
      await fence.close();
      await sender.close();
      await uses.close();
    },
  };
}
