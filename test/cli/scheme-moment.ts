// What the tests of the schemes have in common: one moment, and a signed request as it arrives.
import type { Signed } from '../../cli/schemes/form.ts';

export const AT = 1_795_255_200;
export const MOMENT = { nowMs: AT * 1_000, nonce: '0123456789abcdef0123456789abcdef' };

/** The request as it was signed, as an input of verify takes it. */
export const sent = ({ request }: Signed) => ({
  method: request.method,
  url: request.url,
  headers: { ...request.headers },
  body: request.body,
});
