// How a request is proved ours, as data: the schemes, the JWTs we make, the signatures we check, the client certificate. Texts are templates: `{name}` is a
// field of the shop, of the registration or of the credential, or a value the text names. Nothing here computes.

/**
 * Values every scheme may name beside those fields: {method} {host} {path} {query} (as sent, without "?") {url} (as sent) {body} (the exact text, empty where there
 * is none) {bodySha256} (hex) {bodyMd5} (hex) {timestamp} (in the scheme's own form) {nonce} (32 hex digits) {uuid} (made of the nonce).
 */
export type Sign =
  | BearerSign
  | HeaderSign
  | QuerySign
  | BasicSign
  | HmacSign
  | OAuth1Sign
  | SigV4Sign
  | JwtSign
  | MessageSign;

/** RFC 6750 § 2.1. */
export interface BearerSign {
  readonly scheme: 'bearer';
  /** Template of the token; default "{accessToken}". */
  readonly token?: string;
}

export interface HeaderSign {
  readonly scheme: 'header';
  readonly name: string;
  readonly value: string;
  /** What is sent is `prefix` and then the value in base64: "ESA " + base64 of {serviceSecret}:{licenseKey}. */
  readonly encode?: 'base64';
  readonly prefix?: string;
  /** Left out where this regular expression matches the path. */
  readonly exceptPath?: string;
}

/** For platforms that take it nowhere else: the value is hidden in every log, but it is in theirs (RFC 9700 § 4.3.2). */
export interface QuerySign {
  readonly scheme: 'query';
  readonly name: string;
  readonly value: string;
  readonly exceptPath?: string;
}

/** RFC 7617, over https alone. */
export interface BasicSign {
  readonly scheme: 'basic';
  readonly username: string;
  readonly password: string;
}

/** An HMAC over a text that the platform makes up: its parts, in order, joined by `separator`. */
export interface HmacSign {
  readonly scheme: 'hmac';
  readonly algorithm: 'sha256' | 'sha1' | 'sha512';
  /** HEX: upper case. */
  readonly encoding: 'hex' | 'HEX' | 'base64';
  /** Template of the key. */
  readonly key: string;
  /** How the key's text becomes bytes; default utf8. */
  readonly keyEncoding?: 'utf8' | 'hex' | 'base64';
  /** Templates, {parameters} included where `parameters` says what it is. */
  readonly message: readonly string[];
  /** Default: none. "\n" where every part is a line. */
  readonly separator?: string;
  /** basic: 20260131T235959Z; short: 260131T235959Z. All UTC. */
  readonly timestamp: 'seconds' | 'milliseconds' | 'basic' | 'short' | 'iso8601';
  readonly parameters?: SignedParameters;
  /** A beginning of the path that {path} does not have: "/rest". */
  readonly stripPath?: string;
  /**
   * Where the signature and its companions go: name → template. What does not name {signature} is put on the request first, so that
   * {parameters}, {query} and {url} hold it.
   */
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Companion of the query → regular expression over the path; where it matches the companion is left out. */
  readonly exceptPath?: Readonly<Record<string, string>>;
}

/** How {parameters} is made: sorted by name (by byte), then by value, unless `sort` is false. */
export interface SignedParameters {
  /** query: of the address. form: of the body too, where it is a form. */
  readonly from: 'query' | 'form';
  readonly except?: readonly string[];
  /** Between name and value, and between two pairs. Lazada and TikTok Shop: both empty. */
  readonly pair: '' | '=';
  readonly between: '' | '&';
  /** Default: as they are. rfc3986: percent-encoded, a space is %20. form: a space is +. */
  readonly encode?: 'rfc3986' | 'form';
  readonly sort?: false;
}

/** RFC 5849 § 3. One-legged where no token is named. */
export interface OAuth1Sign {
  readonly scheme: 'oauth1';
  /** HMAC-SHA256 is not in the RFC; signed the same way. PLAINTEXT over https alone. */
  readonly method: 'HMAC-SHA1' | 'HMAC-SHA256' | 'PLAINTEXT';
  readonly consumerKey: string;
  readonly consumerSecret: string;
  readonly token?: string;
  readonly tokenSecret?: string;
  /** RFC 5849 § 3.5.1; never signed. */
  readonly realm?: string;
  /** § 3.5.1 the Authorization header, § 3.5.3 the query. */
  readonly place: 'header' | 'query';
  /** Whether oauth_version=1.0 is sent; § 3.1 leaves it open. */
  readonly version: boolean;
}

/** AWS Signature Version 4, in headers. S3's own form of it is not meant. */
export interface SigV4Sign {
  readonly scheme: 'sigv4';
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Sent as X-Amz-Security-Token, and signed. */
  readonly sessionToken?: string;
  readonly region: string;
  readonly service: string;
  /** S3 signs the path as it is sent; all others encode it once more. Default false. */
  readonly pathAsIs?: true;
}

/** A JWT made for each request (RFC 7519). */
export interface JwtSign {
  readonly scheme: 'jwt';
  readonly jwt: JwtMade;
  /** Default Authorization. */
  readonly header?: string;
  /** Default "Bearer ". */
  readonly prefix?: string;
}

/** HTTP Message Signatures, RFC 9421. A body is covered through content-digest (RFC 9530), which is added. */
export interface MessageSign {
  readonly scheme: 'message_signature';
  readonly algorithm: 'ed25519' | 'ecdsa-p256-sha256' | 'rsa-v1_5-sha256' | 'rsa-pss-sha512' | 'hmac-sha256';
  /** PEM (PKCS #8), or the secret's text for hmac-sha256. */
  readonly key: string;
  /** How a secret's text becomes bytes; default utf8. */
  readonly keyEncoding?: 'utf8' | 'base64';
  readonly keyId?: string;
  /** Covered components, in order: "@method", "@target-uri", "@authority", "@path", "@query", and header names; content-digest is left out where there is no body. */
  readonly components: readonly string[];
  readonly label: string;
  /** Whether `alg` is told (§ 2.3). */
  readonly tellsAlgorithm?: true;
  /** Further headers, name → template: a key's own certificate, say. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** JWS algorithms (RFC 7518 § 3.1, RFC 8037). `none` is not one of them. */
export type JwsAlgorithm =
  | 'HS256'
  | 'HS384'
  | 'HS512'
  | 'RS256'
  | 'RS384'
  | 'RS512'
  | 'PS256'
  | 'PS384'
  | 'PS512'
  | 'ES256'
  | 'ES384'
  | 'ES512'
  | 'EdDSA';

/** A JWT we make: an assertion (RFC 7523), a client's proof (private_key_jwt), or one a request. `iat`, `exp` and `jti` are added. */
export interface JwtMade {
  readonly algorithm: JwsAlgorithm;
  /** PEM (PKCS #8) or a JWK as JSON; for HS… the secret's text. */
  readonly key: string;
  readonly keyId?: string;
  /** Claim → template, e.g. iss, sub, aud. */
  readonly claims: Readonly<Record<string, string>>;
  readonly lifetimeS: number;
  /** Further members of the header: `typ` is JWT unless told here. */
  readonly header?: Readonly<Record<string, string>>;
}

/** What a JWT we receive must be. Every rule is checked; an algorithm that is not listed is refused whatever the header says (RFC 8725 § 3.1). */
export interface JwtExpected {
  readonly algorithms: readonly JwsAlgorithm[];
  /** Where the key is: our secret (HS… alone), the platform's key set (RFC 7517), or one public key (PEM, SPKI or certificate). */
  readonly key:
    | { readonly kind: 'secret'; readonly secret: string; readonly encoding?: 'utf8' | 'base64' }
    | { readonly kind: 'jwks'; readonly url: string }
    | { readonly kind: 'public_key'; readonly pem: string };
  /** Template of `iss`; null: the platform sends none. */
  readonly issuer: string | null;
  /** Template of the `aud` that must be among those told; null: the platform sends none. */
  readonly audience: string | null;
  /** Claims that must be there beside. `exp` must, unless `exp` is false. */
  readonly required?: readonly string[];
  readonly exp?: false;
  /** Of clocks, for exp, nbf and iat; default 300 s. */
  readonly toleranceS?: number;
  /** Oldest `iat` that is taken, seconds. */
  readonly maxAgeS?: number;
}

/** How a message we receive (a callback, a notification) is signed. Compared in constant time; fails closed. */
export type ReceivedSignature =
  | ReceivedHmac
  | ReceivedJwt
  | ReceivedWebhook
  | ReceivedPublicKey
  | ReceivedBasic;

/** An HMAC over what `message` names, in a parameter or a header. */
export interface ReceivedHmac {
  readonly kind: 'hmac';
  readonly in: { readonly parameter: string } | { readonly header: string };
  /** Anchored, with one group: the signature within the text. Default: the whole. */
  readonly pattern?: string;
  readonly algorithm: 'sha256' | 'sha1' | 'sha512';
  /** hex_or_base64: the platform does not say which; either tells the same digest. */
  readonly encoding: 'hex' | 'base64' | 'hex_or_base64';
  /** Template of the key; default: the client secret and those still in their overlap, each of them tried. */
  readonly key?: string;
  readonly keyEncoding?: 'utf8' | 'hex' | 'base64';
  /**
   * Parts, joined by `separator`, over {method} {path} {query} {rawQuery} {url} {body} {bodySha256} {parameters} {header:name} {json:path}. {rawQuery} is the query
   * as received without the signature's own parameter.
   */
  readonly message: readonly string[];
  readonly separator?: string;
  readonly parameters?: SignedParameters;
  readonly timestamp?: ReceivedTimestamp;
}

/** Where the time a message was signed stands, and how far it may be from ours. */
export interface ReceivedTimestamp {
  readonly in: { readonly parameter: string } | { readonly header: string } | { readonly json: string };
  readonly unit: 'seconds' | 'milliseconds' | 'iso8601';
  readonly toleranceS: number;
}

/** The message, or a parameter or header of it, is a JWT. */
export interface ReceivedJwt {
  readonly kind: 'jwt';
  readonly in: { readonly parameter: string } | { readonly header: string } | 'body';
  readonly jwt: JwtExpected;
  /** RFC 7515 appendix F: the payload is the body, and the compact form has none. */
  readonly isDetached?: true;
}

/** No signature but a password, or a header of our choice, that only the platform and we know. */
export interface ReceivedBasic {
  readonly kind: 'basic';
  /** Default authorization. */
  readonly header?: string;
  /** Template of the whole value; `password` alone: RFC 7617 with this user name. */
  readonly username?: string;
  /** Template; default {notificationSecret}. */
  readonly password?: string;
}

/** Standard Webhooks: HMAC-SHA256 over id.timestamp.body, "v1,<base64>" in a list. */
export interface ReceivedWebhook {
  readonly kind: 'standard_webhooks';
  /** How the secret's text becomes the key; default base64 after "whsec_". */
  readonly keyEncoding?: 'utf8' | 'base64';
  readonly key?: string;
  readonly toleranceS: number;
}

/** A signature by the platform's private key over the body. */
export interface ReceivedPublicKey {
  readonly kind: 'public_key';
  readonly header: string;
  /** ecdsa-told: by SHA-1 or SHA-256, as the signature's JSON says in "digest"; SHA-1 where it does not. */
  readonly algorithm: 'rsa-sha256' | 'ecdsa-sha256' | 'ecdsa-sha1' | 'ecdsa-told' | 'ed25519';
  /** How the header's text is read. plain: base64 of the signature. json: base64 of a JSON with kid and signature. parameters: keyId=…, signature=… */
  readonly form: 'plain' | 'json' | 'parameters';
  /** The key's PEM as a template, or the request that reads it by {keyId}. */
  readonly key: { readonly pem: string } | FetchedKey;
}

/** A key that the platform hands out by a call of its API, made with the credential of one of our connections there. Kept for an hour. */
export interface FetchedKey {
  /** May name {keyId}. */
  readonly path: string;
  /** Where the key stands in the answer; default "key". Within a list: in the element whose `id` it is. */
  readonly at?: string;
  readonly list?: { readonly at: string; readonly id: string };
  /** Read with our app's own token (`appToken`). */
  readonly asApp?: true;
}

/** RFC 8705: a client certificate for the connection itself, with any scheme. Either certificate and key (PEM), or a PKCS #12 file in base64. */
export type Transport = {
  /** Where it is shown; default: everywhere. */
  readonly at?: 'token' | 'api';
  /** Template of the key's or the file's passphrase. */
  readonly passphrase?: string;
} & ({ readonly certificate: string; readonly privateKey: string } | { readonly pfx: string });
