// The events as OpenAPI's webhooks: what is posted to an endpoint, and what it should answer. Made of the catalogue alone.
import {
  EVENT_KINDS,
  type EventType,
  isEventType,
  messageExample,
  messageSchema,
} from '../domain/event-catalogue.ts';

/** Told without a secret's form: the three headers of Standard Webhooks. */
const HEADERS = [
  ['webhook-id', 'The id of the event, the same at every attempt: take none twice'],
  ['webhook-timestamp', 'Seconds since 1970, of this attempt: refuse what is older than five minutes'],
  [
    'webhook-signature',
    'v1,… (HMAC-SHA256) or v1a,… (Ed25519); several with spaces between while a secret is rotated',
  ],
] as const;

const ANSWERS = {
  '2XX': { description: 'Taken. Anything else, a redirect too, is tried again' },
  '410': { description: 'Never again: the endpoint is disabled' },
  '429': { description: 'Later: Retry-After is honoured' },
};

export function webhooksDocument() {
  const types = Object.keys(EVENT_KINDS).filter(isEventType);
  return Object.fromEntries(types.map((type) => [type, { post: operation(type) }]));
}

function operation(type: EventType) {
  return {
    operationId: `event ${type}`,
    tags: ['Deliveries'],
    summary: EVENT_KINDS[type].summary,
    security: [],
    parameters: HEADERS.map(([name, description]) => ({
      name,
      in: 'header' as const,
      required: true,
      description,
      schema: { type: 'string' as const },
    })),
    requestBody: {
      required: true,
      content: { 'application/json': { schema: messageSchema(type), example: messageExample(type) } },
    },
    responses: ANSWERS,
  };
}
