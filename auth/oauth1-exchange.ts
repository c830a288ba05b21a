// The two exchanges of RFC 5849 § 2: temporary credentials, then token credentials. Magento brings the verifier unasked, so that both follow at once there.
import { MooringError } from '../domain/errors.ts';
import type { AuthMethod, Json, OAuth1Obtain, OAuth1Sign, TokenAnswer } from '../domain/platform.ts';
import { textOf, valueAt } from '../platforms/json.ts';
import { FORM_TYPE, toOutbound } from './draft.ts';
import { type GrantContext, grantValues } from './grant-context.ts';
import { randomNonce } from './random-nonce.ts';
import { signDraftByOAuth1 } from './sign/oauth1.ts';
import { type GoodAnswer, readGood } from './token-exchange.ts';
import type { Moment, Values } from './values.ts';

/** RFC 5849 § 2.1 and § 2.3: a form. */
export const OAUTH1_ANSWER: TokenAnswer = {
  accessToken: 'oauth_token',
  keep: { tokenSecret: 'oauth_token_secret' },
  format: 'form',
};

export interface TemporaryCredentials {
  readonly requestToken: string;
  readonly requestTokenSecret: string;
}

/** § 2.1, before the browser leaves; `callbackUrl` is where it comes back to. Throws the codes of an exchange. */
export async function requestTemporary(
  context: GrantContext,
  callbackUrl: string,
): Promise<TemporaryCredentials> {
  for (const method of context.platform.auth) {
    const { obtain } = method;
    if (obtain.kind !== 'oauth1' || obtain.temporary !== 'before_redirect') continue;
    const values = grantValues(context, method, null, {});
    const moment = { nowMs: context.nowMs, nonce: randomNonce() };
    return await askTemporary(context, { ...method, obtain }, values, { moment, callback: callbackUrl });
  }
  throw new MooringError('internal', `"${context.platform.id}" asks for nothing before the approval`);
}

/** § 2.1. `callback`: where the browser comes back to; null where the platform has it already. Throws the codes of an exchange. */
async function askTemporary(
  context: GrantContext,
  method: AuthMethod & { readonly obtain: OAuth1Obtain },
  values: Values,
  { moment, callback }: { readonly moment: Moment; readonly callback: string | null },
): Promise<TemporaryCredentials> {
  const { obtain } = method;
  const more = callback === null ? [] : [['oauth_callback', callback] as const];
  const { body } = await exchange(context, obtain.requestTokenUrl, obtain.sign, values, { ...moment, more });
  // § 2.1: a server that does not confirm speaks the version that lets a session be fixed.
  if (callback !== null && valueAt(body, 'oauth_callback_confirmed') !== 'true')
    throw invalid('oauth_callback_confirmed');
  return { requestToken: told(body, 'oauth_token'), requestTokenSecret: told(body, 'oauth_token_secret') };
}

/** § 2.3, with the temporary credentials this verifier is for. Throws invalid_callback where it is for others. */
export async function requestToken(
  context: GrantContext,
  method: AuthMethod & { readonly obtain: OAuth1Obtain },
  approval: Readonly<Record<string, string>>,
  moment: Moment,
): Promise<GoodAnswer> {
  const { obtain } = method;
  const values = grantValues(context, method, null, approval);
  const temporary =
    obtain.temporary === 'after_callback'
      ? await askTemporary(context, method, values, {
          moment: { ...moment, nonce: flipped(moment.nonce) },
          callback: null,
        })
      : keptTemporary(approval);
  const verifier = approval[obtain.verifierParameter] ?? '';
  const sign = { ...obtain.sign, token: '{requestToken}', tokenSecret: '{requestTokenSecret}' };
  const more = [['oauth_verifier', verifier] as const];
  return await exchange(context, obtain.accessTokenUrl, sign, values.with({ ...temporary }), {
    ...moment,
    more,
  });
}

/** § 2.2: the token that comes back must be the one the approval was begun with. */
function keptTemporary(approval: Readonly<Record<string, string>>): TemporaryCredentials {
  const { requestToken: known, requestTokenSecret, oauth_token: told } = approval;
  if (known === undefined || requestTokenSecret === undefined || known !== told)
    throw new MooringError('invalid_callback', 'the approval is for other temporary credentials');
  return { requestToken: known, requestTokenSecret };
}

async function exchange(
  context: GrantContext,
  url: string,
  sign: OAuth1Sign,
  values: Values,
  moment: Moment & { readonly more: readonly (readonly [string, string])[] },
): Promise<GoodAnswer> {
  const draft = {
    method: 'POST',
    url: new URL(values.fill(url)),
    headers: { accept: FORM_TYPE },
    body: null,
    secretQuery: [],
  };
  const answer = await context.send(toOutbound(signDraftByOAuth1(sign, draft, values, moment)));
  return readGood({ platform: context.platform, answerForm: OAUTH1_ANSWER, moment }, answer);
}

/** Two requests of one approval, two nonces (§ 3.3). */
function flipped(nonce: string): string {
  return [...nonce].reverse().join('');
}

function told(body: Json, name: string): string {
  const text = textOf(valueAt(body, name));
  if (text === null || text === '') throw invalid(name);
  return text;
}

function invalid(name: string): MooringError {
  return new MooringError('platform_answer_invalid', `the token answer has no "${name}"`);
}
