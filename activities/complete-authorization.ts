// Turns one approval into a saved credential: exchanged, proved by a real call that reads the shop's immutable key and the scopes, then
// saved. What is not proved is never saved. Runs once: the code it spends is single-use, and a settled authorization is refused.
import { judgeShop } from '../domain/connection-shop.ts';
import { ERRORS, MooringError } from '../domain/errors.ts';
import { PERMISSIONS } from '../domain/resource.ts';
import { Secret } from '../domain/secret.ts';
import type { ExchangeContext, Proven } from '../egress/exchange.ts';
import { keyEntered } from '../platforms/shop.ts';
import { appendAudit } from '../store/audit.ts';
import { type AuthorizationRow, findAuthorization, settleAuthorization } from '../store/authorizations.ts';
import { type ConnectionRow, findConnection, saveShopFacts } from '../store/connections.ts';
import { clearMove, dropMoves, textFields } from '../store/shop-moves.ts';
import { sqlStateOf } from '../store/store-error.ts';
import { addresses, heldCredential, holdMove } from './hold-move.ts';
import { keepRenewed } from './keep-renewed.ts';
import type {
  AuthorizationResult,
  CompleteAuthorizationInput,
  FurtherShop,
  LifecycleActivities,
} from './lifecycle-contract.ts';
import type { IssuedCredential, LifecycleDeps } from './lifecycle-deps.ts';
import { renewalOfMethod } from './load-connection.ts';
import { sealAndSave } from './save-generation.ts';
import { planShares, type Shares } from './share-grant.ts';
import { tellDrift } from './tell-drift.ts';

type Deps = Pick<LifecycleDeps, 'db' | 'vault' | 'exchange' | 'grants' | 'nowMs' | 'log'>;

export const completeAuthorization =
  (deps: Deps): LifecycleActivities['completeAuthorization'] =>
  async (input) => {
    try {
      const { authorization } = await read(deps, input);
      assertOpen(input, authorization, deps.nowMs());
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

/** A late code is refused, never exchanged; and what waits to be confirmed is taken by its confirmation alone. */
function assertOpen(input: CompleteAuthorizationInput, authorization: AuthorizationRow, nowMs: number): void {
  const isWaiting = authorization.status === 'proved';
  if (authorization.settledAt !== null || isWaiting !== (input.confirmedBy !== undefined)) {
    throw new MooringError('invalid_state', `the authorization "${authorization.id}" was used before`);
  }
  if (isWaiting && nowMs > authorization.expiresAt.getTime()) {
    throw new MooringError(
      'authorization_expired',
      `the move "${authorization.id}" was not confirmed in time`,
    );
  }
  if (!isWaiting && (authorization.callbackAt?.getTime() ?? nowMs) > authorization.expiresAt.getTime()) {
    throw new MooringError('authorization_expired', `the authorization "${authorization.id}" came too late`);
  }
}

async function authorize(
  deps: Deps,
  input: CompleteAuthorizationInput,
  authorization: AuthorizationRow,
  context: ExchangeContext,
): Promise<AuthorizationResult> {
  const stated = { ...context.shop, ...textFields(authorization.shop) };
  const obtained =
    authorization.proved === null
      ? await deps.grants.obtain({ ...context, shop: stated }, authorization.obtain)
      : heldCredential(authorization, context);
  const shares = await sharesOf(deps, input, { authorization, context, obtained });
  const issued = shares === null ? obtained : await ownShare(deps, context, shares, obtained);
  if (issued.isRenewed === true) await keepRenewed(deps, input, issued);
  const shop = { ...stated, ...issued.shop };
  const proven = await context.prove(asMaterial(issued), shop);
  // A refresh still in flight may take a generation in between; the approval is newer and takes the one after.
  for (let tries = 0; tries < 5; tries++) {
    const result = await save(deps, input, context, { issued, proven, shop, shares });
    if (result !== null) return result;
  }
  throw new MooringError('stale_write', `the credential of "${input.connectionId}" kept moving`);
}

/** An approval for several shops is no shop's credential: each has its own made of it. Null where it is for one. */
async function sharesOf(
  deps: Deps,
  input: CompleteAuthorizationInput,
  of: {
    readonly authorization: AuthorizationRow;
    readonly context: ExchangeContext;
    readonly obtained: IssuedCredential;
  },
): Promise<Shares | null> {
  const { authorization, context, obtained } = of;
  if (obtained.shops === undefined) return null;
  const { connection } = await read(deps, input);
  const { platform } = context;
  const { shops } = obtained;
  return planShares(deps, input, { platform, connection, authorization, shared: obtained, shops });
}

function ownShare(deps: Deps, context: ExchangeContext, { own }: Shares, shared: IssuedCredential) {
  const { parts } = asMaterial(shared);
  return deps.grants.obtain({ ...context, shop: own, authorization: parts }, 'share');
}

interface Approved {
  /** the further shops of the same approval; null where it is for one */
  readonly shares: Shares | null;
  readonly issued: IssuedCredential;
  readonly proven: Proven;
  /** the shop fields that were proved */
  readonly shop: Readonly<Record<string, string>>;
}

async function save(
  deps: Deps,
  input: CompleteAuthorizationInput,
  context: ExchangeContext,
  { issued, proven, shop, shares }: Approved,
): Promise<AuthorizationResult | null> {
  const { connection } = await read(deps, input);
  const verdict = judge(connection, proven, shop);
  if (verdict === 'another') throw anotherShop(connection);
  if (verdict === 'unconfirmed' && input.confirmedBy === undefined)
    return holdMove(deps, input, { connection, issued, shop });
  const granted = proven.scopes ?? issued.scopes;
  const permissions = PERMISSIONS.filter((one) => connection.permissions.includes(one));
  const missing = granted === null ? [] : deps.grants.missingScopes(context.platform, permissions, granted);
  if (missing.length > 0 && input.discardOnRefusal) throw tooFewScopes(missing);
  const nowMs = deps.nowMs();
  const method = context.methodFor(issued.kind);
  let begun: readonly FurtherShop[] = [];
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
        shop,
        shopKey:
          proven.shopKey ??
          connection.shopKey ??
          keyEntered(context.platform, method, { shop, parts: issued.parts }),
        shopName: proven.shopName ?? connection.shopName,
        grantedScopes: granted ?? [],
        facts: proven.facts,
        markets: proven.markets ?? issued.markets ?? [],
      });
      begun = shares === null ? [] : await shares.begin(tx);
      await settleAuthorization(tx, input.authorizationId, {
        refusal: null,
        refusalDetail: null,
        at: new Date(nowMs),
      });
      await dropMoves(tx, input.connectionId, { except: input.authorizationId, at: new Date(nowMs) });
      await clearMove(tx, input.connectionId);
      await appendAudit(tx, auditOf(input, connection, proven));
      if (verdict === 'moved' || verdict === 'unconfirmed')
        await appendAudit(tx, auditOfMove(input, connection, shop));
      await tellDrift(tx, input, { platform: context.platform, permissions, granted });
    },
  );
  if (saved.saved) {
    const { generation, facts } = saved;
    const renewal = renewalOfMethod(method);
    return {
      outcome: 'authorized',
      generation,
      credential: facts,
      ...renewal,
      missingScopes: missing,
      ...(begun.length === 0 ? {} : { shares: begun }),
    };
  }
  if (saved.because === 'moved') return null;
  throw new MooringError('connection_revoking', `the connection "${input.connectionId}" is being revoked`);
}

function judge(connection: ConnectionRow, proven: Proven, shop: Readonly<Record<string, string>>) {
  return judgeShop({
    isKnown: connection.generation > 0,
    knownKey: connection.shopKey,
    provenKey: proven.shopKey,
    knownShop: textFields(connection.shop),
    provenShop: shop,
  });
}

function anotherShop(connection: ConnectionRow): MooringError {
  return new MooringError(
    'shop_mismatch',
    `the approval is for another shop than that of "${connection.id}"`,
  );
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

function auditOfMove(
  input: CompleteAuthorizationInput,
  before: ConnectionRow,
  shop: Readonly<Record<string, string>>,
) {
  return {
    tenantId: input.tenantId,
    actor: input.confirmedBy ?? 'worker',
    action: 'connection.moved',
    target: input.connectionId,
    connectionId: input.connectionId,
    outcome: 'done' as const,
    reason: input.authorizationId,
    detail: addresses(textFields(before.shop), shop),
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
  const { code, message, fields, detail } = refusal;
  const refused = { outcome: 'refused', code, message, fields, detail } as const;
  // A confirmation that failed for a passing reason may be given again.
  if (input.confirmedBy !== undefined && ERRORS[code].retry) return { ...refused, isStillWaiting: true };
  await deps.db.inTenant(input.tenantId, async (tx) => {
    await settleAuthorization(tx, input.authorizationId, {
      refusal: code,
      refusalDetail: message,
      at: new Date(deps.nowMs()),
    });
    if (input.confirmedBy !== undefined) await clearMove(tx, input.connectionId);
  });
  return refused;
}

function asRefusal(error: unknown): MooringError {
  if (error instanceof MooringError) return error;
  // The unique index over (registration, shop key) of connections that are not final.
  if (sqlStateOf(error) === '23505' || sqlStateOf(error) === 'P2002') {
    return new MooringError('shop_already_connected', 'another connection has this shop', { cause: error });
  }
  return new MooringError('internal', 'the authorization failed on our side', { cause: error });
}
