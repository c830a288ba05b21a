// A message that was received, read back from files: its headers as lines or JSON, its body byte for byte.
import { isForm } from '../auth/draft.ts';
import type { ReceivedMessage } from '../auth/index.ts';
import { InputError, jsonOf } from './input.ts';

interface Given {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headersText: string;
  readonly body: Uint8Array;
}

/** `isAddressed`: whether its address is known, which a signature may cover. */
export function messageOf(given: Given): ReceivedMessage & { readonly isAddressed: boolean } {
  const { requestLine, headers } = headersOf(given.headersText);
  const url = urlOf(given.url ?? requestLine?.target, headers['host']);
  const sent = { url: url ?? 'https://unknown.invalid/', headers, body: given.body };
  return {
    ...sent,
    method: (given.method ?? requestLine?.method ?? (given.body.length > 0 ? 'POST' : 'GET')).toUpperCase(),
    isAddressed: url !== null,
    parameters: parametersOf(sent),
  };
}

/** Absolute; a path alone is at the Host of the headers. */
function urlOf(text: string | undefined, host: string | undefined): string | null {
  if (text === undefined) return null;
  if (/^https?:\/\//.test(text) && URL.canParse(text)) return text;
  if (text.startsWith('/')) return `https://${host ?? 'unknown.invalid'}${text}`;
  throw new InputError(`--url "${text}" is neither an http(s) address nor a path`, []);
}

interface Head {
  readonly requestLine?: { readonly method: string; readonly target: string };
  readonly headers: Record<string, string>;
}

/** Lines of `Name: value`, a request line before them or not; or a JSON object. */
function headersOf(text: string): Head {
  if (text.trimStart().startsWith('{')) return { headers: fromJson(text) };
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  const first = /^([A-Z]+) (\S+)( HTTP\/[\d.]+)?$/.exec(lines[0] ?? '');
  const headers: Record<string, string> = {};
  for (const [at, line] of lines.entries()) {
    if (at === 0 && first !== null) continue;
    const [, name, value = ''] = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):\s*(.*?)\s*$/.exec(line) ?? [];
    if (name === undefined) throw new InputError(`--headers-file line ${at + 1} is not "Name: value"`, []);
    add(headers, name, value);
  }
  const [, method, target] = first ?? [];
  return method === undefined || target === undefined
    ? { headers }
    : { requestLine: { method, target }, headers };
}

function fromJson(text: string): Record<string, string> {
  const parsed = jsonOf('--headers-file', text);
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(Object(parsed))) {
    const values: readonly unknown[] = Array.isArray(value) ? value : [value];
    for (const one of values) add(headers, name, String(one));
  }
  return headers;
}

function add(headers: Record<string, string>, name: string, value: string): void {
  const key = name.toLowerCase();
  headers[key] = headers[key] === undefined ? value : `${headers[key]}, ${value}`;
}

type Sent = Pick<ReceivedMessage, 'url' | 'headers' | 'body'>;

/** All in their order, of the query and of a body that is a form. */
export function pairsOf({ url, headers, body }: Sent): NonNullable<ReceivedMessage['pairs']> {
  return {
    query: [...new URL(url).searchParams],
    form: isForm({ headers }) ? [...new URLSearchParams(Buffer.from(body).toString('utf8'))] : [],
  };
}

/** Each once. */
function parametersOf(sent: Sent): Record<string, string> {
  const { query, form } = pairsOf(sent);
  return Object.fromEntries([...query, ...form]);
}
