// Endpoints, deliveries and attempts as the API shows them. No secret but the one that is told once.
import { z } from 'zod';
import { EVENT_KINDS, type EventType } from '../../domain/event-catalogue.ts';
import type { EndpointSecretRow } from '../../store/endpoint-secrets.ts';
import type { EndpointRow } from '../../store/endpoints.ts';
import { iso } from './connections.ts';
import { idOf, instant, label, pageOf, pageQuery } from './shapes.ts';

const TYPES = Object.keys(EVENT_KINDS);
const NOUNS = [...new Set(TYPES.map((type) => `${type.split('.', 1)[0]}.*`))];

export const eventType = z
  .string()
  .refine((text): text is EventType => TYPES.includes(text), { error: `must be one of ${TYPES.join(', ')}` })
  .meta({ enum: TYPES });

const eventFilter = z
  .string()
  .max(80)
  .refine((text) => TYPES.includes(text) || NOUNS.includes(text), {
    error: `must be one of ${[...TYPES, ...NOUNS].join(', ')}`,
  });

/** Parsers of addresses drop some of what is refused here, and the store takes not all of it. */
const url = z
  .string()
  .max(2000)
  .refine((text) => !/[\p{Cc}\p{Cs}]/u.test(text), {
    error: 'must hold no control characters and no half characters',
  })
  .meta({
    description: 'A public https address; no redirect is followed',
    example: 'https://hooks.vendor.example/mooring',
  });
const eventTypes = z
  .array(eventFilter)
  .max(50)
  .meta({ description: 'Which events: types, or "connection.*" for a noun; none: all' });
const data = z
  .enum(['thin', 'full'])
  .meta({ description: 'Of records.changed: the cursor alone, or the first hundred records with it' });
const ordered = z.enum(['connection']).nullable().meta({
  description: 'connection: what concerns one connection is sent one after another, in the order of the feed',
});
const secretKind = z
  .enum(['hmac', 'ed25519'])
  .meta({ description: 'Standard Webhooks: hmac signs v1, ed25519 v1a' });

export const newEndpoint = z
  .strictObject({
    tenantId: idOf('tenant')
      .optional()
      .meta({ description: "Required with an operator key; else the key's own" }),
    url,
    name: label.optional(),
    eventTypes: eventTypes.optional(),
    data: data.optional(),
    ordered: ordered.optional(),
    secretKind: secretKind.optional(),
  })
  .meta({ id: 'NewEndpoint' });

export const endpointChange = z
  .strictObject({
    url: url.optional(),
    name: label.optional(),
    eventTypes: eventTypes.optional(),
    data: data.optional(),
    ordered: ordered.optional(),
    enabled: z.boolean().optional().meta({
      description:
        'false: nothing is made for it, and what is pending is given up. true: from now on; what happened meanwhile is sent only when it is replayed',
    }),
  })
  .meta({ id: 'EndpointChange' });

export const newEndpointSecret = z
  .strictObject({
    kind: secretKind.optional().meta({ description: 'Default: as the newest one' }),
    overlapS: z
      .int()
      .min(0)
      .max(30 * 86_400)
      .optional()
      .meta({ description: 'For how long the former ones sign as well; default a day' }),
  })
  .meta({ id: 'NewEndpointSecret' });

const endpointSecret = z
  .object({
    version: z.int(),
    kind: secretKind,
    publicKey: z.string().nullable().meta({ description: 'whpk_… of an Ed25519 pair' }),
    createdAt: instant,
    retiresAt: instant.nullable(),
  })
  .meta({ id: 'EndpointSecret' });

export const endpoint = z
  .object({
    id: z.string(),
    tenantId: z.string(),
    url: z.string(),
    name: z.string(),
    eventTypes: z.array(z.string()),
    data,
    ordered,
    status: z.enum(['enabled', 'disabled']),
    disabledBecause: z.enum(['by_hand', 'gone', 'failing']).nullable(),
    disabledAt: instant.nullable(),
    failingSince: instant
      .nullable()
      .meta({ description: 'Since when no attempt succeeded; disabled after five days of it' }),
    secrets: z.array(endpointSecret).meta({ description: 'Those that sign now, the newest first' }),
    createdAt: instant,
  })
  .meta({ id: 'Endpoint' });
export const endpointPage = pageOf(endpoint);

const told = z
  .string()
  .nullable()
  .meta({ description: 'whsec_…, shown this once; null for Ed25519, whose public key is in `secrets`' });
export const createdEndpoint = endpoint.extend({ secret: told }).meta({ id: 'CreatedEndpoint' });

export const testedEndpoint = z.object({ deliveryId: z.string() }).meta({ id: 'TestedEndpoint' });

export const deliveryState = z.enum(['pending', 'delivered', 'failed']);
export const delivery = z
  .object({
    id: z.string(),
    tenantId: z.string(),
    endpointId: z.string(),
    eventId: z.string().meta({ description: 'Sent as webhook-id, the same at every attempt' }),
    eventType: z.string(),
    connectionId: z.string().nullable(),
    state: deliveryState,
    because: z.enum(['attempts_exhausted', 'endpoint_gone', 'endpoint_disabled']).nullable(),
    attempts: z.int(),
    nextAttemptAt: instant.nullable(),
    createdAt: instant,
    settledAt: instant.nullable(),
  })
  .meta({ id: 'Delivery' });
export const deliveryPage = pageOf(delivery);

const attempt = z
  .object({
    number: z.int(),
    at: instant,
    tookMs: z.int(),
    request: z.object({
      headers: z.record(z.string(), z.string()),
      body: z
        .string()
        .meta({ description: 'As it was sent, but for the token of a reconnect link; cut after 64 KB' }),
    }),
    status: z.int().nullable(),
    error: z
      .enum([
        'address_not_allowed',
        'certificate_invalid',
        'unreachable',
        'timeout',
        'answer_invalid',
        'secret_unreadable',
      ])
      .nullable()
      .meta({ description: 'Why there is no status' }),
    answer: z.string().nullable().meta({ description: 'Its first KB' }),
  })
  .meta({ id: 'DeliveryAttempt' });
export const deliveryWithAttempts = delivery
  .extend({
    attemptLog: z
      .array(attempt)
      .meta({ description: 'The newest first, at most 50. A number that is missing: its worker was lost' }),
  })
  .meta({ id: 'DeliveryWithAttempts' });

export const deliveryQuery = z.strictObject({
  ...pageQuery,
  endpointId: idOf('endpoint').optional(),
  state: deliveryState.optional(),
  eventType: eventType.optional(),
  connectionId: idOf('connection').optional(),
  since: instant.optional().meta({ description: 'Made at or after this instant' }),
  until: instant.optional().meta({ description: 'Made before this instant' }),
});

export const replayWish = z
  .strictObject({
    since: instant.optional().meta({ description: 'Events at or after this instant; default: all' }),
    until: instant.optional().meta({ description: 'Events before this instant; default: now' }),
    state: z.enum(['failed', 'all']).meta({
      description:
        'failed: deliveries that were given up. all: every event that the endpoint wants, those it was never sent too',
    }),
    cursor: pageQuery.cursor,
  })
  .meta({ id: 'ReplayWish' });
export const replayed = z
  .object({
    deliveries: z.int(),
    nextCursor: z.string().nullable().meta({
      description: 'Ten thousand events were taken: ask again with it for the rest. Null: that was all',
    }),
  })
  .meta({ id: 'Replayed' });

export function presentEndpoint(
  row: EndpointRow,
  secrets: readonly EndpointSecretRow[],
): z.infer<typeof endpoint> {
  return {
    id: row.id,
    tenantId: row.tenantId,
    url: row.url,
    name: row.name,
    eventTypes: row.eventTypes,
    data: row.data === 'full' ? 'full' : 'thin',
    ordered: row.ordered === null ? null : 'connection',
    status: row.status === 'enabled' ? 'enabled' : 'disabled',
    disabledBecause: endpoint.shape.disabledBecause.catch(null).parse(row.disabledBecause),
    disabledAt: iso(row.disabledAt),
    failingSince: iso(row.failingSince),
    secrets: secrets
      .filter(({ endpointId }) => endpointId === row.id)
      .map((one) => ({
        version: one.version,
        kind: one.kind === 'hmac' ? 'hmac' : 'ed25519',
        publicKey: one.publicKey,
        createdAt: one.createdAt.toISOString(),
        retiresAt: iso(one.retiresAt),
      })),
    createdAt: row.createdAt.toISOString(),
  };
}
