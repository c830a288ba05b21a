// Takes what a platform put into a queue of ours. Who may write there is all the proof, so that it is a hint whatever it says: it leads to a reading, and where it
// tells an end to a probe, never to an erasure. Written before the queue may forget it.
import { createHash } from 'node:crypto';
import { MooringError } from '../domain/errors.ts';
import type { Json, Notifications, Platform } from '../domain/platform.ts';
import { isList, isObject } from '../platforms/json.ts';
import { isResource, readNotification, type Told, type ToldBy } from '../platforms/notification.ts';
import type { Database } from '../store/database.ts';
import { findByShop, type NotifiedConnection } from '../store/notification-addresses.ts';
import { takeNotification } from '../store/notifications.ts';
import { parseJson } from './parse-json.ts';

export type QueuedAs = 'taken' | 'duplicate' | 'of_nobody' | 'unknown_topic';

/** Throws platform_answer_invalid where it is no notification at all, and the store's codes. */
export async function takeQueued(
  db: Database,
  platform: Platform,
  text: string,
  attributes: Readonly<Record<string, string>> = {},
): Promise<QueuedAs> {
  const { notifications } = platform;
  if (notifications === undefined) throw invalid('the platform tells nothing');
  const data: Notifications = { ...notifications, signature: null };
  const body = notificationIn(text);
  const headers = Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [name.toLowerCase(), value]),
  );
  const by: ToldBy = { headers, body: data.queue?.capitals === true ? withSmallNames(body) : body };
  const told = readNotification(data, by);
  const shop = shopOf(data, by) ?? told.shop;
  const { means } = told;
  if (means === null) return 'unknown_topic';
  if (shop === null) return 'of_nobody';
  const connections = await db.sqlAcrossTenants((sql) =>
    findByShop(sql, {
      platform: platform.id,
      field: data.shopIs?.field ?? null,
      shop,
      registrationIds: null,
      isEndedToo: false,
    }),
  );
  let isNew = false;
  for (const connection of connections)
    isNew = (await writeOne(db, { platform, connection, told, body, means })) || isNew;
  return connections.length === 0 ? 'of_nobody' : isNew ? 'taken' : 'duplicate';
}

function shopOf(data: Notifications, by: ToldBy): string | null {
  for (const shopIn of data.queue?.shopIn ?? []) {
    const { shop } = readNotification({ ...data, shopIn }, by);
    if (shop !== null) return shop;
  }
  return null;
}

async function writeOne(
  db: Database,
  of: {
    readonly platform: Platform;
    readonly connection: NotifiedConnection;
    readonly told: Told;
    readonly body: Json;
    readonly means: NonNullable<Told['means']>;
  },
): Promise<boolean> {
  const { platform, told, means } = of;
  const { tenantId, connectionId } = of.connection;
  const one = isResource(means) ? platform.resources[means]?.one : undefined;
  const isOne = one !== undefined && told.objectId !== null && new RegExp(one.id).test(told.objectId);
  const isRead = isResource(means) && platform.resources[means] !== undefined;
  const isEnd = means === 'uninstalled';
  const unique = JSON.stringify(['queue', told.topic, told.id ?? '', JSON.stringify(of.body)]);
  return db.sqlInTenant(tenantId, (sql) =>
    takeNotification(sql, {
      scope: { tenantId, connectionId },
      dedupeKey: createHash('sha256').update(unique).digest(),
      platform: platform.id,
      topic: told.topic,
      means: isEnd ? 'maybe_uninstalled' : means,
      objectId: isResource(means) ? told.objectId : null,
      named: isRead ? { resource: means, platformId: isOne ? (told.objectId ?? '') : '' } : null,
      isToBeTold: isEnd,
    }),
  );
}

/** What is inside an envelope of Amazon EventBridge (`detail`) or SNS (`Message`), else the text itself. */
function notificationIn(text: string): Json {
  const outer = jsonOf(text);
  if (!isObject(outer)) throw invalid('a message of a queue is not a JSON object');
  const { detail, Message: message } = outer;
  if (typeof outer['detail-type'] === 'string' && detail !== undefined && isObject(detail)) return detail;
  if (outer['Type'] !== 'Notification' || typeof message !== 'string') return outer;
  const inner = jsonOf(message);
  if (!isObject(inner)) throw invalid('a message of a topic is not a JSON object');
  return inner;
}

function jsonOf(text: string): Json {
  try {
    return parseJson(text);
  } catch {
    throw invalid('a message of a queue is not JSON');
  }
}

function withSmallNames(value: Json): Json {
  if (isList(value)) return value.map(withSmallNames);
  if (!isObject(value)) return value;
  const named = Object.entries(value).map(([name, one]) => [small(name), withSmallNames(one)] as const);
  return Object.fromEntries(named);
}

const small = (name: string): string => `${name.slice(0, 1).toLowerCase()}${name.slice(1)}`;

function invalid(message: string): MooringError {
  return new MooringError('platform_answer_invalid', message);
}
