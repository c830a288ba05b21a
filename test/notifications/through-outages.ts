// The whole product while everything that can go down does, and what became of what was told and of what was to be told: shown by counting.
import type pg from 'pg';
import { Webhook } from 'standardwebhooks';
import { isId } from '../../domain/ids.ts';
import { type Receiver, startReceiver } from '../deliveries/receiver.ts';
import { type Product, startProduct } from '../invariants/product.ts';
import { until } from '../world.ts';
import { type Breaking, type Outage, startBreaking } from './breaking.ts';
import {
  compareFeed,
  count,
  countUnfinished,
  countWrites,
  endClaims,
  type FeedRead,
  type FeedRecord,
  noteWrites,
  ordersOf,
  placeOfEndpoint,
  type Writes,
} from './counting.ts';
import { writeEvents } from './event-writer.ts';
import { type Following, follow } from './following.ts';
import { type OwnGround, startOwnGround } from './own-ground.ts';
import { connectShops, type TellingShop, type Told, tell } from './telling-shops.ts';

export interface Chaos {
  readonly shops: number;
  /** Of each shop. */
  readonly orders: number;
  /** As many events are written by hand beside what the product tells. */
  readonly notifications: number;
  readonly plan: readonly Outage[];
  readonly paceMs: number;
  /** How long the shops' access tokens last; the sandbox's hour where not said. */
  readonly accessTtlS?: number;
  /** true: the clocks of claims and of the receiver are moved, so that nobody waits a minute. */
  readonly isHurried: boolean;
  readonly within: { readonly tellMs: number; readonly settleMs: number };
}

export interface Outcome {
  readonly told: Told;
  readonly notificationRows: number;
  readonly callsToShops: number;
  readonly writes: Writes;
  readonly feed: FeedRead;
  /** Records that a full pass over all shops, afterwards, found older than their object. */
  readonly stale: number;
  readonly events: {
    readonly written: number;
    readonly byHand: number;
    /** That a reader of the feed was not told of. */
    readonly missed: number;
    readonly readTwice: number;
  };
  readonly deliveries: {
    /** Events since the endpoint was made. */
    readonly wanted: number;
    readonly delivered: number;
    /** Distinct ids that the receiver was sent. */
    readonly received: number;
    readonly missing: number;
    readonly repeated: number;
    readonly unsigned: number;
  };
  readonly gaps: { readonly opened: number; readonly closed: number };
  readonly subscriptions: { readonly wanted: number; readonly active: number };
  readonly connections: {
    readonly active: number;
    readonly running: number;
    /** Times that credentials were renewed. */
    readonly renewals: number;
  };
  readonly auditIntact: boolean;
  readonly alive: readonly string[];
  readonly fallen: readonly string[];
}

interface Stage {
  readonly chaos: Chaos;
  readonly ground: OwnGround;
  readonly product: Product;
  readonly owner: pg.Pool;
  readonly shops: readonly TellingShop[];
  readonly breaking: Breaking;
  readonly target: Receiver;
}

export async function tellThroughOutages(chaos: Chaos): Promise<Outcome> {
  const ground = await startOwnGround();
  const target = await startReceiver();
  let product: Product | undefined;
  try {
    product = await startProduct({ ground, env: { MOORING_ALLOW_PRIVATE_NETWORKS: 'true' } });
    const { owner } = product.database;
    if (chaos.accessTtlS !== undefined)
      await product.control('PATCH', '/settings', { shopifyAccessTtlS: chaos.accessTtlS });
    const shops = await connectShops(product, chaos);
    await noteWrites(owner);
    return await run({
      ...{ chaos, ground, product, owner, shops, target },
      breaking: startBreaking(product, ground),
    });
  } finally {
    await product?.stop();
    await target.close();
    await ground.close();
  }
}

async function run(stage: Stage): Promise<Outcome> {
  const { chaos, product, owner, shops, target, breaking } = stage;
  const { tenantId } = product;
  if (!isId('tenant', tenantId)) throw new Error(`"${tenantId}" is no tenant's id`);
  const signed = await addEndpoint(product, target);
  const beganAt = await placeOfEndpoint(owner);
  const records = follow<FeedRecord>(product, `/v1/records/orders?tenantId=${tenantId}&limit=1000`);
  const events = follow<{ id: string }>(product, `/v1/events?tenantId=${tenantId}&limit=1000`);
  const callsBefore = await callsToShops(product);
  const allowed = { now: 0 };
  const telling = tell(product, {
    ...{ shops, notifications: chaos.notifications, paceMs: chaos.paceMs },
    ...{ orders: await ordersOf(owner), secret: await secretOf(product), upTo: () => allowed.now },
  });
  const upTo = () => telling.progress.accepted;
  const writing = writeEvents(product.database.db, { tenantId, total: chaos.notifications, upTo });
  await breakAll(stage, upTo, allowed);
  const told = await telling.done;
  await writing;
  if (chaos.isHurried) await endClaims(owner);
  await settle(stage);
  const writes = await countWrites(owner, told.changes);
  const called = (await callsToShops(product)) - callsBefore;
  const stale = await fullPass(stage, writes.writes);
  await settle(stage);
  const written = await eventsOf(stage);
  await Promise.all([records.stop(), events.stop()]);
  return {
    ...{ told, writes, stale, callsToShops: called },
    notificationRows: await count(owner, `notifications WHERE topic = 'orders/updated'`),
    feed: await compareFeed(owner, records.seen),
    events: await countEvents(owner, written, events),
    deliveries: await countDeliveries(stage, written.slice(beganAt), signed),
    ...(await countStanding(stage)),
    alive: breaking.alive(),
    fallen: [...breaking.fallen()],
  };
}

/**
 * Each outage while its share of the notifications is being told, and the next share from then on, so that something is told before, during and after each. The
 * next ones come whether or not the last one was got over.
 */
async function breakAll(
  { chaos, owner, breaking }: Stage,
  accepted: () => number,
  allowed: { now: number },
): Promise<void> {
  const { plan, notifications } = chaos;
  const share = Math.floor(notifications / (plan.length + 1));
  for (const [at, outage] of plan.entries()) {
    allowed.now = share * (at + 1);
    const isUnderWay = async () => accepted() >= allowed.now - share / 2;
    await until(`outage ${at + 1}`, isUnderWay, chaos.within.tellMs);
    allowed.now += share;
    // As if nothing had been taken for minutes.
    const whileDown = () =>
      owner
        .query(`UPDATE receiver_times SET alive_at = alive_at - interval '2 minutes'`)
        .then(() => undefined);
    await breaking.break(outage, chaos.isHurried && outage.part === 'http' ? whileDown : undefined);
  }
  allowed.now = notifications;
}

/** Until nothing is left to be gone on with. */
async function settle({ chaos, owner }: Stage): Promise<void> {
  const isDone = async () => (await countUnfinished(owner)) === 0;
  await until('all to be read, told and sent', isDone, chaos.within.settleMs);
}

/** Reads everything of every shop again: what it writes had been missed. */
async function fullPass(stage: Stage, before: number): Promise<number> {
  const { product, owner, shops } = stage;
  for (const { connectionId } of shops) {
    const { status } = await product.api('POST', `/v1/connections/${connectionId}/sync`, {
      mode: 'backfill',
    });
    if (status !== 202) throw new Error(`a full pass was answered ${status}`);
  }
  await settle(stage);
  return (await count(owner, 'noted_writes')) - before;
}

async function addEndpoint(product: Product, target: Receiver): Promise<{ wrong: number }> {
  const { tenantId } = product;
  const made = await product.api<{ secret: string }>('POST', '/v1/endpoints', { tenantId, url: target.url });
  const signed = { wrong: 0 };
  const verifier = new Webhook(made.body.secret);
  target.answer = ({ body, headers }, response) => {
    try {
      verifier.verify(
        body,
        Object.fromEntries(Object.entries(headers).map(([name, one]) => [name, String(one)])),
      );
    } catch {
      signed.wrong += 1;
    }
    response.writeHead(204).end();
  };
  return signed;
}

async function secretOf(product: Product): Promise<string> {
  const { data } = await product.control<{ data: { platform: string; secret: string }[] }>('GET', '/apps');
  return data.find(({ platform }) => platform === 'shopify')?.secret ?? '';
}

async function callsToShops(product: Product): Promise<number> {
  return (await product.control<{ total: number }>('GET', '/requests?after=999999999')).total;
}

/** Ids, in the order of the feed. */
async function eventsOf({ owner, product }: Stage): Promise<readonly string[]> {
  const { rows } = await owner.query<{ id: string }>(
    'SELECT id FROM events WHERE tenant_id = $1 ORDER BY position',
    [product.tenantId],
  );
  return rows.map(({ id }) => id);
}

async function countEvents(
  owner: pg.Pool,
  written: readonly string[],
  { seen }: Following<{ id: string }>,
): Promise<Outcome['events']> {
  const read = new Set(seen.map(({ id }) => id));
  return {
    written: written.length,
    byHand: await count(
      owner,
      `(SELECT DISTINCT data->>'n' FROM events WHERE data ? 'n' AND type = 'sync.completed') AS t`,
    ),
    missed: written.filter((id) => !read.has(id)).length,
    readTwice: seen.length - read.size,
  };
}

async function countDeliveries(
  { owner, target }: Stage,
  wanted: readonly string[],
  signed: { readonly wrong: number },
): Promise<Outcome['deliveries']> {
  const received = new Set(target.received.map(({ id }) => id));
  return {
    wanted: wanted.length,
    delivered: await count(owner, `deliveries WHERE state = 'delivered'`),
    received: received.size,
    missing: wanted.filter((id) => !received.has(id)).length,
    repeated: target.received.length - received.size,
    unsigned: signed.wrong,
  };
}

async function countStanding({
  product,
  owner,
  shops,
}: Stage): Promise<Pick<Outcome, 'gaps' | 'subscriptions' | 'connections' | 'auditIntact'>> {
  const states = await Promise.all(
    shops.map(({ connectionId }) =>
      product.temporal.client.workflow.getHandle(`connection/${connectionId}`).describe(),
    ),
  );
  const views = await Promise.all(shops.map(({ connectionId }) => product.connection(connectionId)));
  const audit = await product.api<{ intact: boolean }>('GET', '/v1/audit/verify');
  return {
    gaps: {
      opened: await count(owner, 'notification_gaps'),
      closed: await count(owner, 'notification_gaps WHERE closed_at IS NOT NULL'),
    },
    subscriptions: {
      wanted: await count(owner, 'subscriptions'),
      active: await count(owner, `subscriptions WHERE state = 'active'`),
    },
    connections: {
      active: views.filter(({ state }) => state === 'active').length,
      running: states.filter(({ status }) => status.name === 'RUNNING').length,
      renewals: views.reduce((sum, { credential }) => sum + credential.generation - 1, 0),
    },
    auditIntact: audit.body.intact,
  };
}
