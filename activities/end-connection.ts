// The steps of a connection's end, each safe to run twice: the fence, the end of the grant at the platform, the destruction of secrets, and
// the clearing away of an attempt that never came to anything.
import { MooringError } from '../domain/errors.ts';
import type { ConnectionId, TenantId } from '../domain/ids.ts';
import type { Platform } from '../domain/platform.ts';
import { Secret } from '../domain/secret.ts';
import type { ExchangeContext, OpenCredential } from '../egress/exchange.ts';
import { appendAudit } from '../store/audit.ts';
import { deleteAuthorizations, dropAuthorizations } from '../store/authorizations.ts';
import {
  deleteUnauthorized,
  fenceConnection,
  findConnection,
  keepRecordsUntil,
} from '../store/connections.ts';
import { destroyCredentials } from '../store/credentials.ts';
import { removeDeadlines } from '../store/deadlines.ts';
import { deleteMarkers } from '../store/refresh-markers.ts';
import { clearMove } from '../store/shop-moves.ts';
import { dropSubscription, endNotifications, listSubscriptions } from '../store/subscriptions.ts';
import type { LifecycleActivities } from './lifecycle-contract.ts';
import type { IssuedCredential, LifecycleDeps } from './lifecycle-deps.ts';
import { isOfOneTopic } from './subscription-topics.ts';

/** HTTP fenced already where a user asked; this is for what the platform or a deadline ended. */
export const fence =
  (deps: Pick<LifecycleDeps, 'db' | 'nowMs'>): LifecycleActivities['fence'] =>
  ({ tenantId, connectionId }) =>
    deps.db.inTenant(tenantId, async (tx) => {
      const row = await findConnection(tx, connectionId);
      if (row === null || row.fencedAt !== null) return;
      await fenceConnection(tx, connectionId, deps.nowMs());
    });

/** Ends the grant at the platform. An answer that the grant is dead is as good as a confirmation. */
export const revokeUpstream =
  (deps: Pick<LifecycleDeps, 'db' | 'exchange' | 'grants'>): LifecycleActivities['revokeUpstream'] =>
  ({ tenantId, connectionId }) =>
    deps
      .exchange(
        { tenantId, connectionId, purpose: 'revocation', reason: 'revoke', credential: 'current' },
        async (context) => {
          const { platform, credential } = context;
          if (credential !== null) await removeSubscriptions(deps, context, { tenantId, connectionId });
          if (platform.revoke === undefined || credential === null) return 'unsupported' as const;
          await endGrant(deps, context, platform.revoke, credential);
          return 'confirmed' as const;
        },
      )
      .catch((error: unknown) => {
        if (ENDED_ALREADY.some((code) => isCode(error, code))) return 'confirmed' as const;
        if (isCode(error, 'connection_not_active') || isCode(error, 'credential_unreadable'))
          return 'unsupported' as const;
        throw error;
      });

/** With the last words that the credential may say. One that is not removed now ends with the grant, or finds nobody at its address. */
async function removeSubscriptions(
  deps: Pick<LifecycleDeps, 'db'>,
  { platform, credential, call, shop }: ExchangeContext,
  of: { readonly tenantId: TenantId; readonly connectionId: ConnectionId },
): Promise<void> {
  const { subscribe } = platform.notifications ?? {};
  if (subscribe === undefined || credential === null) return;
  const rows = await deps.db.sqlInTenant(of.tenantId, (sql) => listSubscriptions(sql, of.connectionId));
  const removed = new Set<string>();
  for (const { topic, platformRef } of rows) {
    if (platformRef === null) continue;
    try {
      if (!removed.has(platformRef)) await call(credential.material, subscribe.remove(platformRef, shop));
    } catch (error) {
      if (!isOfOneTopic(error)) return;
      if (error.code !== 'platform_not_found') continue;
    }
    removed.add(platformRef);
    await deps.db.sqlInTenant(of.tenantId, (sql) => dropSubscription(sql, of.connectionId, topic));
  }
}

/** By a token endpoint, where an expired access token still names its grant; else by a call, which an expired one cannot make. */
async function endGrant(
  deps: Pick<LifecycleDeps, 'grants'>,
  context: ExchangeContext,
  revoke: NonNullable<Platform['revoke']>,
  credential: OpenCredential,
): Promise<void> {
  if ('token' in revoke) return await deps.grants.revoke(context, credential.material, revoke.token);
  const request = revoke.request(context.shop, { clientId: context.registration?.clientId ?? '' });
  try {
    await context.call(credential.material, request);
  } catch (error) {
    if (!isCode(error, 'credential_expired')) throw error;
    await context.call(await renewed(deps, context, credential), request);
  }
}

const ENDED_ALREADY = ['credential_dead', 'credential_expired', 'app_uninstalled'] as const;

/** An expired token cannot revoke: a new one is obtained for this call alone, and never saved. */
async function renewed(
  deps: Pick<LifecycleDeps, 'grants'>,
  context: ExchangeContext,
  credential: OpenCredential,
) {
  const method = context.methodFor(credential.material.kind);
  if (method.renew.kind === 'none')
    throw new MooringError('credential_dead', 'nothing renews this credential');
  const issued: IssuedCredential = await deps.grants.renew(context, credential, method);
  const parts = Object.entries(issued.parts).map(([name, text]) => [name, new Secret(text)] as const);
  return { kind: issued.kind, parts: Object.fromEntries(parts) };
}

/** Whatever the platform answered: every generation, every open attempt, every deadline goes. The audit row proves what. */
export const destroyCredential =
  (
    deps: Pick<LifecycleDeps, 'db' | 'nowMs' | 'keepRecordsMs' | 'eraseRecords'>,
  ): LifecycleActivities['destroyCredential'] =>
  async ({ tenantId, connectionId, erase }) => {
    const nowMs = deps.nowMs();
    await deps.db.inTenant(tenantId, async (tx) => {
      const generations = await destroyCredentials(tx, connectionId);
      const dropped = await dropAuthorizations(tx, connectionId, new Date(nowMs));
      await clearMove(tx, connectionId);
      await removeDeadlines(tx, connectionId);
      await deleteMarkers(tx, connectionId);
      const subscriptions = await endNotifications(tx, connectionId);
      const keptMs = erase ? 0 : deps.keepRecordsMs;
      await keepRecordsUntil(tx, connectionId, keptMs === null ? null : nowMs + keptMs);
      await appendAudit(tx, {
        tenantId,
        actor: 'worker',
        action: 'credential.destroyed',
        target: connectionId,
        connectionId,
        outcome: 'done',
        reason: 'revoke',
        detail: { generations: generations.map(String), authorizations: dropped, subscriptions, erase },
      });
    });
    if (erase) await deps.eraseRecords(tenantId, connectionId);
  };

/** What an attempt had sealed is destroyed; where nothing was ever authorized and nobody waits, the connection goes too. */
export const discardConnection =
  (deps: Pick<LifecycleDeps, 'db' | 'nowMs'>): LifecycleActivities['discardConnection'] =>
  ({ tenantId, connectionId, row }) =>
    deps.db.inTenant(tenantId, async (tx) => {
      await dropAuthorizations(tx, connectionId, new Date(deps.nowMs()));
      await clearMove(tx, connectionId);
      if (row && (await deleteUnauthorized(tx, connectionId))) await deleteAuthorizations(tx, connectionId);
    });

function isCode(error: unknown, code: MooringError['code']): boolean {
  return error instanceof MooringError && error.code === code;
}
