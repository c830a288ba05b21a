/** A simulated VTEX account: two pasted headers, an order feed that is taken and confirmed, a catalog in ranges. */
import { type Call, grantByFact, takeCall } from '../calls.ts';
import { type Answer, type Exchange, json } from '../exchange.ts';
import { countCall, createGrant, randomHex, sameText } from '../grants.ts';
import type { Sandbox } from '../sandbox.ts';
import type { HostedPlatform } from '../simulated.ts';
import type { Shop } from '../state.ts';
import { answerApi } from './api.ts';
import { pushing } from './push.ts';

export const vtex: HostedPlatform = {
  title: 'VTEX',
  colour: '#f71963',
  reach: 'any <account>.vtexcommercestable.com.br; paste a key of POST …/credential',
  pattern: /^[a-z0-9][a-z0-9-]*\.(vtexcommercestable|vtexcommercebeta|myvtex)\.com(\.br)?$/,
  origins: ['https://*.vtexcommercestable.com.br'],
  answerShop: (sandbox, exchange, shop) => {
    if (!exchange.path.startsWith('/api/'))
      return { status: 404, headers: { 'content-type': 'text/html' }, body: '<title>404</title>' };
    const call = authenticate(sandbox, exchange, shop);
    if ('status' in call) return call;
    if (shop.unavailable !== null) return vtexError(403, 'CHK003', 'The account is not active');
    if (!takeCall(sandbox, shop).allowed) return vtexError(429, '429', 'Too many requests');
    return answerApi(call);
  },
  /** `scopes: ["noHook"]`: a role that may not set up the hook. */
  handOut: (sandbox, shop, fields) => {
    const account = shop.host.split('.')[0] ?? '';
    const facts = {
      appKey: `vtexappkey-${account}-${randomHex(3).toUpperCase()}`,
      appToken: randomHex(40).toUpperCase(),
    };
    const scopes = Array.isArray(fields['scopes']) ? fields['scopes'].map(String) : [];
    createGrant(sandbox, { platform: 'vtex', shop, clientId: '', scopes, facts });
    return json(201, { app_key: facts.appKey, app_token: facts.appToken });
  },
  pushing,
};

export function vtexError(status: number, code: string, message: string): Answer {
  return json(status, { error: { code, message, exception: null } });
}

/** The body of a refusal is unverified. */
function authenticate(sandbox: Sandbox, exchange: Exchange, shop: Shop): Call | Answer {
  const key = exchange.headers['x-vtex-api-appkey'] ?? '';
  const token = exchange.headers['x-vtex-api-apptoken'] ?? '';
  const grant = grantByFact(sandbox, 'vtex', 'appKey', key);
  const refused = () => vtexError(401, '1', 'Acesso não autorizado');
  if (grant === null || grant.shopKey !== shop.key) return refused();
  exchange.grantId = grant.id;
  if (!sameText(grant.facts?.['appToken'] ?? '', token) || !countCall(sandbox, grant)) return refused();
  return { sandbox, exchange, shop, grant };
}
