// How a request is proved ours. One row a scheme, or it does not compile; a platform's data says which schemes, in which order.
import type { OutboundRequest } from '../domain/outbound.ts';
import type { AuthMethod, PlatformRequest, Sign } from '../domain/platform.ts';
import { baseUrlFor } from '../platforms/base-url.ts';
import { type SigningContext, templateValues } from './context.ts';
import { type Draft, draftOf, toOutbound, withHeaders } from './draft.ts';
import { randomNonce } from './random-nonce.ts';
import { signBasic } from './sign/basic.ts';
import { signBearer } from './sign/bearer.ts';
import { signHeader } from './sign/header.ts';
import { signHmac } from './sign/hmac.ts';
import { signJwt } from './sign/jwt.ts';
import { signMessage } from './sign/message.ts';
import { signOAuth1 } from './sign/oauth1.ts';
import { signQuery } from './sign/query.ts';
import { signSigV4 } from './sign/sigv4.ts';
import { certificateOf } from './transport.ts';
import { type Moment, type Values, valuesOf } from './values.ts';

export { mintAppToken } from './app-token.ts';
export { type CallbackVerdict, verifyCallback } from './callback-signature.ts';
export type { SigningContext } from './context.ts';
export {
  type GrantContext,
  obtainCredential,
  obtainShare,
  renewCredential,
  upgradeCredential,
} from './grant.ts';
export { requestTemporary, type TemporaryCredentials } from './oauth1-exchange.ts';
export { type ReceivedMessage, type ReceivedVerdict, verifyReceived } from './received.ts';
export { revokeCredential } from './revoke.ts';
export { answeredStep, confirmShop, type HeldParts, proveRegistration } from './shop-registration.ts';
export type { Issued } from './token-answer.ts';
export type { Moment } from './values.ts';

type Scheme = Sign['scheme'];

/** Puts one scheme's mark on a request. */
export type SignWith<S extends Scheme> = (
  sign: Extract<Sign, { scheme: S }>,
  draft: Draft,
  values: Values,
  moment: Moment,
) => Draft;

/** The same for a scheme whose library answers later. */
export type SignWithLater<S extends Scheme> = (...input: Parameters<SignWith<S>>) => Promise<Draft>;

/**
 * Signs a call for the platform's real address. With the same `nowMs` and `nonce` it gives the same request again. Throws internal when the data
 * names a value that this credential does not have, signing_key_invalid, certificate_invalid, and address_not_allowed where a scheme must not go over http.
 */
export async function signRequest(
  method: AuthMethod,
  context: SigningContext,
  request: PlatformRequest,
): Promise<OutboundRequest> {
  const values = valuesOf(templateValues(context));
  const { platform } = context;
  const draft = draftOf(
    values.fill(baseUrlFor(platform, request)),
    request,
    values.fillAll(platform.headers ?? {}),
  );
  const moment = { nowMs: context.nowMs, nonce: context.nonce ?? randomNonce() };
  const schemes = draft.url.protocol === 'http:' ? (method.signOverHttp ?? method.sign) : method.sign;
  let signed = draft;
  for (const sign of schemes) signed = await signDraft(sign, signed, values, moment);
  const certificate = certificateOf(method.transport, 'api', values);
  return { ...toOutbound(signed), ...(certificate === null ? {} : { clientCertificate: certificate }) };
}

/**
 * Signs any request by one scheme, with values given by name: for those who want to see what a scheme does. Throws as signRequest does.
 */
export async function signPlain(
  sign: Sign,
  request: OutboundRequest,
  values: Readonly<Record<string, string>>,
  moment: Moment,
): Promise<OutboundRequest> {
  const { method, url, headers, body, secretQuery = [] } = request;
  const draft = withHeaders({ method, url: new URL(url), headers: {}, body, secretQuery }, headers);
  return toOutbound(await signDraft(sign, draft, valuesOf(values), moment));
}

/** A scheme without its row does not compile. */
export function signDraft(sign: Sign, draft: Draft, values: Values, moment: Moment): Draft | Promise<Draft> {
  switch (sign.scheme) {
    case 'bearer':
      return signBearer(sign, draft, values, moment);
    case 'header':
      return signHeader(sign, draft, values, moment);
    case 'query':
      return signQuery(sign, draft, values, moment);
    case 'basic':
      return signBasic(sign, draft, values, moment);
    case 'hmac':
      return signHmac(sign, draft, values, moment);
    case 'oauth1':
      return signOAuth1(sign, draft, values, moment);
    case 'sigv4':
      return signSigV4(sign, draft, values, moment);
    case 'jwt':
      return signJwt(sign, draft, values, moment);
    case 'message_signature':
      return signMessage(sign, draft, values, moment);
  }
}
