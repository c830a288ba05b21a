// What each scheme is, in a few sentences, and how it goes. A scheme without its text does not compile.
import { type Step, sequence } from './markdown.ts';
import type { SchemeName } from './scheme-names.ts';

export interface SchemeText {
  readonly title: string;
  /** Which of the four parts of a platform's auth it is. */
  readonly part: readonly ('obtain' | 'renew' | 'sign' | 'transport')[];
  readonly standard: string;
  readonly about: string;
  readonly flow: string;
  readonly rules: readonly string[];
}

const WHO = { B: 'Merchant', M: 'Mooring', P: 'Platform' };
const drawn = (...steps: readonly Step[]): string => sequence(WHO, steps);
const go = (from: string, to: string, text: string): Step => ({ from, to, text });
const back = (from: string, to: string, text: string): Step => ({ from, to, text, isAnswer: true });
const note = (text: string): Step => ({ over: 'M', text });

const signedCall = (made: string, told = '200, or 401 where it is not ours'): string =>
  drawn(note(made), go('M', 'P', 'the request, with it'), back('P', 'M', told));

export const SCHEMES: { readonly [S in SchemeName]: SchemeText } = {
  authorization_code: {
    title: 'Authorization code',
    part: ['obtain'],
    standard: 'RFC 6749 § 4.1, RFC 7636, RFC 9207, RFC 9700',
    about:
      'The merchant approves at the platform, whose redirect brings a code that works once. Mooring exchanges it by itself, so that no browser ever sees a token.',
    flow: drawn(
      note('makes a state and, with PKCE, a code verifier'),
      go('B', 'P', 'authorize address, with scopes, state and code challenge'),
      go('B', 'P', 'approves'),
      go('B', 'M', 'callback with code and state'),
      note('checks state (once, this browser), iss, signature, shop'),
      go('M', 'P', 'token request with code and code verifier'),
      back('P', 'M', 'access token, refresh token, lifetime, scopes'),
      go('M', 'P', 'a real call that proves it'),
    ),
    rules: [
      'A state works once, for ten minutes, in the browser it began in; only its hash is stored.',
      'PKCE is always S256 where the platform takes it; `plain` is not offered.',
      'A code that comes too late is refused and never exchanged.',
      'Where the data names an issuer, another `iss` ends the approval before the code is sent anywhere.',
    ],
  },
  token_exchange: {
    title: 'Token exchange',
    part: ['obtain'],
    standard: 'RFC 8693',
    about: 'A short-lived token that the vendor’s own page holds becomes a credential of ours.',
    flow: drawn(
      go('B', 'M', 'subject token'),
      note('verifies it: signature, algorithm, audience, dates'),
      go('M', 'P', 'token request with the subject token'),
      back('P', 'M', 'access token'),
    ),
    rules: ['A subject token that does not verify is never sent.'],
  },
  key_handshake: {
    title: 'Key handshake',
    part: ['obtain'],
    standard: 'none: a platform’s own',
    about: 'The platform makes keys when the merchant approves, and its server posts them to us.',
    flow: drawn(
      go('B', 'P', 'approval address, with a single-use value'),
      go('B', 'P', 'approves'),
      go('P', 'M', 'keys, with that value'),
      note('takes them once, for the attempt that the value names'),
      go('M', 'P', 'a real call that proves them'),
    ),
    rules: [
      'The post is not a browser’s: the single-use value ties it to its attempt, and the proof decides.',
    ],
  },
  pasted: {
    title: 'Pasted credentials',
    part: ['obtain'],
    standard: 'none',
    about:
      'A key, a token, or a name and password that the merchant makes in the platform’s own pages and enters.',
    flow: drawn(
      go('B', 'P', 'makes a key'),
      go('B', 'M', 'enters it'),
      note('checks its form'),
      go('M', 'P', 'a real call that proves it'),
      back('P', 'M', 'the shop’s key'),
      note('seals it'),
    ),
    rules: ['What fails the proof is not kept.', 'No message quotes what was entered.'],
  },
  client_credentials: {
    title: 'Client credentials',
    part: ['obtain', 'renew'],
    standard: 'RFC 6749 § 4.4',
    about:
      'The client’s own id and secret, ours or the merchant’s, are good for a token that is minted again when it ends.',
    flow: drawn(
      go('M', 'P', 'token request, the client proved'),
      back('P', 'M', 'access token, lifetime'),
      go('M', 'P', 'calls, until it ends'),
      go('M', 'P', 'token request again'),
    ),
    rules: ['There is no refresh token to lose: a lost answer is asked for again.'],
  },
  jwt_bearer: {
    title: 'JWT bearer assertion',
    part: ['obtain', 'renew'],
    standard: 'RFC 7523 § 2.1',
    about: 'A JWT that we sign is itself the grant.',
    flow: drawn(
      note('makes a JWT: iss, sub, aud, iat, exp, jti'),
      go('M', 'P', 'token request with the assertion'),
      back('P', 'M', 'access token, lifetime'),
    ),
    rules: ['Each assertion has a new `jti` and lives as long as the platform’s data says.'],
  },
  oauth1: {
    title: 'OAuth 1.0a',
    part: ['obtain', 'sign'],
    standard: 'RFC 5849',
    about:
      'Every request is signed over its method, address and parameters. Three-legged: the token comes from an approval; one-legged: keys alone.',
    flow: drawn(
      go('M', 'P', 'temporary credential, signed'),
      go('B', 'P', 'approves'),
      go('B', 'M', 'callback with oauth_verifier'),
      go('M', 'P', 'token request, signed, with the verifier'),
      back('P', 'M', 'token and token secret'),
      go('M', 'P', 'calls, each signed with a new nonce'),
    ),
    rules: [
      'HMAC-SHA1 as in the RFC, HMAC-SHA256 in the same way; PLAINTEXT over https alone.',
      'What is signed is what is sent: query and form body are encoded once, for both.',
    ],
  },
  refresh_token: {
    title: 'Refresh token',
    part: ['renew'],
    standard: 'RFC 6749 § 6, RFC 9700 § 4.14',
    about: 'The access token is renewed before it ends. Where refresh tokens rotate, each works once.',
    flow: drawn(
      note('takes the one refresh of this generation, over all workers'),
      note('writes a marker'),
      go('M', 'P', 'token request with the refresh token'),
      back('P', 'M', 'new access token, new refresh token'),
      note('seals both as the next generation, if nobody else did'),
    ),
    rules: [
      'At most one exchange of a generation is in flight: the connection’s workflow is the lock, a compare-and-set its fence.',
      'The previous refresh token is kept until the new pair is durable and has been used.',
      'A lost answer is settled: the previous token where it still works, else a probe, else a new approval.',
      'An answer without a lifetime never means one that does not end.',
    ],
  },
  login: {
    title: 'Session login',
    part: ['renew'],
    standard: 'none: a platform’s own',
    about: 'A name and a password are good for a session, and a new login replaces it.',
    flow: drawn(
      go('M', 'P', 'login with name and password'),
      back('P', 'M', 'session token, lifetime'),
      go('M', 'P', 'calls, until it ends'),
      go('M', 'P', 'login again'),
    ),
    rules: [
      'A session that ended is one thing, a password that was changed another: only the second needs the merchant.',
    ],
  },
  bearer: {
    title: 'Bearer token',
    part: ['sign'],
    standard: 'RFC 6750 § 2.1',
    about: 'Whoever holds the token may call.',
    flow: signedCall('puts the token into Authorization: Bearer'),
    rules: ['In a header alone, never in an address.'],
  },
  header: {
    title: 'Named header',
    part: ['sign'],
    standard: 'none',
    about: 'A header of the platform’s own, with the key or token in it.',
    flow: signedCall('fills the header from the credential'),
    rules: ['The value may be encoded as the data says; nothing else changes.'],
  },
  query: {
    title: 'Key in the query',
    part: ['sign'],
    standard: 'none; RFC 9700 § 4.3.2 advises against it',
    about: 'For platforms that take the key nowhere else.',
    flow: signedCall('adds the parameter'),
    rules: ['The parameter is hidden in every log of ours. It is in the platform’s.'],
  },
  basic: {
    title: 'HTTP Basic',
    part: ['sign'],
    standard: 'RFC 7617',
    about: 'User name and password in every request, in base64, which hides nothing.',
    flow: signedCall('Authorization: Basic base64(user:password)'),
    rules: ['Over https alone, without exception.', 'A user name with a colon is refused.'],
  },
  hmac: {
    title: 'HMAC over a canonical text',
    part: ['sign'],
    standard: 'RFC 2104; the text is each platform’s own',
    about:
      'A digest, by a shared secret, over a text made of the request: which parts, in which order, is the platform’s data.',
    flow: drawn(
      note('puts time and companions on the request'),
      note('joins the parts of the text, digests them by the secret'),
      go('M', 'P', 'the request, with the signature'),
      note('the platform does the same and compares'),
    ),
    rules: [
      'What does not name the signature is on the request before it is signed.',
      'The clock is part of it: a platform refuses what is some minutes off.',
    ],
  },
  sigv4: {
    title: 'AWS Signature Version 4',
    part: ['sign'],
    standard: 'AWS Signature Version 4',
    about: 'A digest over a canonical request, by a key made for one day, region and service.',
    flow: drawn(
      note('canonical request: method, path, query, headers, body digest'),
      note('text to sign: algorithm, time, scope, digest of that'),
      note('key: secret → date → region → service → aws4_request'),
      go('M', 'P', 'the request, with Authorization: AWS4-HMAC-SHA256 …'),
    ),
    rules: ['Every header that is on the request is signed, so it comes last of a method’s schemes.'],
  },
  jwt: {
    title: 'A JWT a request',
    part: ['sign'],
    standard: 'RFC 7519',
    about: 'A JWT made for each request, short-lived, in a header.',
    flow: signedCall('makes a JWT: claims of the data, iat, exp, jti'),
    rules: ['The key is read as PEM, as a JWK, or, for HS…, as text; it is never in an error.'],
  },
  message_signature: {
    title: 'HTTP Message Signatures',
    part: ['sign'],
    standard: 'RFC 9421, RFC 9530',
    about: 'A signature over the components that the data lists; a body is covered by its digest.',
    flow: signedCall('Content-Digest, then Signature-Input and Signature over the components'),
    rules: ['A covered header that is not on the request stops it.'],
  },
  mutual_tls: {
    title: 'Client certificate',
    part: ['transport'],
    standard: 'RFC 8705',
    about: 'The connection itself shows a certificate, with any scheme on top.',
    flow: drawn(
      note('judges the certificate: its dates, its key'),
      go('M', 'P', 'TLS handshake with the certificate'),
      go('M', 'P', 'the request, on a connection of its own'),
    ),
    rules: [
      'A certificate that is over, not yet valid or another key’s stops the call before anything is sent.',
      'A connection with a certificate is shared with nobody.',
    ],
  },
  client_authentication: {
    title: 'Client authentication',
    part: ['obtain', 'renew'],
    standard: 'RFC 6749 § 2.3, RFC 7523 § 2.2, RFC 8705',
    about:
      'How our app proves itself at a token endpoint: by secret in the body or by HTTP Basic, by a signed JWT, by a certificate, by a signed request.',
    flow: drawn(
      note('private_key_jwt: a JWT about itself, aud is the token address'),
      go('M', 'P', 'token request with the proof'),
      back('P', 'M', 'invalid_client where it is not taken'),
      note('a refused client is our fault: no merchant is asked to approve again'),
    ),
    rules: [
      'An absent secret is left out, never sent empty.',
      'Two secrets overlap while one replaces the other.',
    ],
  },
};
