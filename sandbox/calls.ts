/** Who is calling, whatever the platform: tokens from the usual places, the grant behind one, its rate bucket. Answers nothing itself. */
import type { Exchange } from './exchange.ts';
import { countCall, type Found, findToken, take } from './grants.ts';
import type { Sandbox } from './sandbox.ts';
import type { Grant, PlatformName, Shop } from './state.ts';

/** A caller whose token is good. */
export interface Call {
  sandbox: Sandbox;
  exchange: Exchange;
  shop: Shop;
  grant: Grant;
}

/** `unknown`: no such token here; `expired`: its time ran out; `ended`: the merchant or control ended its grant. */
export type Refused = 'unknown' | 'expired' | 'ended';

/** The caller behind an access token, counted as a call; why not, where it is not good. */
export function callerOf(
  sandbox: Sandbox,
  exchange: Exchange,
  token: string,
  platform: PlatformName,
): Call | Refused {
  const found = token === '' ? null : findToken(sandbox, token, 'access');
  if (found === null || found.grant.platform !== platform) return 'unknown';
  exchange.grantId = found.grant.id;
  const live = countCall(sandbox, found.grant);
  const shop = sandbox.state.shops[found.grant.shopKey];
  if (!live || shop === undefined) return 'ended';
  if (isOver(sandbox, found)) return 'expired';
  const { scopes } = found.generation;
  return { sandbox, exchange, shop, grant: scopes === undefined ? found.grant : { ...found.grant, scopes } };
}

function isOver(sandbox: Sandbox, { generation }: Found): boolean {
  return generation.accessExpiresAtMs !== null && sandbox.now() >= generation.accessExpiresAtMs;
}

/** The shop a token belongs to, for the record of requests; judges nothing. */
export function shopKeyOfToken(sandbox: Sandbox, token: string): string | null {
  const owner = sandbox.tokens.get(token);
  return owner === undefined ? null : (sandbox.state.grants[owner.grantId]?.shopKey ?? null);
}

export function bearerOf(exchange: Exchange): string {
  return /^Bearer ([^\s]+)$/i.exec(exchange.headers['authorization'] ?? '')?.[1] ?? '';
}

/** The two halves of HTTP Basic; null when the header is not that. */
export function basicOf(exchange: Exchange): { user: string; password: string } | null {
  const encoded = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(exchange.headers['authorization'] ?? '')?.[1];
  if (encoded === undefined) return null;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon === -1 ? null : { user: text.slice(0, colon), password: text.slice(colon + 1) };
}

/** Takes one call of the shop's rate, as the app's `callsPerS` has it. */
export function takeCall(
  sandbox: Sandbox,
  shop: Shop,
  limit?: { size: number; perS: number; of?: string },
): { allowed: boolean; left: number } {
  const perS = limit?.perS ?? sandbox.state.apps[shop.platform].callsPerS;
  const name = [shop.platform, limit?.of, shop.key].filter((part) => part !== undefined).join(' ');
  return take(sandbox, name, { size: limit?.size ?? perS * 2, perS }, 1);
}

/** The live grant of a platform that keeps `value` as its fact `name`; null when there is none. */
export function grantByFact(
  sandbox: Sandbox,
  platform: PlatformName,
  name: string,
  value: string,
): Grant | null {
  if (value === '') return null;
  const grants = Object.values(sandbox.state.grants);
  return grants.find((one) => one.platform === platform && one.facts?.[name] === value) ?? null;
}

/** Whether one of these scopes was granted. */
export function hasScope(grant: Grant, ...scopes: string[]): boolean {
  return scopes.some((scope) => grant.scopes.includes(scope));
}
