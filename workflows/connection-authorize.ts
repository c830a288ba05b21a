// The two updates that may give a connection a new grant: an approval, and somebody's word on a move that waits. Order and waiting only;
// what an answer means is decided in domain/.
import { ActivityFailure, condition, proxyActivities } from '@temporalio/workflow';
import type {
  AuthorizationResult,
  CompleteAuthorizationInput,
  ConnectionRef,
  LifecycleActivities,
} from '../activities/lifecycle-contract.ts';
import { type ConnectionState, isFinal, publicState } from '../domain/connection.ts';
import { waitingMove } from '../domain/connection-move.ts';
import type { Run } from './connection-run.ts';
import type { AuthorizeInput, AuthorizeOutcome, DecideMoveInput } from './messages.ts';
import { ONE_AUTHORIZATION, TEMPORAL_ITSELF } from './policies.ts';

const authorizing = proxyActivities<LifecycleActivities>({
  ...ONE_AUTHORIZATION,
  summary: 'exchange the approval and prove the credential',
});

const temporal = proxyActivities<LifecycleActivities>(TEMPORAL_ITSELF);

export async function authorize(
  run: Run,
  ref: ConnectionRef,
  input: AuthorizeInput,
): Promise<AuthorizeOutcome> {
  await condition(() => run.isLoaded());
  await condition(() => !run.state().work.authorizing);
  run.tell({ type: 'authorization_started' });
  if (!run.state().work.authorizing) return refuseEnding(run.state());
  const discardOnRefusal = input.discardOnRefusal ?? false;
  const result = await complete({ ...ref, authorizationId: input.authorizationId, discardOnRefusal });
  if (result.outcome === 'refused') {
    run.tell({ type: 'authorization_refused', code: result.code, discard: discardOnRefusal });
  } else {
    tellGranted(run, result);
    beginShares(run, ref, result);
  }
  if (result.outcome === 'move_proposed') await written(run);
  else await durable(run);
  return answerAuthorization(run.state(), result);
}

/** A refused move ends at once; a confirmed one is proved again, since days may have passed. */
export async function decideMove(
  run: Run,
  ref: ConnectionRef,
  input: DecideMoveInput,
): Promise<AuthorizeOutcome> {
  const { authorizationId, decision, by } = input;
  await condition(() => run.isLoaded());
  await condition(() => !run.state().work.authorizing);
  if (waitingMove(run.state())?.authorizationId !== authorizationId) return noSuchMove(authorizationId);
  if (decision === 'refuse') {
    run.tell({ type: 'move_refused', authorizationId, by });
    await condition(() => run.isSettled());
    return { outcome: 'move_ended' };
  }
  run.tell({ type: 'authorization_started' });
  if (!run.state().work.authorizing) return refuseEnding(run.state());
  const result = await complete({ ...ref, authorizationId, discardOnRefusal: false, confirmedBy: by });
  if (result.outcome !== 'refused') tellGranted(run, result);
  else if (result.isStillWaiting === true)
    run.tell({ type: 'authorization_refused', code: result.code, discard: false });
  else run.tell({ type: 'move_failed', authorizationId, code: result.code });
  await written(run);
  return answerAuthorization(run.state(), result);
}

async function complete(input: CompleteAuthorizationInput): Promise<AuthorizationResult> {
  return authorizing.completeAuthorization(input).catch((error: unknown): AuthorizationResult => {
    if (!(error instanceof ActivityFailure)) throw error;
    return {
      outcome: 'refused',
      code: 'worker_unavailable',
      message: 'the authorization was not finished in time',
      ...(input.confirmedBy === undefined ? {} : { isStillWaiting: true }),
    };
  });
}

function tellGranted(run: Run, result: Exclude<AuthorizationResult, { outcome: 'refused' }>): void {
  if (result.outcome === 'move_proposed') {
    const { authorizationId, untilMs } = result;
    run.tell({ type: 'move_proposed', authorizationId, untilMs });
    return;
  }
  const { outcome: _, shares: __, ...authorized } = result;
  run.tell({ type: 'authorized', ...authorized });
}

/** The further shops of the same approval: each is its own connection, and its workflow's own affair from here on. */
function beginShares(run: Run, ref: ConnectionRef, result: AuthorizationResult): void {
  if (result.outcome !== 'authorized' || result.shares === undefined) return;
  const { shares } = result;
  const summary = `begin ${shares.length} more shops of the same approval`;
  const { tenantId } = ref;
  run.spawn(() =>
    temporal.beginShares.executeWithOptions({ ...TEMPORAL_ITSELF, summary }, [{ tenantId, shares }]),
  );
}

/** Until what was told is in Postgres, or nothing is to be written. */
async function written(run: Run): Promise<void> {
  const { seq } = run.state();
  await condition(() => run.isSettled() || run.written() >= seq);
}

/** Until what was told is in Postgres, or everything that follows from it is done. */
async function durable(run: Run): Promise<void> {
  const { seq, lifecycle } = run.state();
  const isDiscarding = lifecycle.name === 'abandoned';
  await condition(() => run.isIdle() || (run.written() >= seq && !isDiscarding));
}

function answerAuthorization(state: ConnectionState, result: AuthorizationResult): AuthorizeOutcome {
  if (result.outcome === 'refused') {
    const { isStillWaiting: _, ...refused } = result;
    return refused;
  }
  if (state.lifecycle.name === 'revoking' || isFinal(state)) return refuseEnding(state);
  if (result.outcome === 'move_proposed')
    return { outcome: 'move_proposed', authorizationId: result.authorizationId };
  if (result.missingScopes.length === 0) return { outcome: 'authorized' };
  return {
    outcome: 'refused',
    code: 'scope_missing',
    message: `the merchant did not grant "${result.missingScopes.join('", "')}"`,
    detail: { missingScopes: result.missingScopes },
  };
}

function noSuchMove(authorizationId: string): AuthorizeOutcome {
  return {
    outcome: 'refused',
    code: 'move_not_waiting',
    message: `no move "${authorizationId}" waits to be confirmed`,
  };
}

function refuseEnding(state: ConnectionState): AuthorizeOutcome {
  const code = isFinal(state) ? 'connection_final' : 'connection_revoking';
  return { outcome: 'refused', code, message: `the connection is ${publicState(state)}` };
}
