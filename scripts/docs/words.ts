// What a platform's data says of its auth, in a few words each. A member of a union that has none does not compile.
import type {
  AuthMethod,
  CallbackSignature,
  Obtain,
  ReceivedSignature,
  Renew,
  Sign,
  TokenRequest,
} from '../../domain/platform.ts';
import { code } from './markdown.ts';

export const OBTAIN_WORDS: Readonly<Record<Obtain['kind'], string>> = {
  authorization_code: 'code grant',
  key_handshake: 'key handshake',
  oauth1: 'OAuth 1.0a',
  pasted: 'pasted',
  client_credentials: 'client credentials',
  jwt_bearer: 'JWT bearer assertion',
  token_exchange: 'token exchange',
};

export const RENEW_WORDS: Readonly<Record<Renew['kind'], string>> = {
  refresh_token: 'refresh token',
  client_credentials: 'minted by client credentials',
  assertion: 'minted by an assertion',
  login: 'a new login',
  none: 'not renewed',
};

export function obtainWords({ obtain }: AuthMethod): string {
  const words = OBTAIN_WORDS[obtain.kind];
  if (obtain.kind === 'authorization_code') return obtain.pkce === 'S256' ? `${words} with PKCE` : words;
  if (obtain.kind === 'oauth1') return `${words}, three-legged`;
  return words;
}

export function renewWords({ renew }: AuthMethod): string {
  const words = RENEW_WORDS[renew.kind];
  if (renew.kind === 'none') return words;
  const when = renew.when === 'ahead' ? 'ahead of its end' : 'when a call needs it';
  if (renew.kind !== 'refresh_token') return `${words}, ${when}`;
  const previous = renew.previousUsable ? '; the previous one works until then' : '';
  return `${words}, ${when}${renew.rotates ? `; rotates${previous}` : '; stays the same'}`;
}

export function lifetimeWords(
  { defaultLifetimeS, tokenAnswer }: AuthMethod,
  duration: (s: number) => string,
): string {
  const told = tokenAnswer?.expiresIn === undefined ? '' : ', or as its answer tells';
  return defaultLifetimeS === null ? 'does not expire' : `${duration(defaultLifetimeS)}${told}`;
}

/** How it is put on a request. */
export function signWords(sign: Sign): string {
  switch (sign.scheme) {
    case 'bearer':
      return code(`Authorization: Bearer ${sign.token ?? '{accessToken}'}`);
    case 'header':
      return code(
        `${sign.name}: ${sign.prefix ?? ''}${sign.encode === 'base64' ? `base64(${sign.value})` : sign.value}`,
      );
    case 'query':
      return `query ${code(`${sign.name}=${sign.value}`)}`;
    case 'basic':
      return `HTTP Basic ${code(`${sign.username}:${sign.password}`)}`;
    case 'oauth1':
      return `OAuth 1.0a ${sign.method}, in the ${sign.place}`;
    case 'hmac':
      return `HMAC-${sign.algorithm.toUpperCase()} (${sign.encoding}) over ${code(sign.message.join(sign.separator ?? ''))}`;
    case 'sigv4':
      return `AWS Signature 4 (${sign.service})`;
    case 'jwt':
      return `a JWT a request (${sign.jwt.algorithm}) in ${code(sign.header ?? 'Authorization')}`;
    case 'message_signature':
      return `HTTP Message Signature (${sign.algorithm}) over ${code(sign.components.join(' '))}`;
  }
}

export const CLIENT_WORDS: Readonly<Record<TokenRequest['clientAuthentication'], string>> = {
  body: 'client id and secret in the body',
  basic: 'client id and secret by HTTP Basic',
  basic_raw: 'client id and secret by HTTP Basic, unencoded',
  private_key_jwt: 'private_key_jwt',
  tls_client_auth: 'a client certificate',
  none: 'no client secret of its own',
  signed: 'the request is signed',
};

export const INSTALL_WORDS = {
  platform: 'begins at the platform',
  either: 'begins at either side',
} as const;

export function signatureWords(signature: CallbackSignature | ReceivedSignature | null | undefined): string {
  if (signature === undefined || signature === null) return 'not signed';
  if (!('kind' in signature))
    return `HMAC-SHA256 (hex) over the sorted query, in ${code(signature.parameter)}`;
  switch (signature.kind) {
    case 'hmac': {
      const place = 'header' in signature.in ? signature.in.header : signature.in.parameter;
      const over = signature.message.join(signature.separator ?? '');
      return `HMAC-${signature.algorithm.toUpperCase()} (${signature.encoding.replaceAll('_', ' ')}) over ${code(over)}, in ${code(place)}`;
    }
    case 'standard_webhooks':
      return 'Standard Webhooks';
    case 'basic':
      return `a password of ours, in ${code(signature.header ?? 'authorization')}`;
    case 'public_key':
      return `${signature.algorithm} by the platform’s key, in ${code(signature.header)}`;
    case 'jwt': {
      const place =
        signature.in === 'body'
          ? 'the body'
          : code('header' in signature.in ? signature.in.header : signature.in.parameter);
      return `JWT (${signature.jwt.algorithms.join(', ')}) in ${place}`;
    }
  }
}
