// How a request is proved ours. One row a scheme, or it does not compile; a platform's data says which schemes, in which order.
import { MooringError } from '../domain/errors.ts';
import type { OutboundRequest } from '../domain/outbound.ts';
import type { AuthMethod, PlatformRequest, Sign } from '../domain/platform.ts';
import { fillAll, fillTemplate } from '../platforms/template.ts';
import { type SigningContext, templateValues } from './context.ts';
import { type Draft, draftOf, toOutbound } from './draft.ts';
import { signBasic } from './sign/basic.ts';
import { signBearer } from './sign/bearer.ts';
import { signHeader } from './sign/header.ts';
import { signHmac } from './sign/hmac.ts';
import { signQuery } from './sign/query.ts';

export { type CallbackVerdict, verifyCallback } from './callback-signature.ts';
export type { SigningContext } from './context.ts';
export { type GrantContext, obtainCredential, renewCredential } from './grant.ts';
export type { Issued } from './token-answer.ts';

/** The values that the templates of a platform's data may name. Calling it gives one of them. */
export interface Values {
  (name: string): string;
  has(name: string): boolean;
  fill(template: string): string;
  fillAll(templates: Readonly<Record<string, string>>): Record<string, string>;
  with(more: Readonly<Record<string, string>>): Values;
}

type Scheme = Sign['scheme'];

/** Puts one scheme's mark on a request. */
export type SignWith<S extends Scheme> = (
  sign: Extract<Sign, { scheme: S }>,
  draft: Draft,
  values: Values,
  nowMs: number,
) => Draft;

/** Signs a call for the platform's real address. Throws internal when the data names a value that this credential does not have. */
export function signRequest(
  method: AuthMethod,
  context: SigningContext,
  request: PlatformRequest,
): OutboundRequest {
  const values = valuesOf(templateValues(context));
  const draft = draftOf(fillTemplate(context.platform.baseUrl, context.shop), request);
  return toOutbound(method.sign.reduce((signed, sign) => apply(sign, signed, values, context.nowMs), draft));
}

/** A scheme without its row does not compile. */
function apply(sign: Sign, draft: Draft, values: Values, nowMs: number): Draft {
  switch (sign.scheme) {
    case 'bearer':
      return signBearer(sign, draft, values, nowMs);
    case 'header':
      return signHeader(sign, draft, values, nowMs);
    case 'query':
      return signQuery(sign, draft, values, nowMs);
    case 'basic':
      return signBasic(sign, draft, values, nowMs);
    case 'hmac':
      return signHmac(sign, draft, values, nowMs);
    case 'oauth1':
    case 'sigv4':
    case 'jwt':
    case 'message_signature':
      throw new MooringError('internal', `the scheme "${sign.scheme}" is not there yet`);
  }
}

export function valuesOf(known: Readonly<Record<string, string>>): Values {
  const value = (name: string): string => fillTemplate(`{${name}}`, known);
  return Object.assign(value, {
    has: (name: string) => Object.hasOwn(known, name) && known[name] !== '',
    fill: (template: string) => fillTemplate(template, known),
    fillAll: (templates: Readonly<Record<string, string>>) => fillAll(templates, known),
    with: (more: Readonly<Record<string, string>>) => valuesOf({ ...known, ...more }),
  });
}
