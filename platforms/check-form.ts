// The form of a whole platform, member by member. A member that the type has and this has not does not compile.
import type {
  AnswerRule,
  Classification,
  EndpointVersion,
  OneObject,
  Platform,
  Proof,
  RateLimit,
  ResourceDefinition,
  ShopField,
} from '../domain/platform.ts';
import { PERMISSIONS, RESOURCES } from '../domain/resource.ts';
import { authMethod } from './check-auth-form.ts';
import { notificationsForm } from './check-notification-form.ts';
import {
  anyText,
  exactly,
  isRecord,
  joined,
  listOf,
  name,
  numberFrom,
  object,
  oneOf,
  optional,
  orNull,
  positive,
  pureFunction,
  recordOf,
  type Shape,
  shown,
  shownOrEmpty,
  text,
  texts,
  truth,
  whichHas,
  wholeFrom,
} from './check-shape.ts';
import { certainty, credentialField, tokenRequest } from './check-token-form.ts';

const choice = object<NonNullable<ShopField['choices']>[number]>({
  value: text,
  label: shown,
  gives: optional(texts),
});

const shopField = object<ShopField>({
  name,
  label: shown,
  pattern: text,
  help: shownOrEmpty,
  example: text,
  normalize: optional(oneOf({ lower: true, url: true })),
  optional: optional(exactly(true)),
  choices: optional(listOf(choice, 1)),
});

const meaning = oneOf<Classification>({
  ok: true,
  retry_after: true,
  credential_expired: true,
  credential_dead: true,
  uninstalled: true,
  registration_rejected: true,
  scope_missing: true,
  shop_unavailable: true,
  not_found: true,
  rejected: true,
  platform_down: true,
});

const code = wholeFrom(100, 599);
const status: Shape = (value, at, report) => {
  if (value === '5xx') return;
  (Array.isArray(value) ? listOf(code, 1) : code)(value, at, report);
};

const answerRule = object<AnswerRule>({
  status: optional(status),
  body: optional(
    object<NonNullable<AnswerRule['body']>>({
      path: text,
      equals: optional(listOf(anyText, 1)),
      matches: optional(text),
    }),
  ),
  means: meaning,
  credentialKind: optional(text),
  at: optional(oneOf({ token: true, api: true })),
  note: optional(text),
});

const rateLimit = object<RateLimit>({
  scope: oneOf({ connection: true, registration: true }),
  endpoints: optional(listOf(text, 1)),
  burst: positive,
  perSecond: positive,
  observe: optional(pureFunction),
  certainty,
});

const oneObject = whichHas({
  begin: object<Extract<OneObject, { begin: unknown }>>({ id: text, begin: pureFunction }),
  request: object<Extract<OneObject, { request: unknown }>>({
    id: text,
    request: pureFunction,
    read: pureFunction,
    hasDetails: optional(exactly(true)),
  }),
});

const definition = object<ResourceDefinition>({
  resource: oneOf({ orders: true, products: true, customers: true, inventory: true }),
  requires: text,
  pageSize: object<ResourceDefinition['pageSize']>({ default: wholeFrom(1), max: wholeFrom(1) }),
  filter: oneOf({ updated_at: true, full_scan: true }),
  reach: optional(oneOf({ all: true, recent: true })),
  overlapS: numberFrom(0),
  windowS: orNull(numberFrom(1)),
  request: pureFunction,
  read: pureFunction,
  accepts: optional(listOf(meaning)),
  details: optional(
    object<NonNullable<ResourceDefinition['details']>>({
      max: wholeFrom(1),
      request: pureFunction,
      read: pureFunction,
    }),
  ),
  one: optional(oneObject),
  map: pureFunction,
  idOf: pureFunction,
  mapperVersion: wholeFrom(0),
});

type Deadline = NonNullable<Platform['deadlines']>[number];
const deadline = object<Deadline>({
  kind: oneOf<Deadline['kind']>({
    refresh_token: true,
    client_secret: true,
    credential: true,
    certificate: true,
    consent: true,
    api_version: true,
  }),
  afterS: numberFrom(1),
  note: text,
});

const permissions: Shape = (value, at, report) => {
  recordOf(listOf(text))(value, at, report);
  const known: readonly string[] = PERMISSIONS;
  for (const name of isRecord(value) ? Object.keys(value) : [])
    if (!known.includes(name))
      report(joined(at, name), 'unknown_permission', `"${name.slice(0, 60)}" is no permission`);
};

const resources: Shape = (value, at, report) => {
  const known: readonly string[] = RESOURCES;
  recordOf(definition)(value, at, report);
  for (const [name, one] of isRecord(value) ? Object.entries(value) : []) {
    if (!known.includes(name))
      report(joined(at, name), 'unknown_resource', `"${name.slice(0, 60)}" is no resource`);
    else if (isRecord(one) && one['resource'] !== name && typeof one['resource'] === 'string')
      report(`${joined(at, name)}.resource`, 'unknown_resource', `must be "${name}", as its place says`);
  }
};

export const platformForm = object<Platform>({
  id: text,
  name: shown,
  certainty,
  documentation: shown,
  shop: listOf(shopField),
  baseUrl: text,
  otherBaseUrls: optional(texts),
  apiVersion: object<Platform['apiVersion']>({ name: shown, sunset: orNull(text) }),
  endpoints: optional(
    listOf(
      object<EndpointVersion>({ endpoint: text, version: text, sunset: orNull(text), note: optional(text) }),
    ),
  ),
  headers: optional(texts),
  auth: listOf(authMethod, 1),
  needsRegistration: truth,
  registration: optional(listOf(credentialField)),
  proof: object<Proof>({ request: pureFunction, read: pureFunction }),
  permissions,
  alwaysScopes: optional(listOf(text)),
  impliedScopes: optional(recordOf(listOf(text))),
  answers: listOf(answerRule),
  retryAfter: optional(
    object<NonNullable<Platform['retryAfter']>>({
      header: text,
      unit: oneOf({ seconds: true, milliseconds: true }),
    }),
  ),
  waitMs: optional(pureFunction),
  rateLimits: listOf(rateLimit),
  resources,
  revoke: optional(
    whichHas({
      request: object<{ request: () => unknown }>({ request: pureFunction }),
      token: object<{ token: unknown }>({ token: tokenRequest }),
    }),
  ),
  appToken: optional(object<NonNullable<Platform['appToken']>>({ kind: text, token: tokenRequest })),
  notifications: optional(notificationsForm),
  unsupported: optional(listOf(text)),
  unverified: optional(listOf(text)),
  explains: optional(texts),
  deadlines: optional(listOf(deadline)),
  demo: optional(
    object<NonNullable<Platform['demo']>>({ shop: texts, how: oneOf({ browser: true, pasted: true }) }),
  ),
});
