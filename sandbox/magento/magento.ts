/** A simulated Magento 2 (Open Source, or Adobe Commerce on its own host): which address does what, and who may call it. */
import { bearerOf, type Call, callerOf } from '../calls.ts';
import { type Answer, type Exchange, json } from '../exchange.ts';
import { findToken } from '../grants.ts';
import { readOAuth1, verifyOAuth1 } from '../oauth1.ts';
import type { Sandbox } from '../sandbox.ts';
import type { HostedPlatform } from '../simulated.ts';
import type { Shop } from '../state.ts';
import {
  activate,
  answerAccessToken,
  answerActivation,
  answerRequestToken,
  createIntegration,
  giveAccessToken,
} from './integration.ts';
import { answerRest, PERMISSIONS } from './rest.ts';
import { askedUrl, grantOfConsumer, WINDOW_MS } from './site.ts';

/**
 * Switches: `integrationAsBearer` (off, as a shop comes) lets an integration's access token be a bearer token; `repeatLastPage` (on,
 * unverified) answers a page past the end with the last one.
 */
export const magento: HostedPlatform = {
  title: 'Magento',
  colour: '#f26322',
  reach: 'any <name>.magento.example; activate the integration at its /admin/integration',
  pattern: /^[a-z0-9][a-z0-9-]*\.magento\.example$/,
  origins: ['https://*.magento.example'],
  answerShop: answerMagento,
  /** The four values of an activated integration, as a merchant copies them; `scopes`: its permissions. */
  handOut: (sandbox, shop, fields) => {
    const scopes = Array.isArray(fields['scopes'])
      ? fields['scopes'].map(String)
      : Object.values(PERMISSIONS);
    const grant = createIntegration(sandbox, shop, scopes);
    const issued = giveAccessToken(sandbox, grant);
    return json(201, {
      consumer_key: grant.facts?.['consumerKey'],
      consumer_secret: grant.facts?.['consumerSecret'],
      access_token: issued.access,
      access_token_secret: issued.refresh,
    });
  },
  install: activate,
};

function answerMagento(sandbox: Sandbox, exchange: Exchange, shop: Shop): Answer | Promise<Answer> {
  const path = exchange.path.slice(shop.basePath.length) || '/';
  if (path === '/admin/integration') return answerActivation(sandbox, exchange, shop);
  if (shop.unavailable !== null) return unavailable(shop);
  if (path === '/oauth/token/request') return answerRequestToken(sandbox, exchange, shop);
  if (path === '/oauth/token/access') return answerAccessToken(sandbox, exchange, shop);
  const rest = /^\/rest(?:\/([a-z][a-z0-9_]*))?\/V1(\/.*)$/.exec(path);
  if (rest === null) return json(404, { message: 'Request does not match any route.' });
  if (!['', 'default', 'all'].includes(rest[1] ?? ''))
    return json(404, { message: 'Request does not match any route.' });
  const call = authenticate(sandbox, exchange, shop);
  return 'status' in call ? call : answerRest(call, rest[2] ?? '/');
}

function unavailable(shop: Shop): Answer {
  if (shop.unavailable === 'closed')
    return { status: 404, headers: { 'content-type': 'text/html' }, body: '<title>404 Not Found</title>' };
  return {
    status: 503,
    headers: { 'content-type': 'text/html' },
    body: '<title>Service Temporarily Unavailable</title>',
  };
}

/** The words of the problem reporting extension, in the JSON of the REST API [its exact form unverified]. */
export function problem(status: number, word: string): Answer {
  return json(status, { message: `oauth_problem=${word}` });
}

function authenticate(sandbox: Sandbox, exchange: Exchange, shop: Shop): Call | Answer {
  const denied = () =>
    json(401, {
      message: "The consumer isn't authorized to access %resources.",
      parameters: { resources: 'self' },
    });
  const bearer = bearerOf(exchange);
  if (bearer !== '') {
    if (sandbox.state.apps.magento.switches['integrationAsBearer'] !== true) return denied();
    const call = callerOf(sandbox, exchange, bearer, 'magento');
    return typeof call === 'string' || call.shop.key !== shop.key ? denied() : call;
  }
  const params = readOAuth1(exchange);
  if (params === null) return denied();
  if (typeof params === 'string') return problem(400, params);
  const grant = grantOfConsumer(sandbox, shop, params.consumerKey);
  if (grant === null) return problem(401, 'consumer_key_rejected');
  const found = findToken(sandbox, params.token, 'access');
  if (found === null || found.grant.id !== grant.id) return problem(401, 'token_rejected');
  const request = { method: exchange.method, baseUrl: askedUrl(exchange, shop) };
  const wrong = verifyOAuth1(sandbox, request, params, {
    consumerSecret: grant.facts?.['consumerSecret'] ?? '',
    tokenSecret: found.generation.refresh ?? '',
    methods: ['HMAC-SHA256'],
    windowMs: WINDOW_MS,
  });
  if (wrong !== null) return problem(wrong === 'signature_method_rejected' ? 400 : 401, wrong);
  const call = callerOf(sandbox, exchange, params.token, 'magento');
  return typeof call === 'string' ? problem(401, 'token_revoked') : call;
}
