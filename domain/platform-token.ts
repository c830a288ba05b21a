// One exchange at a token endpoint, and what its answer holds, as data. Texts are templates: `{name}` is a field of the shop, of the registration
// ({clientId}, {clientSecret} and the platform's own), of the credential or of the callback, or a value the text names.
import type { JwtExpected, JwtMade, Sign } from './platform-sign.ts';

/** One thing a merchant or a vendor enters: of a credential, or of our registration at a platform. */
export interface CredentialField {
  readonly name: string;
  readonly label: string;
  readonly secret: boolean;
  readonly help: string;
  /** Anchored regular expression. A multi-line value is matched as it is. */
  readonly pattern?: string;
  /** pem: a file's text, line breaks kept. pfx: a PKCS #12 file in base64. Default: one line. */
  readonly form?: 'pem' | 'pfx';
  readonly optional?: true;
}

/** A text inside another: the pattern's first group. "stores/abc" gives "abc" by ^stores/([a-z0-9]+)$. */
export interface Part {
  readonly from: string;
  /** Anchored; a value that does not match is refused. */
  readonly pattern: string;
}

export type LifetimeUnit =
  | 'seconds'
  | 'epoch_seconds'
  | 'epoch_milliseconds'
  | 'auto'
  | 'iso8601'
  | 'jwt_exp';

/** JSON paths into a token answer, dotted ("data.access_token"). */
export interface TokenAnswer {
  readonly accessToken: string;
  readonly refreshToken?: string;
  /** seconds from now; epoch_…: an instant, whatever the field's name; auto: seconds unless above 1e9; jwt_exp: the `exp` of the JWT there (RFC 7519 § 4.1.4), not verified. */
  readonly expiresIn?: { readonly path: string; readonly unit: LifetimeUnit };
  readonly refreshExpiresIn?: { readonly path: string; readonly unit: LifetimeUnit };
  /** part: anchored; of a scope that matches its first group is kept: "view_orders" of "view_orders:my-project". */
  readonly scope?: { readonly path: string; readonly separator: ',' | ' '; readonly part?: string };
  /** Further values to keep beside the token in the credential: our field name → path. */
  readonly keep?: Readonly<Record<string, string>>;
  /** Shop field → path, or part of what is there. A field the connection already has must be the same, else shop_mismatch. */
  readonly shopFields?: Readonly<Record<string, string | Part>>;
  /** Where the answer itself says it failed although HTTP said 200. */
  readonly failedWhen?: { readonly path: string; readonly notIn: readonly string[] };
  /** json (default); form: application/x-www-form-urlencoded (RFC 5849 § 2.3). */
  readonly format?: 'json' | 'form';
  /** token_type values that are taken, beside Bearer, in any case. */
  readonly tokenTypes?: readonly string[];
  /** OpenID Connect: the id_token's path and what it must be; a wrong one refuses the whole answer. `nonce` is checked where the authorize address carries {nonce}. */
  readonly idToken?: { readonly path: string; readonly jwt: JwtExpected };
}

export interface TokenRequest {
  readonly url: string;
  readonly method: 'POST' | 'GET';
  readonly format: 'json' | 'form' | 'query';
  /**
   * Parameter name → template over {clientId} {clientSecret} {code} {codeVerifier} {redirectUri} {refreshToken} {scopes} {assertion} {subjectToken}, a callback's
   * parameters by their own names, shop, registration and credential fields. One whose template names an optional value that is absent is left out.
   */
  readonly parameters: Readonly<Record<string, string>>;
  /** Parameters to send as JSON numbers. */
  readonly numeric?: readonly string[];
  /** Parameters to send as JSON lists: of what stands between spaces. */
  readonly lists?: readonly string[];
  /**
   * How the client proves itself (RFC 6749 § 2.3). body: client_id and client_secret. basic: § 2.3.1, both form-encoded first. basic_raw: as they are, for platforms that do not
   * decode. private_key_jwt: RFC 7523 § 2.2 by `clientAssertion`. tls_client_auth: RFC 8705, client_id in the body and the transport's certificate. signed: the exchange carries
   * `sign`. none: a public client, or one that proves itself by other parameters; a client_secret is never sent empty.
   */
  readonly clientAuthentication:
    | 'body'
    | 'basic'
    | 'basic_raw'
    | 'private_key_jwt'
    | 'tls_client_auth'
    | 'none'
    | 'signed';
  /** Templates of the client's id and secret; default {clientId} and {clientSecret}. */
  readonly client?: { readonly id: string; readonly secret: string };
  /** With `private_key_jwt`. iss and sub are the client's id and aud the token address unless claims say otherwise. */
  readonly clientAssertion?: JwtMade;
  /** The grant itself is a JWT of ours (RFC 7523 § 2.1): {assertion}. */
  readonly assertion?: JwtMade;
  /** With `signed`: how the exchange itself is signed. */
  readonly sign?: Sign;
  readonly headers?: Readonly<Record<string, string>>;
  /** Where its answer differs from the method's own. */
  readonly answer?: TokenAnswer;
  /** Between the scopes of {scopes}; default a space. */
  readonly scopeSeparator?: ',' | ' ';
}
