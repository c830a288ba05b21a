// The commands a request may give to a connection's workflow, over the Temporal client. Decides nothing about a connection: the workflow
// does.
import { type Client, WithStartWorkflowOperation } from '@temporalio/client';
import type { EnsureFreshOutcome } from '../domain/credential.ts';
import type { ConnectionId, InstallId } from '../domain/ids.ts';
import {
  type AuthorizeInput,
  type AuthorizeOutcome,
  type ConnectionInput,
  connectionWorkflowId,
  type DecideMoveInput,
  type EnsureFreshInput,
  ensureFreshUpdate,
  type InstallInput,
  type InstallOutcome,
  installWorkflowId,
  type RefreshNowInput,
  type RegistrationAnswer,
  type RegistrationConfirmed,
  SIGNALS,
  shopRegistrationWorkflowId,
  syncScheduleId,
  TASK_QUEUES,
  type TemporaryCredentialsInput,
  type TemporaryOutcome,
  temporaryCredentialsWorkflowId,
  UPDATES,
  WORKFLOW_TYPES,
} from '../workflows/messages.ts';
import { byServer, byWorker, unlessEnded } from './temporal-answers.ts';

/** A signal that HTTP sends, with its payload. */
export type Command =
  | { readonly name: 'pause'; readonly by: string }
  | { readonly name: 'resume'; readonly by: string }
  | { readonly name: 'revoke'; readonly by: string; readonly upstream: boolean; readonly erase: boolean }
  | { readonly name: 'settingsChanged' }
  | { readonly name: 'registrationChanged'; readonly version: number };

export interface LifecycleCommands {
  /** Starts the connection's workflow, or leaves the running one alone. */
  start(connection: ConnectionInput): Promise<void>;
  /** Starts it where it does not run, and waits for the outcome of one authorization. */
  startAndAuthorize(connection: ConnectionInput, input: AuthorizeInput): Promise<AuthorizeOutcome>;
  /** As above, but null where the workflow has ended. */
  authorize(id: ConnectionId, input: AuthorizeInput): Promise<AuthorizeOutcome | null>;
  /** Somebody's word on the move that waits; null where the workflow has ended. */
  decideMove(id: ConnectionId, input: DecideMoveInput): Promise<AuthorizeOutcome | null>;
  /** Has the install's code exchanged, without waiting for it. */
  startInstall(input: InstallInput): Promise<void>;
  /** The same, and what came of it; one exchange for all who ask. */
  exchangeInstall(input: InstallInput): Promise<InstallOutcome>;
  /** Has a registering shop's first message judged, and what it is answered with. */
  answerRegistration(input: InstallInput): Promise<RegistrationAnswer>;
  /** The same of its second; null where the registration is over. */
  confirmRegistration(id: InstallId): Promise<RegistrationConfirmed | null>;
  /** OAuth 1.0a's temporary credentials, for an approval that begins. */
  askTemporary(input: TemporaryCredentialsInput): Promise<TemporaryOutcome>;
  /** One exchange for all who ask within a moment while the credential is of this generation and attempt. */
  refreshNow(
    id: ConnectionId,
    input: RefreshNowInput,
    at: { generation: number; epoch: number },
  ): Promise<EnsureFreshOutcome>;
  ensureFresh(id: ConnectionId, after: { generation: number; epoch: number }): Promise<EnsureFreshOutcome>;
  /** False where the workflow has ended: there is nobody to tell. */
  tell(id: ConnectionId, command: Command): Promise<boolean>;
  /** Runs the connection's schedule now, or right after the run under way. False where there is no schedule. */
  triggerSync(id: ConnectionId): Promise<boolean>;
  /** Throws temporal_unavailable when Temporal does not answer within a second. */
  ping(): Promise<void>;
}

/** Impatient clicks are one wish. The moment is part of it, because a probe moves neither generation nor attempt. */
function refreshNowId(at: { generation: number; epoch: number }, nowMs: number): string {
  return `refresh-now/${at.generation}/${at.epoch}/${Math.floor(nowMs / 3_000)}`;
}

const PING_TIMEOUT_MS = 1_000;

export function createLifecycleCommands(client: Client): LifecycleCommands {
  const handle = (id: ConnectionId) => client.workflow.getHandle(connectionWorkflowId(id));
  const start = (connection: ConnectionInput) => ({
    workflowId: connectionWorkflowId(connection.connectionId),
    taskQueue: TASK_QUEUES.workflows,
    args: [connection],
    workflowIdConflictPolicy: 'USE_EXISTING' as const,
    workflowIdReusePolicy: 'ALLOW_DUPLICATE' as const,
  });
  return {
    start: (connection) =>
      byServer(client, async () => {
        await client.workflow.start(WORKFLOW_TYPES.connection, start(connection));
      }),
    startAndAuthorize: (connection, input) =>
      byWorker(client, () =>
        client.workflow.executeUpdateWithStart<() => Promise<void>, AuthorizeOutcome, [AuthorizeInput]>(
          UPDATES.authorize,
          {
            args: [input],
            updateId: input.authorizationId,
            startWorkflowOperation: new WithStartWorkflowOperation(
              WORKFLOW_TYPES.connection,
              start(connection),
            ),
          },
        ),
      ),
    authorize: (id, input) =>
      unlessEnded(null, () =>
        byWorker(client, () =>
          handle(id).executeUpdate<AuthorizeOutcome, [AuthorizeInput]>(UPDATES.authorize, {
            args: [input],
            updateId: input.authorizationId,
          }),
        ),
      ),
    decideMove: (id, input) =>
      unlessEnded(null, () =>
        byWorker(client, () =>
          handle(id).executeUpdate<AuthorizeOutcome, [DecideMoveInput]>(UPDATES.decideMove, {
            args: [input],
          }),
        ),
      ),
    startInstall: (input) =>
      byServer(client, async () => {
        await client.workflow.start(WORKFLOW_TYPES.install, startOfInstall(input));
      }),
    exchangeInstall: (input) =>
      byWorker(client, () =>
        client.workflow.executeUpdateWithStart<() => Promise<void>, InstallOutcome, []>(
          UPDATES.exchangeInstall,
          {
            args: [],
            startWorkflowOperation: new WithStartWorkflowOperation(
              WORKFLOW_TYPES.install,
              startOfInstall(input),
            ),
          },
        ),
      ),
    answerRegistration: (input) =>
      byWorker(client, () =>
        client.workflow.executeUpdateWithStart<() => Promise<void>, RegistrationAnswer, []>(
          UPDATES.answerRegistration,
          {
            args: [],
            startWorkflowOperation: new WithStartWorkflowOperation(WORKFLOW_TYPES.shopRegistration, {
              ...startOfInstall(input),
              workflowId: shopRegistrationWorkflowId(input.installId),
            }),
          },
        ),
      ),
    confirmRegistration: (id) =>
      unlessEnded(null, () =>
        byWorker(client, () =>
          client.workflow
            .getHandle(shopRegistrationWorkflowId(id))
            .executeUpdate<RegistrationConfirmed, []>(UPDATES.confirmRegistration),
        ),
      ),
    askTemporary: (input) =>
      byWorker(client, () =>
        client.workflow.execute<(input: TemporaryCredentialsInput) => Promise<TemporaryOutcome>>(
          WORKFLOW_TYPES.temporaryCredentials,
          {
            workflowId: temporaryCredentialsWorkflowId(input.authorizationId),
            taskQueue: TASK_QUEUES.workflows,
            args: [input],
          },
        ),
      ),
    refreshNow: (id, input, at) =>
      unlessEnded({ outcome: 'revoked' }, () =>
        byWorker(client, () =>
          handle(id).executeUpdate<EnsureFreshOutcome, [RefreshNowInput]>(UPDATES.refreshNow, {
            args: [input],
            updateId: refreshNowId(at, Date.now()),
          }),
        ),
      ),
    ensureFresh: (id, after) =>
      unlessEnded({ outcome: 'revoked' }, () =>
        byWorker(client, () =>
          handle(id).executeUpdate<EnsureFreshOutcome, [EnsureFreshInput]>(
            UPDATES.ensureFresh,
            ensureFreshUpdate(after),
          ),
        ),
      ),
    tell: (id, { name, ...payload }) =>
      unlessEnded(false, () =>
        byServer(client, async () => {
          await handle(id).signal(SIGNALS[name], payload);
          return true;
        }),
      ),
    triggerSync: (id) =>
      unlessEnded(false, () =>
        byServer(client, async () => {
          await client.schedule.getHandle(syncScheduleId(id)).trigger('BUFFER_ONE');
          return true;
        }),
      ),
    ping: () =>
      byServer(client, async () => void (await client.workflowService.getSystemInfo({})), PING_TIMEOUT_MS),
  };
}

function startOfInstall(input: InstallInput) {
  return {
    workflowId: installWorkflowId(input.installId),
    taskQueue: TASK_QUEUES.workflows,
    args: [input],
    workflowIdConflictPolicy: 'USE_EXISTING' as const,
    workflowIdReusePolicy: 'ALLOW_DUPLICATE' as const,
  };
}
