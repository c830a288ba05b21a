// The form of what signs and of what is signed, member by member. A member that the type has and this has not does not compile.
import type {
  BasicSign,
  BearerSign,
  CallbackSignature,
  FetchedKey,
  HeaderSign,
  HmacSign,
  JwsAlgorithm,
  JwtExpected,
  JwtMade,
  JwtSign,
  MessageSign,
  OAuth1Sign,
  QuerySign,
  ReceivedBasic,
  ReceivedHmac,
  ReceivedJwt,
  ReceivedPublicKey,
  ReceivedSignature,
  ReceivedTimestamp,
  ReceivedWebhook,
  Sign,
  SignedParameters,
  SigV4Sign,
} from '../domain/platform.ts';
import {
  anyText,
  exactly,
  listOf,
  numberFrom,
  object,
  oneOf,
  optional,
  orNull,
  type Shape,
  tagged,
  text,
  texts,
  truth,
  whichHas,
} from './check-shape.ts';

const jwsAlgorithm = oneOf<JwsAlgorithm>({
  HS256: true,
  HS384: true,
  HS512: true,
  RS256: true,
  RS384: true,
  RS512: true,
  PS256: true,
  PS384: true,
  PS512: true,
  ES256: true,
  ES384: true,
  ES512: true,
  EdDSA: true,
});

export const jwtMade = object<JwtMade>({
  algorithm: jwsAlgorithm,
  key: text,
  keyId: optional(text),
  claims: texts,
  lifetimeS: numberFrom(1),
  header: optional(texts),
});

export const jwtExpected = object<JwtExpected>({
  algorithms: listOf(jwsAlgorithm, 1),
  key: tagged<JwtExpected['key']['kind']>('kind', {
    secret: object<Extract<JwtExpected['key'], { kind: 'secret' }>>({
      kind: exactly('secret'),
      secret: text,
      encoding: optional(oneOf({ utf8: true, base64: true })),
    }),
    jwks: object<Extract<JwtExpected['key'], { kind: 'jwks' }>>({ kind: exactly('jwks'), url: text }),
    public_key: object<Extract<JwtExpected['key'], { kind: 'public_key' }>>({
      kind: exactly('public_key'),
      pem: text,
    }),
  }),
  issuer: orNull(text),
  audience: orNull(text),
  required: optional(listOf(text)),
  exp: optional(exactly(false)),
  toleranceS: optional(numberFrom(0)),
  maxAgeS: optional(numberFrom(1)),
});

const parameters = object<SignedParameters>({
  from: oneOf({ query: true, form: true }),
  except: optional(listOf(text)),
  pair: oneOf({ '': true, '=': true }),
  between: oneOf({ '': true, '&': true }),
  encode: optional(oneOf({ rfc3986: true, form: true })),
  sort: optional(exactly(false)),
});

const hash = oneOf<HmacSign['algorithm']>({ sha256: true, sha1: true, sha512: true });
const keyEncoding = oneOf({ utf8: true, hex: true, base64: true });

export const oauth1Sign = object<OAuth1Sign>({
  scheme: exactly('oauth1'),
  method: oneOf<OAuth1Sign['method']>({ 'HMAC-SHA1': true, 'HMAC-SHA256': true, PLAINTEXT: true }),
  consumerKey: text,
  consumerSecret: text,
  token: optional(text),
  tokenSecret: optional(text),
  realm: optional(text),
  place: oneOf({ header: true, query: true }),
  version: truth,
});

const BY_SCHEME: { readonly [S in Sign['scheme']]: Shape } = {
  bearer: object<BearerSign>({ scheme: exactly('bearer'), token: optional(text) }),
  header: object<HeaderSign>({
    scheme: exactly('header'),
    name: text,
    value: text,
    encode: optional(exactly('base64')),
    prefix: optional(anyText),
    exceptPath: optional(text),
  }),
  query: object<QuerySign>({
    scheme: exactly('query'),
    name: text,
    value: text,
    exceptPath: optional(text),
  }),
  basic: object<BasicSign>({ scheme: exactly('basic'), username: text, password: anyText }),
  oauth1: oauth1Sign,
  hmac: object<HmacSign>({
    scheme: exactly('hmac'),
    algorithm: hash,
    encoding: oneOf({ hex: true, HEX: true, base64: true }),
    key: text,
    keyEncoding: optional(keyEncoding),
    message: listOf(anyText, 1),
    separator: optional(anyText),
    timestamp: oneOf<HmacSign['timestamp']>({
      seconds: true,
      milliseconds: true,
      basic: true,
      short: true,
      iso8601: true,
    }),
    parameters: optional(parameters),
    stripPath: optional(text),
    query: optional(texts),
    headers: optional(texts),
    exceptPath: optional(texts),
  }),
  sigv4: object<SigV4Sign>({
    scheme: exactly('sigv4'),
    accessKeyId: text,
    secretAccessKey: text,
    sessionToken: optional(text),
    region: text,
    service: text,
    pathAsIs: optional(exactly(true)),
  }),
  jwt: object<JwtSign>({
    scheme: exactly('jwt'),
    jwt: jwtMade,
    header: optional(text),
    prefix: optional(anyText),
  }),
  message_signature: object<MessageSign>({
    scheme: exactly('message_signature'),
    algorithm: oneOf<MessageSign['algorithm']>({
      ed25519: true,
      'ecdsa-p256-sha256': true,
      'rsa-v1_5-sha256': true,
      'rsa-pss-sha512': true,
      'hmac-sha256': true,
    }),
    key: text,
    keyEncoding: optional(oneOf({ utf8: true, base64: true })),
    keyId: optional(text),
    components: listOf(text, 1),
    label: text,
    tellsAlgorithm: optional(exactly(true)),
    headers: optional(texts),
  }),
};

export const sign = tagged<Sign['scheme']>('scheme', BY_SCHEME, 'unknown_scheme');

const inParameter = object<{ parameter: string }>({ parameter: text });
const inHeader = object<{ header: string }>({ header: text });
const inJson = object<{ json: string }>({ json: text });

const timestamp = object<ReceivedTimestamp>({
  in: whichHas({ parameter: inParameter, header: inHeader, json: inJson }),
  unit: oneOf({ seconds: true, milliseconds: true, iso8601: true }),
  toleranceS: numberFrom(1),
});

const receivedJwt = object<ReceivedJwt>({
  kind: exactly('jwt'),
  in: (value, at, report) =>
    value === 'body' ? undefined : whichHas({ parameter: inParameter, header: inHeader })(value, at, report),
  jwt: jwtExpected,
  isDetached: optional(exactly(true)),
});

const publicKey = object<ReceivedPublicKey>({
  kind: exactly('public_key'),
  header: text,
  algorithm: oneOf<ReceivedPublicKey['algorithm']>({
    'rsa-sha256': true,
    'ecdsa-sha256': true,
    'ecdsa-sha1': true,
    'ecdsa-told': true,
    ed25519: true,
  }),
  form: oneOf<ReceivedPublicKey['form']>({ plain: true, json: true, parameters: true }),
  key: whichHas({
    pem: object<{ pem: string }>({ pem: text }),
    path: object<FetchedKey>({
      path: text,
      at: optional(text),
      list: optional(object<NonNullable<FetchedKey['list']>>({ at: text, id: text })),
      asApp: optional(exactly(true)),
    }),
  }),
});

export const receivedSignature = tagged<ReceivedSignature['kind']>('kind', {
  hmac: object<ReceivedHmac>({
    kind: exactly('hmac'),
    in: whichHas({ parameter: inParameter, header: inHeader }),
    algorithm: hash,
    pattern: optional(text),
    encoding: oneOf({ hex: true, base64: true, hex_or_base64: true }),
    key: optional(text),
    keyEncoding: optional(keyEncoding),
    message: listOf(anyText, 1),
    separator: optional(anyText),
    parameters: optional(parameters),
    timestamp: optional(timestamp),
  }),
  jwt: receivedJwt,
  standard_webhooks: object<ReceivedWebhook>({
    kind: exactly('standard_webhooks'),
    keyEncoding: optional(oneOf({ utf8: true, base64: true })),
    key: optional(text),
    toleranceS: numberFrom(1),
  }),
  public_key: publicKey,
  basic: object<ReceivedBasic>({
    kind: exactly('basic'),
    header: optional(text),
    username: optional(text),
    password: optional(text),
  }),
});

export const callbackSignature = object<CallbackSignature>({
  parameter: text,
  algorithm: exactly('hmac-sha256'),
  encoding: exactly('hex'),
  message: exactly('sorted_query'),
  except: listOf(text),
  timestamp: optional(
    object<NonNullable<CallbackSignature['timestamp']>>({ parameter: text, toleranceS: numberFrom(1) }),
  ),
});
