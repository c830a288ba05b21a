// How one way to connect goes, drawn from its data: what is sent where, by which names, and what is checked. Values never appear, only names.
import type { AuthMethod, CallbackStep, Obtain, Platform, TokenRequest } from '../../domain/platform.ts';
import { type Message, type Note, type Step, sequence } from './markdown.ts';
import { CLIENT_WORDS, OBTAIN_WORDS, signatureWords, signWords } from './words.ts';

const WHO = { B: 'Merchant', M: 'Mooring' } as const;

export function authFlow(platform: Platform, method: AuthMethod): string {
  return sequence({ ...WHO, P: platform.name }, [
    ...obtainSteps(platform, method),
    ...discovery(method.obtain),
    ...proof(platform, method),
    ...renewal(method),
  ]);
}

const toPlatform = (text: string): Message => ({ from: 'M', to: 'P', text });
const fromPlatform = (text: string): Message => ({ from: 'P', to: 'M', text, isAnswer: true });
const byBrowser = (text: string): Message => ({ from: 'B', to: 'P', text });
const check = (text: string): Note => ({ over: 'M', text });

function obtainSteps(platform: Platform, method: AuthMethod): Step[] {
  const { obtain } = method;
  switch (obtain.kind) {
    case 'authorization_code':
      return [
        ...begun(obtain, obtain.authorizeUrl, obtain.authorizeParameters),
        ...callbacks(platform, obtain.callback),
        ...(obtain.issuer === undefined ? [] : [check(`iss is ${obtain.issuer.identifier}`)]),
        exchange(obtain.token),
        tokenAnswer(method, obtain.token),
      ];
    case 'key_handshake':
      return [
        ...begun(obtain, obtain.authorizeUrl, obtain.authorizeParameters),
        ...callbacks(platform, obtain.callback),
        check(`keeps ${Object.keys(obtain.keys).join(', ')}`),
      ];
    case 'oauth1':
      return [
        ...(obtain.temporary === 'before_redirect'
          ? [toPlatform(`POST ${obtain.requestTokenUrl}, signed`)]
          : []),
        ...begun(obtain, obtain.authorizeUrl, obtain.authorizeParameters),
        ...callbacks(platform, obtain.callback),
        ...(obtain.temporary === 'after_callback'
          ? [toPlatform(`POST ${obtain.requestTokenUrl}, signed`)]
          : []),
        toPlatform(`POST ${obtain.accessTokenUrl}, signed, with oauth_verifier`),
        fromPlatform('token and token secret'),
      ];
    case 'token_exchange':
      return [
        entered(obtain.fields),
        ...(obtain.subject === undefined
          ? []
          : [check('verifies the subject token: signature, audience, dates')]),
        exchange(obtain.token),
        tokenAnswer(method, obtain.token),
      ];
    case 'pasted':
    case 'client_credentials':
    case 'jwt_bearer':
      return [entered(obtain.fields), ...minted(method)];
  }
}

function entered(fields: readonly { readonly name: string }[]): Message {
  const names = fields.map(({ name }) => name).join(', ');
  return {
    from: 'B',
    to: 'M',
    text: names === '' ? 'asks to connect, our registration is the client' : `enters ${names}`,
  };
}

/** What is entered is used at once where calls need something made of it. */
function minted(method: AuthMethod): Step[] {
  return method.renew.kind === 'none'
    ? []
    : [exchange(method.renew.token), tokenAnswer(method, method.renew.token)];
}

function begun(obtain: Obtain, url: string, parameters: Readonly<Record<string, string>>): Step[] {
  if (url === '') return [byBrowser('installs our app in the platform’s own pages')];
  const names = Object.keys(parameters).join(', ');
  const pkce =
    obtain.kind === 'authorization_code' && obtain.pkce === 'S256'
      ? [check('makes a code verifier (PKCE)')]
      : [];
  return [...pkce, byBrowser(`${url} with ${names}`), byBrowser('approves')];
}

function callbacks(platform: Platform, steps: readonly CallbackStep[]): Step[] {
  return steps.flatMap((step) => {
    const from = step.from === 'browser' ? 'B' : 'P';
    const starts = step.startsAt === undefined ? '' : ', may begin at the platform and wait for a claim';
    const call: Message = {
      from,
      to: 'M',
      text: `${step.method} /oauth/${platform.id}/${step.step} with ${step.required.join(', ') || 'nothing required'}${starts}`,
    };
    const checks = [
      ...(step.required.includes(step.stateParameter) ? ['our state, once'] : []),
      ...(step.signature === undefined ? [] : [signatureWords(step.signature).replaceAll('`', '')]),
    ];
    return checks.length === 0 ? [call] : [call, check(`checks ${checks.join(', and ')}`)];
  });
}

function exchange(token: TokenRequest): Message {
  const names = Object.keys(token.parameters).join(', ');
  const by = CLIENT_WORDS[token.clientAuthentication];
  return toPlatform(`${token.method} ${token.url} with ${names || 'nothing'} (${by})`);
}

function tokenAnswer(method: AuthMethod, token: TokenRequest): Message {
  const answer = token.answer ?? method.tokenAnswer;
  if (answer === undefined) return fromPlatform('the token');
  const parts = [
    answer.accessToken,
    ...(answer.refreshToken === undefined ? [] : [answer.refreshToken]),
    ...(answer.expiresIn === undefined ? [] : [answer.expiresIn.path]),
    ...Object.values(answer.keep ?? {}),
  ];
  return fromPlatform([...new Set(parts)].join(', '));
}

function discovery(obtain: Obtain): Step[] {
  if (!('discover' in obtain) || obtain.discover === undefined) return [];
  const brings = obtain.discover.brings ?? [];
  return [
    toPlatform('asks which shops the credential is good for'),
    fromPlatform(brings.length === 0 ? 'its shops' : `its shops, and ${brings.join(', ')}`),
  ];
}

function proof(platform: Platform, { sign }: AuthMethod): Step[] {
  const schemes = sign.map((one) => signWords(one).replaceAll('`', '')).join(', then ');
  return [
    toPlatform(`proof: ${endpointOf(platform)} – ${schemes}`),
    fromPlatform('the shop’s key, its name, what was granted'),
    check('seals the credential, the connection is active'),
  ];
}

/** The name of the proof's endpoint; a definition whose proof needs more than its own example says nothing. */
export function endpointOf(platform: Platform): string {
  try {
    return platform.proof.request(exampleShop(platform)).endpoint;
  } catch {
    return 'a call';
  }
}

export function exampleShop(platform: Platform): Record<string, string> {
  return Object.fromEntries(platform.shop.map(({ name, example }) => [name, example]));
}

function renewal(method: AuthMethod): Step[] {
  const { renew, obtain } = method;
  if (renew.kind === 'none') return [];
  const isSame = !('callback' in obtain) && obtain.kind !== 'token_exchange';
  const when = renew.when === 'ahead' ? 'before it expires' : 'when a call needs it';
  return [
    check(`${when}${isSame ? `, again as above (${OBTAIN_WORDS[obtain.kind]})` : ''}`),
    ...(isSame ? [] : [exchange(renew.token), tokenAnswer(method, renew.token)]),
  ];
}
