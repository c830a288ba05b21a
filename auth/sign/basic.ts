// RFC 7617: user name and password, UTF-8, base64. Never over plain http, not even on this machine's own behalf.
import { MooringError } from '../../domain/errors.ts';
import { withHeaders } from '../draft.ts';
import type { SignWith } from '../index.ts';

/** Throws address_not_allowed when the request is not https, and credential_rejected when the user name holds a colon. */
export const signBasic: SignWith<'basic'> = (sign, draft, values) => {
  if (draft.url.protocol !== 'https:') {
    throw new MooringError('address_not_allowed', 'a user name and password go over https alone');
  }
  const username = values.fill(sign.username);
  if (username.includes(':'))
    throw new MooringError('credential_rejected', 'a user name of RFC 7617 holds no colon');
  const encoded = Buffer.from(`${username}:${values.fill(sign.password)}`, 'utf8').toString('base64');
  return withHeaders(draft, { authorization: `Basic ${encoded}` });
};
