// A signed request with its secrets taken out, for people's screens. What is secret is told by the caller; its usual encodings are found as well.
import { formEncode, percentEncode } from '../auth/encode.ts';
import type { OutboundRequest } from '../domain/outbound.ts';

export const MASK = '[secret]';

/** Signatures stay: they prove a secret and are none. A JWT's stay out, since it is a credential by itself. */
export function masked(request: OutboundRequest, secrets: readonly string[]): OutboundRequest {
  const clean = (text: string): string => withoutSecrets(text, secrets);
  return {
    method: request.method,
    url: clean(request.url),
    headers: Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, clean(value)])),
    body: request.body === null ? null : clean(request.body),
    ...(request.clientCertificate === undefined ? {} : { clientCertificate: request.clientCertificate }),
  };
}

/** A text with every secret in it replaced, in its usual encodings too. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  return withoutTexts(withoutTokens(text, secrets), formsOf(secrets));
}

/** Longest first, so that no part of a longer one is left. */
function formsOf(secrets: readonly string[]): string[] {
  const forms = secrets.flatMap((text) => {
    // They differ in ! ' ( ) *, which RFC 3986 has encoded.
    const encoded = [encodeURIComponent, percentEncode].flatMap((encode) => [
      encode(text),
      encode(encode(text)),
    ]);
    return [text, ...encoded, formEncode(text), JSON.stringify(text).slice(1, -1)];
  });
  return [...new Set(forms)].filter((text) => text !== '').sort((a, b) => b.length - a.length);
}

/** In one pass, so that no mask is masked. What is shorter than four characters is a secret only where it is a whole value. */
function withoutTexts(text: string, forms: readonly string[]): string {
  if (forms.length === 0) return text;
  const patterns = forms.map((form) => {
    const literal = form.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
    return form.length < 4 ? `(?<=^|[=:\\s"'&])${literal}(?=$|[\\s"'&,])` : literal;
  });
  return text.replace(new RegExp(patterns.join('|'), 'g'), MASK);
}

/** Base64 that holds a secret, all of HTTP Basic, and the signature of a JWT. */
function withoutTokens(text: string, secrets: readonly string[]): string {
  const isJwt = /\b(eyJ[\w-]+\.[\w-]+)\.[\w-]+/g;
  return text
    .replace(isJwt, (_, signed: string) => `${signed}.${MASK}`)
    .replace(/\bBasic [A-Za-z0-9+/]+={0,2}/g, `Basic ${MASK}`)
    .replace(/[A-Za-z0-9+/]{4,}={0,2}/g, (word) => {
      const decoded = Buffer.from(word, 'base64').toString('utf8');
      return secrets.some((secret) => secret.length >= 4 && decoded.includes(secret)) ? MASK : word;
    });
}
