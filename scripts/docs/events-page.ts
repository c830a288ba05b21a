// docs/events.md: the catalogue of events, from the catalogue.
import {
  EVENT_KINDS,
  type EventKind,
  type EventType,
  isEventType,
  messageExample,
} from '../../domain/event-catalogue.ts';
import type { JsonSchema } from '../../domain/json-schema.ts';
import { code, page, section, table } from './markdown.ts';

export function eventsPage(): string {
  const types = Object.keys(EVENT_KINDS).filter(isEventType);
  return page(
    '# Events',
    'Made by `npm run docs` of `domain/event-catalogue.ts`; edit that. What happens is written as an event in the transaction of the change. It is read from `GET /v1/events`, page by page or as server-sent events, or posted to endpoints: [deliveries.md](deliveries.md). The JSON Schema of each is in the `webhooks` of `/openapi.json`.',
    'A message is `{ id, type, version, timestamp, tenantId, connectionId, data }`; the feed shows `at` for `timestamp`. A reader takes members that it does not know; `version` changes when one that it knows goes or means something else.',
    table(
      ['type', 'when'],
      types.map((type) => [`[${type}](#${anchor(type)})`, EVENT_KINDS[type].summary]),
    ),
    ...types.map((type) => section(type, kindText(type))),
  );
}

function anchor(type: EventType): string {
  return type.replaceAll('.', '');
}

function kindText(type: EventType): string {
  const kind: EventKind = EVENT_KINDS[type];
  const example = JSON.stringify(messageExample(type), null, 2);
  return [
    `${kind.summary} Version ${kind.version}.`,
    table(
      ['in `data`', 'is', 'about'],
      membersOf(kind.data).map(({ name, schema, isRequired }) => [
        code(name),
        `${formOf(schema)}${isRequired ? '' : ', or absent'}`,
        String(schema['description'] ?? ''),
      ]),
    ),
    `\`\`\`json\n${example}\n\`\`\``,
  ].join('\n\n');
}

interface Member {
  readonly name: string;
  readonly schema: JsonSchema;
  readonly isRequired: boolean;
}

/** With those of an object within, by their path. */
function membersOf(schema: JsonSchema, path = ''): readonly Member[] {
  const { properties, required } = schema;
  if (typeof properties !== 'object' || properties === null) return [];
  const names = Array.isArray(required) ? required : [];
  return Object.entries(properties).flatMap(([name, member]: [string, JsonSchema]) => [
    { name: path + name, schema: member, isRequired: names.includes(name) },
    ...membersOf(member, `${path}${name}.`),
  ]);
}

function formOf(schema: JsonSchema): string {
  const { type, enum: options, anyOf, items, format, pattern } = schema;
  if (Array.isArray(anyOf)) return anyOf.map(formOf).join(' or ');
  if (Array.isArray(options)) return options.map((one) => code(String(one))).join(', ');
  if (type === 'array')
    return `list of ${typeof items === 'object' && items !== null ? formOf({ ...items }) : 'anything'}`;
  if (format === 'date-time') return 'instant';
  if (typeof pattern === 'string') return `id \`${/^\^(\w+)_/.exec(pattern)?.[1] ?? ''}_…\``;
  return typeof type === 'string' ? type : 'anything';
}
