/**
 * Magento's integration: a merchant activates it, the shop posts consumer key, secret and verifier to our callback, and sends the browser
 * to our identity link. The exchange is OAuth 1.0a, HMAC-SHA256 alone, within 300 s; request tokens and verifiers work once.
 */
import { approvalPage, decisionOf, messagePage } from '../approval-page.ts';
import { isLoopbackUrl } from '../apps.ts';
import { type Answer, type Exchange, json, redirect, textField, withQuery } from '../exchange.ts';
import { createGrant, issue, randomHex, sameText } from '../grants.ts';
import { readOAuth1, verifyOAuth1 } from '../oauth1.ts';
import type { Sandbox } from '../sandbox.ts';
import type { Generation, Grant, Shop } from '../state.ts';
import { PERMISSIONS } from './rest.ts';
import { askedUrl, grantOfConsumer, siteUrl, WINDOW_MS } from './site.ts';

const POST_TIMEOUT_MS = 5_000;

/** An integration as the merchant saved it, with a consumer and a verifier, not yet exchanged. */
export function createIntegration(sandbox: Sandbox, shop: Shop, scopes: string[]): Grant {
  const facts = {
    consumerKey: randomHex(16),
    consumerSecret: randomHex(16),
    verifier: randomHex(16),
  };
  return createGrant(sandbox, { platform: 'magento', shop, clientId: facts.consumerKey, scopes, facts });
}

export function giveAccessToken(sandbox: Sandbox, grant: Grant): Generation {
  return issue(sandbox, grant, {
    access: randomHex(16),
    accessExpiresAtMs: null,
    refresh: randomHex(16),
    refreshExpiresAtMs: null,
  });
}

/** Control's way to activate: `callbackUrl`, `identityUrl`, `scopes`. */
export async function activate(
  sandbox: Sandbox,
  shop: Shop,
  fields: Record<string, unknown>,
): Promise<Answer> {
  const scopes = Array.isArray(fields['scopes']) ? fields['scopes'].map(String) : Object.values(PERMISSIONS);
  const callbackUrl = textField(fields, 'callbackUrl');
  const url = await begin(sandbox, shop, {
    callbackUrl,
    identityUrl: textField(fields, 'identityUrl'),
    scopes,
  });
  return url === null
    ? json(502, { error: `"${callbackUrl}" did not take the activation` })
    : json(200, { url });
}

/** The merchant's own page: `?callback_url=…&identity_url=…`, then the browser goes to our identity link. */
export async function answerActivation(sandbox: Sandbox, exchange: Exchange, shop: Shop): Promise<Answer> {
  const callbackUrl = exchange.query.get('callback_url') ?? '';
  const identityUrl = exchange.query.get('identity_url') ?? '';
  if (!isOurAddress(callbackUrl) || !isOurAddress(identityUrl))
    return messagePage(400, 'Integration', 'callback_url and identity_url are https addresses');
  const decision = decisionOf(sandbox, exchange, shop);
  const scopes = shop.grantOnly ?? Object.values(PERMISSIONS);
  if (decision === null) {
    const asks = { appName: 'Mooring', asks: scopes, shopName: shop.name };
    return approvalPage({ platform: 'Magento', colour: '#f26322', ...asks });
  }
  if (decision === 'deny') return messagePage(200, 'Integration', 'The integration is not activated.');
  const url = await begin(sandbox, shop, { callbackUrl, identityUrl, scopes });
  if (url === null)
    return messagePage(
      502,
      'Integration',
      'The integration could not be activated: its server did not answer.',
    );
  return redirect(url);
}

/** The platform wants https; this machine's own addresses pass. */
function isOurAddress(url: string): boolean {
  return isLoopbackUrl(url) || (URL.canParse(url) && new URL(url).protocol === 'https:');
}

/** Posts the consumer to our callback; the identity link to open, or null when our callback did not answer with success. */
async function begin(
  sandbox: Sandbox,
  shop: Shop,
  to: { callbackUrl: string; identityUrl: string; scopes: string[] },
): Promise<string | null> {
  const grant = createIntegration(sandbox, shop, to.scopes);
  const { consumerKey = '', consumerSecret = '', verifier = '' } = grant.facts ?? {};
  const body = new URLSearchParams({
    oauth_consumer_key: consumerKey,
    oauth_consumer_secret: consumerSecret,
    oauth_verifier: verifier,
    store_base_url: `${siteUrl(shop)}/`,
  });
  try {
    const signal = AbortSignal.timeout(POST_TIMEOUT_MS);
    const response = await fetch(to.callbackUrl, { method: 'POST', redirect: 'manual', signal, body });
    await response.arrayBuffer();
    if (!response.ok) throw new Error(`status ${response.status}`);
  } catch {
    grant.state = 'uninstalled';
    sandbox.changed();
    return null;
  }
  const success = `${siteUrl(shop)}/admin/admin/integration/loginSuccessCallback`;
  return withQuery(to.identityUrl, { oauth_consumer_key: consumerKey, success_call_back: success });
}

function refuse(status: number, word: string): Answer {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  return { status, headers, body: `oauth_problem=${word}` };
}

function formAnswer(token: string, secret: string): Answer {
  const body = new URLSearchParams({ oauth_token: token, oauth_token_secret: secret }).toString();
  return { status: 200, headers: { 'content-type': 'application/x-www-form-urlencoded' }, body };
}

/** Checks consumer, age of the activation and signature; the token secret is the request token's, or none. */
function consumerOf(
  sandbox: Sandbox,
  exchange: Exchange,
  shop: Shop,
  tokenSecretOf: (grant: Grant) => string,
): { grant: Grant; token: string; verifier: string } | Answer {
  if (exchange.method !== 'POST') return refuse(400, 'parameter_rejected');
  const params = readOAuth1(exchange);
  if (params === null) return refuse(400, 'parameter_absent');
  if (typeof params === 'string') return refuse(400, params);
  const grant = grantOfConsumer(sandbox, shop, params.consumerKey);
  const { codeTtlS } = sandbox.state.apps.magento;
  const over = grant !== null && sandbox.now() >= grant.createdAtMs + codeTtlS * 1000;
  if (grant === null || over || grant.state !== 'live') return refuse(401, 'consumer_key_rejected');
  exchange.grantId = grant.id;
  const request = { method: 'POST', baseUrl: askedUrl(exchange, shop) };
  const wrong = verifyOAuth1(sandbox, request, params, {
    consumerSecret: grant.facts?.['consumerSecret'] ?? '',
    tokenSecret: tokenSecretOf(grant),
    methods: ['HMAC-SHA256'],
    windowMs: WINDOW_MS,
  });
  if (wrong !== null) return refuse(wrong === 'signature_method_rejected' ? 400 : 401, wrong);
  return { grant, token: params.token, verifier: params.verifier };
}

export function answerRequestToken(sandbox: Sandbox, exchange: Exchange, shop: Shop): Answer {
  const consumer = consumerOf(sandbox, exchange, shop, () => '');
  if ('status' in consumer) return consumer;
  const { grant } = consumer;
  if (grant.facts?.['requestToken'] !== undefined) return refuse(401, 'token_used');
  const [requestToken, requestSecret] = [randomHex(16), randomHex(16)];
  grant.facts = { ...grant.facts, requestToken, requestSecret };
  sandbox.changed();
  return formAnswer(requestToken, requestSecret);
}

export function answerAccessToken(sandbox: Sandbox, exchange: Exchange, shop: Shop): Answer {
  const consumer = consumerOf(sandbox, exchange, shop, (grant) => grant.facts?.['requestSecret'] ?? '');
  if ('status' in consumer) return consumer;
  const { grant, token, verifier } = consumer;
  const refused = (word: string) => {
    grant.refusedExchanges += 1;
    return refuse(401, word);
  };
  if (grant.generations.length > 0) return refused('token_used');
  if (!sameText(grant.facts?.['requestToken'] ?? '', token)) return refused('token_rejected');
  if (!sameText(grant.facts?.['verifier'] ?? '', verifier)) return refused('verifier_invalid');
  const issued = giveAccessToken(sandbox, grant);
  return formAnswer(issued.access, issued.refresh ?? '');
}
