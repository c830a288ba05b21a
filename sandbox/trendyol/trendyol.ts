/**
 * Simulated Trendyol: key and secret by Basic, a User-Agent that names the seller and the integrator, one key a seller. Switch `formerNames`: packages carry
 * the names they had until December 2025 (`totalPrice`, `lines[].id`, …), as the reference of the stream still prints them.
 */
import { basicOf, type Call, grantByFact, takeCall } from '../calls.ts';
import { type Answer, type Exchange, json } from '../exchange.ts';
import { countCall, createGrant, randomHex, sameText } from '../grants.ts';
import type { Sandbox } from '../sandbox.ts';
import type { CentralPlatform } from '../simulated.ts';
import { answerApi } from './api.ts';
import { pushing } from './push.ts';

const HOST = 'apigw.trendyol.com';
const SELLER = /^\/integration\/[a-z-]+\/sellers\/(\d+)\//;
/** What else a wrong one is answered with is unverified: as a missing one. */
const AGENT = /^(\d+) - [A-Za-z0-9]{1,30}$/;

export const trendyol: CentralPlatform = {
  title: 'Trendyol',
  colour: '#f27a1a',
  reach: `paste a key of POST …/credential; call ${HOST}/integration/order/sellers/<seller id>/orders/stream`,
  hosts: [HOST],
  shopKey: (_, { path }) => SELLER.exec(path)?.[1] ?? null,
  answer: (sandbox, exchange) => {
    const call = authenticate(sandbox, exchange);
    if ('status' in call) return call;
    // Fifty in ten seconds at the same address; orders have a thousand a minute.
    const perS = sandbox.state.apps.trendyol.callsPerS;
    const of = exchange.path.includes('/order/') ? 'orders' : 'others';
    const limit = { size: 50, perS: of === 'orders' ? 1_000 / 60 : perS, of };
    if (!takeCall(sandbox, call.shop, limit).allowed)
      return trendyolError(429, 'TooManyRequests', 'too.many.requests');
    if (call.shop.unavailable !== null)
      return trendyolError(403, 'ClientApiForbiddenException', 'seller.passive');
    return answerApi(call);
  },
  handOut: (sandbox, shop) => {
    const facts = { apiKey: randomHex(10), apiSecret: randomHex(10) };
    createGrant(sandbox, { platform: 'trendyol', shop, clientId: '', scopes: [], facts });
    return json(201, { api_key: facts.apiKey, api_secret: facts.apiSecret, seller_id: shop.id });
  },
  pushing,
};

export function trendyolError(status: number, exception: string, key: string): Answer {
  const errors = [{ key, message: key.replaceAll('.', ' '), errorCode: String(status), args: [] }];
  return json(status, { timestamp: Date.now(), exception, errors });
}

const stranger = () =>
  trendyolError(401, 'ClientApiAuthenticationException', 'client.api.authentication.failed');

/** The gateway wants the User-Agent before it looks at the key. */
function authenticate(sandbox: Sandbox, exchange: Exchange): Call | Answer {
  const seller = SELLER.exec(exchange.path)?.[1] ?? '';
  const agent = AGENT.exec(exchange.headers['user-agent'] ?? '');
  if (agent === null || agent[1] !== seller)
    return { status: 403, headers: { 'content-type': 'text/html' }, body: '<h1>403 Forbidden</h1>' };
  const basic = basicOf(exchange);
  const grant = grantByFact(sandbox, 'trendyol', 'apiKey', basic?.user ?? '');
  if (basic === null || grant === null) return stranger();
  exchange.grantId = grant.id;
  const shop = sandbox.state.shops[grant.shopKey];
  if (!sameText(grant.facts?.['apiSecret'] ?? '', basic.password) || shop === undefined) return stranger();
  if (!countCall(sandbox, grant) || grant.shopKey !== seller) return stranger();
  return { sandbox, exchange, shop, grant };
}
