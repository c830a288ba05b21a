// Who asks, and what they may do. Every route declares the access it needs; a route that does not is not registered. A key in the
// query is refused and never logged; another tenant's id is answered exactly like an unknown one.
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { MooringError } from '../domain/errors.ts';
import type { ApiKeyId, TenantId } from '../domain/ids.ts';
import { findApiKeyByHash, touchApiKey } from '../store/api-keys.ts';
import type { Database, Tx } from '../store/database.ts';
import { hashApiKey, isWellFormedApiKey, KEY_ANYWHERE } from './api-key.ts';
import type { HttpDeps } from './deps.ts';
import { createWindow } from './window.ts';

export const ROLES = ['read', 'sync', 'admin', 'operator'] as const;
export type Role = (typeof ROLES)[number];
/** public: no key; the route proves its caller in its own way, or has nothing to protect. */
export type Access = Role | 'public';

/** The caller. tenantId is null for operators alone. */
export interface Principal {
  readonly keyId: ApiKeyId;
  readonly role: Role;
  readonly tenantId: TenantId | null;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access;
    /** false: an Idempotency-Key is ignored here. */
    idempotent?: boolean;
  }
  interface FastifyRequest {
    principal: Principal | null;
    /** Whether its key is still good, for an answer that goes on for long. */
    stillAllowed(): Promise<boolean>;
  }
}

/** How long a key's row is believed without looking again; a revoked key works no longer than this. */
const CACHE_MS = 2_000;
const TOUCH_MS = 60_000;

/** Adds the check of keys and roles to every route of `app`. */
export function authenticate(app: FastifyInstance, deps: HttpDeps): void {
  const find = cachedLookup(deps);
  const wrongKeys = createWindow({
    lengthMs: 60_000,
    max: deps.settings.wrongKeysPerMinute,
    nowMs: deps.nowMs,
  });
  app.decorateRequest('principal', null);
  app.decorateRequest('stillAllowed', async function (this: FastifyRequest) {
    const now = await find(bearer(this));
    return now !== null && now.role === this.principal?.role;
  });
  app.addHook('onRoute', (route) => {
    if (route.config?.access === undefined)
      throw new Error(`route "${route.url}" does not say who may use it`);
  });
  app.addHook('onRequest', async (request) => {
    refuseKeyInQuery(request);
    const access = request.routeOptions.config.access ?? 'operator';
    if (access === 'public') return;
    const principal = await find(bearer(request));
    if (principal === null) {
      if (wrongKeys.add(request.ip))
        throw new MooringError('too_many_requests', 'too many wrong API keys from this address');
      throw new MooringError('unauthenticated', 'the header "Authorization" does not hold a valid API key');
    }
    request.principal = principal;
    if (ROLES.indexOf(principal.role) < ROLES.indexOf(access)) {
      throw new MooringError(
        'forbidden',
        `a key of the role "${principal.role}" may not do this; it needs "${access}"`,
      );
    }
  });
}

/** The caller of a route that is not public. */
export function principalOf(request: FastifyRequest): Principal {
  if (request.principal === null) throw new MooringError('unauthenticated', 'the request carries no API key');
  return request.principal;
}

/** How the audit trail and the workflows name this caller. */
export function actorOf(request: FastifyRequest): string {
  return request.principal === null ? 'merchant' : request.principal.keyId;
}

/** Runs in the caller's tenant, or over all tenants for an operator. */
export function inScope<T>(db: Database, principal: Principal, fn: (tx: Tx) => Promise<T>): Promise<T> {
  return principal.tenantId === null ? db.acrossTenants(fn) : db.inTenant(principal.tenantId, fn);
}

/** The tenant a request is for: the key's own, or the one an operator names. A foreign one is like an unknown one. */
export function tenantFor(principal: Principal, asked: TenantId | undefined): TenantId {
  if (principal.tenantId === null) {
    if (asked !== undefined) return asked;
    throw new MooringError('invalid_request', '"tenantId" is required with an operator key', {
      fields: [{ path: '/tenantId', rule: 'is required with an operator key' }],
    });
  }
  if (asked !== undefined && asked !== principal.tenantId) throw unknown('tenant', asked);
  return principal.tenantId;
}

export function unknown(noun: string, id: string): MooringError {
  return new MooringError('not_found', `there is no ${noun} "${id.slice(0, 60)}"`);
}

function bearer(request: FastifyRequest): string | null {
  const header = request.headers.authorization;
  if (header === undefined) return null;
  return /^Bearer +(\S+)$/i.exec(header)?.[1] ?? null;
}

function refuseKeyInQuery(request: FastifyRequest): void {
  const query = request.raw.url?.split('?', 2)[1];
  if (query !== undefined && KEY_ANYWHERE.test(decodedLoosely(query))) {
    throw new MooringError('unauthenticated', 'an API key is not taken from the query');
  }
}

function decodedLoosely(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function cachedLookup(deps: HttpDeps): (key: string | null) => Promise<Principal | null> {
  const known = new Map<string, { principal: Principal | null; untilMs: number; touchedMs: number }>();
  return async (key) => {
    if (key === null || !isWellFormedApiKey(key)) return null;
    const hash = hashApiKey(key);
    const name = Buffer.from(hash).toString('hex');
    const nowMs = deps.nowMs();
    const cached = known.get(name);
    if (cached !== undefined && cached.untilMs > nowMs) return cached.principal;
    const principal = await lookUp(deps, hash, cached?.touchedMs ?? 0);
    if (known.size > 10_000) known.clear();
    const touchedMs = nowMs - (cached?.touchedMs ?? 0) > TOUCH_MS ? nowMs : (cached?.touchedMs ?? nowMs);
    if (principal !== null) known.set(name, { principal, untilMs: nowMs + CACHE_MS, touchedMs });
    else known.delete(name);
    return principal;
  };
}

async function lookUp(
  deps: HttpDeps,
  hash: Uint8Array<ArrayBuffer>,
  touchedMs: number,
): Promise<Principal | null> {
  const nowMs = deps.nowMs();
  return deps.db.acrossTenants(async (tx) => {
    const row = await findApiKeyByHash(tx, hash);
    if (row === null || row.revokedAt !== null) return null;
    if (row.expiresAt !== null && row.expiresAt.getTime() <= nowMs) return null;
    const role = ROLES.find((one) => one === row.role);
    // A row without a tenant is an operator's, and an operator's has none; anything else is damaged and opens nothing.
    if (role === undefined || (role === 'operator') !== (row.tenantId === null)) return null;
    if (nowMs - touchedMs > TOUCH_MS) await touchApiKey(tx, row.id, new Date(nowMs));
    return { keyId: row.id, role, tenantId: row.tenantId };
  });
}
