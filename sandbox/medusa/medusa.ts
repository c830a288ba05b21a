/** Simulated Medusa 2: a secret key as the user name of Basic with an empty password, or a login by e-mail and password for a token of a day. Self-hosted: any host declared. */
import { basicOf, bearerOf, type Call, callerOf, grantByFact, takeCall } from '../calls.ts';
import { type Answer, bodyFields, type Exchange, json, textField } from '../exchange.ts';
import { countCall, countExchange, createGrant, isLive, issue, randomHex, sameText } from '../grants.ts';
import type { Sandbox } from '../sandbox.ts';
import type { HostedPlatform } from '../simulated.ts';
import type { Shop } from '../state.ts';
import { answerApi } from './api.ts';

export const medusa: HostedPlatform = {
  title: 'Medusa',
  colour: '#111827',
  reach: 'paste a key of POST …/credential; call https://<name>.medusa.example/admin/orders',
  pattern: /^[a-z0-9][a-z0-9-]*\.medusa\.example$/,
  origins: ['https://*.medusa.example'],
  answerShop: (sandbox, exchange, shop) => {
    if (exchange.path === '/auth/user/emailpass') return login(sandbox, exchange, shop);
    const call = authenticate(sandbox, exchange, shop);
    if ('status' in call) return call;
    if (!takeCall(sandbox, shop).allowed) return json(429, { message: 'Too many requests' });
    if (shop.unavailable !== null) return json(503, { message: 'Service unavailable' });
    return answerApi(call);
  },
  /** A secret key; `user: true`: an e-mail and a password. */
  handOut: (sandbox, shop, fields) => {
    if (fields['user'] === true) {
      const facts = { email: `admin@${shop.host}`, password: randomHex(10) };
      createGrant(sandbox, { platform: 'medusa', shop, clientId: '', scopes: [], facts });
      return json(201, facts);
    }
    const facts = { key: `sk_${randomHex(32)}` };
    createGrant(sandbox, { platform: 'medusa', shop, clientId: '', scopes: [], facts });
    return json(201, { secret_key: facts.key });
  },
};

export function medusaError(status: number, type: string, message: string): Answer {
  return json(status, { type, message });
}

const stranger = () => json(401, { message: 'Unauthorized' });

function login(sandbox: Sandbox, exchange: Exchange, shop: Shop): Answer {
  if (exchange.method !== 'POST') return medusaError(404, 'not_found', 'Not found');
  const fields = bodyFields(exchange);
  const grant = grantByFact(sandbox, 'medusa', 'email', textField(fields, 'email'));
  const password = grant?.facts?.['password'] ?? '';
  if (grant === null || grant.shopKey !== shop.key || !sameText(password, textField(fields, 'password')))
    return medusaError(401, 'unauthorized', 'Invalid email or password');
  exchange.grantId = grant.id;
  if (!isLive(sandbox, grant)) {
    grant.refusedExchanges += 1;
    return medusaError(401, 'unauthorized', 'Invalid email or password');
  }
  const endsAtMs = sandbox.now() + sandbox.state.apps.medusa.accessTtlS * 1000;
  const issued = issue(sandbox, grant, {
    access: jwtOf({ actor_type: 'user', iat: seconds(sandbox.now()), exp: seconds(endsAtMs) }),
    accessExpiresAtMs: endsAtMs,
    refresh: null,
    refreshExpiresAtMs: null,
  });
  countExchange(grant, issued.n);
  return json(200, { token: issued.access });
}

const seconds = (ms: number) => Math.floor(ms / 1000);

/** Its end stands in it; only the server that gave it could tell whether it is signed. */
function jwtOf(claims: object): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return [part({ alg: 'HS256', typ: 'JWT' }), part(claims), randomHex(16)].join('.');
}

/** A key with a password beside it is none. */
function authenticate(sandbox: Sandbox, exchange: Exchange, shop: Shop): Call | Answer {
  const basic = basicOf(exchange);
  if (basic === null) {
    const call = callerOf(sandbox, exchange, bearerOf(exchange), 'medusa');
    return typeof call === 'string' || call.shop.key !== shop.key ? stranger() : call;
  }
  const grant = basic.password === '' ? grantByFact(sandbox, 'medusa', 'key', basic.user) : null;
  if (grant === null || grant.shopKey !== shop.key) return stranger();
  exchange.grantId = grant.id;
  return countCall(sandbox, grant) ? { sandbox, exchange, shop, grant } : stranger();
}
