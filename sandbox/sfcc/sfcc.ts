/**
 * Simulated Salesforce B2C Commerce: client credentials at Account Manager, the client proved by Basic or by a JWT it signed (RFC 7523, RS256,
 * with a key registered beforehand); scopes name the tenant and the APIs.
 */
import { basicOf, bearerOf, type Call, callerOf, grantByFact, hasScope, takeCall } from '../calls.ts';
import { type Answer, bodyFields, type Exchange, json, textField } from '../exchange.ts';
import { countExchange, createGrant, isLive, issue, randomHex, sameText } from '../grants.ts';
import { isPublicKey, verifyRs256 } from '../jwt.ts';
import type { Sandbox } from '../sandbox.ts';
import type { CentralPlatform } from '../simulated.ts';
import type { Grant, Shop } from '../state.ts';
import { oauthError } from '../token-endpoint.ts';
import { answerApi } from './api.ts';

const ACCOUNT = 'account.demandware.com';
const TOKEN_PATH = '/dwsso/oauth2/access_token';
const API = 'sandbox1.api.commercecloud.salesforce.com';
const APIS = ['sfcc.orders', 'sfcc.products', 'sfcc.inventory.availability'];
const ASSERTION = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
/** An assertion lives a minute; a little more is let pass for clocks. */
const ASSERTION_S = 90;

export const sfcc: CentralPlatform = {
  title: 'Salesforce B2C',
  colour: '#00a1e0',
  reach: `paste a client of POST …/credential; token at ${ACCOUNT}${TOKEN_PATH}; call ${API}`,
  hosts: [ACCOUNT, API],
  shopKey: (_, { host, path }) =>
    host === API ? (/\/organizations\/f_ecom_([a-z0-9_]+)(\/|$)/.exec(path)?.[1] ?? null) : null,
  answer: (sandbox, exchange) => {
    if (exchange.host === ACCOUNT)
      return exchange.path === TOKEN_PATH ? mint(sandbox, exchange) : json(404, { error: 'not_found' });
    const call = authenticate(sandbox, exchange);
    if ('status' in call) return call;
    if (!takeCall(sandbox, call.shop).allowed)
      return sfError(429, 'Too Many Requests', 'The rate limit is exceeded.');
    if (call.shop.unavailable !== null) {
      const answer = sfError(503, 'Service Unavailable', 'The instance is under maintenance.');
      return { ...answer, headers: { ...answer.headers, sfdc_load: '95', sfdc_load_status: 'SHED' } };
    }
    return answerApi(call);
  },
  /** `publicKey`: PEM of the key or certificate the client proves itself with; without it a secret is given. `scopes` without the tenant. */
  handOut: (sandbox, shop, fields) => {
    const names = Array.isArray(fields['scopes']) ? fields['scopes'].map(String) : APIS;
    const publicKey = textField(fields, 'publicKey');
    if (publicKey !== '' && !isPublicKey(publicKey))
      return json(400, { error: 'publicKey is no RSA key in PEM' });
    const [clientId, secret] = [crypto.randomUUID(), randomHex(20)];
    const scopes = [`SALESFORCE_COMMERCE_API:${shop.key}`, ...names];
    const facts: Record<string, string> = publicKey === '' ? { clientId, secret } : { clientId, publicKey };
    createGrant(sandbox, { platform: 'sfcc', shop, clientId, scopes, facts });
    return json(201, {
      client_id: clientId,
      ...(publicKey === '' ? { client_secret: secret } : {}),
      tenant: shop.key,
      short_code: API.split('.')[0],
      scope: scopes.join(' '),
    });
  },
};

export function sfError(status: number, title: string, detail: string): Answer {
  const type = `https://api.commercecloud.salesforce.com/documentation/error/v1/errors/${title.toLowerCase().replaceAll(' ', '-')}`;
  return json(status, { title, type, detail }, { 'content-type': 'application/problem+json' });
}

function mint(sandbox: Sandbox, exchange: Exchange): Answer {
  if (exchange.method !== 'POST') return oauthError(405, 'invalid_request', 'POST is the only method');
  const fields = bodyFields(exchange);
  const grant = clientOf(sandbox, exchange, fields);
  if (grant === null) return oauthError(401, 'invalid_client', 'Client authentication failed');
  exchange.grantId = grant.id;
  if (textField(fields, 'grant_type') !== 'client_credentials')
    return oauthError(400, 'unsupported_grant_type', 'the grant_type is not supported');
  const asked = textField(fields, 'scope')
    .split(' ')
    .filter((one) => one !== '');
  const tenant = `SALESFORCE_COMMERCE_API:${grant.shopKey}`;
  if (!asked.includes(tenant) || asked.length < 2 || asked.some((one) => !grant.scopes.includes(one)))
    return oauthError(400, 'invalid_scope', 'The scope must name the tenant and API scopes of the client');
  const { accessTtlS } = sandbox.state.apps.sfcc;
  const issued = issue(sandbox, grant, {
    access: randomHex(40),
    accessExpiresAtMs: sandbox.now() + accessTtlS * 1000,
    refresh: null,
    refreshExpiresAtMs: null,
    scopes: asked,
  });
  countExchange(grant, issued.n);
  return json(200, {
    access_token: issued.access,
    scope: asked.join(' '),
    token_type: 'Bearer',
    expires_in: accessTtlS - 1,
  });
}

/** The live client, proved in the one way it was registered for. */
function clientOf(sandbox: Sandbox, exchange: Exchange, fields: Record<string, unknown>): Grant | null {
  const basic = basicOf(exchange);
  const assertion = textField(fields, 'client_assertion');
  if ((basic === null) === (assertion === '')) return null;
  const id = basic?.user ?? issuerOf(assertion);
  const grant = grantByFact(sandbox, 'sfcc', 'clientId', id);
  if (grant === null) return null;
  const { secret, publicKey } = grant.facts ?? {};
  const isProved =
    basic === null
      ? textField(fields, 'client_assertion_type') === ASSERTION &&
        isAssertionGood(sandbox, assertion, id, publicKey)
      : secret !== undefined && sameText(secret, basic.password);
  if (isProved && isLive(sandbox, grant) && !sandbox.state.apps.sfcc.rejecting) return grant;
  grant.refusedExchanges += 1;
  return null;
}

function issuerOf(assertion: string): string {
  try {
    const claims: unknown = JSON.parse(
      Buffer.from(assertion.split('.')[1] ?? '', 'base64url').toString('utf8'),
    );
    return typeof claims === 'object' && claims !== null && 'iss' in claims ? String(claims.iss) : '';
  } catch {
    return '';
  }
}

/** RFC 7523 § 3: signed by the registered key, by and about the client, for this endpoint, for a minute, once where it has an id. */
function isAssertionGood(
  sandbox: Sandbox,
  assertion: string,
  id: string,
  publicKey: string | undefined,
): boolean {
  const claims = publicKey === undefined ? null : verifyRs256(assertion, publicKey);
  if (claims === null || claims['iss'] !== id || claims['sub'] !== id) return false;
  const audience = claims['aud'];
  const url = `https://${ACCOUNT}${TOKEN_PATH}`;
  if (
    !(Array.isArray(audience) ? audience : [audience]).some(
      (one) => one === url || one === `https://${ACCOUNT}:443${TOKEN_PATH}`,
    )
  )
    return false;
  const nowS = sandbox.signatureNow() / 1000;
  const exp = claims['exp'];
  if (typeof exp !== 'number' || exp <= nowS || exp > nowS + ASSERTION_S) return false;
  const nbf = claims['nbf'];
  if (typeof nbf === 'number' && nbf > nowS + 5) return false;
  const jti = claims['jti'];
  if (typeof jti !== 'string') return true;
  const name = `sfcc assertion ${id} ${jti}`;
  if (sandbox.seen.has(name)) return false;
  sandbox.seen.set(name, exp * 1000);
  return true;
}

function authenticate(sandbox: Sandbox, exchange: Exchange): Call | Answer {
  const call = callerOf(sandbox, exchange, bearerOf(exchange), 'sfcc');
  if (typeof call === 'string')
    return sfError(401, 'Unauthorized', 'The access token is invalid or expired.');
  const shop: Shop = call.shop;
  if (sfcc.shopKey(sandbox, exchange) !== shop.key)
    return sfError(403, 'Forbidden', 'The token is for another organization.');
  return call;
}

/** Null: the scope was asked for, for reading or for all. */
export function missingScope(grant: Grant, scope: string): Answer | null {
  if (hasScope(grant, scope, `${scope}.rw`)) return null;
  return sfError(403, 'Forbidden', `The access token lacks the scope "${scope}".`);
}
