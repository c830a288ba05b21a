// RFC 6750 § 2.1: Authorization: Bearer, with the credential's access token.

import { withHeaders } from '../draft.ts';
import type { SignWith } from '../index.ts';

export const signBearer: SignWith<'bearer'> = (sign, draft, values) =>
  withHeaders(draft, { authorization: `Bearer ${values.fill(sign.token ?? '{accessToken}')}` });
