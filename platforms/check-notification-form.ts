// The form of what a platform pushes, as check-form.ts asks for it. Pure; it calls none of the definition's functions.
import type {
  Challenge,
  NotificationCall,
  NotificationField,
  Notifications,
  ObjectPlace,
  Subscribe,
} from '../domain/platform.ts';
import {
  exactly,
  listOf,
  numberFrom,
  object,
  oneOf,
  optional,
  orNull,
  pureFunction,
  recordOf,
  tagged,
  text,
  whichHas,
  wholeFrom,
} from './check-shape.ts';
import { receivedSignature } from './check-sign-form.ts';
import { textOrPart } from './check-token-form.ts';

const field = whichHas({
  header: object<Extract<NotificationField, { header: string }>>({ header: text }),
  json: object<Extract<NotificationField, { json: string }>>({ json: text }),
});

const places = listOf(object<ObjectPlace>({ in: field, pattern: optional(text), as: optional(text) }), 1);

const challenge = tagged<Challenge['kind']>('kind', {
  ping: object<Extract<Challenge, { kind: 'ping' }>>({ kind: exactly('ping'), field: text }),
  digest: object<Extract<Challenge, { kind: 'digest' }>>({
    kind: exactly('digest'),
    parameter: text,
    algorithm: oneOf({ sha256: true }),
    message: listOf(text, 1),
    answer: text,
  }),
  echo: object<Extract<Challenge, { kind: 'echo' }>>({ kind: exactly('echo'), parameter: text }),
});

export const notificationsForm = object<Notifications>({
  delivery: oneOf({ http: true, queue: true, none: true }),
  subscribedBy: oneOf({ shop: true, registration: true, merchant: true }),
  topics: recordOf(
    oneOf<Notifications['topics'][string]>({
      orders: true,
      products: true,
      customers: true,
      inventory: true,
      uninstalled: true,
      consent_expiring: true,
      erase_customer: true,
      erase_shop: true,
      customer_data: true,
    }),
  ),
  topicIn: optional(field),
  idIn: optional(field),
  shopIn: optional(field),
  otherwiseShopIn: optional(field),
  shopIs: optional(
    object<NonNullable<Notifications['shopIs']>>({ field: optional(text), pattern: optional(text) }),
  ),
  dutyShopIn: optional(field),
  objectIn: optional(
    object<NonNullable<Notifications['objectIn']>>({
      orders: optional(places),
      products: optional(places),
      customers: optional(places),
      inventory: optional(places),
    }),
  ),
  bodyOf: optional(recordOf(listOf(text, 1))),
  bodyIs: optional(recordOf(listOf(text, 1))),
  erasesAcross: optional(exactly(true)),
  subjectIn: optional(
    object<NonNullable<Notifications['subjectIn']>>({ customer: optional(places), orders: optional(places) }),
  ),
  signature: orNull(receivedSignature),
  calls: optional(
    listOf(
      object<NotificationCall>({
        name: text,
        method: oneOf({ GET: true, POST: true }),
        means: oneOf({ uninstalled: true, erase_shop: true }),
        signature: receivedSignature,
        shopFields: recordOf(textOrPart),
      }),
    ),
  ),
  challenges: optional(listOf(challenge)),
  subscribe: optional(
    object<Subscribe>({
      secret: oneOf({ ours: true, told: true, registration: true, none: true }),
      together: optional(exactly(true)),
      destination: optional(text),
      credentialKinds: optional(listOf(text, 1)),
      except: optional(listOf(text, 1)),
      shared: optional(exactly(true)),
      key: optional(object<NonNullable<Subscribe['key']>>({ request: pureFunction, read: pureFunction })),
      create: pureFunction,
      created: pureFunction,
      list: pureFunction,
      listed: pureFunction,
      remove: pureFunction,
      most: optional(wholeFrom(1)),
    }),
  ),
  queue: optional(
    object<NonNullable<Notifications['queue']>>({
      shopIn: optional(listOf(field, 1)),
      capitals: optional(exactly(true)),
    }),
  ),
  answerWithinMs: optional(numberFrom(1)),
  note: optional(text),
});
