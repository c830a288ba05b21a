// Every event that is told of, in the feed and to endpoints: what it means, the JSON Schema (2020-12) of its data, its version, an example. A reader
// must take members it does not know; a version changes when one that it knows goes or means another thing.
import type { PublicState } from './connection.ts';
import {
  choice,
  count,
  idText,
  instantText,
  type JsonSchema,
  object,
  optional,
  orNull,
  text,
  texts,
  values,
} from './json-schema.ts';

export interface EventKind {
  /** What happened, in a sentence. */
  readonly summary: string;
  readonly version: number;
  /** Whether it is about one connection. */
  readonly ofConnection: 'always' | 'sometimes' | 'never';
  readonly data: JsonSchema;
  readonly example: Readonly<Record<string, unknown>>;
}

/** What a test of an endpoint sends; nobody else is told of it. */
export const TEST_EVENT = 'endpoint.test';
/** Whose merchant must act: a delivery carries a link for that. */
export const ASKS_MERCHANT: ReadonlySet<string> = new Set([
  'connection.reauth_required',
  'connection.reminder',
]);
export const RECORDS_CHANGED = 'records.changed';

const STATES: readonly PublicState[] = [
  'connecting',
  'active',
  'degraded',
  'paused',
  'reauth_required',
  'revoking',
  'revoked',
  'abandoned',
];

const diagnosis = object({
  action: text(
    'what helps: none, wait, approve, widen_scopes, fix_shop, fix_registration, confirm_move, contact_platform',
  ),
  actor: choice(['merchant', 'vendor', 'platform', 'nobody']),
  because: text('a sentence for people'),
  reconnectUrl: optional(
    text(
      'in deliveries alone: a link for the merchant, made for this attempt. Whoever holds it acts as the merchant; it works until reconnectUrlExpiresAt',
    ),
  ),
  reconnectUrlExpiresAt: optional(instantText()),
});

const state = choice(STATES);
const because = orNull(text('a word for why, such as grant_dead; null where the state needs none'));
const moved = object({ state, from: state, because, diagnosis });

const MERCHANT_HELPS = {
  action: 'approve',
  actor: 'merchant',
  because: 'The platform says that the grant is no longer valid. Only a new approval helps.',
};
const NOTHING_TO_DO = { action: 'none', actor: 'nobody', because: 'The connection works.' };

/** An event of a connection that came into another state. */
function entered(to: PublicState, summary: string, example: Partial<typeof ENTERED> = {}): EventKind {
  return {
    summary,
    version: 1,
    ofConnection: 'always',
    data: moved,
    example: { ...ENTERED, state: to, ...example },
  };
}

const ENTERED = {
  state: 'active',
  from: 'active',
  because: null as string | null,
  diagnosis: NOTHING_TO_DO,
};

const run = object({
  runId: idText('run'),
  status: choice(['completed', 'held', 'partial', 'failed', 'interrupted']),
  error: { description: 'null, one failure, or failures by resource' },
  progress: values({ description: 'resource → pages, seen, written, unchanged, deleted, setAside' }),
});

/** An event of a request to erase or to report. */
function privacy(
  summary: string,
  example: { readonly kind: string; readonly proof: Readonly<Record<string, unknown>> },
): EventKind {
  return {
    summary,
    version: 1,
    ofConnection: 'sometimes',
    data: object({
      privacyRequestId: idText('prv'),
      kind: choice(['erase_customer', 'erase_shop', 'customer_data']),
      dueAt: instantText(),
      proof: values({ description: 'counts; nothing of whom it concerns' }),
    }),
    example: {
      privacyRequestId: 'prv_01kaz7w0v9e7x8m3q2p4r6t8y0',
      dueAt: '2026-11-24T08:00:00.000Z',
      ...example,
    },
  };
}

export const EVENT_KINDS = {
  'connection.active': entered('active', 'The connection works: approved, or resumed.', {
    from: 'connecting',
  }),
  'connection.recovered': entered('active', 'A degraded connection works again.', { from: 'degraded' }),
  'connection.degraded': entered('degraded', 'It does not work just now, and is tried again by itself.', {
    because: 'platform_down',
    diagnosis: {
      action: 'wait',
      actor: 'platform',
      because: 'The platform does not answer. It is tried again by itself.',
    },
  }),
  'connection.reauth_required': entered('reauth_required', 'Only a new approval by the merchant helps.', {
    because: 'grant_dead',
    diagnosis: MERCHANT_HELPS,
  }),
  'connection.paused': entered('paused', 'Somebody paused its syncs; the credential is kept fresh.'),
  'connection.revoking': entered('revoking', 'It is being revoked; nothing uses its credential any more.'),
  'connection.revoked': entered('revoked', 'It has ended, and its secrets are destroyed.', {
    from: 'revoking',
    because: 'confirmed',
  }),
  'connection.abandoned': entered('abandoned', 'It was never approved.', {
    from: 'connecting',
    because: 'deadline',
  }),
  'connection.reminder': {
    summary: 'The merchant has still not approved anew; as often as the tenant set.',
    version: 1,
    ofConnection: 'always',
    data: object({ state, because, reminder: count('1 for the first'), diagnosis }),
    example: { state: 'reauth_required', because: 'grant_dead', reminder: 1, diagnosis: MERCHANT_HELPS },
  },
  'connection.move_proposed': {
    summary: 'A shop without a key of its own was approved at another address: somebody must confirm it.',
    version: 1,
    ofConnection: 'always',
    data: object({ state, authorizationId: idText('aut') }),
    example: { state: 'active', authorizationId: 'aut_01kaz7w0v9e7x8m3q2p4r6t8y0' },
  },
  'connection.move_settled': {
    summary: 'The new address was confirmed, refused, or came to its deadline.',
    version: 1,
    ofConnection: 'always',
    data: object({ state, authorizationId: idText('aut') }),
    example: { state: 'active', authorizationId: 'aut_01kaz7w0v9e7x8m3q2p4r6t8y0' },
  },
  'connection.scope_drift': {
    summary: 'What was granted is not what is asked for.',
    version: 1,
    ofConnection: 'always',
    data: object({ drift: text('missing, surplus or both'), missing: texts(), surplus: texts() }),
    example: { drift: 'surplus', missing: [], surplus: ['write_orders'] },
  },
  'connection.credential_upgraded': {
    summary: 'Its credential was exchanged for one of another kind.',
    version: 1,
    ofConnection: 'always',
    data: object({ from: text('a kind'), to: text('a kind'), generation: count() }),
    example: { from: 'offline_token', to: 'expiring_token', generation: 2 },
  },
  'sync.completed': {
    summary: 'A sync run ended and brought its records; held and partial ones too.',
    version: 1,
    ofConnection: 'always',
    data: run,
    example: {
      runId: 'run_01kaz7w0v9e7x8m3q2p4r6t8y0',
      status: 'completed',
      error: null,
      progress: { orders: { mode: 'incremental', pages: 1, seen: 12, written: 3 } },
    },
  },
  'sync.failed': {
    summary: 'A sync run ended without bringing its records.',
    version: 1,
    ofConnection: 'always',
    data: run,
    example: {
      runId: 'run_01kaz7w0v9e7x8m3q2p4r6t8y0',
      status: 'failed',
      error: { code: 'platform_down', message: 'the platform answered 503' },
      progress: {},
    },
  },
  'sync.held': {
    summary: 'A full pass missed suspiciously many records: their deletion waits for a confirmation.',
    version: 1,
    ofConnection: 'always',
    data: object({ runId: idText('run'), resource: text(), missing: count(), live: count() }),
    example: { runId: 'run_01kaz7w0v9e7x8m3q2p4r6t8y0', resource: 'products', missing: 812, live: 1200 },
  },
  [RECORDS_CHANGED]: {
    summary:
      'Records of one resource changed: told at once, and then at most every five seconds. Read them from the cursor; an endpoint with `data: full` is sent the first hundred.',
    version: 1,
    ofConnection: 'always',
    data: object({
      resource: text(),
      changed: count('how many records, the deleted ones among them'),
      deleted: count(),
      cursor: text('for GET /v1/records/{resource}?connectionId=…&cursor=…: begins at the first of them'),
      records: optional({
        type: 'array',
        items: { type: 'object' },
        description: 'in deliveries with `data: full` alone: as in the feed, each at its newest state',
      }),
      nextCursor: optional(text('with `records`: where the feed goes on behind them')),
      hasMore: optional({
        type: 'boolean',
        description: 'with `records`: whether the feed holds more by now',
      }),
    }),
    example: { resource: 'orders', changed: 3, deleted: 0, cursor: 'WyJvcmRlcnMgY29u…' },
  },
  'registration.rejected': {
    summary: 'A platform refuses our client id or secret; told once, by the first connection that found out.',
    version: 1,
    ofConnection: 'always',
    data: object({ registrationId: idText('reg'), platform: text() }),
    example: { registrationId: 'reg_01kaz7w0v9e7x8m3q2p4r6t8y0', platform: 'example' },
  },
  'calendar.warning': {
    summary: 'Something ends in 30, 7, 3 or 1 days: a grant, a secret, a certificate, an API version.',
    version: 1,
    ofConnection: 'sometimes',
    data: object({
      kind: text('what ends'),
      subject: text('the id or name of it'),
      platform: orNull(text()),
      at: instantText(),
      days: count(),
      connections: count('how many it would stop'),
      note: orNull(text()),
    }),
    example: {
      kind: 'api_version',
      subject: 'example 2026-01',
      platform: 'example',
      at: '2027-01-01T00:00:00.000Z',
      days: 30,
      connections: 14,
      note: null,
    },
  },
  'endpoint.disabled': {
    summary: 'An endpoint is told nothing any more: it answered 410, or failed for five days.',
    version: 1,
    ofConnection: 'never',
    data: object({
      endpointId: idText('end'),
      host: text(),
      because: choice(['gone', 'failing']),
      failingSince: orNull(instantText()),
      lastStatus: orNull(count('null: it did not answer')),
    }),
    example: {
      endpointId: 'end_01kaz7w0v9e7x8m3q2p4r6t8y0',
      host: 'hooks.vendor.example',
      because: 'failing',
      failingSince: '2026-11-16T08:00:00.000Z',
      lastStatus: 503,
    },
  },
  'privacy.data_requested': privacy(
    'A platform asks what is held of one of its customers: the report can be fetched until `dueAt`.',
    { kind: 'customer_data', proof: { connections: 1, customers: 1, orders: 3 } },
  ),
  'privacy.done': privacy('What a platform asked to be erased or reported is done; the proof counts.', {
    kind: 'erase_customer',
    proof: { erased: { connections: 1, customers: 1, orders: 3 } },
  }),
  'privacy.refused': privacy(
    'A platform asked to erase a shop that is connected again: nothing was erased, and somebody must decide.',
    { kind: 'erase_shop', proof: { erased: { records: 0 }, stillConnected: 1 } },
  ),
  [TEST_EVENT]: {
    summary: 'Somebody pressed the test button of this endpoint.',
    version: 1,
    ofConnection: 'never',
    data: object({ endpointId: idText('end'), text: text() }),
    example: { endpointId: 'end_01kaz7w0v9e7x8m3q2p4r6t8y0', text: 'A test: nothing happened.' },
  },
} as const satisfies Record<string, EventKind>;

export type EventType = keyof typeof EVENT_KINDS;

export function isEventType(text: string): text is EventType {
  return Object.hasOwn(EVENT_KINDS, text);
}

/** 1 for one that the catalogue does not know. */
export function versionOf(type: string): number {
  return isEventType(type) ? EVENT_KINDS[type].version : 1;
}

/** What is posted, as a schema: the envelope with the data of this type. */
export function messageSchema(type: EventType): JsonSchema {
  const kind: EventKind = EVENT_KINDS[type];
  const connectionId = idText('con');
  return object({
    id: { ...idText('evt'), description: 'the same as the header webhook-id, and as in GET /v1/events' },
    type: { const: type },
    version: { const: kind.version },
    timestamp: {
      ...instantText(),
      description: 'when it happened; the header webhook-timestamp says when it was sent',
    },
    tenantId: idText('ten'),
    connectionId:
      kind.ofConnection === 'always'
        ? connectionId
        : kind.ofConnection === 'never'
          ? { type: 'null' }
          : orNull(connectionId),
    data: kind.data,
  });
}

/** One message of this type, whole. */
export function messageExample(type: EventType): Readonly<Record<string, unknown>> {
  const kind: EventKind = EVENT_KINDS[type];
  return {
    id: 'evt_01kaz7w0v9e7x8m3q2p4r6t8y0',
    type,
    version: kind.version,
    timestamp: '2026-11-21T08:00:00.000Z',
    tenantId: 'ten_01kaz7w0v9e7x8m3q2p4r6t8y0',
    connectionId: kind.ofConnection === 'never' ? null : 'con_01kaz7w0v9e7x8m3q2p4r6t8y0',
    data: kind.example,
  };
}
