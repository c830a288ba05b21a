// HTTP Basic (RFC 7617) by itself: makes the header, and judges one.
import { z } from 'zod';
import { signPlain } from '../../auth/index.ts';
import { fail } from '../verdict.ts';
import { holding, lowered, REQUEST, type SignScheme, type VerifyScheme } from './form.ts';
import { isSame } from './oauth1.ts';

const FORM = z.strictObject({
  request: REQUEST.default({ method: 'GET', url: 'https://example.invalid/', headers: {}, body: null }),
  username: z.string(),
  password: z.string(),
});

export const signBasic: SignScheme = holding(
  'basic',
  FORM,
  async ({ request, username, password }, moment) => {
    const sign = { scheme: 'basic', username: '{username}', password: '{password}' } as const;
    const signed = await signPlain(sign, request, { username, password }, moment);
    const signature = (signed.headers['authorization'] ?? '').replace(/^Basic /, '');
    return { signature, request: signed, made: {} };
  },
);

export const verifyBasic: VerifyScheme = holding('basic', FORM, ({ request, username, password }) => {
  const header = lowered(request.headers)['authorization'];
  if (header === undefined) return fail('missing', 'the header "authorization" is missing');
  const [, encoded] = /^Basic +(\S+)$/i.exec(header) ?? [];
  if (encoded === undefined) return fail('malformed', 'the header "authorization" is not one of HTTP Basic');
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(encoded)) return fail('encoding', 'what follows "Basic" is not base64');
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  if (!text.includes(':')) return fail('malformed', 'there is no colon between user name and password');
  return isSame(text, `${username}:${password}`)
    ? { verified: true, step: null, because: 'user name and password are theirs' }
    : fail('signature', 'it is another user name or password');
});
