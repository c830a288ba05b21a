// Whether every text of a definition names values that are there where it is filled: in a call, an exchange, an approval. Pure.
import type { AuthMethod, BrowserObtain, Platform } from '../domain/platform.ts';
import { NAMES_OF_REQUEST, namesInSign } from './asked-names.ts';
import { tokensOf } from './check-addresses.ts';
import type { PlatformRule } from './check-rules.ts';
import { joined, type Report } from './check-shape.ts';
import { namesIn } from './template.ts';

type TokenAt = ReturnType<typeof tokensOf>[number];

export const checkNames: PlatformRule = (platform, report) => {
  for (const [index, method] of platform.auth.entries()) {
    const known = [...namesHeld(platform, method), ...NAMES_OF_REQUEST];
    const named = [
      ...method.sign.map((one, at) => ({ at: `sign[${at}]`, names: namesInSign(one) })),
      ...(method.signOverHttp ?? []).map((one, at) => ({
        at: `signOverHttp[${at}]`,
        names: namesInSign(one),
      })),
      { at: 'transport', names: Object.values(method.transport ?? {}).flatMap(namesIn) },
    ];
    for (const { at, names } of named)
      for (const name of names)
        if (!known.includes(name))
          report(
            `auth[${index}].${at}`,
            'unknown_name',
            `"{${name}}" is neither of the credential, the shop nor the registration`,
          );
    checkApproval(platform, method, `auth[${index}].obtain.authorizeParameters`, report);
  }
  for (const exchange of tokensOf(platform)) checkExchange(platform, exchange, report);
};

/** What the merchant's browser takes along. */
function checkApproval(platform: Platform, { obtain }: AuthMethod, at: string, report: Report): void {
  if (!('authorizeParameters' in obtain)) return;
  const known = [...namesOfShop(platform), ...namesOfRegistration(platform), ...OF_APPROVAL[obtain.kind]];
  for (const [parameter, text] of Object.entries(obtain.authorizeParameters))
    for (const name of namesIn(text).filter((one) => !known.includes(one)))
      report(joined(at, parameter), 'unknown_name', `"{${name}}" is nothing that an approval knows`);
}

const OF_EVERY_APPROVAL = ['clientId', 'clientSecret', 'state', 'redirectUri', 'appName'];
/** {clientSecret} has a rule of its own. */
const OF_APPROVAL: { readonly [K in BrowserObtain['kind']]: readonly string[] } = {
  authorization_code: [...OF_EVERY_APPROVAL, 'scopes', 'codeChallenge', 'nonce'],
  oauth1: [...OF_EVERY_APPROVAL, 'requestToken'],
  key_handshake: [...OF_EVERY_APPROVAL, 'callbackUrl', 'returnUrl', 'access'],
};

function checkExchange(platform: Platform, { at, token }: TokenAt, report: Report): void {
  const index = /^auth\[(\d+)\]/.exec(at)?.[1];
  const methods = index === undefined ? platform.auth : platform.auth.slice(Number(index), Number(index) + 1);
  const known = [
    ...methods.flatMap((method) => [...namesHeld(platform, method), ...namesBrought(method)]),
    ...OF_EXCHANGE,
    ...(token.assertion === undefined ? [] : ['assertion']),
  ];
  const check = (
    part: string,
    texts: Readonly<Record<string, string>> = {},
    more: readonly string[] = [],
  ) => {
    for (const [member, text] of Object.entries(texts))
      for (const name of namesIn(text).filter((one) => !known.includes(one) && !more.includes(one)))
        report(joined(`${at}.${part}`, member), 'unknown_name', `"{${name}}" is not there in this exchange`);
  };
  check('parameters', token.parameters);
  check('headers', token.headers, NAMES_OF_REQUEST);
  check('client', token.client);
  for (const part of ['assertion', 'clientAssertion'] as const) {
    const { key = '', keyId = '', claims, header } = token[part] ?? {};
    check(part, { key, keyId });
    check(`${part}.claims`, claims);
    check(`${part}.header`, header);
  }
  const signed = token.sign === undefined ? [] : namesInSign(token.sign);
  for (const name of signed.filter((one) => !known.includes(one) && !NAMES_OF_REQUEST.includes(one)))
    report(`${at}.sign`, 'unknown_name', `"{${name}}" is not there in this exchange`);
}

/** Beside what the credential, the shop and our registration hold. */
const OF_EXCHANGE = ['scopes', 'redirectUri', 'tokenEndpoint', 'revocationEndpoint', 'jwksUri'];

/** What an approval brings to its exchange: the callback's parameters by their own names. */
function namesBrought({ obtain }: AuthMethod): string[] {
  if (!('callback' in obtain)) return [];
  return [
    ...['code', 'codeVerifier', 'nonce', 'requestToken'],
    ...obtain.callback.flatMap(({ required, requiredOneOf = [], stateParameter, codeParameter = [] }) => [
      ...required,
      ...requiredOneOf,
      stateParameter,
      ...[codeParameter].flat(),
    ]),
  ];
}

/** What a call with a credential of this method may name. */
export function namesHeld(
  platform: Platform,
  { obtain, renew, tokenAnswer, credentialKind }: AuthMethod,
): string[] {
  const kept = (one: AuthMethod['tokenAnswer']): string[] => Object.keys(one?.keep ?? {});
  const exchanged = [
    'token' in obtain ? obtain.token.answer : undefined,
    renew.kind === 'none' ? undefined : renew.token.answer,
    tokenAnswer,
  ];
  const isExchanged = exchanged.some((one) => one !== undefined);
  const becomes = platform.auth.some(({ upgrade }) => upgrade?.to === credentialKind);
  return [
    ...('fields' in obtain ? obtain.fields.map(({ name }) => name) : []),
    ...('discover' in obtain ? (obtain.discover?.brings ?? []) : []),
    ...(obtain.kind === 'key_handshake' ? Object.keys(obtain.keys) : []),
    ...(obtain.kind === 'oauth1' ? ['accessToken', 'tokenSecret'] : []),
    ...('callback' in obtain
      ? ['shopSecret', ...obtain.callback.flatMap((step) => Object.keys(step.credentialFields ?? {}))]
      : []),
    ...(isExchanged || becomes ? ['accessToken', 'refreshToken', ...exchanged.flatMap(kept)] : []),
    ...namesOfShop(platform),
    ...namesOfRegistration(platform),
    'clientId',
    'clientSecret',
  ];
}

function namesOfShop({ shop }: Platform): string[] {
  return shop.flatMap(({ name, choices = [] }) => [
    name,
    ...choices.flatMap(({ gives = {} }) => Object.keys(gives)),
  ]);
}

function namesOfRegistration({ registration = [] }: Platform): string[] {
  return registration.map(({ name }) => name);
}
