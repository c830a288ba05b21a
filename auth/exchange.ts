// One exchange, whole: the values its templates name, the request, the answer read and judged. Gives the credential and what the answer told of the shop.
import { MooringError } from '../domain/errors.ts';
import type { AuthMethod, Json, TokenRequest } from '../domain/platform.ts';
import { namesIn } from '../platforms/template.ts';
import { type GrantContext, grantValues } from './grant-context.ts';
import { assertIdToken, withMetadata } from './issuer.ts';
import { randomNonce } from './random-nonce.ts';
import { type Before, type Issued, readTokenAnswer, shopAfterAnswer } from './token-answer.ts';
import { exchangeToken } from './token-exchange.ts';

export interface ExchangeInput {
  /** What is held already; parts that the answer does not tell anew stay. */
  readonly before: Before;
  /** What the approval brought, for this exchange alone. */
  readonly approval?: Readonly<Record<string, string>>;
}

export interface Exchanged {
  readonly issued: Issued;
  readonly shop: Readonly<Record<string, string>>;
  /** The whole answer: it holds tokens, and lives no longer than its reading. */
  readonly body: Json;
}

/** Throws the codes of an exchange, and registration_rejected where it is our own key or certificate that cannot be used. */
export async function exchange(
  context: GrantContext,
  method: AuthMethod,
  token: TokenRequest,
  { before, approval = {} }: ExchangeInput,
): Promise<Exchanged> {
  const { platform, send, nowMs, agents } = context;
  const answerForm = token.answer ?? method.tokenAnswer;
  const issuer = method.obtain.kind === 'authorization_code' ? method.obtain.issuer : undefined;
  const plain = grantValues(context, method, token, { ...approval, ...before.parts });
  const values = await withMetadata(issuer, plain, { uses: [token, answerForm], send });
  const { body, serverNowMs } = await exchangeToken(token, {
    platform,
    values,
    send,
    moment: { nowMs, nonce: randomNonce() },
    answerForm,
    transport: method.transport,
    credentialKind: method.credentialKind,
    agents,
  }).catch((error: unknown) => {
    throw blamed(error, context, method, token);
  });
  await assertIdToken(answerForm, body, context, { values, nonce: approval['nonce'] });
  return {
    issued: readTokenAnswer(method, answerForm, body, before, { nowMs, serverNowMs }),
    shop: shopAfterAnswer(platform, answerForm, context.shop, body),
    body,
  };
}

/** A key or a certificate of our registration is ours to replace: no merchant can. */
function blamed(
  error: unknown,
  { registration }: GrantContext,
  method: AuthMethod,
  token: TokenRequest,
): unknown {
  if (!(error instanceof MooringError)) return error;
  if (error.code !== 'signing_key_invalid' && error.code !== 'certificate_invalid') return error;
  const names = namesIn(JSON.stringify([token, method.transport ?? null]));
  const isOurs = names.some(
    (name) => Object.hasOwn(registration?.fields ?? {}, name) || name === 'clientSecret',
  );
  return isOurs ? new MooringError('registration_rejected', error.message, { cause: error }) : error;
}
