// A JWT made for each request, in a header.
import { withHeaders } from '../draft.ts';
import type { SignWithLater } from '../index.ts';
import { makeJwt } from '../made-jwt.ts';
import { valuesOfRequest } from '../values.ts';

/** Throws signing_key_invalid. */
export const signJwt: SignWithLater<'jwt'> = async (sign, draft, values, moment) => {
  const jwt = await makeJwt(sign.jwt, valuesOfRequest(values, draft, moment), moment);
  return withHeaders(draft, { [sign.header ?? 'authorization']: `${sign.prefix ?? 'Bearer '}${jwt}` });
};
