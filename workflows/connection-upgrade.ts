// The update that exchanges a connection's credential for one of another kind. The connection's workflow is the lock: nothing renews,
// approves or upgrades beside it. Order and waiting only; what an answer means is decided in domain/.
import { ActivityFailure, condition, isCancellation, proxyActivities } from '@temporalio/workflow';
import type { ConnectionRef, LifecycleActivities, UpgradeResult } from '../activities/lifecycle-contract.ts';
import { type UpgradeOutcome, upgradeEvent, upgradeStanding } from '../domain/connection-upgrade.ts';
import { ERRORS } from '../domain/errors.ts';
import type { Run } from './connection-run.ts';
import type { UpgradeCredentialInput } from './messages.ts';
import { ONE_EXCHANGE, OWN_DATABASE } from './policies.ts';

const database = proxyActivities<LifecycleActivities>(OWN_DATABASE);
const exchange = proxyActivities<LifecycleActivities>(ONE_EXCHANGE);

export async function upgradeCredential(
  run: Run,
  ref: ConnectionRef,
  input: UpgradeCredentialInput,
): Promise<UpgradeOutcome> {
  await condition(() => run.isLoaded());
  // Again after each wait: another who waited may have been first.
  while (isBusy(run)) await condition(() => !isBusy(run));
  const known = upgradeStanding(run.state(), input);
  if (known !== null) return known;
  run.tell({ type: 'upgrade_started' });
  const answer = await exchangeOnce(run, ref, input);
  run.tell(upgradeEvent(answer));
  await condition(() => run.state().work.probing === null);
  const outcome = await outcomeOf(run, input, answer);
  // Told once the connection shows what came of it.
  await condition(() => run.isSettled());
  return outcome;
}

async function exchangeOnce(
  run: Run,
  ref: ConnectionRef,
  input: UpgradeCredentialInput,
): Promise<UpgradeResult> {
  const { generation, epoch, seq, lifecycle, platform } = run.state();
  const grantedAtMs = lifecycle.name === 'active' ? lifecycle.credential.grantedAtMs : 0;
  const attempt = { ...ref, ...input, platform, generation, epoch, seq, grantedAtMs };
  const summary = `upgrade generation ${generation} to ${input.to}`;
  return exchange.upgradeCredential
    .executeWithOptions({ ...ONE_EXCHANGE, summary }, [attempt])
    .catch((error: unknown) => {
      if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error;
      // Timed out, or its worker died: what Postgres holds decides whether anything was sent, lost, or even saved.
      return database.settleLostUpgrade(attempt);
    });
}

/** A new credential is proved by a real call before anybody hears of it. */
async function outcomeOf(
  run: Run,
  input: UpgradeCredentialInput,
  answer: UpgradeResult,
): Promise<UpgradeOutcome> {
  if (answer.outcome === 'refreshed') {
    run.tell({ type: 'probe_requested', by: input.requestedBy });
    await condition(() => run.state().work.probing === null);
    const { generation, lifecycle, health } = run.state();
    const isProved = lifecycle.name === 'active' && health.status === 'ok';
    return { outcome: 'upgraded', generation, isProved };
  }
  const now = upgradeStanding(run.state(), input);
  if (now !== null && now.outcome !== 'retry_later') return now;
  switch (answer.outcome) {
    case 'failed':
      if (!ERRORS[answer.code].retry) return { outcome: 'refused', code: answer.code };
      return { outcome: 'retry_later', code: answer.code, retryAtMs: answer.retryAtMs ?? null };
    case 'dead':
      return { outcome: 'refused', code: 'credential_dead' };
    case 'unreadable':
      return { outcome: 'refused', code: 'credential_unreadable' };
    case 'lost':
      return { outcome: 'retry_later', code: 'platform_unreachable', retryAtMs: answer.clearsAtMs ?? null };
    case 'discarded':
      return { outcome: 'retry_later', code: 'stale_write', retryAtMs: null };
  }
}

function isBusy(run: Run): boolean {
  const { work } = run.state();
  return work.refreshing || work.authorizing || work.probing !== null;
}
