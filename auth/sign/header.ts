// A named header with a value made of the credential, as many platforms have their own.
import { withHeaders } from '../draft.ts';
import type { SignWith } from '../index.ts';
import { valuesOfRequest } from '../values.ts';
import { isLeftOut } from './query.ts';

export const signHeader: SignWith<'header'> = (sign, draft, values, moment) => {
  if (isLeftOut(sign, draft)) return draft;
  const value = valuesOfRequest(values, draft, moment).fill(sign.value);
  const encoded = sign.encode === 'base64' ? Buffer.from(value, 'utf8').toString('base64') : value;
  return withHeaders(draft, { [sign.name]: `${sign.prefix ?? ''}${encoded}` });
};
