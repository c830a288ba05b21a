/** Who calls a WooCommerce shop: Basic or query keys over TLS, OAuth 1.0a signatures on plain http; keys may read, write or both. */
import { createHmac } from 'node:crypto';
import type { Answer, Exchange } from '../exchange.ts';
import { countCall, findToken, sameText } from '../grants.ts';
import type { Sandbox } from '../sandbox.ts';
import type { Grant, Shop } from '../state.ts';
import { wpError } from './site.ts';

const NONCE_WINDOW_MS = 15 * 60_000;
const AUTH_ERROR = 'woocommerce_rest_authentication_error';

type Who = { grant: Grant } | { refusal: Answer };

function refuse(message: string): Who {
  return { refusal: wpError(401, AUTH_ERROR, message) };
}

export function authenticate(sandbox: Sandbox, exchange: Exchange, shop: Shop): Who {
  return shop.secure ? withKeys(sandbox, exchange, shop) : withSignature(sandbox, exchange, shop);
}

function withKeys(sandbox: Sandbox, exchange: Exchange, shop: Shop): Who {
  const [key, secret] = keysOf(exchange);
  if (key === '')
    return { refusal: wpError(401, 'woocommerce_rest_cannot_view', 'Sorry, you cannot list resources.') };
  const found = findKey(sandbox, exchange, shop, key);
  if (found === null) return refuse('Consumer key is invalid.');
  if (!sameText(found.secret, secret)) return refuse('Consumer secret is invalid.');
  return { grant: found.grant };
}

function keysOf(exchange: Exchange): [string, string] {
  const basic = /^Basic (.+)$/i.exec(exchange.headers['authorization'] ?? '')?.[1];
  if (basic === undefined) {
    return [exchange.query.get('consumer_key') ?? '', exchange.query.get('consumer_secret') ?? ''];
  }
  const text = Buffer.from(basic, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon === -1 ? [text, ''] : [text.slice(0, colon), text.slice(colon + 1)];
}

function findKey(
  sandbox: Sandbox,
  exchange: Exchange,
  shop: Shop,
  key: string,
): { grant: Grant; secret: string } | null {
  const found = findToken(sandbox, key, 'access');
  if (found === null || found.grant.shopKey !== shop.key) return null;
  exchange.grantId = found.grant.id;
  if (!countCall(sandbox, found.grant)) return null;
  return { grant: found.grant, secret: found.generation.refresh ?? '' };
}

/** RFC 5849 as WooCommerce checks it: an empty token, parameters encoded twice in the base string. */
function withSignature(sandbox: Sandbox, exchange: Exchange, shop: Shop): Who {
  const params = oauthParams(exchange);
  const missing = [
    'oauth_consumer_key',
    'oauth_timestamp',
    'oauth_nonce',
    'oauth_signature',
    'oauth_signature_method',
  ].filter((name) => !params.has(name));
  if (missing.length === 5)
    return { refusal: wpError(401, 'woocommerce_rest_cannot_view', 'Sorry, you cannot list resources.') };
  if (missing.length > 0) return refuse(`Missing OAuth parameter: ${missing.join(', ')}`);
  const key = params.get('oauth_consumer_key') ?? '';
  const found = findKey(sandbox, exchange, shop, key);
  if (found === null) return refuse('Consumer key is invalid.');
  const algorithm = { 'HMAC-SHA1': 'sha1', 'HMAC-SHA256': 'sha256' }[
    params.get('oauth_signature_method') ?? ''
  ];
  if (algorithm === undefined) return refuse('Invalid signature - signature method is invalid.');
  const base = baseString(exchange, shop, params);
  const expected = createHmac(algorithm, `${found.secret}&`).update(base).digest('base64');
  if (!sameText(expected, params.get('oauth_signature') ?? ''))
    return refuse('Invalid signature - provided signature does not match.');
  const nowMs = sandbox.signatureNow();
  if (Math.abs(nowMs - Number(params.get('oauth_timestamp')) * 1000) > NONCE_WINDOW_MS)
    return refuse('Invalid timestamp.');
  const nonce = `${key} ${params.get('oauth_nonce')}`;
  if ((sandbox.seen.get(nonce) ?? 0) > nowMs) return refuse('Invalid nonce - nonce has already been used.');
  sandbox.seen.set(nonce, nowMs + NONCE_WINDOW_MS);
  return { grant: found.grant };
}

function oauthParams(exchange: Exchange): Map<string, string> {
  const params = new Map(exchange.query);
  const header = /^OAuth (.+)$/i.exec(exchange.headers['authorization'] ?? '')?.[1] ?? '';
  for (const [, name, value] of header.matchAll(/([a-z_]+)="([^"]*)"/g)) {
    if (name !== undefined && value !== undefined && name !== 'realm')
      params.set(name, decodeURIComponent(value));
  }
  return params;
}

function baseString(exchange: Exchange, shop: Shop, params: Map<string, string>): string {
  const encode = (text: string) =>
    encodeURIComponent(text).replace(
      /[!'()*]/g,
      (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
    );
  const signed = [...params]
    .filter(([name]) => name !== 'oauth_signature')
    .map(([name, value]) => [encode(name), encode(value)] as const)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([name, value]) => `${encode(name)}%3D${encode(value)}`)
    .join('%26');
  return `${exchange.method}&${encode(`http://${shop.host}${exchange.path}`)}&${signed}`;
}

/** Whether the key's permission covers the method; null: it does. */
export function mayDo(exchange: Exchange, grant: Grant): Answer | null {
  const reading = exchange.method === 'GET' || exchange.method === 'HEAD';
  const needed = reading ? 'read' : 'write';
  const permission = grant.scopes[0] ?? '';
  if (permission === 'read_write' || permission === needed) return null;
  return wpError(401, AUTH_ERROR, `The API key provided does not have ${needed} permissions.`);
}
