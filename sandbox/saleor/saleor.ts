/**
 * Simulated Saleor: an app's token as a bearer, GraphQL at each shop's own host, a cost for every query, permissions on fields. A token that is not known makes a
 * stranger and no error of its own: the fields are refused, the shop's name is not. Nothing tells an ended token from a wrong one.
 */
import { bearerOf, grantByFact, takeCall } from '../calls.ts';
import { type Exchange, json, textField } from '../exchange.ts';
import { countCall, createGrant, randomHex } from '../grants.ts';
import type { Sandbox } from '../sandbox.ts';
import type { HostedPlatform } from '../simulated.ts';
import type { Grant, Shop } from '../state.ts';
import { answerGraphql } from './graphql.ts';
import { keysOf, pushing } from './push.ts';

const PERMISSIONS = ['MANAGE_ORDERS', 'MANAGE_PRODUCTS', 'MANAGE_USERS'];

export const saleor: HostedPlatform = {
  title: 'Saleor',
  colour: '#28234a',
  reach: 'paste a token of POST …/credential, or POST …/install; call https://<shop>.saleor.cloud/graphql/',
  pattern: /^[a-z0-9][a-z0-9-]*\.(saleor\.cloud|saleor\.example)$/,
  origins: ['https://*.saleor.cloud', 'https://*.saleor.example'],
  answerShop: (sandbox, exchange, shop) => {
    if (exchange.path === '/.well-known/jwks.json') return json(200, keysOf(sandbox, shop));
    if (exchange.path !== '/graphql/') return json(404, { detail: 'Not found' });
    const grant = grantOf(sandbox, exchange, shop);
    if (!takeCall(sandbox, shop).allowed)
      return json(429, { errors: [{ message: 'Too many requests' }] }, { 'retry-after': '1' });
    if (shop.unavailable !== null) return json(503, { errors: [{ message: 'Service unavailable' }] });
    return answerGraphql({ sandbox, exchange, shop, grant });
  },
  handOut: (sandbox, shop, fields) => {
    const scopes = Array.isArray(fields['scopes']) ? fields['scopes'].map(String) : PERMISSIONS;
    return json(201, { token: appToken(sandbox, shop, scopes), domain: shop.host });
  },
  /** `tokenTargetUrl`: where the app's manifest has the token sent; anything but a success there ends the install. */
  install: async (sandbox, shop, fields) => {
    const target = textField(fields, 'tokenTargetUrl');
    if (!URL.canParse(target)) return json(400, { error: 'tokenTargetUrl is the app’s own address' });
    const token = appToken(sandbox, shop, shop.grantOnly ?? PERMISSIONS);
    const status = await sendToken(shop, target, token);
    if (status === null || status >= 300) {
      const grant = grantByFact(sandbox, 'saleor', 'token', token);
      if (grant !== null) grant.state = 'uninstalled';
    }
    return json(200, { status, installed: status !== null && status < 300 });
  },
  pushing,
};

function appToken(sandbox: Sandbox, shop: Shop, scopes: string[]): string {
  const token = randomHex(15);
  createGrant(sandbox, { platform: 'saleor', shop, clientId: '', scopes, facts: { token } });
  return token;
}

async function sendToken(shop: Shop, target: string, auth_token: string): Promise<number | null> {
  const headers = {
    'content-type': 'application/json',
    'saleor-domain': shop.host,
    'saleor-api-url': `https://${shop.host}/graphql/`,
  };
  const signal = AbortSignal.timeout(20_000);
  try {
    const body = JSON.stringify({ auth_token });
    return (await fetch(target, { method: 'POST', headers, body, redirect: 'manual', signal })).status;
  } catch {
    return null;
  }
}

/** Null: a stranger. */
function grantOf(sandbox: Sandbox, exchange: Exchange, shop: Shop): Grant | null {
  const grant = grantByFact(sandbox, 'saleor', 'token', bearerOf(exchange));
  if (grant === null || grant.shopKey !== shop.key) return null;
  exchange.grantId = grant.id;
  return countCall(sandbox, grant) ? grant : null;
}
