/** Faults on demand: which request one applies to, and what it does to an answer. Sending oddly is server.ts's part. */
import { type Answer, type Exchange, html, isRecord, json, textField } from './exchange.ts';
import type { Sandbox } from './sandbox.ts';

/** Faults that answer in the platform's place: it never sees the request. */
const INSTEAD = ['status', 'html', 'empty', 'redirect', 'huge', 'drop'] as const;
/** Faults that let the platform act and then spoil its answer. */
const AFTER = ['lose_answer', 'cut', 'truncated', 'wrong_types', 'next_link', 'drip', 'slow'] as const;
/** Faults of what the platform tells us by itself; `path` is then a regular expression on the topic. */
const OF_PUSHES = ['push_lost', 'push_duplicate', 'push_forged', 'push_late', 'push_reordered'] as const;
export const FAULT_KINDS = [...INSTEAD, ...AFTER, ...OF_PUSHES];
export type FaultKind = (typeof FAULT_KINDS)[number];

export interface Fault {
  id: string;
  kind: FaultKind;
  /** The shop's key; null: any request. */
  shop: string | null;
  /** A regular expression on the path; null: any. */
  path: string | null;
  method: string | null;
  /** Requests still to be hit; null: until removed. */
  left: number | null;
  hits: number;
  /** `status`: the HTTP status. */
  status: number;
  /** `status`: Retry-After in seconds; null: without the header. */
  retryAfterS: number | null;
  body: string | null;
  /** `slow`: before the platform sees the request; `drip`: between bytes. */
  ms: number;
  /** `redirect`, `next_link`: where to; for `next_link` also 'self'. */
  to: string;
  /** `huge`: how much; null: until the caller hangs up. */
  bytes: number | null;
  /** `wrong_types`: the whole answer, or each field. */
  depth: 'envelope' | 'fields';
}

const isOfPushes = (fault: Fault) => OF_PUSHES.some((kind) => kind === fault.kind);

/** The first fault that fits, counted as hit. */
export function takeFault(sandbox: Sandbox, exchange: Exchange, shopKey: string | null): Fault | null {
  return hit(
    sandbox.faults.find(
      (one) =>
        one.left !== 0 &&
        !isOfPushes(one) &&
        (one.shop === null || one.shop === shopKey || one.shop === exchange.host) &&
        (one.method === null || one.method === exchange.method) &&
        (one.path === null || new RegExp(one.path).test(exchange.path)),
    ),
  );
}

/** The same for a push of that topic. */
export function takePushFault(sandbox: Sandbox, shopKey: string, topic: string): Fault | null {
  return hit(
    sandbox.faults.find(
      (one) =>
        one.left !== 0 &&
        isOfPushes(one) &&
        (one.shop === null || one.shop === shopKey) &&
        (one.path === null || new RegExp(one.path).test(topic)),
    ),
  );
}

function hit(fault: Fault | undefined): Fault | null {
  if (fault === undefined) return null;
  fault.hits += 1;
  if (fault.left !== null) fault.left -= 1;
  return fault;
}

/** What a fault answers in the platform's place; null when the platform is to answer. */
export function answerInstead(fault: Fault): Answer | null {
  switch (fault.kind) {
    case 'status': {
      const retry: Record<string, string> =
        fault.retryAfterS === null ? {} : { 'retry-after': String(fault.retryAfterS) };
      if (fault.body !== null) return { status: fault.status, headers: retry, body: fault.body };
      return json(fault.status, { errors: `sandbox fault: ${fault.status}` }, retry);
    }
    case 'html':
      return html(
        fault.status,
        fault.body ?? '<!doctype html><title>Checking your browser</title><h1>One moment…</h1>',
      );
    case 'empty':
      return { status: fault.status, headers: { 'content-type': 'application/json' }, body: '' };
    case 'redirect':
      return { status: 302, headers: { location: fault.to }, body: '' };
    default:
      return null;
  }
}

/** A platform's answer as the fault leaves it. */
export function spoilAnswer(fault: Fault, exchange: Exchange, answer: Answer): Answer {
  const text = answer.body.toString();
  switch (fault.kind) {
    case 'truncated':
      return { ...answer, body: text.slice(0, Math.floor(text.length / 2)) };
    case 'wrong_types':
      return { ...answer, body: fault.depth === 'envelope' ? '["unexpected"]' : wrongFields(text) };
    case 'next_link':
      return withNextLink(fault.to, exchange, answer);
    default:
      return answer;
  }
}

function wrongFields(text: string): string {
  return JSON.stringify(withWrongFields(JSON.parse(text)));
}

function withWrongFields(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withWrongFields);
  if (typeof value === 'number') return [value];
  if (typeof value === 'string') return { was: value };
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, withWrongFields(one)]));
}

/** Sends the caller round in a circle, or to another host, by the platform's own way of paging. */
function withNextLink(to: string, exchange: Exchange, answer: Answer): Answer {
  const self = `https://${exchange.host}${exchange.path}${exchange.rawQuery === '' ? '' : `?${exchange.rawQuery}`}`;
  const link = to === 'self' ? self : to;
  const headers = { ...answer.headers };
  if (headers['x-wp-total'] !== undefined || headers['link'] !== undefined)
    headers['link'] = `<${link}>; rel="next"`;
  const cursor = JSON.stringify(sentCursor(exchange));
  const body = answer.body
    .toString()
    .replace(/"hasNextPage":false/g, '"hasNextPage":true')
    .replace(/"endCursor":(?:"[^"]*"|null)/g, `"endCursor":${cursor}`)
    .replace(NEXT_FIELDS, (_, name: string) => `"${name}":${cursor}`)
    .replace(/"next_offset":\d+/g, `"next_offset":${Number(exchange.query.get('offset') ?? 0)}`)
    .replace(/"(more|has_next_page)":false/g, '"$1":true');
  return { ...answer, headers, body };
}

/** Where the platforms' answers tell what comes next, and where a question says it. */
const NEXT_FIELDS =
  /"(next_cursor|nextToken|NextToken|next_page_token|nextPageCursor|nextCursor|cursor)":"[^"]*"/g;
const CURSOR_PARAMS = [
  'cursor',
  'nextToken',
  'NextToken',
  'paginationToken',
  'pageToken',
  'page_token',
  'nextCursor',
];

function sentCursor(exchange: Exchange): string {
  const inQuery = CURSOR_PARAMS.map((name) => exchange.query.get(name)).find((value) => value !== null);
  if (inQuery !== undefined && inQuery !== null) return inQuery;
  try {
    const body: unknown = JSON.parse(exchange.bodyText);
    const variables = isRecord(body) ? body['variables'] : undefined;
    if (!isRecord(variables)) return '';
    return textField(variables, 'after') || textField(variables, 'cursor');
  } catch {
    return '';
  }
}
