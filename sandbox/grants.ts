/** Grants and their generations of tokens, whatever the platform: issue, find, end. Rules of rotation are each platform's own. */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Sandbox } from './sandbox.ts';
import type { Code, Generation, Grant, PlatformName, Shop } from './state.ts';

/** Older generations are kept, so that a used token is told apart from an unknown one; more of them while their access tokens are good. */
const KEPT_GENERATIONS = 5;
const KEPT_AT_MOST = 200;

export function randomHex(bytes: number): string {
  return randomBytes(bytes).toString('hex');
}

export function hmacSha256(key: string, message: string, encoding: 'hex' | 'base64'): string {
  return createHmac('sha256', key).update(message, 'utf8').digest(encoding);
}

export function sameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

export function createGrant(
  sandbox: Sandbox,
  of: {
    platform: PlatformName;
    shop: Shop;
    clientId: string;
    scopes: string[];
    endsAtMs?: number | null;
    facts?: Record<string, string>;
  },
): Grant {
  const grant: Grant = {
    id: `grant_${randomHex(6)}`,
    platform: of.platform,
    shopKey: of.shop.key,
    clientId: of.clientId,
    scopes: of.scopes,
    state: 'live',
    createdAtMs: sandbox.now(),
    endsAtMs: of.endsAtMs ?? null,
    generations: [],
    exchanges: {},
    refusedExchanges: 0,
    calls: 0,
    callsAfterEnd: 0,
    ...(of.facts === undefined ? {} : { facts: of.facts }),
  };
  sandbox.state.grants[grant.id] = grant;
  sandbox.changed();
  return grant;
}

/** Adds the next generation. Tokens of generations no longer kept are unknown from then on. */
export function issue(
  sandbox: Sandbox,
  grant: Grant,
  tokens: Omit<Generation, 'n' | 'refreshUsedAtMs'>,
): Generation {
  const n = (grant.generations.at(-1)?.n ?? 0) + 1;
  const generation: Generation = { n, ...tokens, refreshUsedAtMs: null };
  grant.generations.push(generation);
  sandbox.tokens.set(generation.access, { grantId: grant.id, n });
  if (generation.refresh !== null) sandbox.tokens.set(generation.refresh, { grantId: grant.id, n });
  while (mayForgetOldest(sandbox, grant)) {
    const old = grant.generations.shift();
    for (const token of [old?.access, old?.refresh]) {
      // A refresh token that does not rotate belongs to the latest generation.
      if (token && sandbox.tokens.get(token)?.n === old?.n) sandbox.tokens.delete(token);
    }
  }
  sandbox.changed();
  return generation;
}

function mayForgetOldest(sandbox: Sandbox, { generations }: Grant): boolean {
  if (generations.length <= KEPT_GENERATIONS) return false;
  const endsAtMs = generations[0]?.accessExpiresAtMs;
  const isOver = typeof endsAtMs === 'number' && sandbox.now() >= endsAtMs;
  return isOver || generations.length > KEPT_AT_MOST;
}

export interface Found {
  grant: Grant;
  generation: Generation;
}

/** The grant and generation a token belongs to, be they live or not. */
export function findToken(sandbox: Sandbox, token: string, as: 'access' | 'refresh'): Found | null {
  const owner = sandbox.tokens.get(token);
  const grant = owner === undefined ? undefined : sandbox.state.grants[owner.grantId];
  const generation = grant?.generations.find((one) => one.n === owner?.n);
  if (grant === undefined || generation === undefined) return null;
  return generation[as] === token ? { grant, generation } : null;
}

export function isLive(sandbox: Sandbox, grant: Grant): boolean {
  return grant.state === 'live' && (grant.endsAtMs === null || sandbox.now() < grant.endsAtMs);
}

/** Counts an API call on its grant; true when the grant still lives. */
export function countCall(sandbox: Sandbox, grant: Grant): boolean {
  const live = isLive(sandbox, grant);
  grant.calls += 1;
  if (!live) grant.callsAfterEnd += 1;
  return live;
}

export function countExchange(grant: Grant, generation: number): void {
  grant.exchanges[generation] = (grant.exchanges[generation] ?? 0) + 1;
}

export function liveGrants(sandbox: Sandbox, shopKey: string): Grant[] {
  return Object.values(sandbox.state.grants).filter((one) => one.shopKey === shopKey && isLive(sandbox, one));
}

export function createCode(
  sandbox: Sandbox,
  code: Omit<Code, 'used' | 'expiresAtMs'>,
  ttlS: number,
  prefix = '',
): string {
  const value = `${prefix}${randomHex(16)}`;
  sandbox.state.codes[value] = { ...code, expiresAtMs: sandbox.now() + ttlS * 1000, used: false };
  sandbox.changed();
  return value;
}

/** The code, used up by this call; null when unknown, used before or too old. */
export function redeemCode(sandbox: Sandbox, value: string, platform: PlatformName): Code | null {
  const code = Object.hasOwn(sandbox.state.codes, value) ? sandbox.state.codes[value] : undefined;
  if (code === undefined || code.platform !== platform || code.used) return null;
  if (sandbox.now() >= code.expiresAtMs) return null;
  code.used = true;
  sandbox.changed();
  return code;
}

/** Takes `points` from a leaky bucket (negative: gives back); nothing is taken when there is not enough. */
export function take(
  sandbox: Sandbox,
  name: string,
  limit: { size: number; perS: number },
  points: number,
): { allowed: boolean; left: number } {
  const nowMs = sandbox.now();
  const before = sandbox.buckets.get(name) ?? { left: limit.size, atMs: nowMs };
  const refill = (Math.max(0, nowMs - before.atMs) / 1000) * limit.perS;
  const left = Math.min(limit.size, before.left + refill);
  const allowed = left >= points;
  const after = allowed ? Math.min(limit.size, left - points) : left;
  sandbox.buckets.set(name, { left: after, atMs: nowMs });
  return { allowed, left: after };
}
