// A token of our app's own, by client credentials: for what no shop grants. Minted for one use, and never kept.
import { MooringError } from '../domain/errors.ts';
import type { TokenRequest } from '../domain/platform.ts';
import { Secret } from '../domain/secret.ts';
import { textOf, valueAt } from '../platforms/json.ts';
import { templateValues } from './context.ts';
import type { GrantContext } from './grant-context.ts';
import { randomNonce } from './random-nonce.ts';
import { exchangeToken } from './token-exchange.ts';
import { valuesOf } from './values.ts';

/** Throws registration_missing, registration_rejected and the codes of an exchange. */
export async function mintAppToken(
  { platform, shop, registration, send, nowMs }: GrantContext,
  token: TokenRequest,
): Promise<Secret> {
  if (registration === null)
    throw new MooringError('registration_missing', `our app at "${platform.id}" is not registered`);
  const values = valuesOf(
    templateValues({
      platform,
      shop,
      clientId: registration.clientId,
      clientSecret: registration.secret,
      registration: registration.fields ?? {},
      credential: { kind: '', parts: {} },
    }),
  );
  const moment = { nowMs, nonce: randomNonce() };
  const exchanging = { platform, values, send, moment, answerForm: token.answer, transport: undefined };
  const { body } = await exchangeToken(token, exchanging);
  const minted = textOf(valueAt(body, token.answer?.accessToken ?? 'access_token'));
  if (minted === null || minted === '')
    throw new MooringError('platform_answer_invalid', 'the token answer holds no token');
  return new Secret(minted);
}
