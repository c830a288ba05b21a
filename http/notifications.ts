// Takes what platforms push: whose it is, whether it is proved, what it names; written before it is answered. It reads nothing from a platform and believes no
// field that no signature covers: such a field is a hint, and only leads to a reading.
import { createHash, randomUUID } from 'node:crypto';
import type { ClientRegistrationId, ConnectionId } from '../domain/ids.ts';
import type { Json, NotificationMeaning, Notifications, Platform } from '../domain/platform.ts';
import type { ReceivedMessage } from '../egress/index.ts';
import { isResource, readNotification, readSubject, type Told } from '../platforms/notification.ts';
import { newId } from '../store/new-id.ts';
import { findByShop, type NotifiedConnection } from '../store/notification-addresses.ts';
import { type NewNotification, type NotificationScope, takeNotification } from '../store/notifications.ts';
import { addPrivacyRequest, type PrivacyKind, privacyBinding } from '../store/privacy-requests.ts';
import type { HttpDeps } from './deps.ts';
import { DUE_AFTER_MS, noteDutyOfNobody } from './duty-of-nobody.ts';
import type { FindAddress } from './notification-addresses.ts';
import { noAddress, proveForApps, unverified } from './notification-proof.ts';
import type { WriteNotification } from './notification-writer.ts';

/** The HTTP part's own, with what is made once for these routes. */
export interface Receiving extends HttpDeps {
  readonly write: WriteNotification;
  readonly findAddress: FindAddress;
  /** Whether a connection was named more by unsigned hints than it can have changed. */
  readonly isFlooded: (connectionId: ConnectionId) => boolean;
}

/** What became of it, for the count of them. */
export type TakenAs = 'taken' | 'duplicate' | 'of_nobody' | 'unknown_topic';

/** A platform and what it pushes; throws not_found as for an address that is not there. */
export function notifying(
  deps: Pick<HttpDeps, 'platforms'>,
  id: string,
): { platform: Platform; data: Notifications } {
  const platform = deps.platforms.get(id);
  const data = platform?.notifications;
  if (platform === undefined || data === undefined || data.delivery !== 'http') throw noAddress();
  return { platform, data };
}

/** The connection of an address. Throws not_found where there is none, or where it is another platform's. */
export async function connectionAt(
  deps: Receiving,
  platform: Platform,
  token: string,
): Promise<NotifiedConnection> {
  const found = await deps.findAddress(token);
  if (found === null || found.platform !== platform.id) throw noAddress();
  return found;
}

/** At a connection's own address. Throws notification_unverified. */
export async function takeAtAddress(
  deps: Receiving,
  at: { readonly platform: Platform; readonly data: Notifications; readonly connection: NotifiedConnection },
  message: ReceivedMessage,
): Promise<TakenAs> {
  const { platform, data, connection } = at;
  const verdict =
    data.signature === null
      ? null
      : await deps.receive.verify(
          { platform, connection, registrationId: connection.registrationId },
          data.signature,
          message,
        );
  if (verdict?.ok === false) throw unverified(verdict);
  const content = deps.receive.content(message, verdict);
  const told = readNotification(data, { headers: message.headers, body: content });
  const { registrationId, connectionId } = connection;
  if (told.means !== null && isDuty(told.means) && told.shop !== null && data.erasesAcross !== true) {
    // The signed body says whose data it is: our app's secret signs for other shops, too.
    const named = await connectionsOf(deps, { platform, data, told, registrationId });
    if (!named.some((one) => one.connectionId === connectionId)) throw noAddress();
  }
  return write(deps, { platform, data, message, content, told, connections: [connection], registrationId });
}

/** At the one address for all, or at that of one app. Throws notification_unverified, and not_found where there is no such app. */
export async function takeForApps(
  deps: Receiving,
  at: {
    readonly platform: Platform;
    readonly data: Notifications;
    readonly app: ClientRegistrationId | null;
  },
  message: ReceivedMessage,
): Promise<TakenAs> {
  const { platform, data } = at;
  const { registrationId, content } = await proveForApps(deps, { ...at, signature: data.signature }, message);
  const told = readNotification(data, { headers: message.headers, body: content });
  const connections = await connectionsOf(deps, { platform, data, told, registrationId });
  return write(deps, { platform, data, message, content, told, connections, registrationId });
}

async function connectionsOf(
  deps: Receiving,
  of: {
    readonly platform: Platform;
    readonly data: Notifications;
    readonly told: Told;
    readonly registrationId: ClientRegistrationId | null;
  },
): Promise<readonly NotifiedConnection[]> {
  const { shop } = of.told;
  if (shop === null) return [];
  return deps.db.sqlAcrossTenants((sql) =>
    findByShop(sql, {
      platform: of.platform.id,
      field: of.data.shopIs?.field ?? null,
      shop,
      registrationIds: of.registrationId === null ? null : [of.registrationId],
      // A shop is to be erased two days after it left.
      isEndedToo: of.told.means !== null && isDuty(of.told.means),
    }),
  );
}

interface Writing {
  readonly platform: Platform;
  readonly data: Notifications;
  readonly message: ReceivedMessage;
  readonly content: Json | undefined;
  readonly told: Told;
  readonly connections: readonly NotifiedConnection[];
  readonly registrationId: ClientRegistrationId | null;
}

async function write(deps: Receiving, one: Writing): Promise<TakenAs> {
  const { told, connections, registrationId } = one;
  const { means } = told;
  if (means === null) return 'unknown_topic';
  const isAcross = means === 'erase_customer' && one.data.erasesAcross === true;
  const scopes: readonly NotificationScope[] = !isAcross
    ? connections.map(({ tenantId, connectionId }) => ({ tenantId, connectionId }))
    : registrationId === null
      ? []
      : [{ tenantId: null, registrationId }];
  if (scopes.length === 0) return writeOfNobody(deps, one, means);
  let isNew = false;
  for (const scope of scopes) isNew = (await writeOne(deps, one, means, scope)) || isNew;
  return isNew ? 'taken' : 'duplicate';
}

/** What is signed and concerns nobody here leaves a proof that nothing is held. */
async function writeOfNobody(
  deps: Receiving,
  { platform, data, told, message, registrationId }: Writing,
  means: NotificationMeaning,
): Promise<TakenAs> {
  const isOwed = isDuty(means) && told.isProven && data.signature !== null && registrationId !== null;
  if (!isOwed) return 'of_nobody';
  const of = { registrationId, platform: platform.id, topic: told.topic, kind: means };
  const isNew = await noteDutyOfNobody(deps, of, dedupeKey({ told, message }, means));
  return isNew ? 'of_nobody' : 'duplicate';
}

const DUTIES: readonly PrivacyKind[] = ['erase_customer', 'erase_shop', 'customer_data'];

function isDuty(means: NotificationMeaning): means is PrivacyKind {
  return DUTIES.some((one) => one === means);
}

async function writeOne(
  deps: Receiving,
  one: Writing,
  means: NotificationMeaning,
  scope: NotificationScope,
): Promise<boolean> {
  const duty = isDuty(means) ? await sealDuty(deps, one, means, scope) : null;
  const isFlood =
    one.data.signature === null && 'connectionId' in scope && deps.isFlooded(scope.connectionId);
  const row: NewNotification = {
    scope,
    dedupeKey: isFlood ? floodKey(means, deps.nowMs()) : dedupeKey(one, means),
    platform: one.platform.id,
    topic: one.told.topic,
    // What nothing proves is told only where a probe decides.
    means: means === 'uninstalled' && !one.told.isProven ? 'maybe_uninstalled' : means,
    objectId: isResource(means) ? one.told.objectId : null,
    named: namedBy(one, { means, isFlood }),
    isToBeTold: means === 'uninstalled' || duty !== null,
  };
  if (duty === null && scope.tenantId !== null) return deps.write(scope.tenantId, row);
  const run = scope.tenantId === null ? deps.db.sqlAcrossTenants : inTenantOf(deps, scope.tenantId);
  return run(async (sql) => {
    const isNew = await takeNotification(sql, row);
    if (isNew && duty !== null) await addPrivacyRequest(sql, duty);
    return isNew;
  });
}

function inTenantOf(deps: Receiving, tenantId: NonNullable<NotificationScope['tenantId']>) {
  return <T>(fn: Parameters<typeof deps.db.sqlInTenant<T>>[1]) => deps.db.sqlInTenant(tenantId, fn);
}

/** An object that cannot be read by itself stands for all that changed; so does one of too many that nobody signed, which anybody may have made up. */
function namedBy(
  { platform, told }: Writing,
  at: { readonly means: NotificationMeaning; readonly isFlood: boolean },
): NewNotification['named'] {
  const { means, isFlood } = at;
  if (!isResource(means) || platform.resources[means] === undefined) return null;
  const one = platform.resources[means]?.one;
  const isOne = one !== undefined && told.objectId !== null && new RegExp(one.id).test(told.objectId);
  return { resource: means, platformId: isOne && !isFlood ? (told.objectId ?? '') : '' };
}

/**
 * What is unique of it: the event's own id where it is signed; else its exact bytes, beside which an unsigned id counts too, so that two events with the same body are two.
 * A change that has no id is never taken for one before it: the same body may tell of the next change of the object, and one reading too many does no harm.
 */
function dedupeKey({ told, message }: Pick<Writing, 'told' | 'message'>, means: NotificationMeaning): Buffer {
  const body = createHash('sha256').update(message.body).update(new URL(message.url).search).digest('hex');
  const unique =
    told.id !== null && told.isIdSigned
      ? ['id', told.topic, told.id]
      : isDuty(means)
        ? ['duty', body]
        : ['body', told.topic, body, told.id ?? (isResource(means) ? randomUUID() : '')];
  return createHash('sha256').update(JSON.stringify(unique)).digest();
}

/** Those of a second are one row: whoever makes them up without end fills no table. */
function floodKey(means: NotificationMeaning, nowMs: number): Buffer {
  const unique = ['flood', means, Math.floor(nowMs / 1_000)];
  return createHash('sha256').update(JSON.stringify(unique)).digest();
}

async function sealDuty(deps: Receiving, one: Writing, kind: PrivacyKind, scope: NotificationScope) {
  const id = newId('privacyRequest');
  const subject = readSubject(one.data, { headers: one.message.headers, body: one.content });
  const sealed = await deps.vault.seal(privacyBinding(scope.tenantId, id), {
    subject: JSON.stringify(subject),
  });
  return {
    id,
    tenantId: scope.tenantId,
    connectionId: 'connectionId' in scope ? scope.connectionId : null,
    registrationId: 'registrationId' in scope ? scope.registrationId : null,
    platform: one.platform.id,
    kind,
    topic: one.told.topic,
    dueAt: new Date(deps.nowMs() + DUE_AFTER_MS),
    sealed,
  };
}

/** A signed request of its own (an uninstall that a browser or the platform's server tells). Null: none of the platform's fits. */
export async function takeCall(
  deps: Receiving,
  {
    platform,
    data,
    app,
  }: { readonly platform: Platform; readonly data: Notifications; readonly app: ClientRegistrationId | null },
  message: ReceivedMessage,
): Promise<TakenAs | null> {
  for (const call of data.calls ?? []) {
    if (call.method !== message.method) continue;
    const { signature } = call;
    const { registrationId, content } = await proveForApps(deps, { platform, signature, app }, message);
    const [field, place] = Object.entries(call.shopFields)[0] ?? [];
    if (field === undefined || place === undefined) return null;
    const data_: Notifications = {
      ...data,
      topics: { [call.name]: call.means },
      signature: call.signature,
      shopIn: { json: typeof place === 'string' ? place : place.from },
      shopIs: { field, ...(typeof place === 'string' ? {} : { pattern: place.pattern }) },
    };
    const shop = readNotification(data_, { headers: message.headers, body: content }).shop;
    const told: Told = {
      topic: call.name,
      means: call.means,
      shop,
      objectId: null,
      id: null,
      isIdSigned: false,
      isProven: true,
    };
    const connections = await connectionsOf(deps, { platform, data: data_, told, registrationId });
    return write(deps, { platform, data: data_, message, content, told, connections, registrationId });
  }
  return null;
}
