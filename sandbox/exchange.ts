/** One request to a simulated platform and its answer, as plain values. Never touches a socket. */

export interface Exchange {
  readonly method: string;
  /** The host the caller meant: x-forwarded-host, else Host, without a port. */
  readonly host: string;
  readonly path: string;
  readonly query: URLSearchParams;
  /** As sent, without the question mark. */
  readonly rawQuery: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly bodyText: string;
  /** What stood before the path, `/_host/<host>` where a browser came that way, else empty. */
  readonly prefix: string;
  /** Filled in by the platform once it knows, for the record of requests. */
  grantId?: string;
  /** What was asked, where the path does not say it (a GraphQL operation). */
  operation?: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

export function json(status: number, value: unknown, headers: Record<string, string> = {}): Answer {
  return jsonText(status, JSON.stringify(value), headers);
}

export function jsonText(status: number, body: string, headers: Record<string, string> = {}): Answer {
  return { status, headers: { 'content-type': 'application/json; charset=utf-8', ...headers }, body };
}

export function html(status: number, body: string): Answer {
  return { status, headers: { 'content-type': 'text/html; charset=utf-8' }, body };
}

export function redirect(to: string): Answer {
  return { status: 302, headers: { location: to }, body: '' };
}

/** The body's fields, from JSON or a form; empty where it is neither. */
export function bodyFields(exchange: Exchange): Record<string, unknown> {
  const type = exchange.headers['content-type'] ?? '';
  if (type.startsWith('application/x-www-form-urlencoded')) {
    return Object.fromEntries(new URLSearchParams(exchange.bodyText));
  }
  try {
    const value: unknown = JSON.parse(exchange.bodyText);
    return isRecord(value) ? value : {};
  } catch {
    return {};
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A field as text: strings and numbers as they are, anything else as empty. */
export function textField(fields: Record<string, unknown>, name: string): string {
  const value = fields[name];
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}

/** Adds or replaces query parameters of an absolute URL. */
export function withQuery(url: string, params: Record<string, string>): string {
  const target = new URL(url);
  for (const [name, value] of Object.entries(params)) target.searchParams.set(name, value);
  return target.toString();
}
