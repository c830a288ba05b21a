// A named header with a value made of the credential, as many platforms have their own.
import { withHeaders } from '../draft.ts';
import type { SignWith } from '../index.ts';

export const signHeader: SignWith<'header'> = (sign, draft, values) =>
  withHeaders(draft, { [sign.name.toLowerCase()]: values.fill(sign.value) });
