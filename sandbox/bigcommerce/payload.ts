/** BigCommerce's signed payloads: JWTs, HS256 with the app's secret, in the address of load and uninstall. Control may ask for forged ones. */
import { createHmac } from 'node:crypto';
import { type Answer, json, textField, withQuery } from '../exchange.ts';
import { randomHex } from '../grants.ts';
import type { Sandbox } from '../sandbox.ts';
import type { Shop } from '../state.ts';

const LIFE_S = 86_400;
const CALL_TIMEOUT_MS = 10_000;
const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

export function owner(shop: Shop | undefined) {
  return {
    id: (shop?.id ?? 0) % 1_000_000,
    username: 'owner',
    email: `owner@${shop?.key ?? 'shop'}.example`,
  };
}

/**
 * The address with its `signed_payload_jwt`. `forge`: `signature`, `alg_none`, `expired`, `not_yet`, `audience`, `issuer`, `shop` (another
 * shop's subject), each wrong in that alone.
 */
export function withSignedPayload(
  sandbox: Sandbox,
  shop: Shop,
  url: string,
  fields: Record<string, unknown>,
): string {
  const forge = textField(fields, 'forge');
  const app = sandbox.state.apps.bigcommerce;
  const nowS = Math.floor(sandbox.signatureNow() / 1000);
  const shiftS = forge === 'expired' ? -2 * LIFE_S : forge === 'not_yet' ? 3_600 : 0;
  const claims = {
    aud: forge === 'audience' ? 'another-client' : app.clientId,
    iss: forge === 'issuer' ? 'someone-else' : 'bc',
    iat: nowS + shiftS,
    nbf: nowS + shiftS - 5,
    exp: nowS + shiftS + LIFE_S,
    jti: randomHex(16),
    sub: `stores/${forge === 'shop' ? 'otherhash1' : shop.key}`,
    user: { ...owner(shop), locale: 'en-US' },
    owner: owner(shop),
    url: '/',
    channel_id: null,
  };
  const head = part({ alg: forge === 'alg_none' ? 'none' : 'HS256', typ: 'JWT' });
  const signed = `${head}.${part(claims)}`;
  const key = forge === 'signature' ? 'another-secret' : app.secret;
  const mac = createHmac('sha256', key).update(signed).digest('base64url');
  return withQuery(url, { signed_payload_jwt: forge === 'alg_none' ? `${signed}.` : `${signed}.${mac}` });
}

/** Calls our uninstall address, as the platform's server does, and tells what it was answered. */
export async function tellUninstall(
  sandbox: Sandbox,
  shop: Shop,
  fields: Record<string, unknown>,
): Promise<Answer> {
  const url = withSignedPayload(sandbox, shop, textField(fields, 'callbackUrl'), fields);
  try {
    const response = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(CALL_TIMEOUT_MS) });
    await response.arrayBuffer();
    return json(200, { url, status: response.status });
  } catch (error) {
    return json(200, { url, status: null, error: String(error) });
  }
}
