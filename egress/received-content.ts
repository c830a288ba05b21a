// What a notification says: the claims where it is a JWT, else its JSON, or the fields of a form. It never throws for what was received, and believes nothing.
import type { ReceivedMessage, ReceivedVerdict } from '../auth/index.ts';
import type { Json } from '../domain/platform.ts';
import { parseJson } from './parse-json.ts';

/** Undefined where it is none of these. */
export function contentOf(
  { body, headers }: ReceivedMessage,
  verdict: ReceivedVerdict | null,
): Json | undefined {
  const isForm = headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true;
  if (isForm) return fieldsOf(Buffer.from(body).toString('utf8'));
  const claims = verdict?.ok === true ? (verdict.claims ?? {}) : {};
  const hasClaims = Object.keys(claims).length > 0;
  try {
    return parseJson(hasClaims ? JSON.stringify(claims) : Buffer.from(body).toString('utf8'));
  } catch {
    return undefined;
  }
}

/** Each name once: what is there twice is nobody's field. */
function fieldsOf(form: string): Json {
  const pairs = [...new URLSearchParams(form)];
  // Anybody may send a hundred thousand: each is looked at once.
  const seen = new Set<string>();
  const twice = new Set<string>();
  for (const [name] of pairs) (seen.has(name) ? twice : seen).add(name);
  return Object.fromEntries(pairs.filter(([name]) => !twice.has(name)));
}
