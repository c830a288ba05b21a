// How a connection begins, whichever way: the rows that stand before the workflow knows anything, and the first word to it. A secret
// is sealed before it is written; a refused proof of a new connection leaves nothing.
import { isElsewhere } from '../domain/connection-shop.ts';
import { MooringError } from '../domain/errors.ts';
import type { ConnectionId, ConnectSessionId, TenantId } from '../domain/ids.ts';
import type { AuthMethod, FormObtain, Obtain, Platform } from '../domain/platform.ts';
import { PERMISSIONS, type Permission } from '../domain/resource.ts';
import { insertAuthorization } from '../store/authorizations.ts';
import { deleteUnauthorized, reopenConnection } from '../store/connections.ts';
import { type ConnectionListRow, readConnection } from '../store/connections-list.ts';
import type { Tx } from '../store/database.ts';
import { insertNewConnection, type NewConnectionWish } from '../store/new-connection.ts';
import { newId } from '../store/new-id.ts';
import type { AuthorizeOutcome } from '../workflows/messages.ts';
import type { HttpDeps } from './deps.ts';
import { textRecord } from './schemas/connections.ts';
import type { Hash } from './tokens.ts';

/** The method a pasted credential of this platform is proved by. Throws connect_by_browser_only where there is none. */
export function pastedMethod(
  platform: Platform,
  credential: Readonly<Record<string, string>>,
): AuthMethod & { readonly obtain: FormObtain } {
  const methods = platform.auth.flatMap((method) =>
    'fields' in method.obtain ? [{ ...method, obtain: method.obtain }] : [],
  );
  const given = Object.keys(credential).filter((name) => credential[name] !== '');
  const fits = methods.find(({ obtain }) =>
    given.every((name) => obtain.fields.some((field) => field.name === name)),
  );
  const method = fits ?? methods[0];
  if (method === undefined) {
    throw new MooringError(
      'connect_by_browser_only',
      `"${platform.id}" takes no pasted credential; make a connect session`,
    );
  }
  return method;
}

/** What is asked for: the wish where the platform offers all of it, else everything it lets us read. */
export function permissionsFor(
  platform: Platform,
  wish: readonly Permission[] | undefined,
): readonly Permission[] {
  const offered = PERMISSIONS.filter((one) => platform.permissions[one] !== undefined);
  if (wish === undefined || wish.length === 0) return offered.filter((one) => one.endsWith(':read'));
  const missing = wish.filter((one) => !offered.includes(one));
  if (missing.length > 0) {
    throw new MooringError('unsupported_permission', `"${platform.id}" does not offer "${missing[0]}"`, {
      fields: missing.map((one) => ({
        path: '/permissions',
        rule: `"${one}" is not offered by "${platform.id}"`,
      })),
      detail: { offered },
    });
  }
  return [...new Set(wish)];
}

export interface AuthorizationWish {
  readonly tenantId: TenantId;
  readonly connectionId: ConnectionId;
  readonly sessionId: ConnectSessionId | null;
  readonly platform: Platform;
  readonly obtain: Obtain['kind'];
  readonly stateHash: Hash | null;
  readonly browserHash: Hash | null;
  readonly redirectUri: string | null;
  /** The shop fields it is for, where they are not the connection's own. */
  readonly shop?: Readonly<Record<string, string>>;
  readonly lifetimeMs: number;
}

/** Connect without a browser: one proof, and nothing is left when it fails. A wish that comes again goes on where the first one ended. */
export async function connectPasted(
  deps: HttpDeps,
  wish: NewConnectionWish,
  credential: Readonly<Record<string, string>>,
  sessionId: ConnectSessionId | null = null,
): Promise<ConnectionId> {
  const authorizationId = newId('authorization');
  const sealed = await sealForAuthorization(deps, wish.tenantId, authorizationId, credential);
  const { id: connectionId, isAuthorized } = await deps.db.inTenant(wish.tenantId, async (tx) => {
    const begun = wish.id === undefined ? null : await readConnection(tx, wish.id);
    if (begun !== null && begun.generation > 0) return { id: begun.id, isAuthorized: true };
    const id = begun?.id ?? (await insertNewConnection(tx, wish));
    await insertAuthorization(tx, {
      ...authorizationRow(deps, { ...pastedWish(wish, id, sessionId) }),
      id: authorizationId,
      ...sealed,
    });
    return { id, isAuthorized: false };
  });
  if (isAuthorized) return connectionId;
  const outcome = await deps.lifecycle
    .startAndAuthorize({ tenantId: wish.tenantId, connectionId }, { authorizationId, discardOnRefusal: true })
    .catch(async (error: unknown) => {
      // Where no workflow was started nobody else would ever remove the row.
      if (error instanceof MooringError && error.code === 'temporal_unavailable') {
        await deps.db
          .inTenant(wish.tenantId, (tx) => deleteUnauthorized(tx, connectionId))
          .catch(() => undefined);
      }
      throw error;
    });
  throwIfRefused(outcome);
  return connectionId;
}

export interface PastedAnew {
  readonly platform: Platform;
  readonly credential: Readonly<Record<string, string>>;
  /** All shop fields; the connection's own where the shop is where it was. */
  readonly shop: Readonly<Record<string, string>>;
  readonly sessionId?: ConnectSessionId;
}

/**
 * A new pasted credential for a connection that lives; its state changes only once the proof succeeded. Says whether that waits for
 * somebody to confirm another address.
 */
export async function replacePasted(
  deps: HttpDeps,
  connection: ConnectionListRow,
  { platform, credential, shop, sessionId }: PastedAnew,
): Promise<'authorized' | 'move_proposed'> {
  const connectionId = connection.id;
  const tenantId = connection.tenantId;
  const authorizationId = newId('authorization');
  const sealed = await sealForAuthorization(deps, tenantId, authorizationId, credential);
  await deps.db.inTenant(tenantId, async (tx) => {
    await reopenIfFinal(tx, connection, deps.nowMs());
    await insertAuthorization(tx, {
      ...authorizationRow(deps, {
        ...pastedWish({ tenantId, platform }, connectionId, sessionId ?? null),
        ...elsewhere(connection, shop),
      }),
      id: authorizationId,
      ...sealed,
    });
  });
  const outcome = await deps.lifecycle.startAndAuthorize({ tenantId, connectionId }, { authorizationId });
  throwIfRefused(outcome);
  return outcome.outcome === 'move_proposed' ? 'move_proposed' : 'authorized';
}

/** The address an attempt is for, kept with it where it is not the connection's own. */
export function elsewhere(
  connection: Pick<ConnectionListRow, 'shop'>,
  shop: Readonly<Record<string, string>>,
): { readonly shop?: Readonly<Record<string, string>> } {
  return isElsewhere(textRecord(connection.shop), shop) ? { shop } : {};
}

/** What never was approved, and will not be by this way, ends at once and not at its deadline. */
export async function endUnapproved(deps: HttpDeps, connection: ConnectionListRow): Promise<void> {
  if (connection.lifecycle !== 'connecting') return;
  await deps.lifecycle.tell(connection.id, { name: 'revoke', by: 'merchant', upstream: false, erase: false });
}

/** A revoked connection begins again under its own id; one that is being revoked cannot. */
export async function reopenIfFinal(tx: Tx, connection: ConnectionListRow, nowMs: number): Promise<void> {
  const { lifecycle } = connection;
  if (lifecycle === 'revoked' || lifecycle === 'abandoned') {
    await reopenConnection(tx, connection.id, nowMs);
  } else if (lifecycle === 'revoking' || connection.fencedAt !== null) {
    throw new MooringError('connection_revoking', `the connection "${connection.id}" is being revoked`);
  }
}

/** Whatever an authorization has sealed opens for that authorization alone. */
export async function sealForAuthorization(
  deps: HttpDeps,
  tenantId: TenantId,
  authorizationId: string,
  parts: Readonly<Record<string, string>>,
): Promise<{ sealed: Uint8Array<ArrayBuffer>; keyVersion: number }> {
  const { bytes, keyVersion } = await deps.vault.seal(
    { owner: tenantId, subject: authorizationId, kind: 'authorization', generation: 0 },
    parts,
  );
  return { sealed: Uint8Array.from(bytes), keyVersion };
}

export function authorizationRow(deps: HttpDeps, wish: AuthorizationWish) {
  const { platform, lifetimeMs, ...rest } = wish;
  return {
    ...rest,
    id: newId('authorization'),
    platform: platform.id,
    sealed: null,
    keyVersion: null,
    expiresAt: new Date(deps.nowMs() + lifetimeMs),
  };
}

export function throwIfRefused(outcome: AuthorizeOutcome): void {
  if (outcome.outcome !== 'refused') return;
  throw new MooringError(outcome.code, outcome.message, {
    ...(outcome.fields === undefined ? {} : { fields: outcome.fields }),
    ...(outcome.detail === undefined ? {} : { detail: outcome.detail }),
  });
}

function pastedWish(
  wish: { tenantId: TenantId; platform: Platform },
  connectionId: ConnectionId,
  sessionId: ConnectSessionId | null,
): AuthorizationWish {
  return {
    tenantId: wish.tenantId,
    connectionId,
    sessionId,
    platform: wish.platform,
    obtain: 'pasted',
    stateHash: null,
    browserHash: null,
    redirectUri: null,
    lifetimeMs: PROOF_LIFETIME_MS,
  };
}

/** A pasted credential waits for its proof no longer than this. */
export const PROOF_LIFETIME_MS = 5 * 60_000;
