// A request while it is being signed: each scheme gives a new draft with its mark on it.
import type { OutboundRequest } from '../domain/outbound.ts';
import type { PlatformRequest } from '../domain/platform.ts';

export interface Draft {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  /** Query parameters that are secret or prove knowledge of a secret. */
  readonly secretQuery: readonly string[];
}

const JSON_TYPE = 'application/json';

/** The unsigned request: base URL and path joined, the query encoded as it will be sent. */
export function draftOf(baseUrl: string, request: PlatformRequest): Draft {
  const url = new URL(baseUrl.replace(/\/+$/, '') + request.path);
  for (const [name, value] of Object.entries(request.query ?? {})) url.searchParams.append(name, value);
  const hasBody = request.body !== undefined;
  return {
    method: request.method,
    url,
    headers: { accept: JSON_TYPE, ...(hasBody ? { 'content-type': JSON_TYPE } : {}), ...request.headers },
    body: hasBody ? JSON.stringify(request.body) : null,
    secretQuery: [],
  };
}

export function withHeaders(draft: Draft, headers: Readonly<Record<string, string>>): Draft {
  return { ...draft, headers: { ...draft.headers, ...headers } };
}

export function withSecretQuery(draft: Draft, query: Readonly<Record<string, string>>): Draft {
  const url = new URL(draft.url);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return { ...draft, url, secretQuery: [...draft.secretQuery, ...Object.keys(query)] };
}

export function toOutbound(draft: Draft): OutboundRequest {
  const { method, url, headers, body, secretQuery } = draft;
  return { method, url: url.href, headers, body, secretQuery };
}
