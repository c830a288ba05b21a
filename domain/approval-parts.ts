// What we seal with an approval beside the parameters of its callback. A platform's parameter of one of these names is never taken: ours are believed.

export const OWN_APPROVAL_PARTS = [
  /** RFC 7636. */
  'codeVerifier',
  /** OpenID Connect: what the id token must repeat. */
  'nonce',
  /** The one the approval was asked for with; the exchange repeats it exactly (RFC 6749 § 4.1.3). */
  'redirectUri',
  /** RFC 5849 § 2.1. */
  'requestToken',
  'requestTokenSecret',
  /** The query as it came, for a signature over it. */
  'rawQuery',
  /** The body as it came, the headers that its signature needs (JSON), and when it came (epoch ms): a signature is judged as of then, however late it is claimed. */
  'rawBody',
  'signedHeaders',
  'receivedAt',
  /** What we answered a registering shop with: it signs with it from then on. */
  'shopSecret',
] as const;

export type OwnApprovalPart = (typeof OWN_APPROVAL_PARTS)[number];

/** The parameters of a callback that are the platform's. */
export function withoutOwnParts(parameters: Readonly<Record<string, string>>): Record<string, string> {
  const own: readonly string[] = OWN_APPROVAL_PARTS;
  return Object.fromEntries(Object.entries(parameters).filter(([name]) => !own.includes(name)));
}
