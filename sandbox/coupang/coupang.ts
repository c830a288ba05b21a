/** Simulated Coupang: pasted keys, a CEA header over date, method, path and query; the body is not signed. Orders are found by their creation alone. */
import { type Call, grantByFact, takeCall } from '../calls.ts';
import { type Answer, type Exchange, json } from '../exchange.ts';
import { countCall, createGrant, hmacSha256, randomHex, sameText } from '../grants.ts';
import type { Sandbox } from '../sandbox.ts';
import type { CentralPlatform } from '../simulated.ts';
import type { Shop } from '../state.ts';
import { answerApi } from './api.ts';

/** How far the signed date may be off [unverified]. */
const WINDOW_MS = 5 * 60_000;

export const coupang: CentralPlatform = {
  title: 'Coupang',
  colour: '#e52528',
  reach: 'paste a key of POST …/credential; call api-gateway.coupang.com',
  hosts: ['api-gateway.coupang.com'],
  shopKey: (_, { path, query }) => /\/vendors\/([A-Z0-9]+)\//.exec(path)?.[1] ?? query.get('vendorId'),
  answer: (sandbox, exchange) => {
    const call = authenticate(sandbox, exchange);
    if ('status' in call) return call;
    if (!takeCall(sandbox, call.shop).allowed) return refuse(429, 'Too many requests.');
    if (call.shop.unavailable !== null) return refuse(403, 'The vendor is suspended.');
    return answerApi(call);
  },
  handOut: (sandbox, shop) => {
    const facts = { accessKey: crypto.randomUUID(), secretKey: randomHex(20) };
    createGrant(sandbox, { platform: 'coupang', shop, clientId: '', scopes: [], facts });
    return json(201, { access_key: facts.accessKey, secret_key: facts.secretKey, vendor_id: shop.key });
  },
};

export function refuse(status: number, message: string): Answer {
  return json(status, { code: 'ERROR', message, transactionId: crypto.randomUUID() });
}

const CEA =
  /^CEA algorithm=HmacSHA256, access-key=([^,\s]+), signed-date=(\d{6}T\d{6}Z), signature=([0-9a-f]{64})$/;

/** The wording of the refusals is unverified. */
function authenticate(sandbox: Sandbox, exchange: Exchange): Call | Answer {
  const found = CEA.exec(exchange.headers['authorization'] ?? '');
  if (found === null) return refuse(401, 'The HMAC authorization header is missing or malformed.');
  const [, accessKey = '', date = '', signature = ''] = found;
  const grant = grantByFact(sandbox, 'coupang', 'accessKey', accessKey);
  if (grant === null) return refuse(401, 'The access key is unknown.');
  exchange.grantId = grant.id;
  const atMs = Date.parse(date.replace(/^(\d\d)(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '20$1-$2-$3T$4:$5:$6Z'));
  if (Number.isNaN(atMs) || Math.abs(sandbox.signatureNow() - atMs) > WINDOW_MS)
    return refuse(401, 'Specified signature is expired.');
  const message = `${date}${exchange.method}${exchange.path}${exchange.rawQuery}`;
  if (!sameText(hmacSha256(grant.facts?.['secretKey'] ?? '', message, 'hex'), signature))
    return refuse(401, 'Invalid signature.');
  if (!countCall(sandbox, grant)) return refuse(401, 'The access key is expired.');
  const shop: Shop | undefined = sandbox.state.shops[grant.shopKey];
  if (shop === undefined) return refuse(401, 'The access key is unknown.');
  const vendor = coupang.shopKey(sandbox, exchange);
  const stranger = exchange.headers['x-requested-by'] ?? vendor;
  if ((vendor !== null && vendor !== shop.key) || (stranger !== null && stranger !== shop.key))
    return refuse(403, 'The vendor id does not belong to the access key.');
  return { sandbox, exchange, shop, grant };
}
