// What the schemes' inputs have in common: a request as it is sent, and how an input is held to its form. Values are taken as they are: a brace in one
// is a brace, never a name.
import { z } from 'zod';
import type { Draft } from '../../auth/draft.ts';
import type { Moment } from '../../auth/index.ts';
import type { OutboundRequest } from '../../domain/outbound.ts';
import { held } from '../input.ts';
import type { Verdict } from '../verdict.ts';

export const texts = z.record(z.string(), z.string());

export const REQUEST = z.strictObject({
  method: z
    .string()
    .regex(/^[A-Z]+$/, 'must be a method in upper case')
    .default('GET'),
  url: z.url({ protocol: /^https?$/, error: 'must be an http or https address' }),
  headers: texts.default({}),
  body: z.string().nullable().default(null),
});

export type PlainRequest = z.infer<typeof REQUEST>;

/** What signing came to. `headers` are all of the request's. */
export interface Signed {
  readonly signature: string;
  readonly request: Pick<OutboundRequest, 'method' | 'url' | 'headers' | 'body'>;
  /** What was signed, by its usual name, and what else the scheme makes. */
  readonly made: Readonly<Record<string, unknown>>;
}

export type SignScheme = (input: unknown, moment: Moment) => Promise<Signed>;
export type VerifyScheme = (input: unknown, nowMs: number) => Promise<Verdict>;

/** Throws InputError naming the field. */
export function holding<T, A extends readonly unknown[], R>(
  scheme: string,
  form: z.ZodType<T>,
  use: (input: T, ...more: A) => R | Promise<R>,
): (input: unknown, ...more: A) => Promise<R> {
  return async (input, ...more) => await use(held(`the input of "${scheme}"`, input, form), ...more);
}

export function draftOf({ method, url, headers, body }: PlainRequest): Draft {
  return { method, url: new URL(url), headers: lowered(headers), body, secretQuery: [] };
}

export function lowered(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

/** Each text under a name of its own, and templates that name them: whatever a text holds, it stays what it is. */
export function literally(given: Readonly<Record<string, string | undefined>>): {
  readonly values: Record<string, string>;
  readonly names: Readonly<Record<string, string>>;
} {
  const known = Object.entries(given).flatMap(([name, text], index) =>
    text === undefined ? [] : [{ name, key: `given${index}`, text }],
  );
  return {
    values: Object.fromEntries(known.map(({ key, text }) => [key, text])),
    names: Object.fromEntries(known.map(({ name, key }) => [name, `{${key}}`])),
  };
}

type Present<T> = { [K in keyof T]: Exclude<T[K], undefined> };

/** Without what is undefined: the types tell absent from undefined. */
export function present<T extends object>(data: T): Present<T> {
  // Every member that is left has a value.
  return Object.fromEntries(Object.entries(data).filter(([, value]) => value !== undefined)) as Present<T>;
}
