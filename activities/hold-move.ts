// A proved credential at an address that nobody confirmed yet: sealed anew and kept with its attempt, or destroyed. The connection's own
// credential and address stay as they are. Safe to run twice: a settled attempt is not touched again.

import { revealed } from '../auth/context.ts';
import type { WaitingMove } from '../domain/connection.ts';
import { MOVE_WAITS_MS } from '../domain/connection-move.ts';
import type { ErrorCode } from '../domain/errors.ts';
import { MooringError } from '../domain/errors.ts';
import { isId } from '../domain/ids.ts';
import type { ExchangeContext } from '../egress/exchange.ts';
import { appendAudit } from '../store/audit.ts';
import { type AuthorizationRow, findAuthorization, settleAuthorization } from '../store/authorizations.ts';
import type { ConnectionRow } from '../store/connections.ts';
import { clearMove, keepMove, readMove, textFields } from '../store/shop-moves.ts';
import type {
  AuthorizationResult,
  CompleteAuthorizationInput,
  LifecycleActivities,
} from './lifecycle-contract.ts';
import type { IssuedCredential, LifecycleDeps } from './lifecycle-deps.ts';

export interface Elsewhere {
  readonly connection: ConnectionRow;
  readonly issued: IssuedCredential;
  /** the address that was proved */
  readonly shop: Readonly<Record<string, string>>;
}

/** Keeps what was proved until somebody confirms it. Throws connection_revoking when the fence came first. */
export async function holdMove(
  deps: Pick<LifecycleDeps, 'db' | 'vault' | 'nowMs'>,
  input: CompleteAuthorizationInput,
  { connection, issued, shop }: Elsewhere,
): Promise<AuthorizationResult> {
  const { tenantId, connectionId, authorizationId } = input;
  const { parts, shop: _told, ...proved } = issued;
  const binding = { owner: tenantId, subject: authorizationId, kind: 'authorization', generation: 0 };
  const sealed = await deps.vault.seal(binding, parts);
  const sinceMs = deps.nowMs();
  const untilMs = sinceMs + MOVE_WAITS_MS;
  await deps.db.inTenant(tenantId, async (tx) => {
    const isKept = await keepMove(tx, {
      authorizationId,
      connectionId,
      shop,
      proved: { ...proved, scopes: proved.scopes === null ? null : [...proved.scopes] },
      sealed: Uint8Array.from(sealed.bytes),
      keyVersion: sealed.keyVersion,
      sinceMs,
      untilMs,
    });
    if (!isKept)
      throw new MooringError('connection_revoking', `the connection "${connectionId}" is being revoked`);
    await appendAudit(tx, {
      tenantId,
      actor: 'worker',
      action: 'connection.move_proposed',
      target: connectionId,
      connectionId,
      outcome: 'done',
      reason: authorizationId,
      detail: addresses(textFields(connection.shop), shop),
    });
  });
  return { outcome: 'move_proposed', authorizationId, untilMs };
}

/** What a held attempt sealed, as it was issued. Throws internal when it is not what was kept. */
export function heldCredential(row: AuthorizationRow, context: ExchangeContext): IssuedCredential {
  const { proved } = row;
  const sealed = context.authorization;
  if (sealed === null || typeof proved !== 'object' || proved === null || Array.isArray(proved))
    throw new MooringError('internal', `the authorization "${row.id}" holds no proved credential`);
  const { kind, expiresAtMs, lifetimeS, refreshExpiresAtMs, scopes } = proved;
  return {
    kind: String(kind),
    parts: revealed(sealed),
    expiresAtMs: numberOrNull(expiresAtMs),
    lifetimeS: numberOrNull(lifetimeS),
    refreshExpiresAtMs: numberOrNull(refreshExpiresAtMs),
    scopes: Array.isArray(scopes) ? scopes.map(String) : null,
  };
}

const REFUSALS = { refused: 'move_refused', expired: 'authorization_expired' } as const satisfies Record<
  string,
  ErrorCode
>;

/** Nobody confirmed it: the new secret is destroyed, everything else is as it was. */
export const endMove =
  (deps: Pick<LifecycleDeps, 'db' | 'nowMs'>): LifecycleActivities['endMove'] =>
  ({ tenantId, connectionId, authorizationId, because, by }) =>
    deps.db.inTenant(tenantId, async (tx) => {
      const row = await findAuthorization(tx, authorizationId);
      if (row === null || row.connectionId !== connectionId || row.settledAt !== null) return;
      await settleAuthorization(tx, authorizationId, {
        refusal: REFUSALS[because],
        refusalDetail: `the move was ${because}`,
        at: new Date(deps.nowMs()),
      });
      await clearMove(tx, connectionId);
      await appendAudit(tx, {
        tenantId,
        actor: by,
        action: `connection.move_${because}`,
        target: connectionId,
        connectionId,
        outcome: 'done',
        reason: authorizationId,
        detail: { to: Object.values(textFields(row.shop)) },
      });
    });

/** The move a connection's row says waits. */
export function waitingMoveOf(row: ConnectionRow): WaitingMove | null {
  const move = readMove(row.move);
  if (move === null || !isId('authorization', move.authorizationId)) return null;
  const { authorizationId, sinceMs, untilMs } = move;
  return { authorizationId, sinceMs, untilMs };
}

/** From where to where, for the audit trail. */
export function addresses(
  from: Readonly<Record<string, string>>,
  to: Readonly<Record<string, string>>,
): { readonly from: readonly string[]; readonly to: readonly string[] } {
  const changed = Object.keys(to).filter((name) => from[name] !== to[name]);
  return { from: changed.flatMap((name) => from[name] ?? []), to: changed.flatMap((name) => to[name] ?? []) };
}

function numberOrNull(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}
