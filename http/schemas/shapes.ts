// The small shapes every schema is made of: ids, instants, pages, names. Each is type, validator and documentation in one.
// Objects are strict, so that a field nobody reads (tenant_id, state, __proto__) is refused, not ignored.
import { z } from 'zod';
import type { Id, IdKind } from '../../domain/ids.ts';
import { ID_PREFIXES, isId } from '../../domain/ids.ts';
import type { Permission } from '../../domain/resource.ts';
import { PERMISSIONS, RESOURCES } from '../../domain/resource.ts';
import { PLATFORM_ID_FORM } from './names.ts';

/** An id of one kind. Its form alone is checked; whether it exists is answered with 404. */
export function idOf<K extends IdKind>(kind: K) {
  return z
    .string()
    .max(40)
    .refine((text): text is Id<K> => isId(kind, text), {
      error: `must be an id such as "${ID_PREFIXES[kind]}_…"`,
    })
    .meta({
      pattern: `^${ID_PREFIXES[kind]}_[0-7][0-9a-hjkmnp-tv-z]{25}$`,
      example: `${ID_PREFIXES[kind]}_01kaz7w0v9e7x8m3q2p4r6t8y0`,
    });
}

/** An id in a path: any text, so that an id of the wrong form is the same 404 as an unknown one. */
export function idInPath<K extends IdKind>(kind: K) {
  return z
    .string()
    .max(200)
    .meta({ description: `An id such as "${ID_PREFIXES[kind]}_…"` });
}

export const instant = z.iso
  .datetime({ error: 'must be an instant in UTC such as "2026-11-21T08:00:00Z"', abort: true })
  // PostgreSQL's calendar has no such year.
  .refine((text) => !text.startsWith('0000'), { error: 'must be of the year 0001 or later' })
  .meta({ description: 'RFC 3339, UTC' });
export const resource = z.enum(RESOURCES);
const permissionForms: readonly string[] = PERMISSIONS;
export const permission = z
  .string()
  .refine((text): text is Permission => permissionForms.includes(text), {
    error: `must be one of ${PERMISSIONS.join(', ')}`,
  })
  .meta({ enum: [...PERMISSIONS] });
export const permissions = z.array(permission).min(1).max(PERMISSIONS.length);
export const platformId = z
  .string()
  .max(64)
  .regex(PLATFORM_ID_FORM)
  .meta({ description: 'Id of a platform, as GET /v1/platforms lists them' });

/** Text that is kept or looked for as it is. PostgreSQL has no text with U+0000. */
export function textOf(maxLength: number) {
  return z
    .string()
    .max(maxLength)
    .refine((text) => !text.includes('\u0000'), { error: 'must not hold the character U+0000' });
}

/** Text people read: one line, no control characters, nothing that turns what stands beside it around, and no half of a character. */
export const label = z
  .string()
  .min(1)
  .max(120)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it refuses
  .refine((text) => !/[\u0000-\u001f\u007f\u2028\u2029]/.test(text), {
    error: 'must not hold control characters',
  })
  .refine((text) => !/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/.test(text), {
    error: 'must not hold characters that change the direction of text',
  })
  .refine((text) => !/\p{Surrogate}/u.test(text), { error: 'must be whole characters' });

/** Named text values such as shop fields. Names that reach Object's own prototype are refused. */
export function textValues(maxLength: number) {
  return z
    .record(z.string().max(64), z.string().max(maxLength))
    .refine((values) => Object.keys(values).length <= 20, { error: 'must hold at most 20 values' });
}

export const pageQuery = {
  cursor: z.string().max(1000).optional().meta({ description: 'nextCursor of the previous page' }),
  limit: z.coerce.number().int().min(1).max(500).default(50),
};

/** A page: nextCursor is null on the last one of a list, and never null in a feed. */
export function pageOf<T extends z.ZodType>(item: T) {
  return z.object({ data: z.array(item), nextCursor: z.string().nullable() });
}

export const problem = z
  .object({
    type: z.url().meta({ description: 'Where the code is explained' }),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.string().meta({ description: 'Stable; see docs/errors.md' }),
    actor: z
      .enum(['caller', 'merchant', 'vendor', 'platform', 'operator', 'nobody'])
      .meta({ description: 'Who must act' }),
    instance: z
      .string()
      .meta({ description: 'Id of the request, also in the answer header x-request-id and in the logs' }),
    retryAt: instant.optional(),
    fields: z
      .array(z.object({ path: z.string().meta({ description: 'JSON Pointer' }), rule: z.string() }))
      .optional(),
    facts: z.record(z.string(), z.unknown()).optional(),
  })
  .meta({ id: 'Problem', description: 'RFC 9457' });
export type Problem = z.infer<typeof problem>;
