// An approval for several shops: which one is this connection's own, and an attempt for each of the others, on a connection of its own. What all
// share is sealed once an attempt, and goes when that is settled. A shop that is connected already is told, never doubled.
import type { ErrorCode } from '../domain/errors.ts';
import { MooringError } from '../domain/errors.ts';
import type { AuthorizationId } from '../domain/ids.ts';
import type { Platform } from '../domain/platform.ts';
import { PERMISSIONS } from '../domain/resource.ts';
import { type AuthorizationRow, insertAuthorization, settleAuthorization } from '../store/authorizations.ts';
import type { ConnectionRow } from '../store/connections.ts';
import type { Tx } from '../store/database.ts';
import { insertNewConnection } from '../store/new-connection.ts';
import { newId } from '../store/new-id.ts';
import { rowId } from '../store/row-ids.ts';
import { type LiveShop, listLiveShops, listOpen } from '../store/shared-grants.ts';
import { textFields } from '../store/shop-moves.ts';
import type { CompleteAuthorizationInput, FurtherShop, LifecycleActivities } from './lifecycle-contract.ts';
import type { IssuedCredential, LifecycleDeps } from './lifecycle-deps.ts';

type Shop = Readonly<Record<string, string>>;

/** An hour is more than any of them waits: their workflows are started at once. */
const SHARE_LIFETIME_MS = 3_600_000;

export interface Shares {
  /** The shop of the connection that was approved. */
  readonly own: Shop;
  /** Begins the others, in the transaction that saves the own shop's credential. */
  readonly begin: (tx: Tx) => Promise<readonly FurtherShop[]>;
}

interface Approval {
  readonly platform: Platform;
  readonly connection: ConnectionRow;
  readonly authorization: AuthorizationRow;
  /** what all the shops share */
  readonly shared: IssuedCredential;
  readonly shops: readonly Shop[];
}

/** Throws shop_mismatch where the connection's own shop is not among them, shop_already_connected where every one is connected. */
export async function planShares(
  deps: Pick<LifecycleDeps, 'db' | 'vault' | 'nowMs'>,
  input: CompleteAuthorizationInput,
  approval: Approval,
): Promise<Shares> {
  const { connection, shops, shared } = approval;
  const { platform, registrationId } = connection;
  const live = await deps.db.inTenant(input.tenantId, (tx) =>
    listLiveShops(tx, { platform, registrationId }),
  );
  const taken = live.filter(({ connectionId }) => connectionId !== connection.id);
  const own = ownShop(connection, shops, taken);
  const others = await Promise.all(
    shops.filter((shop) => !isSame(shop, own)).map((shop) => sealShare(deps, input, shop, shared)),
  );
  return {
    own,
    begin: async (tx) => {
      const begun: FurtherShop[] = [];
      for (const share of others) {
        const known = taken.find(({ shop }) => isSame(shop, share.shop));
        const further = await beginShare(tx, deps.nowMs(), { ...approval, input, share, known });
        if (further !== null) begun.push(further);
      }
      return begun;
    },
  };
}

function ownShop(connection: ConnectionRow, shops: readonly Shop[], taken: readonly LiveShop[]): Shop {
  const known = textFields(connection.shop);
  const fits = shops.filter((shop) => Object.entries(known).every(([name, value]) => shop[name] === value));
  if (fits.length === 0)
    throw new MooringError('shop_mismatch', `the approval does not cover the shop of "${connection.id}"`);
  const free = fits.find((shop) => !taken.some((one) => isSame(one.shop, shop)));
  if (free === undefined)
    throw new MooringError('shop_already_connected', 'every shop of the approval is connected already');
  return free;
}

function isSame(a: Shop, b: Shop): boolean {
  return Object.entries(b).every(([name, value]) => a[name] === value);
}

interface Share {
  readonly id: AuthorizationId;
  readonly shop: Shop;
  readonly sealed: Uint8Array<ArrayBuffer>;
  readonly keyVersion: number;
}

async function sealShare(
  deps: Pick<LifecycleDeps, 'vault'>,
  { tenantId }: CompleteAuthorizationInput,
  shop: Shop,
  shared: IssuedCredential,
): Promise<Share> {
  const id = newId('authorization');
  const binding = { owner: tenantId, subject: id, kind: 'authorization', generation: 0 };
  const { bytes, keyVersion } = await deps.vault.seal(binding, shared.parts);
  return { id, shop, sealed: Uint8Array.from(bytes), keyVersion };
}

interface ShareToBegin extends Approval {
  readonly input: CompleteAuthorizationInput;
  readonly share: Share;
  readonly known: LiveShop | undefined;
}

/** A shop nobody connected, or one whose connection waits for an approval, is begun; any other is told as refused. Null: nothing to run. */
async function beginShare(tx: Tx, nowMs: number, to: ShareToBegin): Promise<FurtherShop | null> {
  const { input, share, known, authorization } = to;
  const refusal = known === undefined ? null : refusalOf(known);
  const connectionId = known?.connectionId ?? (await insertShare(tx, to));
  const { sessionId } = authorization;
  await insertAuthorization(tx, {
    id: share.id,
    tenantId: input.tenantId,
    connectionId,
    sessionId: sessionId === null ? null : rowId('connectSession', sessionId),
    platform: to.connection.platform,
    obtain: 'share',
    stateHash: null,
    browserHash: null,
    sealed: refusal === null ? share.sealed : null,
    keyVersion: refusal === null ? share.keyVersion : null,
    redirectUri: null,
    shop: share.shop,
    parentId: input.authorizationId,
    expiresAt: new Date(nowMs + SHARE_LIFETIME_MS),
  });
  if (refusal === null) {
    return { connectionId, authorizationId: share.id, isNew: known === undefined };
  }
  const refusalDetail = `the shop is connected as "${connectionId}"`;
  await settleAuthorization(tx, share.id, { refusal, refusalDetail, at: new Date(nowMs) });
  return null;
}

/** A connection that waits for an approval takes this one; a working one keeps what it has. */
function refusalOf({ lifecycle }: LiveShop): ErrorCode | null {
  if (lifecycle === 'reauth_required') return null;
  return lifecycle === 'revoking' ? 'connection_revoking' : 'shop_already_connected';
}

async function insertShare(tx: Tx, { input, share, connection, platform }: ShareToBegin) {
  const { registrationId, syncIntervalS } = connection;
  return insertNewConnection(tx, {
    tenantId: input.tenantId,
    platform,
    shop: share.shop,
    permissions: PERMISSIONS.filter((one) => connection.permissions.includes(one)),
    ...(registrationId === null ? {} : { registrationId: rowId('clientRegistration', registrationId) }),
    syncIntervalS,
    actor: 'merchant',
    reason: input.authorizationId,
  });
}

/** Starts the workflow of each further shop, and asks it to take its share. Safe to repeat: a settled attempt is not asked for again. */
export const beginShares =
  (deps: Pick<LifecycleDeps, 'db' | 'workflows'>): LifecycleActivities['beginShares'] =>
  async ({ tenantId, shares }) => {
    const open = await deps.db.inTenant(tenantId, (tx) =>
      listOpen(
        tx,
        shares.map(({ authorizationId }) => authorizationId),
      ),
    );
    for (const { connectionId, authorizationId, isNew } of shares) {
      if (!open.has(authorizationId)) continue;
      await deps.workflows.authorize(
        { tenantId, connectionId },
        { authorizationId, discardOnRefusal: isNew },
      );
    }
  };
