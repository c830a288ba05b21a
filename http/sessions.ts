// Links to the connect page: made here, for the API's route and for a diagnosis. The token is in the link alone.
import type { ConnectionId, ConnectSessionId, TenantId } from '../domain/ids.ts';
import type { Permission } from '../domain/resource.ts';
import { createConnectSession } from '../store/connect-sessions.ts';
import { newId } from '../store/new-id.ts';
import type { HttpDeps } from './deps.ts';
import { hashToken, mintToken } from './tokens.ts';

export interface SessionWish {
  readonly tenantId: TenantId;
  readonly platform: string | null;
  readonly permissions: readonly Permission[];
  readonly connectionId: ConnectionId | null;
  readonly returnUrl: string | null;
}

export interface OpenSession {
  readonly id: ConnectSessionId;
  readonly url: string;
  readonly token: string;
  readonly expiresAt: Date;
}

/** With an `id` that is there already the link is made anew: the former one opens nothing any more. */
export async function openConnectSession(
  deps: HttpDeps,
  wish: SessionWish,
  id: ConnectSessionId = newId('connectSession'),
): Promise<OpenSession> {
  const token = mintToken();
  const expiresAt = new Date(deps.nowMs() + deps.settings.sessionLifetimeMs);
  await deps.db.inTenant(wish.tenantId, (tx) =>
    createConnectSession(tx, { ...wish, id, tokenHash: hashToken(token), expiresAt }),
  );
  return { id, token, expiresAt, url: `${deps.settings.publicUrl}/connect/${token}` };
}
