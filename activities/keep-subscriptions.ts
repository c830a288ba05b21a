// Keeps what is subscribed to at a platform as it should be: made on connecting, compared with what the platform says, made again where it was dropped or
// switched off, and the gap that this left made up for by a sync. Safe to repeat and to stop anywhere: each subscription is written down before it is asked for.
import { createHash, randomBytes } from 'node:crypto';
import { MooringError } from '../domain/errors.ts';
import type { FoundSubscription, Notifications, Platform, Subscribe } from '../domain/platform.ts';
import { RESOURCES, type Resource } from '../domain/resource.ts';
import type { PlatformCall } from '../egress/index.ts';
import type { Database } from '../store/database.ts';
import { addAddress, listAddressHashes } from '../store/notification-addresses.ts';
import { subscriptionBinding } from '../store/notification-openings.ts';
import {
  BY_HAND,
  beginSubscription,
  claimChecks,
  dropSubscription,
  endChecks,
  type GapCause,
  listSubscriptions,
  noteChecked,
  noteRefused,
  noteSubscribed,
  openGap,
  type SubscriptionOwner,
  type SubscriptionRow,
} from '../store/subscriptions.ts';
import { readSyncFacts, type SyncedConnection } from '../store/sync-plan.ts';
import type { Vault } from '../vault/index.ts';
import type { NamedDeps } from './named-deps.ts';

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
const MOST_PAGES = 20;

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
    data?.subscribe === undefined;
  if (ends) return deps.db.sqlInTenant(of.tenantId, (sql) => endChecks(sql, of.connectionId));
  const checked = (nextInMs: number, code: string | null) =>
    deps.db.sqlInTenant(of.tenantId, (sql) => noteChecked(sql, of.connectionId, { nextInMs, code }));
  if (connection.lifecycle !== 'active') return checked(deps.checkEveryMs, 'connection_not_active');
  try {
    const code = await compare(deps, { of, connection, platform, data, subscribe: data.subscribe });
    await checked(code === null ? deps.checkEveryMs : AGAIN_MS, code);
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

/** Null: all is as it should be; else why something is not. */
async function compare(deps: SubscriptionDeps, look: Looking): Promise<string | null> {
  const { of, subscribe } = look;
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
    const found = await listAll(subscribe, call);
    const ours = found.filter(({ address }) => hashes.has(hashOfAddress(address)));
    const gaps = new Map<Resource, { readonly cause: GapCause; readonly from: Date }>();
    const address = addressOnce(deps, look);
    let code: string | null = null;
    for (const topic of wantedTopics(look)) {
      const known = rows.find((row) => row.topic === topic);
      const same = ours.filter((one) => one.topic === topic);
      const good = same.find(
        ({ isEnabled }) => isEnabled && (known?.hasSecret === true || subscribe.secret === 'registration'),
      );
      await removeAll(
        subscribe,
        call,
        same.filter((one) => one !== good),
      );
      if (good !== undefined) {
        await deps.db.sqlInTenant(of.tenantId, (sql) => noteSubscribed(sql, of, { topic, ref: good.ref }));
        continue;
      }
      noteGap(gaps, look, { known, isThere: same.length > 0 });
      code = (await create(deps, look, { topic, address, call })) ?? code;
    }
    await dropUnwanted(deps, look, { rows, ours, call });
    await makeUp(deps, of, gaps);
    return code;
  });
}

async function listAll(subscribe: Subscribe, call: PlatformCall): Promise<readonly FoundSubscription[]> {
  const all: FoundSubscription[] = [];
  for (let page = 1; page <= MOST_PAGES; page++) {
    const { found, isLast } = subscribe.listed(await call(subscribe.list(page)));
    all.push(...found);
    if (isLast) break;
  }
  return all;
}

/** Topics of what the connection may read, and of its end. Duties to erase come to the app's own address. */
function wantedTopics({ data, platform, connection }: Looking): readonly string[] {
  return Object.entries(data.topics).flatMap(([topic, means]) => {
    const resource = RESOURCES.find((one) => one === means);
    if (resource === undefined) return means === 'uninstalled' ? [topic] : [];
    const requires = platform.resources[resource]?.requires;
    return requires !== undefined && connection.permissions.includes(requires) ? [topic] : [];
  });
}

function hashOfAddress(address: string): string {
  const token = /\/notify\/[a-z0-9_-]+\/([A-Za-z0-9_-]{20,200})$/.exec(address)?.[1] ?? '';
  return createHash('sha256').update(token, 'utf8').digest('hex');
}

interface MintedAddress {
  readonly address: string;
  readonly secret: string;
}

/** One new address for all that this look subscribes to: what was shown once is never shown again. */
function addressOnce(deps: SubscriptionDeps, { of, platform }: Looking): () => Promise<MintedAddress> {
  let minted: Promise<MintedAddress> | undefined;
  const mint = async (): Promise<MintedAddress> => {
    const token = randomBytes(32).toString('base64url');
    const tokenHash = createHash('sha256').update(token, 'utf8').digest();
    await deps.db.sqlInTenant(of.tenantId, (sql) => addAddress(sql, { ...of, tokenHash }));
    return {
      address: `${deps.publicUrl}/notify/${platform.id}/${token}`,
      secret: randomBytes(32).toString('base64url'),
    };
  };
  return () => {
    minted ??= mint();
    return minted;
  };
}

/** Null: it is made; else why not. What one topic is refused for another need not be. */
async function create(
  deps: SubscriptionDeps,
  { of, subscribe }: Looking,
  at: {
    readonly topic: string;
    readonly address: () => Promise<MintedAddress>;
    readonly call: PlatformCall;
  },
): Promise<string | null> {
  const { topic, call } = at;
  const { address, secret } = await at.address();
  const seal = (text: string) =>
    deps.vault.seal(subscriptionBinding(of, topic), { notificationSecret: text });
  const sealed = subscribe.secret === 'ours' ? await seal(secret) : null;
  await deps.db.sqlInTenant(of.tenantId, (sql) => beginSubscription(sql, of, { topic, sealed }));
  try {
    const wish = { topic, address, secret: subscribe.secret === 'ours' ? secret : null };
    const made = subscribe.created(await call(subscribe.create(wish)));
    const told = made.secret === undefined ? {} : { sealed: await seal(made.secret) };
    await deps.db.sqlInTenant(of.tenantId, (sql) =>
      noteSubscribed(sql, of, { topic, ref: made.ref, ...told }),
    );
    return null;
  } catch (error) {
    const code = codeOf(error);
    await deps.db.sqlInTenant(of.tenantId, (sql) => noteRefused(sql, of, { topic, code }));
    if (error instanceof MooringError && OF_TOPIC.has(error.code)) return code;
    throw error;
  }
}

const OF_TOPIC = new Set([
  'platform_rejected',
  'platform_answer_invalid',
  'scope_missing',
  'platform_not_found',
]);

async function removeAll(
  subscribe: Subscribe,
  call: PlatformCall,
  some: readonly FoundSubscription[],
): Promise<void> {
  for (const { ref } of some) await call(subscribe.remove(ref), { accept: ['not_found'] });
}

/** What the connection may no longer read is not to be told to it. */
async function dropUnwanted(
  deps: SubscriptionDeps,
  look: Looking,
  at: {
    readonly rows: readonly SubscriptionRow[];
    readonly ours: readonly FoundSubscription[];
    readonly call: PlatformCall;
  },
): Promise<void> {
  const wanted = wantedTopics(look);
  await removeAll(
    look.subscribe,
    at.call,
    at.ours.filter(({ topic }) => !wanted.includes(topic)),
  );
  for (const { topic } of at.rows.filter(
    (row) => !wanted.includes(row.topic) && !row.topic.startsWith(BY_HAND),
  ))
    await deps.db.sqlInTenant(look.of.tenantId, (sql) => dropSubscription(sql, look.of.connectionId, topic));
}

/** Only what was there once can have been missed since. */
function noteGap(
  gaps: Map<Resource, { readonly cause: GapCause; readonly from: Date }>,
  { data }: Looking,
  at: { readonly known: SubscriptionRow | undefined; readonly isThere: boolean },
): void {
  const { known } = at;
  const resource = RESOURCES.find((one) => known !== undefined && one === data.topics[known.topic]);
  if (known === undefined || known.state !== 'active' || resource === undefined) return;
  const from = known.checkedAt ?? known.createdAt;
  const before = gaps.get(resource);
  if (before !== undefined && before.from <= from) return;
  gaps.set(resource, { cause: at.isThere ? 'disabled' : 'dropped', from });
}

/** After the subscriptions are there again, so that nothing falls between the sync and them. */
async function makeUp(
  deps: SubscriptionDeps,
  of: SubscriptionOwner,
  gaps: ReadonlyMap<Resource, { readonly cause: GapCause; readonly from: Date }>,
): Promise<void> {
  const [first] = gaps.values();
  if (first === undefined) return;
  const from = new Date(Math.min(...[...gaps.values()].map((one) => one.from.getTime())));
  await deps.db.inTenant(of.tenantId, (tx) =>
    openGap(tx, of, { cause: first.cause, from, until: new Date(), resources: [...gaps.keys()] }),
  );
  await deps.triggerSync(of.connectionId);
}

function codeOf(error: unknown): string {
  return error instanceof MooringError ? error.code : 'internal';
}
