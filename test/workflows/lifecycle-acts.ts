// What a lifecycle test does to a connection: makes its row, approves it as a merchant would, ends it.
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { ConnectionId, TenantId } from '../../domain/ids.ts';
import { insertAuthorization } from '../../store/authorizations.ts';
import { insertConnection } from '../../store/connections.ts';
import { newId } from '../../store/new-id.ts';
import {
  type AuthorizeInput,
  type AuthorizeOutcome,
  type ConnectionInput,
  connectionWorkflowId,
  SIGNALS,
  TASK_QUEUES,
  UPDATES,
  WORKFLOW_TYPES,
} from '../../workflows/messages.ts';
import { type TestDatabase, until } from '../world.ts';

export interface AuthorizeOptions {
  readonly discardOnRefusal?: boolean;
  /** how late the callback came, against the deadline */
  readonly lateMs?: number;
  /** another address than the connection's */
  readonly shop?: Readonly<Record<string, string>>;
}

export interface Ground {
  readonly env: TestWorkflowEnvironment;
  readonly database: TestDatabase;
  readonly tenantId: TenantId;
  /** what the test made and did not end */
  readonly left: Set<ConnectionId>;
}

export async function newConnection(
  { env, database, tenantId, left }: Ground,
  shop: Readonly<Record<string, string>>,
): Promise<ConnectionId> {
  const id = newId('connection');
  await database.db.inTenant(tenantId, (tx) =>
    insertConnection(tx, {
      id,
      tenantId,
      platform: 'a-platform',
      registrationId: null,
      shop,
      permissions: ['orders:read'],
    }),
  );
  // The row's own clock is the database's, which does not skip.
  const now = new Date(await env.currentTimeMs());
  await database.owner.query('UPDATE connections SET created_at = $2, state_since = $2 WHERE id = $1', [
    id,
    now,
  ]);
  left.add(id);
  return id;
}

export async function authorize(
  { env, database, tenantId }: Ground,
  connectionId: ConnectionId,
  { lateMs, shop, ...how }: AuthorizeOptions,
): Promise<AuthorizeOutcome> {
  const authorizationId = newId('authorization');
  const nowMs = await env.currentTimeMs();
  await database.db.inTenant(tenantId, (tx) =>
    insertAuthorization(tx, {
      id: authorizationId,
      tenantId,
      connectionId,
      sessionId: null,
      platform: 'a-platform',
      obtain: 'pasted',
      stateHash: null,
      browserHash: null,
      sealed: Uint8Array.from(Buffer.from('{}')),
      keyVersion: 1,
      redirectUri: null,
      ...(shop === undefined ? {} : { shop }),
      expiresAt: new Date(nowMs + 600_000),
    }),
  );
  if (lateMs !== undefined) {
    const callbackAt = new Date(nowMs + 600_000 + lateMs);
    await database.owner.query('UPDATE authorizations SET callback_at = $2 WHERE id = $1', [
      authorizationId,
      callbackAt,
    ]);
  }
  const input: ConnectionInput = { tenantId, connectionId };
  // The time-skipping server has no update-with-start.
  const handle = await env.client.workflow.start(WORKFLOW_TYPES.connection, {
    workflowId: connectionWorkflowId(connectionId),
    taskQueue: TASK_QUEUES.workflows,
    args: [input],
    workflowIdConflictPolicy: 'USE_EXISTING',
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
  });
  return handle.executeUpdate<AuthorizeOutcome, [AuthorizeInput]>(UPDATES.authorize, {
    args: [{ authorizationId, ...how }],
    updateId: authorizationId,
  });
}

export async function endByRevoking({ env }: Ground, id: ConnectionId): Promise<void> {
  const handle = env.client.workflow.getHandle(connectionWorkflowId(id));
  const isOver = () =>
    handle.describe().then(
      ({ status }) => status.name !== 'RUNNING',
      () => true,
    );
  if (await isOver()) return;
  await handle.signal(SIGNALS.revoke, { by: 'test', upstream: false, erase: false });
  await until(`${id} to end`, isOver);
}
