// The form of how a credential is obtained, exchanged and renewed, member by member. A member that the type has and this has not does not compile.
import type {
  AssertionObtain,
  AuthMethod,
  CallbackStep,
  ClientCredentialsObtain,
  CodeObtain,
  CredentialUpgrade,
  Discovery,
  HandshakeObtain,
  Issuer,
  OAuth1Obtain,
  Obtain,
  PastedObtain,
  Renew,
  RenewWhen,
  SharedMarkets,
  SignedText,
  SplitShops,
  TokenExchangeObtain,
  TokenRequest,
} from '../domain/platform.ts';
import {
  anyText,
  exactly,
  isRecord,
  listOf,
  numberFrom,
  object,
  oneOf,
  optional,
  orNull,
  pureFunction,
  recordOf,
  type Shape,
  tagged,
  text,
  texts,
  truth,
  whichHas,
} from './check-shape.ts';
import { callbackSignature, jwtExpected, oauth1Sign, receivedSignature, sign } from './check-sign-form.ts';
import {
  certainty,
  credentialField,
  scopeSeparator,
  textOrPart,
  tokenAnswer,
  tokenRequest,
} from './check-token-form.ts';

const denied = object<NonNullable<CallbackStep['denied']>>({
  parameter: text,
  values: optional(listOf(anyText)),
});
const continueAt: Shape = (value, at, report) => {
  if (value === 'authorize') return;
  whichHas({
    host: object<{ parameter: string; host: string; add?: Record<string, string> }>({
      parameter: text,
      host: text,
      add: optional(texts),
    }),
    hostOf: object<{ parameter: string; hostOf: string }>({ parameter: text, hostOf: text }),
  })(value, at, report);
};

const callbackStep = object<CallbackStep>({
  step: text,
  method: oneOf({ GET: true, POST: true }),
  from: oneOf({ browser: true, server: true }),
  stateParameter: text,
  required: listOf(text),
  requiredOneOf: optional(listOf(text)),
  denied: optional(denied),
  codeParameter: optional(text),
  shopFields: optional(recordOf(textOrPart)),
  credentialFields: optional(texts),
  grants: truth,
  signature: optional((value, at, report) =>
    (isRecord(value) && 'kind' in value ? receivedSignature : callbackSignature)(value, at, report),
  ),
  startsAt: optional(oneOf({ platform: true, either: true })),
  claimWithinS: optional(numberFrom(1)),
  correlatedBy: optional(text),
  exchange: optional(oneOf({ at_once: true, when_claimed: true })),
  continueAt: optional(continueAt),
  reply: optional(
    object<NonNullable<CallbackStep['reply']>>({
      json: texts,
      proof: optional(object<{ key: string; message: string }>({ key: text, message: text })),
    }),
  ),
  again: optional(
    object<NonNullable<CallbackStep['again']>>({ shopField: text, signature: receivedSignature }),
  ),
});

const issuer = object<Issuer>({
  identifier: text,
  iss: oneOf({ required: true, checked_when_sent: true }),
  metadata: optional(oneOf({ oauth: true, openid: true })),
});
const discovery = object<Discovery>({
  request: pureFunction,
  read: pureFunction,
  brings: optional(listOf(text)),
});

const severalShops = tagged<'split' | 'markets'>('kind', {
  split: object<SplitShops>({
    kind: exactly('split'),
    when: text,
    token: tokenRequest,
    list: object<SplitShops['list']>({ path: text, shopField: text }),
    perShop: tokenRequest,
    certainty,
  }),
  markets: object<SharedMarkets>({
    kind: exactly('markets'),
    list: object<SharedMarkets['list']>({ path: text, name: optional(text) }),
  }),
});

const fields = listOf(credentialField);
const callback = listOf(callbackStep, 1);

const OBTAIN: { readonly [K in Obtain['kind']]: Shape } = {
  authorization_code: object<CodeObtain>({
    kind: exactly('authorization_code'),
    authorizeUrl: anyText,
    authorizeParameters: texts,
    scopeSeparator: orNull(scopeSeparator),
    pkce: oneOf({ S256: true, unsupported: true }),
    token: tokenRequest,
    callback,
    issuer: optional(issuer),
    discover: optional(discovery),
    severalShops: optional(severalShops),
    mintsAtOnce: optional(exactly(true)),
  }),
  key_handshake: object<HandshakeObtain>({
    kind: exactly('key_handshake'),
    authorizeUrl: anyText,
    authorizeParameters: texts,
    access: object<HandshakeObtain['access']>({ read: anyText, write: anyText }),
    keys: texts,
    callback,
  }),
  oauth1: object<OAuth1Obtain>({
    kind: exactly('oauth1'),
    temporary: oneOf({ before_redirect: true, after_callback: true }),
    requestTokenUrl: text,
    accessTokenUrl: text,
    authorizeUrl: anyText,
    authorizeParameters: texts,
    sign: oauth1Sign,
    verifierParameter: text,
    callback,
  }),
  pasted: object<PastedObtain>({ kind: exactly('pasted'), fields, discover: optional(discovery) }),
  client_credentials: object<ClientCredentialsObtain>({
    kind: exactly('client_credentials'),
    provedBy: optional(
      object<SignedText>({
        field: text,
        shopFields: texts,
        signedAt: object<SignedText['signedAt']>({ member: text, withinS: numberFrom(1) }),
        required: optional(text),
        refused: optional(text),
      }),
    ),
    fields,
    discover: optional(discovery),
  }),
  jwt_bearer: object<AssertionObtain>({ kind: exactly('jwt_bearer'), fields, discover: optional(discovery) }),
  token_exchange: object<TokenExchangeObtain>({
    kind: exactly('token_exchange'),
    fields,
    subject: optional(jwtExpected),
    token: tokenRequest,
    discover: optional(discovery),
  }),
};

const when = oneOf<RenewWhen>({ ahead: true, on_use: true });
const minted = <K extends 'client_credentials' | 'assertion' | 'login'>(kind: K): Shape =>
  object<{ kind: K; when: RenewWhen; token: TokenRequest }>({
    kind: exactly(kind),
    when,
    token: tokenRequest,
  });

const RENEW: { readonly [K in Renew['kind']]: Shape } = {
  refresh_token: object<Extract<Renew, { kind: 'refresh_token' }>>({
    kind: exactly('refresh_token'),
    when,
    token: tokenRequest,
    rotates: truth,
    previousUsable: truth,
    refreshLifetimeS: optional(numberFrom(1)),
  }),
  client_credentials: minted('client_credentials'),
  assertion: minted('assertion'),
  login: minted('login'),
  none: object<{ kind: 'none' }>({ kind: exactly('none') }),
};

const at = optional(oneOf({ token: true, api: true }));
const transport = whichHas({
  pfx: object<{ at?: 'token' | 'api'; passphrase?: string; pfx: string }>({
    at,
    passphrase: optional(text),
    pfx: text,
  }),
  certificate: object<{ at?: 'api'; passphrase?: string; certificate: string; privateKey: string }>({
    at,
    passphrase: optional(text),
    certificate: text,
    privateKey: text,
  }),
});

export const authMethod = object<AuthMethod>({
  credentialKind: text,
  obtain: tagged<Obtain['kind']>('kind', OBTAIN),
  renew: tagged<Renew['kind']>('kind', RENEW),
  sign: listOf(sign, 1),
  signOverHttp: optional(listOf(sign, 1)),
  transport: optional(transport),
  defaultLifetimeS: orNull(numberFrom(1)),
  tokenAnswer: optional(tokenAnswer),
  needsRegistration: optional(truth),
  upgrade: optional(
    object<CredentialUpgrade>({
      to: text,
      token: tokenRequest,
      irreversible: truth,
      deadline: orNull(text),
      note: text,
    }),
  ),
});
