// Reads what a notification tells, by the platform's data: topic, shop, object, its own id; and which of these the signature covers. What is not covered is a
// hint: it may lead to a reading, never to an erasure. Pure.
import type {
  Json,
  NotificationField,
  NotificationMeaning,
  Notifications,
  ObjectPlace,
  ReceivedSignature,
} from '../domain/platform.ts';
import { RESOURCES, type Resource } from '../domain/resource.ts';
import { isList, isObject, textOf } from './json.ts';

/** What came: headers by lower-case name, and the body as JSON, or the claims where it is a JWT; undefined where it is neither. */
export interface ToldBy {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Json | undefined;
}

export interface Told {
  /** "" where none is told. */
  readonly topic: string;
  /** null: not one of the platform's data, or a duty to erase that the signature does not prove. */
  readonly means: NotificationMeaning | null;
  /** Whether the signature says what it is about. */
  readonly isProven: boolean;
  /** What the shop is told as; null: not at all. */
  readonly shop: string | null;
  readonly objectId: string | null;
  /** The event's own id, where it is told; and whether it can be changed without breaking the signature. */
  readonly id: string | null;
  readonly isIdSigned: boolean;
}

export function readNotification(of: Notifications, told: ToldBy): Told {
  const topic = topicOf(of, told);
  const means = Object.hasOwn(of.topics, topic) ? (of.topics[topic] ?? null) : null;
  const isTopicSigned = of.topicIn !== undefined && isCovered(of.signature, of.topicIn);
  const isProven = isTopicSigned || hasBodyOf(of, topic, told);
  const resource = RESOURCES.find((one) => one === means);
  return {
    topic,
    means: means !== null && isDuty(means) && !isProven ? null : means,
    isProven,
    shop: shopOf(of, told, means !== null && isDuty(means)),
    objectId: resource === undefined ? null : firstOf(of.objectIn?.[resource], told),
    id: of.idIn === undefined ? null : fieldText(of.idIn, told),
    isIdSigned: of.idIn !== undefined && isCovered(of.signature, of.idIn),
  };
}

/** Ids of the customer and of the orders that a duty to erase or to report names. */
export function readSubject(
  of: Notifications,
  told: ToldBy,
): { readonly customer: string | null; readonly orders: readonly string[] } {
  const orders = (of.subjectIn?.orders ?? []).flatMap((place) =>
    fieldTexts(place.in, told).flatMap((text) => idOf(place, text) ?? []),
  );
  return { customer: firstOf(of.subjectIn?.customer, told), orders: [...new Set(orders)] };
}

export function isResource(means: NotificationMeaning): means is Resource {
  return RESOURCES.some((one) => one === means);
}

/** A duty does harm when it is believed wrongly: it erases, or tells somebody's data. */
function isDuty(means: NotificationMeaning): boolean {
  return means === 'erase_customer' || means === 'erase_shop' || means === 'customer_data';
}

/** Some duties come without a topic, to addresses of their own: their bodies say which they are. */
function topicOf(of: Notifications, told: ToldBy): string {
  const topic = of.topicIn === undefined ? null : fieldText(of.topicIn, told);
  if (topic !== null && topic !== '') return topic.replaceAll('\0', '').slice(0, 200);
  const known = Object.keys({ ...of.bodyOf, ...of.bodyIs });
  const fits = known.filter((one) => hasBodyOf(of, one, told));
  return fits[0] ?? '';
}

function hasBodyOf(of: Notifications, topic: string, told: ToldBy): boolean {
  if (of.signature === null || !coversBody(of.signature)) return false;
  const paths = Object.hasOwn(of.bodyOf ?? {}, topic) ? of.bodyOf?.[topic] : undefined;
  const members = Object.hasOwn(of.bodyIs ?? {}, topic) ? of.bodyIs?.[topic] : undefined;
  return (
    paths?.every((path) => jsonValues(told.body, path).length > 0) === true ||
    (members !== undefined && hasJust(members, told.body))
  );
}

function hasJust(members: readonly string[], body: Json | undefined): boolean {
  const names = isObject(body) ? Object.keys(body) : [];
  return names.length === members.length && members.every((name) => names.includes(name));
}

/** A header that nobody signed must not choose whose data is erased. */
function shopOf(of: Notifications, told: ToldBy, isOfDuty: boolean): string | null {
  const place = (isOfDuty ? of.dutyShopIn : undefined) ?? of.shopIn;
  if (place === undefined || (isOfDuty && !isCovered(of.signature, place))) return null;
  const otherwise = isOfDuty ? undefined : of.otherwiseShopIn;
  const text = fieldText(place, told) ?? (otherwise === undefined ? null : fieldText(otherwise, told));
  // No shop is named so, and no database takes it.
  if (text === null || text.includes('\0')) return null;
  if (of.shopIs?.pattern === undefined) return text;
  return new RegExp(of.shopIs.pattern).exec(text)?.[1] ?? null;
}

function firstOf(places: readonly ObjectPlace[] | undefined, told: ToldBy): string | null {
  for (const place of places ?? []) {
    const text = fieldText(place.in, told);
    const id = text === null ? null : idOf(place, text);
    if (id !== null) return id;
  }
  return null;
}

const LONGEST_ID = 512;

function idOf(place: ObjectPlace, text: string): string | null {
  const id = place.pattern === undefined ? text : (new RegExp(place.pattern).exec(text)?.[1] ?? '');
  if (id === '' || id.length > LONGEST_ID || id.includes('\0')) return null;
  return place.as === undefined ? id : place.as.replace('{id}', () => id);
}

/** Whether changing the field would break the signature. */
export function isCovered(signature: ReceivedSignature | null, field: NotificationField): boolean {
  if (signature === null) return false;
  if ('json' in field)
    return (
      coversBody(signature) ||
      (signature.kind === 'hmac' && signature.message.includes(`{json:${field.json}}`))
    );
  const name = field.header.toLowerCase();
  switch (signature.kind) {
    case 'hmac':
      return signature.message.some((part) => part.toLowerCase() === `{header:${name}}`);
    case 'standard_webhooks':
      return name === 'webhook-id' || name === 'webhook-timestamp';
    case 'public_key':
    case 'jwt':
    case 'basic':
      return false;
  }
}

export function coversBody(signature: ReceivedSignature): boolean {
  switch (signature.kind) {
    case 'hmac':
      return signature.message.some((part) => part.includes('{body}') || part.includes('{bodySha256}'));
    case 'jwt':
      return signature.in === 'body' || signature.isDetached === true;
    case 'standard_webhooks':
    case 'public_key':
      return true;
    // Who knows the password may say anything: it covers whatever came with it.
    case 'basic':
      return true;
  }
}

function fieldText(field: NotificationField, told: ToldBy): string | null {
  return fieldTexts(field, told)[0] ?? null;
}

function fieldTexts(field: NotificationField, told: ToldBy): string[] {
  if ('header' in field) {
    const text = told.headers[field.header.toLowerCase()];
    return text === undefined ? [] : [text];
  }
  return jsonValues(told.body, field.json).flatMap((one) => textOf(one) ?? []);
}

/** As json.ts's valuesAt, but a text that is itself JSON is stepped into. */
function jsonValues(value: Json | undefined, path: string): Json[] {
  let found: Json[] = value === undefined ? [] : [value];
  for (const step of path.split('.')) found = found.flatMap((one) => into(opened(one), step));
  return found;
}

function into(value: Json, step: string): Json[] {
  if (isList(value)) {
    if (step === '*') return [...value];
    const element = /^\d{1,6}$/.test(step) ? value[Number(step)] : undefined;
    return element === undefined ? [] : [element];
  }
  if (!isObject(value) || !Object.hasOwn(value, step)) return [];
  const inner = value[step];
  return inner === undefined ? [] : [inner];
}

function opened(value: Json): Json {
  if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return value;
  try {
    const parsed: Json = JSON.parse(value);
    return parsed;
  } catch {
    return value;
  }
}
