// Reads objects that a platform's notification named, and writes them as a page's records are written. Safe to repeat and to stop anywhere: the claim is held
// while it is written, an older state never takes a newer one's place, and what was not settled is read again. What cannot be read by itself asks for a sync.
import { MooringError } from '../domain/errors.ts';
import type { ConnectionId } from '../domain/ids.ts';
import type { Json, OneObject, PageCursor, PassContext, ResourceDefinition } from '../domain/platform.ts';
import type { PlatformCall } from '../egress/index.ts';
import type { Sql } from '../store/database.ts';
import { ensureFeedHead } from '../store/feed-heads.ts';
import {
  claimNamed,
  dropNamed,
  holdClaim,
  type NamedObject,
  postponeNamed,
  releaseNamed,
  settleNamed,
} from '../store/named-objects.ts';
import { deleteByIds, putRecords } from '../store/records.ts';
import { clearSetAside, saveSetAside } from '../store/set-aside.ts';
import { readSyncFacts, type SyncedConnection } from '../store/sync-plan.ts';
import { requestSync } from '../store/sync-requests.ts';
import type { NamedDeps } from './named-deps.ts';
import { type PreparedItems, prepareItems } from './prepare-page.ts';

/** Of one connection in one go, so that its credential is opened once for them. */
const BATCH = 50;
/** A platform's longest object takes this many calls. */
const MOST_PAGES = 50;

/** One turn: reads what is due, the connections side by side. Gives how many were claimed. */
export async function readNamed(deps: NamedDeps): Promise<number> {
  const claimed = await deps.db.sqlAcrossTenants((sql) =>
    claimNamed(sql, { limit: BATCH, leaseMs: deps.timings.leaseMs }),
  );
  const byConnection = new Map<ConnectionId, NamedObject[]>();
  for (const one of claimed)
    byConnection.set(one.connectionId, [...(byConnection.get(one.connectionId) ?? []), one]);
  await Promise.all([...byConnection.values()].map((some) => readOfConnection(deps, some)));
  return claimed.length;
}

async function readOfConnection(deps: NamedDeps, some: readonly NamedObject[]): Promise<void> {
  const [first] = some;
  if (first === undefined) return;
  const { tenantId, connectionId } = first;
  const facts = await readSyncFacts(deps.db, tenantId, connectionId);
  const connection = facts?.connection ?? null;
  if (connection === null || connection.isFenced)
    return deps.db.sqlInTenant(tenantId, (sql) => dropNamed(sql, connectionId));
  if (connection.lifecycle !== 'active' || connection.isPaused)
    return postponeAll(deps, some, { code: 'connection_not_active', waitMs: 60_000 });
  const { one, all } = sorted(deps, connection, some);
  if (all.length > 0) await askForSync(deps, all);
  if (one.length === 0) return;
  const use = { tenantId, connectionId, purpose: 'notification', reason: 'read what was named' } as const;
  const untilMs = performance.now() + deps.timings.leaseMs / 2;
  const left = [...one];
  try {
    await deps.egress.withCredential(use, async (call) => {
      for (let next = left[0]; next !== undefined && performance.now() < untilMs; next = left[0]) {
        await readAndWrite(deps, { ...next, connection, call });
        left.shift();
      }
    });
    await deps.db.sqlInTenant(tenantId, async (sql) => {
      for (const { named } of left) await releaseNamed(sql, named);
    });
  } catch (error) {
    await giveUp(
      deps,
      left.map(({ named }) => named),
      error,
    );
  }
}

interface Readable {
  readonly named: NamedObject;
  readonly definition: ResourceDefinition;
  readonly how: OneObject;
}

/** What can be read by itself, and what waits for a sync; what may not be read is neither. */
function sorted(
  deps: NamedDeps,
  connection: SyncedConnection,
  some: readonly NamedObject[],
): { readonly one: readonly Readable[]; readonly all: readonly NamedObject[] } {
  const platform = deps.platforms.get(connection.platform);
  const one: Readable[] = [];
  const all: NamedObject[] = [];
  for (const named of some) {
    const definition = platform?.resources[named.resource];
    const how = definition?.one;
    const isWanted = definition !== undefined && connection.permissions.includes(definition.requires);
    if (isWanted && how !== undefined && new RegExp(how.id).test(named.platformId))
      one.push({ named, definition, how });
    else all.push(named);
  }
  return { one, all };
}

/** A wish a connection, and its schedule now. A resource that the connection does not sync is in no wish of its run. */
async function askForSync(deps: NamedDeps, some: readonly NamedObject[]): Promise<void> {
  const [first] = some;
  if (first === undefined) return;
  const { tenantId, connectionId } = first;
  const resources = [...new Set(some.map((one) => one.resource))];
  await deps.db.inTenant(tenantId, (tx) =>
    requestSync(tx, { tenantId, connectionId, resources, mode: 'incremental', requestedBy: 'notification' }),
  );
  await deps.triggerSync(connectionId);
  await deps.db.sqlInTenant(tenantId, async (sql) => {
    for (const one of some) await settleNamed(sql, one);
  });
}

interface Reading extends Readable {
  readonly connection: SyncedConnection;
  readonly call: PlatformCall;
}

/** An object that fails by itself waits by itself; what concerns the connection ends the batch. */
async function readAndWrite(deps: NamedDeps, reading: Reading): Promise<void> {
  const { named, definition } = reading;
  const pass = passOf(deps, reading);
  let items: readonly Json[];
  try {
    items = await readItems(reading, pass);
  } catch (error) {
    if (!(error instanceof MooringError) || !OF_ONE.has(error.code)) throw error;
    return giveUp(deps, [named], error);
  }
  const prepared = prepareItems(definition, pass, items);
  await deps.db.sqlInTenant(named.tenantId, async (sql) => {
    if (!(await holdClaim(sql, named))) return;
    await write(sql, named, prepared);
    await settleNamed(sql, named);
  });
}

/** Troubles that another object of the shop need not have. */
const OF_ONE = new Set([
  'platform_rejected',
  'platform_answer_invalid',
  'platform_answer_too_large',
  'scope_missing',
]);

function passOf(deps: NamedDeps, { definition, connection }: Reading): PassContext {
  return {
    shop: connection.shop,
    sinceMs: null,
    untilMs: deps.nowMs(),
    pageSize: definition.pageSize.default,
    facts: connection.facts,
  };
}

/** None: it is gone. */
async function readItems(
  { named, definition, how, call }: Reading,
  pass: PassContext,
): Promise<readonly Json[]> {
  const accept = [...new Set([...(definition.accepts ?? []), 'not_found' as const])];
  if ('request' in how) {
    const answer = await call(how.request(pass, named.platformId), { accept });
    if (answer.classification === 'not_found') return [];
    const read = how.read(answer);
    return how.hasDetails === true ? withDetails(definition, call, { pass, items: read }) : read;
  }
  const items: Json[] = [];
  let cursor: PageCursor | null = how.begin(named.platformId);
  for (let page = 0; cursor !== null; page++) {
    if (page === MOST_PAGES)
      throw new MooringError('platform_answer_invalid', `"${named.platformId}" has no end`);
    const answer = await call(definition.request(pass, cursor), { accept });
    if (answer.classification === 'not_found') return [];
    const raw = definition.read(pass, cursor, answer);
    items.push(...raw.items);
    cursor = raw.next;
  }
  return items;
}

async function withDetails(
  { details }: ResourceDefinition,
  call: PlatformCall,
  { pass, items }: { readonly pass: PassContext; readonly items: readonly Json[] },
): Promise<readonly Json[]> {
  if (details === undefined || items.length === 0) return items;
  return details.read(await call(details.request(pass, items)), items);
}

async function write(sql: Sql, named: NamedObject, prepared: PreparedItems): Promise<void> {
  const { tenantId, connectionId, resource, platformId } = named;
  const of = { tenantId, connectionId, resource };
  await ensureFeedHead(sql, of);
  if (prepared.records.length > 0) {
    await putRecords(sql, of, prepared.records);
    await clearSetAside(sql, of, prepared.records);
  }
  if (prepared.setAside.length > 0) await saveSetAside(sql, of, 'notification', prepared.setAside);
  if (prepared.ids.length === 0 && prepared.setAside.length === 0) await deleteByIds(sql, of, [platformId]);
}

async function giveUp(deps: NamedDeps, some: readonly NamedObject[], error: unknown): Promise<void> {
  const code = error instanceof MooringError ? error.code : 'internal';
  const last = some.filter((one) => one.attempts > deps.timings.retryMs.length);
  const again = some.filter((one) => !last.includes(one));
  // A sync meets the same trouble, says so to the connection's workflow, and begins where the last one ended.
  if (last.length > 0) await askForSync(deps, last);
  const toldMs =
    error instanceof MooringError && error.retryAtMs !== undefined ? error.retryAtMs - deps.nowMs() : 0;
  for (const one of again) {
    const waitMs = Math.max(toldMs, deps.timings.retryMs[one.attempts - 1] ?? 0);
    await postponeAll(deps, [one], { code, waitMs });
  }
}

async function postponeAll(
  deps: NamedDeps,
  some: readonly NamedObject[],
  because: { readonly code: string; readonly waitMs: number },
): Promise<void> {
  const [first] = some;
  if (first === undefined) return;
  await deps.db.sqlInTenant(first.tenantId, async (sql) => {
    for (const one of some) await postponeNamed(sql, one, because);
  });
}
