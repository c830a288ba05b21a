// The values that the templates of a platform's data may name: fields of shop, registration and credential, and what is made of a request
// only where a text asks for it. Holds plaintext secrets: it lives no longer than the call.
import { createHash } from 'node:crypto';
import { fillWith } from '../platforms/template.ts';
import type { Draft } from './draft.ts';

/** Calling it gives one value. */
export interface Values {
  /** Throws internal when there is none. */
  (name: string): string;
  /** Whether it has a value that is not empty. */
  has(name: string): boolean;
  fill(template: string): string;
  fillAll(templates: Readonly<Record<string, string>>): Record<string, string>;
  with(more: Known): Values;
  /** Whether it may be absent: an optional field, scopes where none are asked for. */
  isOptional(name: string): boolean;
}

export type Known = Readonly<Record<string, string | (() => string)>>;

export function valuesOf(known: Known, optional: readonly string[] = []): Values {
  const lookup = (name: string): string | undefined => {
    const value = Object.hasOwn(known, name) ? known[name] : undefined;
    return typeof value === 'function' ? value() : value;
  };
  const fill = (template: string): string => fillWith(template, lookup);
  return Object.assign((name: string) => fill(`{${name}}`), {
    has: (name: string) => (lookup(name) ?? '') !== '',
    fill,
    fillAll: (templates: Readonly<Record<string, string>>) =>
      Object.fromEntries(Object.entries(templates).map(([name, text]) => [name, fill(text)])),
    with: (more: Known) => valuesOf({ ...known, ...more }, optional),
    isOptional: (name: string) => optional.includes(name),
  });
}

/** When a request is signed, and its one-time value: 32 hex digits. Both are given, so that the same request can be made again. */
export interface Moment {
  readonly nowMs: number;
  readonly nonce: string;
}

/** What any scheme may name of the request it signs. {path} is the whole path without the query; {body} the exact text sent. */
export function valuesOfRequest(values: Values, draft: Draft, { nowMs, nonce }: Moment): Values {
  const body = draft.body ?? '';
  return values.with({
    method: draft.method,
    host: draft.url.host,
    path: draft.url.pathname,
    query: draft.url.search.slice(1),
    url: draft.url.href,
    body,
    bodySha256: () => createHash('sha256').update(body, 'utf8').digest('hex'),
    bodyMd5: () => createHash('md5').update(body, 'utf8').digest('hex'),
    timestamp: () => String(Math.floor(nowMs / 1000)),
    nonce,
    uuid: () => uuidOf(nonce),
  });
}

/** RFC 9562 § 5.8 (version 8), made of the nonce: a platform wants it unique, not random. */
function uuidOf(nonce: string): string {
  const hex = createHash('sha256').update(nonce, 'utf8').digest('hex');
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
