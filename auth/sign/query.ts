// A credential in the query, for platforms that take it nowhere else; the parameter is marked secret, so that no log shows it.
import { withSecretQuery } from '../draft.ts';
import type { SignWith } from '../index.ts';

export const signQuery: SignWith<'query'> = (sign, draft, values) =>
  withSecretQuery(draft, { [sign.name]: values.fill(sign.value) });
