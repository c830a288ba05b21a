// Turns one approval into a saved credential: exchanged, proved by a real call that reads the shop's immutable key and the scopes, then
// saved. What is not proved is never saved. Runs once: the code it spends is single-use, and a settled authorization is refused.
import { judgeShop } from '../domain/connection-shop.ts';
import { MooringError } from '../domain/errors.ts';
import { PERMISSIONS } from '../domain/resource.ts';
import { Secret } from '../domain/secret.ts';
import type { ExchangeContext, Proven } from '../egress/exchange.ts';
import { appendAudit } from '../store/audit.ts';
import { type AuthorizationRow, findAuthorization, settleAuthorization } from '../store/authorizations.ts';
import { type ConnectionRow, findConnection, saveShopFacts } from '../store/connections.ts';
import { sqlStateOf } from '../store/store-error.ts';
import type {
  AuthorizationResult,
  CompleteAuthorizationInput,
  LifecycleActivities,
} from './lifecycle-contract.ts';
import type { IssuedCredential, LifecycleDeps } from './lifecycle-deps.ts';
import { renewalOfMethod } from './load-connection.ts';
import { sealAndSave } from './save-generation.ts';

type Deps = Pick<LifecycleDeps, 'db' | 'vault' | 'exchange' | 'grants' | 'nowMs' | 'log'>;

export const completeAuthorization =
  (deps: Deps): LifecycleActivities['completeAuthorization'] =>
  async (input) => {
    try {
      const { authorization } = await read(deps, input);
      assertOpen(authorization, deps.nowMs());
      return await deps.exchange(
        {
          tenantId: input.tenantId,
          connectionId: input.connectionId,
          purpose: 'authorization',
          reason: input.authorizationId,
          authorizationId: input.authorizationId,
          credential: 'none',
        },
        (context) => authorize(deps, input, authorization, context),
      );
    } catch (error) {
      return refuse(deps, input, error);
    }
  };

async function read(deps: Deps, input: CompleteAuthorizationInput) {
  return deps.db.inTenant(input.tenantId, async (tx) => {
    const authorization = await findAuthorization(tx, input.authorizationId);
    const connection = await findConnection(tx, input.connectionId);
    if (connection === null || authorization === null || authorization.connectionId !== connection.id) {
      throw new MooringError('not_found', `there is no authorization "${input.authorizationId}"`);
    }
    return { authorization, connection };
  });
}

/** A late code is refused, never exchanged. */
function assertOpen(authorization: AuthorizationRow, nowMs: number): void {
  if (authorization.settledAt !== null) {
    throw new MooringError('invalid_state', `the authorization "${authorization.id}" was used before`);
  }
  if ((authorization.callbackAt?.getTime() ?? nowMs) > authorization.expiresAt.getTime()) {
    throw new MooringError('authorization_expired', `the authorization "${authorization.id}" came too late`);
  }
}

async function authorize(
  deps: Deps,
  input: CompleteAuthorizationInput,
  authorization: AuthorizationRow,
  context: ExchangeContext,
): Promise<AuthorizationResult> {
  const issued = await deps.grants.obtain(context, authorization.obtain);
  const proven = await context.prove(asMaterial(issued), { ...context.shop, ...issued.shop });
  // A refresh still in flight may take a generation in between; the approval is newer and takes the one after.
  for (let tries = 0; tries < 5; tries++) {
    const result = await save(deps, input, context, { issued, proven });
    if (result !== null) return result;
  }
  throw new MooringError('stale_write', `the credential of "${input.connectionId}" kept moving`);
}

interface Approved {
  readonly issued: IssuedCredential;
  readonly proven: Proven;
}

async function save(
  deps: Deps,
  input: CompleteAuthorizationInput,
  context: ExchangeContext,
  { issued, proven }: Approved,
): Promise<AuthorizationResult | null> {
  const { connection } = await read(deps, input);
  assertSameShop(connection, proven);
  const granted = proven.scopes ?? issued.scopes;
  const permissions = PERMISSIONS.filter((one) => connection.permissions.includes(one));
  const missing = granted === null ? [] : deps.grants.missingScopes(context.platform, permissions, granted);
  if (missing.length > 0 && input.discardOnRefusal) throw tooFewScopes(missing);
  const nowMs = deps.nowMs();
  const method = context.methodFor(issued.kind);
  const saved = await sealAndSave(
    deps,
    {
      tenantId: input.tenantId,
      connectionId: input.connectionId,
      expectedGeneration: connection.generation,
      epoch: connection.epoch,
      issued,
      method,
      registrationVersion: context.registration?.version ?? null,
      previous: null,
      grantedAtMs: nowMs,
    },
    async (tx) => {
      await saveShopFacts(tx, input.connectionId, {
        shop: { ...context.shop, ...issued.shop },
        shopKey: proven.shopKey ?? connection.shopKey,
        shopName: proven.shopName ?? connection.shopName,
        grantedScopes: granted ?? [],
        facts: proven.facts,
      });
      await settleAuthorization(tx, input.authorizationId, {
        refusal: null,
        refusalDetail: null,
        at: new Date(nowMs),
      });
      await appendAudit(tx, auditOf(input, connection, proven));
    },
  );
  if (saved.saved) {
    const { generation, facts } = saved;
    const renewal = renewalOfMethod(method);
    return { outcome: 'authorized', generation, credential: facts, ...renewal, missingScopes: missing };
  }
  if (saved.because === 'moved') return null;
  throw new MooringError('connection_revoking', `the connection "${input.connectionId}" is being revoked`);
}

function assertSameShop(connection: ConnectionRow, proven: Proven): void {
  const verdict = judgeShop({ knownKey: connection.shopKey, provenKey: proven.shopKey });
  if (verdict === 'another') {
    throw new MooringError(
      'shop_mismatch',
      `the approval is for another shop than that of "${connection.id}"`,
    );
  }
}

function tooFewScopes(missing: readonly string[]): MooringError {
  return new MooringError('scope_missing', `the merchant did not grant "${missing.join('", "')}"`, {
    detail: { missingScopes: missing },
  });
}

function auditOf(input: CompleteAuthorizationInput, before: ConnectionRow, proven: Proven) {
  const isRenamed =
    before.shopName !== null && proven.shopName !== null && before.shopName !== proven.shopName;
  return {
    tenantId: input.tenantId,
    actor: 'worker',
    action: isRenamed ? 'connection.authorized_renamed' : 'connection.authorized',
    target: input.connectionId,
    connectionId: input.connectionId,
    outcome: 'done' as const,
    reason: input.authorizationId,
    detail: { scopes: proven.scopes ?? [] },
  };
}

function asMaterial(issued: IssuedCredential) {
  const parts = Object.entries(issued.parts).map(([name, text]) => [name, new Secret(text)] as const);
  return { kind: issued.kind, parts: Object.fromEntries(parts) };
}

/** A refusal is an answer, not a failure; what the attempt had sealed is destroyed with it. */
async function refuse(
  deps: Deps,
  input: CompleteAuthorizationInput,
  error: unknown,
): Promise<AuthorizationResult> {
  const refusal = asRefusal(error);
  if (refusal.code === 'internal') deps.log('completeAuthorization', error);
  await deps.db.inTenant(input.tenantId, (tx) =>
    settleAuthorization(tx, input.authorizationId, {
      refusal: refusal.code,
      refusalDetail: refusal.message,
      at: new Date(deps.nowMs()),
    }),
  );
  const { code, message, fields, detail } = refusal;
  return { outcome: 'refused', code, message, fields, detail };
}

function asRefusal(error: unknown): MooringError {
  if (error instanceof MooringError) return error;
  // The unique index over (registration, shop key) of connections that are not final.
  if (sqlStateOf(error) === '23505' || sqlStateOf(error) === 'P2002') {
    return new MooringError('shop_already_connected', 'another connection has this shop', { cause: error });
  }
  return new MooringError('internal', 'the authorization failed on our side', { cause: error });
}
