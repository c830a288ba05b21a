/**
 * Simulated Wix. The merchant begins: an install sends the browser to our address with a signed `instance`, or a notification tells of it;
 * tokens are minted for that instance with the app's id and secret, and never refreshed.
 */
import { bearerOf, type Call, callerOf, grantByFact, hasScope, shopKeyOfToken, takeCall } from '../calls.ts';
import { type Answer, bodyFields, type Exchange, json, textField, withQuery } from '../exchange.ts';
import {
  countExchange,
  createGrant,
  hmacSha256,
  isLive,
  issue,
  liveGrants,
  randomHex,
  sameText,
} from '../grants.ts';
import { keyPairOf, signRs256 } from '../jwt.ts';
import { iso } from '../listing.ts';
import type { Sandbox } from '../sandbox.ts';
import type { CentralPlatform } from '../simulated.ts';
import type { Grant, Shop } from '../state.ts';
import { answerApi } from './api.ts';
import { pushing } from './push.ts';

const HOST = 'www.wixapis.com';
/** Permissions of the app, set in its dashboard [names unverified]. */
const PERMISSIONS = ['orders', 'products', 'inventory', 'contacts'];
const CALL_TIMEOUT_MS = 10_000;

export const wix: CentralPlatform = {
  title: 'Wix',
  colour: '#116dff',
  reach: `POST …/install { callbackUrl } begins an install; token at ${HOST}/oauth2/token`,
  hosts: [HOST],
  shopKey: (sandbox, exchange) =>
    textField(bodyFields(exchange), 'instance_id') || shopKeyOfToken(sandbox, tokenOf(exchange)),
  answer: answerWix,
  /** Installs the app: `instance_id` is what a token is minted for, `instance` what the owner's browser brings to the app. */
  handOut: (sandbox, shop, fields) => {
    installed(sandbox, shop, Array.isArray(fields['scopes']) ? fields['scopes'].map(String) : PERMISSIONS);
    return json(201, { instance_id: shop.key, instance: signedInstance(sandbox, shop, false) });
  },
  /** `callbackUrl` of the app; `notifyUrl`, where given, is told as well; `forge: "signature"` spoils both. */
  install: async (sandbox, shop, fields) => {
    const callbackUrl = textField(fields, 'callbackUrl');
    if (!URL.canParse(callbackUrl)) return json(400, { error: 'callbackUrl is the app’s own address' });
    installed(sandbox, shop, shop.grantOnly ?? PERMISSIONS);
    const url = withQuery(callbackUrl, {
      instance: signedInstance(sandbox, shop, fields['forge'] === 'signature'),
    });
    if (typeof fields['notifyUrl'] !== 'string') return json(200, { url });
    return json(200, {
      url,
      notified: await notify(sandbox, shop, 'APP_INSTALLED', fields['notifyUrl'], fields),
    });
  },
  pushing,
  uninstall: async (sandbox, shop, fields) =>
    json(200, {
      status: await notify(sandbox, shop, 'APP_REMOVED', textField(fields, 'callbackUrl'), fields),
    }),
};

/** One installation a site. */
function installed(sandbox: Sandbox, shop: Shop, scopes: string[]): Grant {
  for (const before of liveGrants(sandbox, shop.key)) before.state = 'rejected';
  const facts = { instanceId: shop.key };
  return createGrant(sandbox, {
    platform: 'wix',
    shop,
    clientId: sandbox.state.apps.wix.clientId,
    scopes,
    facts,
  });
}

/** `signature.payload`, both base64url; the HMAC-SHA256 is over the encoded payload. */
function signedInstance(sandbox: Sandbox, shop: Shop, forged: boolean): string {
  const app = sandbox.state.apps.wix;
  const claims = {
    instanceId: shop.key,
    appDefId: app.clientId,
    signDate: iso(sandbox.signatureNow()),
    uid: `user-${shop.id}`,
    permissions: 'OWNER',
  };
  const payload = Buffer.from(JSON.stringify(claims)).toString('base64url');
  const mac = hmacSha256(forged ? 'another-secret' : app.secret, payload, 'base64');
  return `${Buffer.from(mac, 'base64').toString('base64url')}.${payload}`;
}

/** The whole body is a JWT, RS256; its data is JSON in a text, and that one's data again. */
async function notify(
  sandbox: Sandbox,
  shop: Shop,
  event: 'APP_INSTALLED' | 'APP_REMOVED',
  to: string,
  fields: Record<string, unknown>,
): Promise<number | null> {
  const nowS = Math.floor(sandbox.signatureNow() / 1000);
  const eventType =
    event === 'APP_INSTALLED' ? 'wix.devcenter.app_instance_installed' : 'wix.devcenter.app_instance_removed';
  const data = JSON.stringify({
    data: JSON.stringify({ id: randomHex(8) }),
    instanceId: shop.key,
    eventType,
  });
  const key = keyPairOf(sandbox, fields['forge'] === 'signature' ? 'wix-forged' : 'wix').privateKey;
  const body = signRs256({ data, iat: nowS, exp: nowS + 3_600 }, key);
  try {
    const signal = AbortSignal.timeout(CALL_TIMEOUT_MS);
    const response = await fetch(to, {
      method: 'POST',
      redirect: 'manual',
      headers: { 'content-type': 'text/plain' },
      body,
      signal,
    });
    await response.arrayBuffer();
    return response.status;
  } catch {
    return null;
  }
}

export function wixError(status: number, message: string, code = 'INVALID_ARGUMENT'): Answer {
  return json(status, { message, details: { applicationError: { code, description: message, data: {} } } });
}

function answerWix(sandbox: Sandbox, exchange: Exchange): Answer {
  if (exchange.path === '/oauth2/token') return mint(sandbox, exchange);
  if (exchange.path === '/oauth2/token-info') return tokenInfo(sandbox, exchange);
  const call = authenticate(sandbox, exchange);
  if ('status' in call) return call;
  const perS = sandbox.state.apps.wix.callsPerS;
  // Two hundred a minute for each installation.
  if (!takeCall(sandbox, call.shop, { size: Math.max(1, perS * 60), perS }).allowed)
    return wixError(429, 'Too many requests', 'RATE_LIMITED');
  if (call.shop.unavailable !== null) return wixError(403, 'The site is not published', 'SITE_UNAVAILABLE');
  return answerApi(call);
}

/** The refusals' bodies are unverified. */
function mint(sandbox: Sandbox, exchange: Exchange): Answer {
  const refuse = (status: number, error: string, text: string) =>
    json(status, { error, error_description: text });
  if (exchange.method !== 'POST') return refuse(405, 'invalid_request', 'POST is the only method');
  const fields = bodyFields(exchange);
  const app = sandbox.state.apps.wix;
  const secretFits = sameText(textField(fields, 'client_secret'), app.secret);
  if (app.rejecting || textField(fields, 'client_id') !== app.clientId || !secretFits)
    return refuse(401, 'invalid_client', 'client authentication failed');
  if (textField(fields, 'grant_type') !== 'client_credentials')
    return refuse(400, 'unsupported_grant_type', 'the grant_type is not supported');
  const grant = liveInstance(sandbox, textField(fields, 'instance_id'));
  if (grant === null) return refuse(400, 'invalid_grant', 'the app is not installed at this instance');
  exchange.grantId = grant.id;
  const issued = issue(sandbox, grant, {
    access: `OauthNG.JWS.${randomHex(40)}`,
    accessExpiresAtMs: sandbox.now() + app.accessTtlS * 1000,
    refresh: null,
    refreshExpiresAtMs: null,
  });
  countExchange(grant, issued.n);
  return json(200, { access_token: issued.access, token_type: 'Bearer', expires_in: app.accessTtlS });
}

function liveInstance(sandbox: Sandbox, instanceId: string): Grant | null {
  const live = liveGrants(sandbox, instanceId).find((grant) => grant.platform === 'wix');
  if (live !== undefined) return live;
  const ended = grantByFact(sandbox, 'wix', 'instanceId', instanceId);
  if (ended !== null && !isLive(sandbox, ended)) {
    ended.refusedExchanges += 1;
    ended.callsAfterEnd += 1;
  }
  return null;
}

function tokenInfo(sandbox: Sandbox, exchange: Exchange): Answer {
  const token = textField(bodyFields(exchange), 'token');
  const call = callerOf(sandbox, exchange, token, 'wix');
  if (typeof call === 'string') return json(200, { active: false });
  const exp = Math.floor((call.grant.generations.at(-1)?.accessExpiresAtMs ?? 0) / 1000);
  const { clientId } = sandbox.state.apps.wix;
  return json(200, {
    active: true,
    subjectType: 'APP',
    subjectId: clientId,
    clientId,
    instanceId: call.shop.key,
    siteId: `site-${call.shop.id}`,
    exp,
  });
}

/** Bare, or as a bearer token: both are seen. */
function tokenOf(exchange: Exchange): string {
  return bearerOf(exchange) || (exchange.headers['authorization'] ?? '');
}

function authenticate(sandbox: Sandbox, exchange: Exchange): Call | Answer {
  const call = callerOf(sandbox, exchange, tokenOf(exchange), 'wix');
  return typeof call === 'string'
    ? wixError(401, 'The token is invalid or expired', 'UNAUTHENTICATED')
    : call;
}

/** Null: the app has the permission. */
export function missingPermission(grant: Grant, permission: string): Answer | null {
  return hasScope(grant, permission)
    ? null
    : wixError(403, `The app lacks the permission "${permission}"`, 'PERMISSION_DENIED');
}
