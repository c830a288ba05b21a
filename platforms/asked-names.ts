// Which values a platform's data asks for when a request is signed, and which of them signing makes itself. Pure.
import type { AuthMethod, Sign } from '../domain/platform.ts';
import { namesIn } from './template.ts';

/** Made of the request while it is signed. */
export const NAMES_OF_REQUEST: readonly string[] = [
  ...['method', 'host', 'path', 'query', 'url', 'body', 'bodySha256', 'bodyMd5'],
  ...['timestamp', 'nonce', 'uuid', 'parameters', 'signature'],
];

/** What a scheme's texts name, of the request's own too. */
export function namesInSign(sign: Sign): string[] {
  switch (sign.scheme) {
    case 'bearer':
      return namesIn(sign.token ?? '{accessToken}');
    case 'header':
    case 'query':
      return namesIn(sign.value);
    case 'basic':
      return all(sign.username, sign.password);
    case 'oauth1':
      return all(sign.consumerKey, sign.consumerSecret, sign.token, sign.tokenSecret, sign.realm);
    case 'sigv4':
      return all(sign.accessKeyId, sign.secretAccessKey, sign.sessionToken, sign.region, sign.service);
    case 'jwt':
      return all(
        sign.jwt.key,
        sign.jwt.keyId,
        ...Object.values(sign.jwt.claims),
        ...Object.values(sign.jwt.header ?? {}),
      );
    case 'message_signature':
      return all(sign.key, sign.keyId, ...Object.values(sign.headers ?? {}));
    case 'hmac':
      return all(
        sign.key,
        ...sign.message,
        ...Object.values(sign.query ?? {}),
        ...Object.values(sign.headers ?? {}),
      );
  }
}

/** What a method asks of shop, registration and credential for a call. */
export function namesForCall(method: AuthMethod): string[] {
  const { sign, signOverHttp = [], transport } = method;
  const ofTransport = transport === undefined || transport.at === 'token' ? [] : textsOf(transport);
  const asked = [...[...sign, ...signOverHttp].flatMap(namesInSign), ...all(...ofTransport)];
  return [...new Set(asked)].filter((name) => !NAMES_OF_REQUEST.includes(name));
}

function textsOf(transport: NonNullable<AuthMethod['transport']>): string[] {
  return 'pfx' in transport ? [transport.pfx] : [transport.certificate, transport.privateKey];
}

function all(...texts: readonly (string | undefined)[]): string[] {
  return texts.flatMap((text) => (text === undefined ? [] : namesIn(text)));
}
