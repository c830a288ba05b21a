// Performs what the lifecycle's rules ask for, and tells what came of it. Order and waiting only: every decision is in domain/.
import {
  ActivityFailure,
  CancellationScope,
  condition,
  isCancellation,
  proxyActivities,
} from '@temporalio/workflow';
import type { ConnectionRef, LifecycleActivities } from '../activities/lifecycle-contract.ts';
import type { ProbeReason, UpstreamRevocation } from '../domain/connection.ts';
import { probeEvent, refreshEvent } from '../domain/connection-events.ts';
import type { Run, Task } from './connection-run.ts';
import { ONE_EXCHANGE, ONE_PROBE, OWN_DATABASE, TEMPORAL_ITSELF, UPSTREAM_REVOCATION } from './policies.ts';

const database = proxyActivities<LifecycleActivities>(OWN_DATABASE);
const exchange = proxyActivities<LifecycleActivities>(ONE_EXCHANGE);
const probing = proxyActivities<LifecycleActivities>(ONE_PROBE);
const temporal = proxyActivities<LifecycleActivities>(TEMPORAL_ITSELF);
const upstream = proxyActivities<LifecycleActivities>({
  ...UPSTREAM_REVOCATION,
  summary: 'end the grant at the platform',
});

/** Performs the tasks in order. Writes are awaited, so that rows follow the order of transitions; the rest runs beside. */
export async function performTasks(run: Run, ref: ConnectionRef): Promise<void> {
  for (let task = run.nextTask(); task !== undefined; task = run.nextTask()) {
    await perform(run, ref, task);
  }
}

async function perform(run: Run, ref: ConnectionRef, task: Task): Promise<void> {
  switch (task.type) {
    case 'projection':
      await database.writeProjection.executeWithOptions(
        {
          ...OWN_DATABASE,
          summary: `${words(task.projection.transition.event.type)} → ${task.projection.state}`,
        },
        [task.projection],
      );
      run.noteWritten(task.projection.seq);
      return;
    case 'set_schedule':
      return run.spawn(() => setSchedule(run, ref));
    case 'refresh':
      return run.spawn(() => refresh(run, ref));
    case 'probe':
      return run.spawn(() => probe(run, ref, task.reason));
    case 'report_registration':
      return run.spawn(() =>
        database.reportRegistration.executeWithOptions(
          { ...OWN_DATABASE, summary: 'tell that the platform refuses our client secret' },
          [ref],
        ),
      );
    case 'weigh_breaker':
      return run.spawn(() =>
        temporal.weighBreaker.executeWithOptions(
          { ...TEMPORAL_ITSELF, summary: 'do many connections of the platform fail?' },
          [{ platform: run.state().platform }],
        ),
      );
    case 'revoke':
      return run.spawn(() => revoke(run, ref, task));
    case 'end_move':
      return run.spawn(() =>
        database.endMove.executeWithOptions(
          { ...OWN_DATABASE, summary: `destroy the credential of a move that was ${task.because}` },
          [{ ...ref, authorizationId: task.authorizationId, because: task.because, by: task.by }],
        ),
      );
    case 'discard':
      return run.spawn(() => database.discardConnection({ ...ref, row: task.row }));
  }
}

/** One at a time, always towards what is wished now: an older wish never lands after a newer one. */
async function setSchedule(run: Run, ref: ConnectionRef): Promise<void> {
  await run.oneAtATime(async () => {
    const pausedNote = run.wish();
    if (pausedNote === undefined) return;
    const summary = pausedNote === null ? 'sync' : `do not sync: ${pausedNote}`;
    await temporal.setSchedule.executeWithOptions({ ...TEMPORAL_ITSELF, summary }, [{ ...ref, pausedNote }]);
  });
}

async function refresh(run: Run, ref: ConnectionRef): Promise<void> {
  const { generation, epoch, seq, lifecycle } = run.state();
  const grantedAtMs = lifecycle.name === 'active' ? lifecycle.credential.grantedAtMs : 0;
  const attempt = { ...ref, generation, epoch, seq, grantedAtMs };
  const answer = await exchange.refreshCredential
    .executeWithOptions({ ...ONE_EXCHANGE, summary: `refresh generation ${generation}, attempt ${epoch}` }, [
      attempt,
    ])
    .catch((error: unknown) => {
      if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error;
      // Timed out, or its worker died: what Postgres holds decides whether anything was sent, lost, or even saved.
      return database.settleLostRefresh(attempt);
    });
  run.tell(refreshEvent(answer));
}

async function probe(run: Run, ref: ConnectionRef, reason: ProbeReason): Promise<void> {
  const { generation } = run.state();
  const answer = await probing.probeConnection
    .executeWithOptions({ ...ONE_PROBE, summary: `does generation ${generation} work? (${words(reason)})` }, [
      { ...ref, generation, reason },
    ])
    .catch((error: unknown) => {
      if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error;
      return { outcome: 'failed', generation, code: 'platform_unreachable' } as const;
    });
  run.tell(probeEvent(answer));
}

/** fence → cancel runs → revoke at the platform → destroy secrets, whatever the platform answered. */
async function revoke(run: Run, ref: ConnectionRef, wish: Extract<Task, { type: 'revoke' }>): Promise<void> {
  await database.fence.executeWithOptions({ ...OWN_DATABASE, summary: 'no job may use it from now on' }, [
    ref,
  ]);
  // In this order: a schedule that is gone no longer tells which runs it started.
  const stopping = { ...TEMPORAL_ITSELF, summary: 'stop the sync that runs' };
  await temporal.cancelRuns.executeWithOptions(stopping, [ref]);
  await run.oneAtATime(() => temporal.removeSchedule(ref));
  const told: UpstreamRevocation = wish.told ? 'confirmed' : 'unconfirmed';
  const settled = wish.upstream ? await revokeUpstream(run, ref) : told;
  const destroying = {
    ...OWN_DATABASE,
    summary: wish.erase ? 'destroy secrets and records' : 'destroy secrets',
  };
  await database.destroyCredential.executeWithOptions(destroying, [{ ...ref, erase: wish.erase }]);
  run.tell({ type: 'revocation_finished', upstream: settled });
}

/** Up to 24 h, or until somebody asks to destroy now. */
async function revokeUpstream(run: Run, ref: ConnectionRef): Promise<UpstreamRevocation> {
  const scope = new CancellationScope();
  const asked = scope
    .run(() => upstream.revokeUpstream(ref))
    .catch((error: unknown): UpstreamRevocation => {
      if (error instanceof ActivityFailure || isCancellation(error)) return 'unconfirmed';
      throw error;
    });
  const isHurried = () => {
    const { lifecycle } = run.state();
    return lifecycle.name === 'revoking' && !lifecycle.upstream;
  };
  const settled = await Promise.race([
    asked,
    condition(isHurried).then((): UpstreamRevocation => 'unconfirmed'),
  ]);
  scope.cancel();
  return settled;
}

/** A name of the code as a reader of Temporal's UI would say it. */
function words(name: string): string {
  return name.replaceAll('_', ' ');
}
