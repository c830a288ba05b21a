// Hides secrets in whatever is logged or shown: by the names of headers, parameters and fields, and by the values known to be
// secret. It must never be the only wall: what need not be shown is not logged at all.
import type { Secret } from '../domain/secret.ts';

export const REDACTED = '[redacted]';

const SECRET_NAME =
  /token|secret|passw|authorization|api[-_]?key|access[-_]?key|private[-_]?key|consumer[-_]?key|^(code|sign|sig|hmac|jwt|key|state|auth)$|signature|cookie|session|assertion|credential|verifier/i;

/** Says whether a header, query parameter or field of this name usually carries a secret. */
export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name);
}

/** Copies headers with the values of secret ones hidden. */
export function redactHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, isSecretName(name) ? REDACTED : value]),
  );
}

/** The address with secret parameters hidden; `secretQuery` names more of them. Text that is no address is hidden whole. */
export function redactUrl(text: string, secretQuery: readonly string[] = []): string {
  if (!URL.canParse(text)) return REDACTED;
  const url = new URL(text);
  const pairs = [...url.searchParams].map(([name, value]) =>
    isSecretName(name) || secretQuery.includes(name)
      ? `${name}=${REDACTED}`
      : `${encodeURIComponent(name)}=${encodeURIComponent(value)}`,
  );
  return `${url.origin}${url.pathname}${pairs.length === 0 ? '' : `?${pairs.join('&')}`}`;
}

/** A body fit to be shown: JSON and form fields by name, known secrets by value, the rest cut at `limit` characters. */
export function redactBody(text: string, secrets: readonly Secret[] = [], limit = 2000): string {
  const hidden = hideValues(redactJson(text) ?? redactPairs(text), secrets);
  return hidden.length <= limit ? hidden : `${hidden.slice(0, limit)}… (${hidden.length} characters)`;
}

/** Fewer would leave too little within other base64 to be told from it. */
const SHORTEST_WITHIN_BYTES = 12;

/** Replaces every occurrence of the secrets, in plain, URL-encoded, JSON-escaped, base64 and hex form. */
export function hideValues(text: string, secrets: readonly Secret[]): string {
  let hidden = text;
  for (const secret of secrets) {
    for (const form of formsOf(secret.reveal())) hidden = hidden.replaceAll(form, REDACTED);
  }
  return hidden;
}

/** Values of fewer than 6 characters would blank ordinary text, and are hidden by name alone. */
function formsOf(value: string): string[] {
  if (value.length < 6) return [];
  const bytes = Buffer.from(value);
  const base64 = bytes.toString('base64').replace(/=+$/, '');
  const forms = [
    value,
    encodeURIComponent(value),
    new URLSearchParams({ v: value }).toString().slice(2),
    JSON.stringify(value).slice(1, -1),
    base64,
    base64.replaceAll('+', '-').replaceAll('/', '_'),
    bytes.toString('hex'),
    ...(bytes.length < SHORTEST_WITHIN_BYTES ? [] : [0, 1, 2].map((before) => withinBase64(bytes, before))),
  ];
  return [...new Set(forms)].sort((a, b) => b.length - a.length);
}

/** What the base64 of any text has of it that holds the value so many bytes (modulo 3) after its beginning: a Basic header's password. */
function withinBase64(bytes: Buffer, before: number): string {
  const shifted = Buffer.concat([Buffer.alloc(before), bytes]);
  return shifted
    .subarray(0, shifted.length - (shifted.length % 3))
    .toString('base64')
    .slice(before === 0 ? 0 : 4);
}

function redactJson(text: string): string | undefined {
  try {
    return JSON.stringify(
      JSON.parse(text, (key, value) =>
        isSecretName(key) && value !== null && typeof value !== 'object' ? REDACTED : value,
      ),
    );
  } catch {
    return undefined;
  }
}

/** Form bodies, and name=value or "name": "value" inside any other text. */
function redactPairs(text: string): string {
  return text.replace(
    /(["']?)([A-Za-z0-9_.-]{2,64})\1(\s*[=:]\s*)("[^"]*"|'[^']*'|(?:Bearer |Basic )?[^\s&,;<>"']+)/g,
    (whole, quote: string, name: string, between: string) =>
      isSecretName(name) ? `${quote}${name}${quote}${between}${REDACTED}` : whole,
  );
}
