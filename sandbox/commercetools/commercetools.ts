/** Simulated commercetools: a project's API client mints tokens by client credentials, for scopes that name the project. */
import { bearerOf, type Call, callerOf, hasScope } from '../calls.ts';
import { createKeyPair, type MintRules, mintToken } from '../client-credentials.ts';
import { type Answer, type Exchange, json } from '../exchange.ts';
import { randomHex } from '../grants.ts';
import type { Sandbox } from '../sandbox.ts';
import type { CentralPlatform } from '../simulated.ts';
import { secondsLeft } from '../token-endpoint.ts';
import { answerApi } from './api.ts';
import { pushing } from './push.ts';

const REGIONS = ['europe-west1.gcp', 'eu-central-1.aws', 'us-central1.gcp', 'us-east-2.aws'];
const SCOPES = ['view_orders', 'view_products', 'view_customers', 'view_project_settings'];

export const commercetools: CentralPlatform = {
  title: 'commercetools',
  colour: '#6359ff',
  reach: 'paste a key of POST …/credential; token at auth.europe-west1.gcp.commercetools.com/oauth/token',
  hosts: REGIONS.flatMap((region) => [`auth.${region}.commercetools.com`, `api.${region}.commercetools.com`]),
  shopKey: (_, { host, path }) => (host.startsWith('auth.') ? null : (path.split('/')[1] ?? null)),
  answer: (sandbox, exchange) => {
    if (exchange.host.startsWith('auth.')) {
      return exchange.path === '/oauth/token'
        ? mintToken(sandbox, exchange, mintRules(sandbox))
        : ctError(404, 'ResourceNotFound', 'Resource not found.');
    }
    const call = authenticate(sandbox, exchange);
    return 'status' in call ? call : answerApi(call);
  },
  pushing,
  /** `scopes` without the project. */
  handOut: (sandbox, shop, fields) => {
    const names = Array.isArray(fields['scopes']) ? fields['scopes'].map(String) : SCOPES;
    const pair = {
      id: randomHex(12),
      secret: randomHex(20),
      scopes: names.map((one) => `${one}:${shop.key}`),
    };
    createKeyPair(sandbox, shop, pair);
    return json(201, {
      client_id: pair.id,
      client_secret: pair.secret,
      project_key: shop.key,
      scope: pair.scopes.join(' '),
    });
  },
};

/** A token may have fewer scopes than its client, never others; without `scope` it has them all. */
function mintRules(sandbox: Sandbox): MintRules {
  return {
    platform: 'commercetools',
    client: 'basic',
    body: 'form',
    refuse: (status, error, message) => ctError(status, error, message),
    scopeProblem: (grant, asked) => {
      const over = asked.split(' ').find((one) => one !== '' && !grant.scopes.includes(one));
      return over === undefined ? null : `Malformed parameter: scope: Invalid scope: "${over}".`;
    },
    answer: (grant, issued, asked) => ({
      access_token: issued.access,
      token_type: 'Bearer',
      expires_in: secondsLeft(sandbox, issued.accessExpiresAtMs),
      scope: asked || grant.scopes.join(' '),
    }),
  };
}

export function ctError(status: number, code: string, message: string): Answer {
  const oauth = /^[a-z_]+$/.test(code) ? { error: code, error_description: message } : {};
  return json(status, { statusCode: status, message, errors: [{ code, message }], ...oauth });
}

function authenticate(sandbox: Sandbox, exchange: Exchange): Call | Answer {
  const call = callerOf(sandbox, exchange, bearerOf(exchange), 'commercetools');
  if (typeof call === 'string') return ctError(401, 'invalid_token', 'invalid_token');
  if (exchange.path.split('/')[1] !== call.shop.key)
    return ctError(403, 'insufficient_scope', 'Insufficient scope');
  return call;
}

/** Null: it may be viewed. */
export function missingScope({ grant, shop }: Call, what: string): Answer | null {
  if (hasScope(grant, `view_${what}:${shop.key}`, `manage_${what}:${shop.key}`, `manage_project:${shop.key}`))
    return null;
  return ctError(
    403,
    'insufficient_scope',
    `Insufficient scope. One of the following scopes is missing: view_${what}:${shop.key}.`,
  );
}
