// The public keys of platforms: key sets by guarded reading, others by a call of the platform's API with the credential of a connection there. Kept for an
// hour. Anybody can make key ids up: a list is read again for them a few times an hour at most, single keys as key-reads.ts allows, so that neither keeps a key of
// the platform's from being read.
import type { ClientRegistrationId, ConnectionId, TenantId } from '../domain/ids.ts';
import type { OutboundAnswer, Send } from '../domain/outbound.ts';
import type { FetchedKey, Json, Platform, ReceivedSignature } from '../domain/platform.ts';
import { isList, textOf, valueAt } from '../platforms/json.ts';
import type { Database } from '../store/database.ts';
import { findReader } from '../store/notification-openings.ts';
import { createKeyReads, readOften } from './key-reads.ts';
import { type Sender, TOKEN_BOUNDS } from './send.ts';
import type { Clock } from './surroundings.ts';
import type { WithCredential } from './with-credential.ts';

export interface NotificationKeys {
  /** For key sets (RFC 7517). */
  readonly send: Send;
  /** Null where the platform has no such key. Throws the codes of a call. */
  read(of: KeyReader, signature: ReceivedSignature, asked: AskedKey): Promise<string | null>;
}

interface KeyReader {
  readonly platform: Platform;
  readonly connection: { readonly tenantId: TenantId; readonly connectionId: ConnectionId } | null;
  readonly registrationId: ClientRegistrationId | null;
}

interface AskedKey {
  readonly path: string;
  readonly keyId: string;
}

interface Deps {
  readonly db: Database;
  readonly withCredential: WithCredential;
  readonly sender: Sender;
  readonly clock: Pick<Clock, 'nowMs'>;
}

const KEPT_MS = 3_600_000;
const ABSENT_MS = 60_000;
const NO_SUCH_KEY_MS = 600_000;
/** bol.com lets its keys be read ten times an hour. */
const READS_AN_HOUR = 8;
/** Eight an hour, evenly: whoever asks for what is not in a list delays the next key by this much and no more. */
const LIST_EVERY_MS = KEPT_MS / READS_AN_HOUR;
/** A key that was the platform's may go on for so long while it cannot be read again. */
const STALE_MS = 86_400_000;
const MOST_KEPT = 500;

interface Kept<T> {
  readonly value: Promise<T>;
  readonly untilMs: number;
}

export function createNotificationKeys(deps: Deps): NotificationKeys {
  const keys = new Map<string, Kept<string | null>>();
  const single = createKeyReads(deps.clock.nowMs);
  /** Keys that were the platform's: some a platform. */
  const found = new Map<string, { readonly key: string; readonly atMs: number }>();
  const lists = new Map<string, { readonly body: Promise<Json>; readonly atMs: number }>();
  const sets = new Map<string, Kept<OutboundAnswer>>();
  const reads = new Map<string, number[]>();

  const remember = <T>(
    map: Map<string, Kept<T>>,
    key: string,
    read: () => Promise<T>,
    keptMs: (value: T) => number,
  ): Promise<T> => {
    const known = map.get(key);
    if (known !== undefined && known.untilMs > deps.clock.nowMs()) return known.value;
    if (map.size >= MOST_KEPT) map.clear();
    const value = read();
    map.set(key, { value, untilMs: deps.clock.nowMs() + ABSENT_MS });
    value.then(
      (one) => map.set(key, { value, untilMs: deps.clock.nowMs() + keptMs(one) }),
      () => map.delete(key),
    );
    return value;
  };

  const allow = (budget: string): void => {
    const sinceMs = deps.clock.nowMs() - KEPT_MS;
    const recent = (reads.get(budget) ?? []).filter((atMs) => atMs > sinceMs);
    if (recent.length >= READS_AN_HOUR) throw readOften();
    reads.set(budget, [...recent, deps.clock.nowMs()]);
  };

  /** The platform's own once, it is read again beside the share of what is new; while it cannot be, the one that was stands. */
  const readSingle = async (of: KeyReader, fetched: FetchedKey, asked: AskedKey): Promise<string | null> => {
    const name = `${of.platform.id} ${asked.keyId}`;
    const former = found.get(name);
    try {
      if (former === undefined) single.allow(of.platform.id, asked.keyId);
      else allow(name);
      const body = await readByCall(deps, of, fetched, asked);
      const key = body === null ? null : keyIn(fetched, body, asked.keyId);
      if (key === null) found.delete(name);
      else found.set(name, { key, atMs: deps.clock.nowMs() });
      return key;
    } catch (error) {
      if (former !== undefined && deps.clock.nowMs() - former.atMs < STALE_MS) return former.key;
      throw error;
    }
  };

  /** One reading answers for all ids. Throws where an id is not in it and it is too early to look again. */
  const readListed = async (of: KeyReader, fetched: FetchedKey, asked: AskedKey): Promise<string | null> => {
    const name = `${of.platform.id} ${asked.path}`;
    const nowMs = deps.clock.nowMs();
    const known = lists.get(name);
    const ageMs = known === undefined ? Number.POSITIVE_INFINITY : nowMs - known.atMs;
    const present =
      known === undefined || ageMs > KEPT_MS ? null : keyIn(fetched, await known.body, asked.keyId);
    if (present !== null) return present;
    if (lists.get(name) !== known) return readListed(of, fetched, asked);
    if (ageMs < ABSENT_MS) return null;
    if (ageMs < LIST_EVERY_MS) throw readOften();
    allow(name);
    const body = readByCall(deps, of, fetched, asked);
    const next = { body, atMs: nowMs };
    lists.set(name, next);
    body.catch(() => {
      if (lists.get(name) !== next) return;
      if (known === undefined) lists.delete(name);
      else lists.set(name, known);
    });
    return keyIn(fetched, await body, asked.keyId);
  };

  return {
    send: (request) =>
      remember(
        sets,
        request.url,
        () => {
          allow(new URL(request.url).host);
          return deps.sender.send(request, { bounds: TOKEN_BOUNDS });
        },
        ({ status }) => (status === 200 ? KEPT_MS : ABSENT_MS),
      ),
    read: async (of, signature, asked) => {
      if (signature.kind !== 'public_key' || 'pem' in signature.key) return null;
      const fetched = signature.key;
      if (fetched.list !== undefined) return readListed(of, fetched, asked);
      return remember(
        keys,
        `${of.platform.id} ${asked.path} ${asked.keyId}`,
        () => readSingle(of, fetched, asked),
        (key) => (key === null ? NO_SUCH_KEY_MS : KEPT_MS),
      );
    },
  };
}

async function readByCall(deps: Deps, of: KeyReader, fetched: FetchedKey, asked: AskedKey): Promise<Json> {
  const reader =
    of.connection ??
    (await deps.db.sqlAcrossTenants((sql) => findReader(sql, of.platform.id, of.registrationId)));
  if (reader === null) return null;
  const use = {
    tenantId: reader.tenantId,
    connectionId: reader.connectionId,
    purpose: 'notification',
    reason: 'read a key',
  } as const;
  const answer = await deps.withCredential(use, (call) =>
    call(
      {
        method: 'GET',
        path: asked.path,
        endpoint: `GET ${fetched.path}`,
        ...(fetched.asApp === true ? { asApp: true } : {}),
      },
      { accept: ['not_found', 'rejected'] },
    ),
  );
  return answer.classification === 'ok' ? answer.body : null;
}

function keyIn({ at = 'key', list }: FetchedKey, body: Json, keyId: string): string | null {
  if (list === undefined) return textOf(valueAt(body, at));
  const all = valueAt(body, list.at);
  const found = isList(all) ? all.find((one) => textOf(valueAt(one, list.id)) === keyId) : undefined;
  return textOf(valueAt(found, at));
}
