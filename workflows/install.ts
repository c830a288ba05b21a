// An install that is exchanged before anybody claims it: once, at once; then it waits, and what was issued is ended when nobody came. Decides nothing and
// knows no secret: what there is stands in Postgres.
import {
  allHandlersFinished,
  condition,
  defineUpdate,
  proxyActivities,
  setHandler,
  sleep,
} from '@temporalio/workflow';
import type { LifecycleActivities } from '../activities/lifecycle-contract.ts';
import { type InstallInput, type InstallOutcome, UPDATES } from './messages.ts';
import { ONE_AUTHORIZATION, UPSTREAM_REVOCATION } from './policies.ts';

const exchanging = proxyActivities<LifecycleActivities>({
  ...ONE_AUTHORIZATION,
  summary: 'exchange the code of an install',
});
const ending = proxyActivities<LifecycleActivities>({
  ...UPSTREAM_REVOCATION,
  summary: 'end what nobody claimed',
});

export async function install({ installId, expiresAtMs }: InstallInput): Promise<void> {
  let outcome: InstallOutcome | undefined;
  setHandler(defineUpdate<InstallOutcome>(UPDATES.exchangeInstall), async () => {
    await condition(() => outcome !== undefined);
    return outcome ?? UNFINISHED;
  });
  const exchanged = await exchanging.exchangeInstall({ installId }).catch(() => UNFINISHED);
  outcome = exchanged;
  await condition(allHandlersFinished);
  if (exchanged.outcome === 'left') return;
  if (exchanged.outcome === 'exchanged')
    await sleep(Math.max(0, expiresAtMs - Date.now()), { summary: 'until it can no longer be claimed' });
  await ending.endInstall({ installId });
}

const UNFINISHED: InstallOutcome = {
  outcome: 'refused',
  code: 'worker_unavailable',
  message: 'the exchange was not finished in time',
};
