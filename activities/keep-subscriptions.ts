// Keeps what is subscribed to at a platform as it should be: made on connecting, compared with what the platform says, made again where it was dropped or
// switched off, and the gap that this left made up for by a sync. Safe to repeat and to stop anywhere: each subscription is written down before it is asked for.
import { MooringError } from '../domain/errors.ts';
import type { FoundSubscription, Notifications, Platform, Subscribe } from '../domain/platform.ts';
import type { PlatformCall } from '../egress/index.ts';
import type { Database } from '../store/database.ts';
import { listAddressHashes } from '../store/notification-addresses.ts';
import { subscriptionBinding } from '../store/notification-openings.ts';
import {
  BY_HAND,
  beginSubscription,
  claimChecks,
  dropSubscription,
  endChecks,
  listSubscriptions,
  noteChecked,
  noteRefused,
  noteSubscribed,
  type SubscriptionOwner,
  type SubscriptionRow,
} from '../store/subscriptions.ts';
import { readSyncFacts, type SyncedConnection } from '../store/sync-plan.ts';
import type { Vault } from '../vault/index.ts';
import type { NamedDeps } from './named-deps.ts';
import {
  type AddressOnce,
  addressKnown,
  addressOfAll,
  addressOnce,
  hashOfAddress,
  type MintedAddress,
} from './subscription-address.ts';
import { goodRef, listAll } from './subscription-found.ts';
import { makeUpFor } from './subscription-gaps.ts';
import { keepShopKey } from './subscription-key.ts';
import { maySubscribe, shopAndDestination } from './subscription-means.ts';
import { removeAll } from './subscription-removal.ts';
import { groupsOf, isOfOneTopic, wantedTopics } from './subscription-topics.ts';

export interface SubscriptionDeps extends Pick<NamedDeps, 'egress' | 'platforms' | 'triggerSync'> {
  readonly db: Database;
  readonly vault: Pick<Vault, 'seal'>;
  /** Where platforms reach us. */
  readonly publicUrl: string;
  /** Between two looks at a connection where nothing is wrong. */
  readonly checkEveryMs: number;
}

const CLAIM = { limit: 4, leaseMs: 120_000 };
const AGAIN_MS = 10 * 60_000;
/** Until one that the platform makes later is looked for. */
const SOON_MS = 60_000;

/** One turn: looks at the connections that are due, side by side. Gives how many there were. */
export async function keepSubscriptions(deps: SubscriptionDeps): Promise<number> {
  const due = await deps.db.sqlAcrossTenants((sql) => claimChecks(sql, CLAIM));
  await Promise.all(due.map((one) => keepOne(deps, one)));
  return due.length;
}

async function keepOne(deps: SubscriptionDeps, of: SubscriptionOwner): Promise<void> {
  const facts = await readSyncFacts(deps.db, of.tenantId, of.connectionId);
  const connection = facts?.connection;
  const platform = connection === undefined ? undefined : deps.platforms.get(connection.platform);
  const data = platform?.notifications;
  const ends =
    connection === undefined ||
    connection.isFenced ||
    platform === undefined ||
    data?.subscribe === undefined ||
    !(await maySubscribe(deps, of, data.subscribe));
  if (ends) return deps.db.sqlInTenant(of.tenantId, (sql) => endChecks(sql, of.connectionId));
  const checked = (nextInMs: number, code: string | null) =>
    deps.db.sqlInTenant(of.tenantId, (sql) => noteChecked(sql, of.connectionId, { nextInMs, code }));
  if (connection.lifecycle !== 'active') return checked(deps.checkEveryMs, 'connection_not_active');
  const shop = await shopAndDestination(deps, of, connection.shop, data.subscribe);
  if (shop === null) return checked(deps.checkEveryMs, 'registration_missing');
  try {
    const { code, isPending } = await compare(deps, {
      of,
      connection: { ...connection, shop },
      platform,
      data,
      subscribe: data.subscribe,
    });
    await checked(code !== null ? AGAIN_MS : isPending ? SOON_MS : deps.checkEveryMs, code);
  } catch (error) {
    await checked(AGAIN_MS, codeOf(error));
  }
}

interface Looking {
  readonly of: SubscriptionOwner;
  readonly connection: SyncedConnection;
  readonly platform: Platform;
  readonly data: Notifications;
  readonly subscribe: Subscribe;
}

interface Compared {
  /** Null: all is as it should be; else why something is not. */
  readonly code: string | null;
  /** What was asked for just now is made later. */
  readonly isPending: boolean;
}

async function compare(deps: SubscriptionDeps, look: Looking): Promise<Compared> {
  const { of, subscribe, connection } = look;
  const { rows, hashes } = await deps.db.sqlInTenant(of.tenantId, async (sql) => ({
    rows: await listSubscriptions(sql, of.connectionId),
    hashes: new Set(await listAddressHashes(sql, of.connectionId)),
  }));
  const use = {
    ...of,
    purpose: 'subscription',
    reason: 'compare what is subscribed to',
  } as const;
  return deps.egress.withCredential(use, async (call) => {
    const found = await listAll(subscribe, connection.shop, call);
    const ofAll = await addressOfAll(deps, look);
    const ours = found.filter(({ address }) =>
      ofAll === null ? hashes.has(hashOfAddress(address)) : address === ofAll,
    );
    await keepShopKey(deps, look, { rows, call });
    const address = ofAll === null ? addressOnce(deps, of, look.platform.id) : addressKnown(ofAll);
    const compared = await keepGroups(deps, look, { found, ours, rows, address, call });
    const left = await dropUnwanted(deps, look, { rows, ours, call });
    return { ...compared, code: compared.code ?? left };
  });
}

interface At {
  readonly found: readonly FoundSubscription[];
  readonly ours: readonly FoundSubscription[];
  readonly rows: readonly SubscriptionRow[];
  readonly address: AddressOnce;
  readonly call: PlatformCall;
}

async function keepGroups(deps: SubscriptionDeps, look: Looking, at: At): Promise<Compared> {
  const { of, subscribe, data } = look;
  const { found, ours, rows, address, call } = at;
  let [code, isPending, isTaken]: [string | null, boolean, boolean] = [null, false, false];
  try {
    for (const topics of groupsOf(look)) {
      const same = subscribe.together === true ? ours : ours.filter(({ topic }) => topics.includes(topic));
      const known = rows.filter(({ topic }) => topics.includes(topic));
      const ref = goodRef(subscribe, topics, { same, rows });
      const removable = same.filter((one) => one.ref !== ref);
      const kept = await removeAll(look, call, removable);
      code = codeOfKept(kept) ?? code;
      if (ref !== null) {
        await noteAll(deps, of, { topics, ref });
        continue;
      }
      // One that the platform keeps has its place there, switched off or not.
      const isOther = (one: FoundSubscription) => !ours.includes(one) || kept.has(one.ref);
      const others = new Set(found.filter(isOther).map((one) => one.ref)).size;
      const made = await create(deps, look, { topics, same, address: address.mint, call, others });
      code = made.code ?? code;
      isTaken ||= made.code === null || made.code === 'platform_answer_invalid';
      isPending ||= made.isPending && known.every(({ state }) => state !== 'creating');
    }
    if (!isTaken) await address.drop();
  } finally {
    // What is there again may have missed something, whatever befell the next one.
    await makeUpFor(deps, of, data);
  }
  return { code, isPending };
}

async function noteAll(
  deps: SubscriptionDeps,
  of: SubscriptionOwner,
  { topics, ref }: { readonly topics: readonly string[]; readonly ref: string },
): Promise<void> {
  await deps.db.sqlInTenant(of.tenantId, async (sql) => {
    for (const topic of topics) await noteSubscribed(sql, of, { topic, ref });
  });
}

async function create(
  deps: SubscriptionDeps,
  { of, subscribe, connection }: Looking,
  at: {
    readonly topics: readonly string[];
    /** Ours for these topics that are not as they should be. */
    readonly same: readonly FoundSubscription[];
    readonly address: () => Promise<MintedAddress>;
    readonly call: PlatformCall;
    /** Subscriptions of somebody else, and ours that are kept. */
    readonly others: number;
  },
): Promise<Compared> {
  const { topics, call } = at;
  const { address, secret } = await at.address();
  const seal = (topic: string, text: string) =>
    deps.vault.seal(subscriptionBinding(of, topic), { notificationSecret: text });
  for (const topic of topics) {
    const sealed = subscribe.secret === 'ours' ? await seal(topic, secret) : null;
    const missed = at.same.some((one) => one.topic === topic) ? 'disabled' : 'dropped';
    await deps.db.sqlInTenant(of.tenantId, (sql) => beginSubscription(sql, of, { topic, sealed, missed }));
  }
  try {
    if (subscribe.most !== undefined && at.others >= subscribe.most)
      throw new MooringError('platform_rejected', 'the subscriptions that a shop may have are taken');
    const wish = {
      topic: topics[0] ?? '',
      topics,
      address,
      secret: subscribe.secret === 'ours' ? secret : null,
    };
    const { ref, secret: told } = subscribe.created(
      await call(subscribe.create(wish, connection.shop)),
      wish,
    );
    if (ref === null) return { code: null, isPending: true };
    for (const topic of topics) {
      const sealed = told === undefined ? {} : { sealed: await seal(topic, told) };
      await deps.db.sqlInTenant(of.tenantId, (sql) => noteSubscribed(sql, of, { topic, ref, ...sealed }));
    }
    return { code: null, isPending: false };
  } catch (error) {
    const code = codeOf(error);
    await deps.db.sqlInTenant(of.tenantId, async (sql) => {
      for (const topic of topics) await noteRefused(sql, of, { topic, code });
    });
    if (isOfOneTopic(error)) return { code, isPending: false };
    throw error;
  }
}

/** What the connection may no longer read is not to be told to it. Gives why something of it is still there. */
async function dropUnwanted(
  deps: SubscriptionDeps,
  look: Looking,
  at: {
    readonly rows: readonly SubscriptionRow[];
    readonly ours: readonly FoundSubscription[];
    readonly call: PlatformCall;
  },
): Promise<string | null> {
  const wanted = wantedTopics(look);
  const unwanted = at.ours.filter(({ topic }) => !wanted.includes(topic));
  // Those that hold several were made anew without it, unless nothing is wanted any more.
  const isRemoved = look.subscribe.together !== true || wanted.length === 0;
  const kept = await removeAll(look, at.call, isRemoved ? unwanted : []);
  for (const { topic } of at.rows.filter(
    (row) => !wanted.includes(row.topic) && !row.topic.startsWith(BY_HAND),
  )) {
    const still = unwanted.find((one) => one.topic === topic && kept.has(one.ref));
    const code = kept.get(still?.ref ?? '') ?? null;
    await deps.db.sqlInTenant(look.of.tenantId, (sql) =>
      code === null
        ? dropSubscription(sql, look.of.connectionId, topic)
        : noteRefused(sql, look.of, { topic, code }),
    );
  }
  return codeOfKept(kept);
}

function codeOfKept(kept: ReadonlyMap<string, string>): string | null {
  return kept.values().next().value ?? null;
}

function codeOf(error: unknown): string {
  return error instanceof MooringError ? error.code : 'internal';
}
