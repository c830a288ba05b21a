// The few words of JSON Schema (2020-12) that the catalogue of events is written in. Objects stay open: a reader takes members it does not know.

export type JsonSchema = Readonly<Record<string, unknown>>;

const OPTIONAL = Symbol('optional');
interface OptionalSchema {
  readonly [OPTIONAL]: JsonSchema;
}

/** A member that may be absent. */
export function optional(schema: JsonSchema): OptionalSchema {
  return { [OPTIONAL]: schema };
}

export function object(members: Readonly<Record<string, JsonSchema | OptionalSchema>>): JsonSchema {
  const entries = Object.entries(members).map(([name, member]) =>
    isOptional(member)
      ? { name, schema: member[OPTIONAL], isRequired: false }
      : { name, schema: member, isRequired: true },
  );
  return {
    type: 'object',
    properties: Object.fromEntries(entries.map(({ name, schema }) => [name, schema])),
    required: entries.filter(({ isRequired }) => isRequired).map(({ name }) => name),
  };
}

function isOptional(member: JsonSchema | OptionalSchema): member is OptionalSchema {
  return OPTIONAL in member;
}

export function text(description?: string): JsonSchema {
  return { type: 'string', ...(description === undefined ? {} : { description }) };
}

export function texts(): JsonSchema {
  return { type: 'array', items: { type: 'string' } };
}

/** RFC 3339 in UTC. */
export function instantText(): JsonSchema {
  return { type: 'string', format: 'date-time' };
}

export function idText(prefix: string): JsonSchema {
  return { type: 'string', pattern: `^${prefix}_[0-7][0-9a-hjkmnp-tv-z]{25}$` };
}

export function count(description?: string): JsonSchema {
  return { type: 'integer', minimum: 0, ...(description === undefined ? {} : { description }) };
}

export function choice(options: readonly string[]): JsonSchema {
  return { type: 'string', enum: [...options] };
}

export function values(schema: JsonSchema): JsonSchema {
  return { type: 'object', additionalProperties: schema };
}

export function orNull(schema: JsonSchema): JsonSchema {
  return { anyOf: [schema, { type: 'null' }] };
}
