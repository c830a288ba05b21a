// A credential in the query, for platforms that take it nowhere else; the parameter is marked secret, so that no log shows it.
import { type Draft, withSecretQuery } from '../draft.ts';
import type { SignWith } from '../index.ts';
import { valuesOfRequest } from '../values.ts';

export const signQuery: SignWith<'query'> = (sign, draft, values, moment) =>
  isLeftOut(sign, draft)
    ? draft
    : withSecretQuery(draft, { [sign.name]: valuesOfRequest(values, draft, moment).fill(sign.value) });

/** Whether the data leaves this scheme out for the request's path. */
export function isLeftOut(sign: { readonly exceptPath?: string }, draft: Draft): boolean {
  return sign.exceptPath !== undefined && new RegExp(sign.exceptPath).test(draft.url.pathname);
}
