// A JWT of ours: an assertion (RFC 7523), a client's proof, or one a request. All of it by jose.
import { SignJWT } from 'jose';
import { MooringError } from '../domain/errors.ts';
import type { JwtMade } from '../domain/platform.ts';
import { jwsKeyOf } from './signing-key.ts';
import type { Moment, Values } from './values.ts';

/** Throws signing_key_invalid where the key is not one, or not one of this algorithm. */
export async function makeJwt(made: JwtMade, values: Values, { nowMs, nonce }: Moment): Promise<string> {
  const issuedAt = Math.floor(nowMs / 1000);
  const key = jwsKeyOf(made.algorithm, values.fill(made.key));
  const jwt = new SignJWT({ ...values.fillAll(made.claims), jti: nonce })
    .setProtectedHeader({
      typ: 'JWT',
      ...values.fillAll(made.header ?? {}),
      alg: made.algorithm,
      ...(made.keyId === undefined ? {} : { kid: values.fill(made.keyId) }),
    })
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + made.lifetimeS);
  try {
    return await jwt.sign(key);
  } catch {
    throw new MooringError('signing_key_invalid', `the key does not sign by "${made.algorithm}"`);
  }
}

/** RFC 7523 § 3: the client about itself, for the token endpoint. */
export function clientAssertionOf(made: JwtMade, clientId: string, tokenUrl: string): JwtMade {
  const claims = { iss: literal(clientId), sub: literal(clientId), aud: literal(tokenUrl), ...made.claims };
  return { ...made, claims };
}

/** Values that are known already must not be read as templates. */
function literal(text: string): string {
  if (/\{[A-Za-z_]/.test(text))
    throw new MooringError('internal', 'a client id or token address holds a brace');
  return text;
}
