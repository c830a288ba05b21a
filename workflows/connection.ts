// One connection's life, from connect to revoked, for years: waits for messages and deadlines, applies the domain's rules, has their
// effects performed. Decides nothing; holds ids, instants and counts, never a secret. The workflow is the lock of its credential.
import {
  allHandlersFinished,
  condition,
  continueAsNew,
  defineQuery,
  defineSignal,
  defineUpdate,
  patched,
  proxyActivities,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { ConnectionRef, LifecycleActivities } from '../activities/lifecycle-contract.ts';
import { type ConnectionState, isFinal, publicState } from '../domain/connection.ts';
import { reasonOf } from '../domain/connection-consequences.ts';
import { runEvent } from '../domain/connection-events.ts';
import { restore } from '../domain/connection-projection.ts';
import { freshness, nextRefreshAtMs, nextWake } from '../domain/connection-wake.ts';
import type { EnsureFreshOutcome } from '../domain/credential.ts';
import { authorize, decideMove } from './connection-authorize.ts';
import { attributesOf, cardOf } from './connection-card.ts';
import { createRun, type Run } from './connection-run.ts';
import { performTasks } from './connection-tasks.ts';
import { upgradeCredential } from './connection-upgrade.ts';
import {
  type AuthorizeInput,
  type AuthorizeOutcome,
  type ConnectionInput,
  type ConnectionSummary,
  type DecideMoveInput,
  type EnsureFreshInput,
  type PauseInput,
  QUERIES,
  type RefreshNowInput,
  type RegistrationChangedInput,
  type ResumeInput,
  type RevokeInput,
  type RunReportedInput,
  SIGNALS,
  type UninstalledInput,
  UPDATES,
  type UpgradeCredentialInput,
  type UpgradeOutcome,
} from './messages.ts';
import { OWN_DATABASE } from './policies.ts';

const database = proxyActivities<LifecycleActivities>(OWN_DATABASE);

/** `carried` is the state of the run before, when this one continues it. */
export async function connection(input: ConnectionInput, carried?: ConnectionState): Promise<void> {
  const ref: ConnectionRef = { tenantId: input.tenantId, connectionId: input.connectionId };
  const run = createRun();
  takeSignals(run, ref);
  takeUpdates(run, ref);
  if (carried !== undefined) run.load(carried);
  else if (!(await begin(run, ref))) return;
  const show = presenter(run);

  for (;;) {
    await performTasks(run, ref);
    run.check();
    show();
    if (isFinal(run.state())) {
      await condition(() => run.hasTasks() || (run.isIdle() && allHandlersFinished()));
      if (!run.hasTasks()) return;
      continue;
    }
    if (isLong(run.state()) && run.isIdle()) {
      await condition(() => run.hasTasks() || (run.isIdle() && allHandlersFinished()));
      if (!run.hasTasks()) await continueAsNew<typeof connection>(input, run.state());
      continue;
    }
    await waitForSomething(run);
  }
}

/** Reads what Postgres knows. A final connection begins again; a missing one has no life. */
async function begin(run: Run, ref: ConnectionRef): Promise<boolean> {
  const stored = await database.loadConnection(ref);
  if (stored === null) return false;
  if (stored.lifecycle === 'revoked' || stored.lifecycle === 'abandoned')
    await database.reopenConnection(ref);
  const state = restore(stored);
  run.load(state);
  run.tell({ type: 'restored' });
  return true;
}

async function waitForSomething(run: Run): Promise<void> {
  const seen = run.changes();
  const isChanged = () => run.changes() !== seen;
  const wake = nextWake(run.state());
  if (wake === null) return condition(isChanged);
  const waitMs = wake.atMs - Date.now();
  if (waitMs > 0) {
    const summary = `${wake.type.replaceAll('_', ' ')} at ${new Date(wake.atMs).toISOString()}`;
    if (await condition(isChanged, waitMs, { summary })) return;
  }
  const before = run.state();
  run.tell({ type: wake.type });
  // A deadline that means nothing in this state must not be told again and again.
  if (run.state() === before) await condition(() => run.changes() !== seen + 1);
}

/** Whether the history has grown enough to begin a new one. */
function isLong(state: ConnectionState): boolean {
  const info = workflowInfo();
  const own = state.timings.continueAfterEvents;
  return (
    info.continueAsNewSuggested ||
    info.targetWorkerDeploymentVersionChanged ||
    (own !== null && info.historyLength >= own)
  );
}

/** Shows the state in Temporal's UI when it changed. */
function presenter(run: Run): () => void {
  let shownCard = '';
  let shownAttributes = '';
  return () => {
    const card = cardOf(run.state());
    if (card !== shownCard) setCurrentDetails(card);
    shownCard = card;
    const attributes = attributesOf(run.state());
    const text = JSON.stringify(attributes);
    if (text !== shownAttributes) upsertSearchAttributes(attributes);
    shownAttributes = text;
  };
}

function takeSignals(run: Run, ref: ConnectionRef): void {
  setHandler(defineSignal<[PauseInput]>(SIGNALS.pause), ({ by }) => run.tell({ type: 'paused', by }));
  setHandler(defineSignal<[ResumeInput]>(SIGNALS.resume), ({ by }) => run.tell({ type: 'resumed', by }));
  setHandler(defineSignal<[RevokeInput]>(SIGNALS.revoke), ({ by, upstream, erase }) =>
    run.tell({ type: 'revoke_requested', by, upstream, erase }),
  );
  setHandler(defineSignal<[RunReportedInput]>(SIGNALS.runReported), ({ health, finishedAtMs }) =>
    run.tell(runEvent(health, finishedAtMs)),
  );
  setHandler(defineSignal<[UninstalledInput]>(SIGNALS.uninstalled), ({ atMs }) =>
    run.tell({ type: 'uninstalled', uninstalledAtMs: atMs }),
  );
  setHandler(defineSignal<[RegistrationChangedInput]>(SIGNALS.registrationChanged), async () => {
    // What is under way may still be refused for the old secret; told before that refusal, the new one would wait an hour.
    await condition(() => !run.isLoaded() || !isUsingCredential(run.state()));
    run.tell({ type: 'registration_changed' });
  });
  setHandler(defineSignal(SIGNALS.breakerOpened), () => run.tell({ type: 'breaker_opened' }));
  setHandler(defineSignal(SIGNALS.breakerClosed), () => run.tell({ type: 'breaker_closed' }));
  setHandler(defineSignal(SIGNALS.settingsChanged), async () => {
    const timings = await database.readTimings(ref);
    run.tell({ type: 'settings_changed', timings });
  });
}

function takeUpdates(run: Run, ref: ConnectionRef): void {
  setHandler(
    defineUpdate<AuthorizeOutcome, [AuthorizeInput]>(UPDATES.authorize),
    (input) => authorize(run, ref, input),
    { description: 'exchange one approval and prove it by a real call' },
  );
  setHandler(
    defineUpdate<AuthorizeOutcome, [DecideMoveInput]>(UPDATES.decideMove),
    (input) => decideMove(run, ref, input),
    { description: 'confirm or refuse the new address of a shop' },
  );
  setHandler(defineUpdate<EnsureFreshOutcome, [EnsureFreshInput]>(UPDATES.ensureFresh), (input) =>
    ensureFresh(run, input.afterGeneration),
  );
  setHandler(defineUpdate<EnsureFreshOutcome, [RefreshNowInput]>(UPDATES.refreshNow), (input) =>
    refreshNow(run, input),
  );
  setHandler(
    defineUpdate<UpgradeOutcome, [UpgradeCredentialInput]>(UPDATES.upgradeCredential),
    (input) => upgradeCredential(run, ref, input),
    { description: 'exchange the credential for one of another kind, once' },
  );
  setHandler(defineQuery<ConnectionSummary | null>(QUERIES.describe), () =>
    run.isLoaded() ? summarize(run.state()) : null,
  );
}

/** Returns at once when the generation has moved, joins the attempt under way, or begins one. Never fails for a passing error. */
async function ensureFresh(run: Run, afterGeneration: number): Promise<EnsureFreshOutcome> {
  await condition(() => run.isLoaded());
  const answer = () => freshness(run.state(), afterGeneration, Date.now());
  const known = answer();
  if (known !== null) return known;
  run.tell({ type: 'refresh_requested', by: 'use' });
  await condition(() => answer() !== null || !isRenewing(run.state()));
  return answer() ?? { outcome: 'retry_later', retryAtMs: Date.now() + 1_000 };
}

async function refreshNow(run: Run, input: RefreshNowInput): Promise<EnsureFreshOutcome> {
  await condition(() => run.isLoaded());
  const { generation, renew } = run.state();
  if (renew === 'none') {
    run.tell({ type: 'probe_requested', by: input.requestedBy });
    await condition(() => run.state().work.probing === null);
  } else {
    run.tell({ type: 'refresh_requested', by: input.requestedBy });
    await condition(() => !isRenewing(run.state()));
    // A fresh credential says nothing about a shop that was closed: whoever asks now wants to know now.
    const isStillDegraded = run.state().health.status === 'degraded' && run.state().generation > generation;
    if (isStillDegraded && patched('probe-after-refresh-asked-for')) {
      run.tell({ type: 'probe_requested', by: input.requestedBy });
      await condition(() => run.state().work.probing === null);
    }
  }
  const state = run.state();
  if (
    state.health.status === 'degraded' &&
    state.lifecycle.name === 'active' &&
    state.generation === generation
  ) {
    return { outcome: 'retry_later', retryAtMs: state.health.nextTryAtMs };
  }
  const after = renew === 'none' ? generation - 1 : generation;
  return freshness(state, after, Date.now()) ?? { outcome: 'retry_later', retryAtMs: Date.now() + 1_000 };
}

function isRenewing(state: ConnectionState): boolean {
  return state.work.refreshing || state.work.authorizing;
}

function isUsingCredential(state: ConnectionState): boolean {
  return isRenewing(state) || state.work.probing !== null;
}

function summarize(state: ConnectionState): ConnectionSummary {
  const { lifecycle, health } = state;
  return {
    state: publicState(state),
    lifecycle: lifecycle.name,
    seq: state.seq,
    generation: state.generation,
    epoch: state.epoch,
    sinceMs: state.sinceMs,
    expiresAtMs: lifecycle.name === 'active' ? lifecycle.credential.expiresAtMs : null,
    nextRefreshAtMs: nextRefreshAtMs(state),
    nextTryAtMs: health.status === 'degraded' ? health.nextTryAtMs : null,
    pausedBy: state.pausedBy,
    reauthReason: lifecycle.name === 'reauth_required' ? lifecycle.reason : null,
    healthCause: lifecycle.name === 'active' ? reasonOf(state) : null,
  };
}
