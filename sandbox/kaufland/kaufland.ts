/**
 * Simulated Kaufland Marketplace: pasted keys, a signature over method, whole address, body and time in three headers. Switch `base64`: the
 * signature is base64 and not hex, as one reading of the documentation has it; `unasked`: the address of a subscription is not asked first.
 */
import { createHmac } from 'node:crypto';
import { type Call, grantByFact, takeCall } from '../calls.ts';
import { type Answer, type Exchange, json } from '../exchange.ts';
import { countCall, createGrant, randomHex, sameText } from '../grants.ts';
import type { Sandbox } from '../sandbox.ts';
import type { CentralPlatform } from '../simulated.ts';
import { answerApi } from './api.ts';
import { pushing } from './push.ts';

const HOST = 'sellerapi.kaufland.com';
const WINDOW_MS = 5 * 60_000;

export const kaufland: CentralPlatform = {
  title: 'Kaufland',
  colour: '#e10915',
  reach: `paste a key of POST …/credential; call ${HOST}/v2`,
  hosts: [HOST],
  shopKey: (sandbox, { headers }) =>
    grantByFact(sandbox, 'kaufland', 'clientKey', headers['shop-client-key'] ?? '')?.shopKey ?? null,
  answer: (sandbox, exchange) => {
    const call = authenticate(sandbox, exchange);
    if ('status' in call) return call;
    if (!takeCall(sandbox, call.shop).allowed) return refuse(429, 'Too Many Requests');
    if (call.shop.unavailable !== null) return refuse(403, 'The seller account is not active');
    return answerApi(call);
  },
  handOut: (sandbox, shop) => {
    const facts = { clientKey: randomHex(16), secretKey: randomHex(32) };
    createGrant(sandbox, { platform: 'kaufland', shop, clientId: '', scopes: [], facts });
    return json(201, { client_key: facts.clientKey, secret_key: facts.secretKey });
  },
  pushing,
};

export function refuse(status: number, message: string): Answer {
  return json(status, { message });
}

function authenticate(sandbox: Sandbox, exchange: Exchange): Call | Answer {
  const { headers, method, path, rawQuery, bodyText } = exchange;
  if (!headers['user-agent']) return refuse(400, 'The User-Agent header is missing');
  if (!(headers['accept'] ?? '').includes('application/json'))
    return refuse(406, 'The Accept header must allow application/json');
  const grant = grantByFact(sandbox, 'kaufland', 'clientKey', headers['shop-client-key'] ?? '');
  if (grant === null) return refuse(401, 'Unauthorized: unknown Shop-Client-Key');
  exchange.grantId = grant.id;
  const timestamp = headers['shop-timestamp'] ?? '';
  if (!/^\d{10}$/.test(timestamp) || Math.abs(sandbox.signatureNow() - Number(timestamp) * 1000) > WINDOW_MS)
    return refuse(401, 'Unauthorized: Shop-Timestamp is invalid or too old');
  const address = `https://${HOST}${path}${rawQuery === '' ? '' : `?${rawQuery}`}`;
  const message = [method, address, bodyText, timestamp].join('\n');
  const encoding = sandbox.state.apps.kaufland.switches['base64'] === true ? 'base64' : 'hex';
  const expected = createHmac('sha256', grant.facts?.['secretKey'] ?? '')
    .update(message)
    .digest(encoding);
  if (!sameText(expected, headers['shop-signature'] ?? ''))
    return refuse(401, 'Unauthorized: Shop-Signature is invalid');
  const shop = sandbox.state.shops[grant.shopKey];
  if (!countCall(sandbox, grant) || shop === undefined)
    return refuse(401, 'Unauthorized: the key was revoked');
  return { sandbox, exchange, shop, grant };
}
