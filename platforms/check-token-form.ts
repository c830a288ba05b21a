// The form of one exchange and of its answer, and of what is entered, member by member. A member that the type has and this has not does not compile.
import type { CredentialField, LifetimeUnit, Part, TokenAnswer, TokenRequest } from '../domain/platform.ts';
import {
  anyText,
  exactly,
  listOf,
  name,
  object,
  oneOf,
  optional,
  recordOf,
  type Shape,
  shown,
  shownOrEmpty,
  text,
  texts,
  truth,
} from './check-shape.ts';
import { jwtExpected, jwtMade, sign } from './check-sign-form.ts';

export const certainty = oneOf({ vendor: true, secondary: true, unverified: true });
export const scopeSeparator = oneOf({ ',': true, ' ': true });

export const credentialField = object<CredentialField>({
  name,
  label: shown,
  secret: truth,
  help: shownOrEmpty,
  pattern: optional(text),
  form: optional(oneOf({ pem: true, pfx: true })),
  optional: optional(exactly(true)),
});

const part = object<Part>({ from: text, pattern: text });
export const textOrPart: Shape = (value, at, report) =>
  (typeof value === 'string' ? text : part)(value, at, report);

const lifetime = object<{ path: string; unit: LifetimeUnit }>({
  path: text,
  unit: oneOf<LifetimeUnit>({
    seconds: true,
    epoch_seconds: true,
    epoch_milliseconds: true,
    auto: true,
    iso8601: true,
    jwt_exp: true,
  }),
});

export const tokenAnswer = object<TokenAnswer>({
  accessToken: text,
  refreshToken: optional(text),
  expiresIn: optional(lifetime),
  refreshExpiresIn: optional(lifetime),
  scope: optional(
    object<NonNullable<TokenAnswer['scope']>>({
      path: text,
      separator: scopeSeparator,
      part: optional(text),
    }),
  ),
  keep: optional(texts),
  shopFields: optional(recordOf(textOrPart)),
  failedWhen: optional(
    object<NonNullable<TokenAnswer['failedWhen']>>({ path: text, notIn: listOf(anyText) }),
  ),
  format: optional(oneOf({ json: true, form: true })),
  tokenTypes: optional(listOf(text)),
  idToken: optional(object<NonNullable<TokenAnswer['idToken']>>({ path: text, jwt: jwtExpected })),
});

export const tokenRequest = object<TokenRequest>({
  url: text,
  method: oneOf({ POST: true, GET: true }),
  format: oneOf({ json: true, form: true, query: true }),
  parameters: texts,
  numeric: optional(listOf(text)),
  lists: optional(listOf(text)),
  clientAuthentication: oneOf<TokenRequest['clientAuthentication']>({
    body: true,
    basic: true,
    basic_raw: true,
    private_key_jwt: true,
    tls_client_auth: true,
    none: true,
    signed: true,
  }),
  client: optional(object<NonNullable<TokenRequest['client']>>({ id: text, secret: anyText })),
  clientAssertion: optional(jwtMade),
  assertion: optional(jwtMade),
  sign: optional(sign),
  headers: optional(texts),
  answer: optional(tokenAnswer),
  scopeSeparator: optional(scopeSeparator),
});
