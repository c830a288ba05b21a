/**
 * Simulated Mirakl marketplaces, as a seller sees them: each operator's instance at a host of its own, the key bare in Authorization, without a scheme's
 * word. Switch `onceAMinute`: a first page of orders is answered once a minute, as the platform asks of its callers; no limit is told by a header.
 */
import { type Call, grantByFact, takeCall } from '../calls.ts';
import { type Answer, type Exchange, json } from '../exchange.ts';
import { countCall, createGrant } from '../grants.ts';
import type { Sandbox } from '../sandbox.ts';
import type { HostedPlatform } from '../simulated.ts';
import type { Shop } from '../state.ts';
import { answerApi } from './api.ts';

export const mirakl: HostedPlatform = {
  title: 'Mirakl',
  colour: '#03182f',
  reach: 'paste a key of POST …/credential; call https://<instance>.mirakl.net/api/account',
  pattern: /^[a-z0-9][a-z0-9-]*\.mirakl\.net$/,
  origins: ['https://*.mirakl.net'],
  answerShop: (sandbox, exchange, shop) => {
    const call = authenticate(sandbox, exchange, shop);
    if ('status' in call) return call;
    if (!takeCall(sandbox, shop).allowed) return tooMany('1');
    if (shop.unavailable !== null) return miraklError(403, 'Your shop is suspended.');
    return answerApi(call);
  },
  handOut: (sandbox, shop) => {
    const key = crypto.randomUUID();
    createGrant(sandbox, { platform: 'mirakl', shop, clientId: '', scopes: [], facts: { key } });
    return json(201, { api_key: key, shop_id: shop.id });
  },
};

export function miraklError(status: number, message: string, headers: Record<string, string> = {}): Answer {
  return json(status, { status, message }, headers);
}

export function tooMany(retryAfterS: string): Answer {
  return miraklError(429, 'Too many requests', { 'retry-after': retryAfterS });
}

/** A shop that is not the key's is 404 [unverified]. */
function authenticate(sandbox: Sandbox, exchange: Exchange, shop: Shop): Call | Answer {
  const key = exchange.headers['authorization'] ?? '';
  const grant = grantByFact(sandbox, 'mirakl', 'key', key);
  if (grant === null || grant.shopKey !== shop.key) return miraklError(401, 'Unauthorized');
  exchange.grantId = grant.id;
  if (!countCall(sandbox, grant)) return miraklError(401, 'Unauthorized');
  const asked = exchange.query.get('shop_id');
  if (asked !== null && asked !== String(shop.id))
    return miraklError(404, `Shop with identifier '${asked}' not found`);
  return { sandbox, exchange, shop, grant };
}
