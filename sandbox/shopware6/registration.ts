/**
 * The app system's handshake, from the shop's side: a signed GET to our registration address, our proof checked, the keys posted to our
 * confirmation address, signed with the secret we chose. On registration anew both secrets sign. Five seconds a call.
 */
import { type Answer, json, textField } from '../exchange.ts';
import { hmacSha256, sameText } from '../grants.ts';
import type { Sandbox } from '../sandbox.ts';
import type { Shop } from '../state.ts';
import { createIntegration } from './shopware6.ts';

const TIMEOUT_MS = 5_000;
const PRIVILEGES = ['order:read', 'product:read', 'customer:read', 'currency:read'];
const VERSION = '6.7.3.0';

const shopIdOf = (shop: Shop) => `swshop${shop.id}`;
const urlOf = (shop: Shop) => `${shop.secure ? 'https' : 'http'}://${shop.host}${shop.basePath}`;

/**
 * `registrationUrl`; `forge: "signature"` signs with another secret, `"previous"` with another one than it was given before, `"first"` as one that was given
 * none. Our app's name there is `names.app`.
 */
export async function register(
  sandbox: Sandbox,
  shop: Shop,
  fields: Record<string, unknown>,
): Promise<Answer> {
  const registrationUrl = textField(fields, 'registrationUrl');
  if (!URL.canParse(registrationUrl)) return json(400, { error: 'registrationUrl is the app’s own address' });
  const app = sandbox.state.apps.shopware6;
  const before = previousSecret(sandbox, shop, fields['forge']);
  const timestamp = String(Math.floor(sandbox.signatureNow() / 1000));
  const query = new URLSearchParams({
    'shop-id': shopIdOf(shop),
    'shop-url': urlOf(shop),
    timestamp,
  }).toString();
  const key = fields['forge'] === 'signature' ? 'another-secret' : app.secret;
  const answer = await ask(`${registrationUrl}?${query}`, {
    'sw-version': VERSION,
    'shopware-app-signature': hmacSha256(key, query, 'hex'),
    ...(before === null ? {} : { 'shopware-shop-signature': hmacSha256(before, query, 'hex') }),
  });
  const [proof, secret, confirmation] = ['proof', 'secret', 'confirmation_url'].map((name) =>
    textField(answer.fields, name),
  );
  const expected = hmacSha256(app.secret, `${shopIdOf(shop)}${urlOf(shop)}${app.names['app'] ?? ''}`, 'hex');
  if (!sameText(expected, proof ?? ''))
    return json(200, { registered: false, step: 'proof', status: answer.status });
  if (!secret || secret.length < 64 || secret.length > 255)
    return json(200, { registered: false, step: 'secret', status: answer.status });
  return confirm(sandbox, shop, { secret, before, confirmationUrl: confirmation ?? '' });
}

async function confirm(
  sandbox: Sandbox,
  shop: Shop,
  given: { secret: string; before: string | null; confirmationUrl: string },
): Promise<Answer> {
  const grant = createIntegration(sandbox, shop, shop.grantOnly ?? PRIVILEGES);
  grant.facts = { ...grant.facts, shopSecret: given.secret };
  const body = JSON.stringify({
    apiKey: grant.facts['clientId'],
    secretKey: grant.facts['clientSecret'],
    timestamp: String(Math.floor(sandbox.signatureNow() / 1000)),
    shopUrl: urlOf(shop),
    shopId: shopIdOf(shop),
  });
  const headers = {
    'content-type': 'application/json',
    'sw-version': VERSION,
    'shopware-shop-signature': hmacSha256(given.secret, body, 'hex'),
    ...(given.before === null
      ? {}
      : { 'shopware-shop-signature-previous': hmacSha256(given.before, body, 'hex') }),
  };
  const answer = await ask(given.confirmationUrl, headers, body);
  const registered = answer.status !== null && answer.status >= 200 && answer.status < 300;
  if (!registered) grant.state = 'uninstalled';
  sandbox.changed();
  return json(200, { registered, step: 'confirmation', status: answer.status });
}

function previousSecret(sandbox: Sandbox, shop: Shop, forge: unknown): string | null {
  if (forge === 'first') return null;
  return forge === 'previous' ? 'another-secret' : currentSecret(sandbox, shop);
}

function currentSecret(sandbox: Sandbox, shop: Shop): string | null {
  const mine = Object.values(sandbox.state.grants).filter(
    (grant) => grant.shopKey === shop.key && grant.state === 'live',
  );
  return mine.map((grant) => grant.facts?.['shopSecret']).findLast((secret) => secret !== undefined) ?? null;
}

/** app.deleted, signed with the shop's secret [the body's fields beyond data, source and timestamp unverified]. */
export async function tellDeleted(
  sandbox: Sandbox,
  shop: Shop,
  fields: Record<string, unknown>,
): Promise<Answer> {
  const secrets = Object.values(sandbox.state.grants).filter((grant) => grant.shopKey === shop.key);
  const secret =
    secrets.map((grant) => grant.facts?.['shopSecret']).findLast((one) => one !== undefined) ?? '';
  const body = JSON.stringify({
    data: { payload: [], event: 'app.deleted' },
    source: { url: urlOf(shop), appVersion: '1.0.0', shopId: shopIdOf(shop), eventId: `deleted-${shop.id}` },
    timestamp: Math.floor(sandbox.signatureNow() / 1000),
  });
  const key = fields['forge'] === 'signature' ? 'another-secret' : secret;
  const headers = {
    'content-type': 'application/json',
    'shopware-shop-signature': hmacSha256(key, body, 'hex'),
  };
  const { status } = await ask(textField(fields, 'callbackUrl'), headers, body);
  return json(200, { status });
}

async function ask(
  url: string,
  headers: Record<string, string>,
  body?: string,
): Promise<{ status: number | null; fields: Record<string, unknown> }> {
  try {
    const response = await fetch(url, {
      method: body === undefined ? 'GET' : 'POST',
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
      headers,
      ...(body === undefined ? {} : { body }),
    });
    const text = await response.text();
    return { status: response.status, fields: text.startsWith('{') ? JSON.parse(text) : {} };
  } catch {
    return { status: null, fields: {} };
  }
}
