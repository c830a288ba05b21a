// A request while it is being signed: each scheme gives a new draft with its mark on it.
import type { OutboundRequest } from '../domain/outbound.ts';
import type { PlatformRequest } from '../domain/platform.ts';

export interface Draft {
  readonly method: string;
  readonly url: URL;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  /** Query parameters that are secret or prove knowledge of a secret. */
  readonly secretQuery: readonly string[];
}

const JSON_TYPE = 'application/json';
export const FORM_TYPE = 'application/x-www-form-urlencoded';

/** The unsigned request: base URL and path joined, the query encoded as it will be sent. `always`: headers of every call, which the request's own override. */
export function draftOf(
  baseUrl: string,
  request: PlatformRequest,
  always: Readonly<Record<string, string>> = {},
): Draft {
  const url = new URL(baseUrl.replace(/\/+$/, '') + request.path);
  for (const [name, value] of Object.entries(request.query ?? {})) url.searchParams.append(name, value);
  const { body, type } = bodyOf(request);
  return {
    method: request.method,
    url,
    headers: {
      accept: JSON_TYPE,
      ...lowerNames(always),
      ...(type === null ? {} : { 'content-type': type }),
      ...lowerNames(request.headers ?? {}),
    },
    body,
    secretQuery: [],
  };
}

function bodyOf(request: PlatformRequest): { body: string | null; type: string | null } {
  if (request.form !== undefined)
    return { body: new URLSearchParams(request.form).toString(), type: FORM_TYPE };
  if (request.body === undefined) return { body: null, type: null };
  return { body: JSON.stringify(request.body), type: JSON_TYPE };
}

function lowerNames(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

export function isForm({ headers }: Pick<Draft, 'headers'>): boolean {
  return (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() === FORM_TYPE;
}

export function withHeaders(draft: Draft, headers: Readonly<Record<string, string>>): Draft {
  return { ...draft, headers: { ...draft.headers, ...lowerNames(headers) } };
}

export function withSecretQuery(draft: Draft, query: Readonly<Record<string, string>>): Draft {
  if (Object.keys(query).length === 0) return draft;
  const url = new URL(draft.url);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return { ...draft, url, secretQuery: [...draft.secretQuery, ...Object.keys(query)] };
}

export function toOutbound(draft: Draft): OutboundRequest {
  const { method, url, headers, body, secretQuery } = draft;
  return { method, url: url.href, headers, body, secretQuery };
}
