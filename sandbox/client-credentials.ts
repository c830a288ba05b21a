/** Keys a merchant made for us at the platform, exchanged for short tokens by client credentials: minted anew, never refreshed. */
import { basicOf, grantByFact } from './calls.ts';
import { type Answer, bodyFields, type Exchange, json, textField } from './exchange.ts';
import { countExchange, createGrant, isLive, issue, randomHex, sameText } from './grants.ts';
import type { Sandbox } from './sandbox.ts';
import type { Generation, Grant, PlatformName, Shop } from './state.ts';
import { oauthError } from './token-endpoint.ts';

export interface MintRules {
  readonly platform: PlatformName;
  readonly client: 'basic' | 'body';
  readonly body: 'json' | 'form' | 'either';
  readonly refuse?: (status: number, error: string, description: string) => Answer;
  /** The shop the endpoint belongs to, where each has its own. */
  readonly shop?: Shop;
  readonly accessToken?: () => string;
  /** What is wrong with the scopes asked for; null: nothing. */
  scopeProblem?(grant: Grant, asked: string): string | null;
  answer(grant: Grant, issued: Generation, asked: string): Record<string, unknown>;
}

/** A pair of client id and secret of one shop. */
export function createKeyPair(
  sandbox: Sandbox,
  shop: Shop,
  pair: { id: string; secret: string; scopes: string[] },
): Grant {
  const facts = { clientId: pair.id, clientSecret: pair.secret };
  return createGrant(sandbox, {
    platform: shop.platform,
    shop,
    clientId: pair.id,
    scopes: pair.scopes,
    facts,
  });
}

/** `grant_type=client_credentials` and nothing else. */
export function mintToken(sandbox: Sandbox, exchange: Exchange, rules: MintRules): Answer {
  const refuse = rules.refuse ?? oauthError;
  if (exchange.method !== 'POST') return refuse(405, 'invalid_request', 'POST is the only method');
  if (exchange.query.has('client_secret'))
    return refuse(400, 'invalid_request', 'secrets never stand in the address');
  const type = exchange.headers['content-type'] ?? '';
  const expected = { json: 'application/json', form: 'application/x-www-form-urlencoded', either: '' }[
    rules.body
  ];
  if (!type.startsWith(expected)) return refuse(400, 'invalid_request', `the body is ${expected}`);
  const fields = bodyFields(exchange);
  const grant = clientOf(sandbox, exchange, fields, rules);
  if (grant === null) return refuse(401, 'invalid_client', 'client authentication failed');
  exchange.grantId = grant.id;
  if (textField(fields, 'grant_type') !== 'client_credentials')
    return refuse(400, 'unsupported_grant_type', 'the grant_type is not supported');
  const asked = textField(fields, 'scope');
  const wrong = rules.scopeProblem?.(grant, asked) ?? null;
  if (wrong !== null) return refuse(400, 'invalid_scope', wrong);
  const { accessTtlS } = sandbox.state.apps[rules.platform];
  const issued = issue(sandbox, grant, {
    access: rules.accessToken?.() ?? randomHex(32),
    accessExpiresAtMs: sandbox.now() + accessTtlS * 1000,
    refresh: null,
    refreshExpiresAtMs: null,
    ...(asked === '' ? {} : { scopes: asked.split(' ').filter((one) => one !== '') }),
  });
  countExchange(grant, issued.n);
  return json(200, rules.answer(grant, issued, asked), { 'cache-control': 'no-store' });
}

/** The live grant whose pair is presented, in the platform's way and no other. */
function clientOf(
  sandbox: Sandbox,
  exchange: Exchange,
  fields: Record<string, unknown>,
  { platform, client, shop }: MintRules,
): Grant | null {
  const basic = basicOf(exchange);
  if ((client === 'basic') !== (basic !== null)) return null;
  const [id, secret] =
    basic === null
      ? [textField(fields, 'client_id'), textField(fields, 'client_secret')]
      : [basic.user, basic.password];
  const grant = grantByFact(sandbox, platform, 'clientId', id);
  if (grant === null || (shop !== undefined && grant.shopKey !== shop.key)) return null;
  if (!sameText(grant.facts?.['clientSecret'] ?? '', secret)) return null;
  if (isLive(sandbox, grant) && !sandbox.state.apps[platform].rejecting) return grant;
  grant.refusedExchanges += 1;
  if (!isLive(sandbox, grant)) grant.callsAfterEnd += 1;
  return null;
}
