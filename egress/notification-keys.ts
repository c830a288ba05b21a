// The public keys of platforms: key sets by guarded reading, others by a call of the platform's API with the credential of a connection there. Kept for an
// hour; a key that is not there is not asked for again for a minute, and a platform is asked for some keys an hour at most, whoever sends what.

import { MooringError } from '../domain/errors.ts';
import type { ClientRegistrationId, ConnectionId, TenantId } from '../domain/ids.ts';
import type { OutboundAnswer, Send } from '../domain/outbound.ts';
import type { FetchedKey, Json, Platform, ReceivedSignature } from '../domain/platform.ts';
import { isList, textOf, valueAt } from '../platforms/json.ts';
import type { Database } from '../store/database.ts';
import { findReader } from '../store/notification-openings.ts';
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
/** bol.com lets its keys be read ten times an hour. */
const READS_AN_HOUR = 8;
const MOST_KEPT = 500;

interface Kept<T> {
  readonly value: Promise<T>;
  readonly untilMs: number;
}

export function createNotificationKeys(deps: Deps): NotificationKeys {
  const keys = new Map<string, Kept<string | null>>();
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
    if (recent.length >= READS_AN_HOUR)
      throw new MooringError(
        'platform_rate_limited',
        'the keys of this platform were read often enough for an hour',
      );
    reads.set(budget, [...recent, deps.clock.nowMs()]);
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
      return remember(
        keys,
        `${of.platform.id} ${asked.path} ${asked.keyId}`,
        () => {
          allow(of.platform.id);
          return readByCall(deps, of, fetched, asked);
        },
        (key) => (key === null ? ABSENT_MS : KEPT_MS),
      );
    },
  };
}

async function readByCall(
  deps: Deps,
  of: KeyReader,
  fetched: FetchedKey,
  asked: AskedKey,
): Promise<string | null> {
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
  return answer.classification === 'ok' ? keyIn(fetched, answer.body, asked.keyId) : null;
}

function keyIn({ at = 'key', list }: FetchedKey, body: Json, keyId: string): string | null {
  if (list === undefined) return textOf(valueAt(body, at));
  const all = valueAt(body, list.at);
  const found = isList(all) ? all.find((one) => textOf(valueAt(one, list.id)) === keyId) : undefined;
  return textOf(valueAt(found, at));
}
