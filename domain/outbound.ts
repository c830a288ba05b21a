// One call out of the house as plain data, after signing and before parsing. Auth makes requests, egress alone sends them.
// Everything here may hold secrets: it must never be logged, stored or put into an error without egress/redact.ts.

export interface OutboundRequest {
  readonly method: string;
  /** Absolute, with the query; https unless a setting or the platform's data permits http. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  /** Query parameters whose values are secret, beside those every log hides anyway. */
  readonly secretQuery?: readonly string[];
  /** Shown when the connection is made (RFC 8705); connections with one are shared with nobody else. */
  readonly clientCertificate?: ClientCertificate;
}

/** Secret as a whole. PEM texts, or a PKCS #12 file in base64. */
export type ClientCertificate =
  | {
      readonly kind: 'pem';
      readonly certificate: string;
      readonly privateKey: string;
      readonly passphrase?: string;
    }
  | { readonly kind: 'pfx'; readonly pfxBase64: string; readonly passphrase?: string };

export interface OutboundAnswer {
  readonly status: number;
  /** Names in lower case; repeated fields joined by ", ". */
  readonly headers: Readonly<Record<string, string>>;
  /** Decoded (gzip, deflate, br) and read as UTF-8, within the size bound. */
  readonly bodyText: string;
}

/**
 * Sends one request and gives the answer whatever its status; a redirect is an answer, never followed.
 * Throws MooringError address_not_allowed, platform_unreachable, platform_answer_invalid or platform_answer_too_large.
 */
export type Send = (request: OutboundRequest) => Promise<OutboundAnswer>;
