// The link that lets a merchant act, made when it is sent and for one attempt: kept anywhere it would be a secret lying about. Every one of a
// delivery's works until it expires, as a receiver that was told twice keeps whichever it likes.
import type { Permission } from '../domain/resource.ts';
import { PERMISSIONS } from '../domain/resource.ts';
import { createConnectSession } from '../store/connect-sessions.ts';
import { readConnection } from '../store/connections-list.ts';
import type { Database } from '../store/database.ts';
import type { ClaimedDelivery } from '../store/deliveries.ts';
import { newId } from '../store/new-id.ts';
import { hashToken, mintToken } from '../store/tokens.ts';

export interface MerchantLink {
  readonly url: string;
  readonly token: string;
  /** The same without its token. */
  readonly shown: string;
  readonly expiresAt: Date;
}

export interface MerchantLinkDeps {
  readonly db: Database;
  /** Where the world reaches the HTTP part, without trailing slash. */
  readonly publicUrl: string;
  readonly lifetimeMs: number;
  readonly nowMs: () => number;
}

/** Null where the connection needs no approval by now. */
export async function linkFor(
  deps: MerchantLinkDeps,
  { tenantId, event }: ClaimedDelivery,
): Promise<MerchantLink | null> {
  const { connectionId } = event;
  if (connectionId === null) return null;
  const token = mintToken();
  const expiresAt = new Date(deps.nowMs() + deps.lifetimeMs);
  const isMade = await deps.db.inTenant(tenantId, async (tx) => {
    const row = await readConnection(tx, connectionId);
    if (row === null || row.state !== 'reauth_required') return false;
    await createConnectSession(tx, {
      id: newId('connectSession'),
      tenantId,
      tokenHash: hashToken(token),
      platform: row.platform,
      permissions: row.permissions.filter(isPermission),
      connectionId,
      returnUrl: null,
      expiresAt,
    });
    return true;
  });
  if (!isMade) return null;
  const at = `${deps.publicUrl}/connect/`;
  return { url: at + token, token, shown: `${at}[link]`, expiresAt };
}

function isPermission(text: string): text is Permission {
  return PERMISSIONS.some((one) => one === text);
}
