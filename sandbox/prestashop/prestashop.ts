/** A simulated PrestaShop webservice: the key as the user name of Basic, rights by resource and method, XML unless JSON is asked for. */
import { basicOf, type Call, grantByFact } from '../calls.ts';
import type { Answer, Exchange } from '../exchange.ts';
import { json } from '../exchange.ts';
import { countCall, createGrant, randomHex } from '../grants.ts';
import type { Sandbox } from '../sandbox.ts';
import type { HostedPlatform } from '../simulated.ts';
import type { Shop } from '../state.ts';
import { answerResource, RESOURCES } from './api.ts';
import { written } from './xml.ts';

export const prestashop: HostedPlatform = {
  title: 'PrestaShop',
  colour: '#df0067',
  reach: 'any <name>.prestashop.example; paste a key of POST …/credential',
  pattern: /^[a-z0-9][a-z0-9-]*\.prestashop\.example$/,
  origins: ['https://*.prestashop.example'],
  answerShop: answerPrestaShop,
  /** `scopes`: the resources the key may read. */
  handOut: (sandbox, shop, fields) => {
    const scopes = Array.isArray(fields['scopes']) ? fields['scopes'].map(String) : [...RESOURCES];
    const facts = { key: randomHex(16).toUpperCase() };
    createGrant(sandbox, { platform: 'prestashop', shop, clientId: '', scopes, facts });
    return json(201, { key: facts.key });
  },
};

function answerPrestaShop(sandbox: Sandbox, exchange: Exchange, shop: Shop): Answer {
  const path = exchange.path.slice(shop.basePath.length) || '/';
  if (shop.unavailable !== null) {
    const status = shop.unavailable === 'closed' ? 404 : 503;
    return { status, headers: { 'content-type': 'text/html' }, body: '<title>Maintenance</title>' };
  }
  if (path !== '/api' && !path.startsWith('/api/'))
    return { status: 404, headers: { 'content-type': 'text/html' }, body: '<title>404</title>' };
  const call = authenticate(sandbox, exchange, shop);
  return 'status' in call ? call : answerResource(call, path.slice('/api'.length).replace(/^\//, ''));
}

/** The error's numbers are the webservice's own. */
export function psError(exchange: Exchange, status: number, code: number, message: string): Answer {
  return written(exchange, { errors: [{ code, message }] }, status);
}

function authenticate(sandbox: Sandbox, exchange: Exchange, shop: Shop): Call | Answer {
  const basic = basicOf(exchange);
  const key = exchange.query.get('ws_key') ?? basic?.user ?? '';
  const refused = (code: number, message: string): Answer => {
    const answer = psError(exchange, 401, code, message);
    return {
      ...answer,
      headers: { ...answer.headers, 'www-authenticate': 'Basic realm="Welcome to PrestaShop Webservice"' },
    };
  };
  if (key === '') return refused(17, 'Authentication key is empty');
  if (basic !== null && basic.password !== '') return refused(18, 'Invalid authentication key format');
  if (key.length !== 32) return refused(18, 'Invalid authentication key format');
  const grant = grantByFact(sandbox, 'prestashop', 'key', key);
  if (grant === null || grant.shopKey !== shop.key) return refused(19, 'Authentication key does not exist');
  exchange.grantId = grant.id;
  if (!countCall(sandbox, grant)) return refused(20, 'Authentication key is not active');
  return { sandbox, exchange, shop, grant };
}
