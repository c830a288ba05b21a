// The schemes, each of which has a page; its text is written by hand, and the list of who uses it is made. A scheme without its row does not compile.
import type { Obtain, Renew, Sign } from '../../domain/platform.ts';

/** Everything that has a page: a scheme of a request, a way to obtain or renew, and what stands beside them. */
export type SchemeName =
  | Sign['scheme']
  | Obtain['kind']
  | Exclude<Renew['kind'], 'none' | 'assertion'>
  | 'install'
  | 'mutual_tls'
  | 'client_authentication'
  | 'received';

export interface Scheme {
  readonly title: string;
  /** Which part of a platform's auth it is. */
  readonly part: string;
  readonly standard: string;
}

export const SCHEMES: { readonly [S in SchemeName]: Scheme } = {
  authorization_code: {
    title: 'Authorization code',
    part: 'obtain',
    standard: 'RFC 6749 § 4.1, RFC 7636, RFC 9207, RFC 9700',
  },
  install: {
    title: 'Installs that begin at the platform',
    part: 'obtain',
    standard: 'none: a platform’s own',
  },
  token_exchange: { title: 'Token exchange', part: 'obtain', standard: 'RFC 8693' },
  key_handshake: { title: 'Key handshake', part: 'obtain', standard: 'none: a platform’s own' },
  pasted: { title: 'Pasted credentials', part: 'obtain', standard: 'none' },
  client_credentials: { title: 'Client credentials', part: 'obtain, renew', standard: 'RFC 6749 § 4.4' },
  jwt_bearer: { title: 'JWT bearer assertion', part: 'obtain, renew', standard: 'RFC 7523 § 2.1' },
  oauth1: { title: 'OAuth 1.0a', part: 'obtain, sign', standard: 'RFC 5849' },
  refresh_token: { title: 'Refresh token', part: 'renew', standard: 'RFC 6749 § 6, RFC 9700 § 4.14' },
  login: { title: 'Session login', part: 'renew', standard: 'none: a platform’s own' },
  bearer: { title: 'Bearer token', part: 'sign', standard: 'RFC 6750 § 2.1' },
  header: { title: 'Named header', part: 'sign', standard: 'none' },
  query: { title: 'Key in the query', part: 'sign', standard: 'none; RFC 9700 § 4.3.2 advises against it' },
  basic: { title: 'HTTP Basic', part: 'sign', standard: 'RFC 7617' },
  hmac: {
    title: 'HMAC over a canonical text',
    part: 'sign',
    standard: 'RFC 2104; the text is each platform’s own',
  },
  sigv4: { title: 'AWS Signature Version 4', part: 'sign', standard: 'AWS Signature Version 4' },
  jwt: { title: 'A JWT a request', part: 'sign', standard: 'RFC 7519' },
  message_signature: { title: 'HTTP Message Signatures', part: 'sign', standard: 'RFC 9421, RFC 9530' },
  mutual_tls: { title: 'Client certificate', part: 'transport', standard: 'RFC 8705' },
  client_authentication: {
    title: 'Client authentication',
    part: 'obtain, renew',
    standard: 'RFC 6749 § 2.3, RFC 7523 § 2.2, RFC 8705',
  },
  received: {
    title: 'What platforms send us',
    part: 'received',
    standard: 'RFC 7515, RFC 8725, Standard Webhooks; else a platform’s own',
  },
};

export function schemeFile(name: SchemeName): string {
  return `${name.replaceAll('_', '-')}.md`;
}

/** From a page of a platform. */
export function schemeLink(name: SchemeName, text: string): string {
  return `[${text}](../schemes/${schemeFile(name)})`;
}
