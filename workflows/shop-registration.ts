// A shop that registers us, from its first message to its second: both are judged by an activity, and answered to the HTTP part as updates. A shop that never
// confirms leaves nothing. Decides nothing and knows no secret.
import {
  allHandlersFinished,
  condition,
  defineUpdate,
  proxyActivities,
  setHandler,
  sleep,
} from '@temporalio/workflow';
import type { LifecycleActivities } from '../activities/lifecycle-contract.ts';
import {
  type InstallInput,
  type RegistrationAnswer,
  type RegistrationConfirmed,
  UPDATES,
} from './messages.ts';
import { ONE_AUTHORIZATION, OWN_DATABASE, TEMPORAL_ITSELF } from './policies.ts';

const judging = proxyActivities<LifecycleActivities>({
  ...ONE_AUTHORIZATION,
  summary: 'judge what a registering shop sent',
});
const ending = proxyActivities<LifecycleActivities>({
  ...OWN_DATABASE,
  summary: 'end what no shop confirmed',
});
const handing = proxyActivities<LifecycleActivities>({
  ...TEMPORAL_ITSELF,
  summary: 'give the new keys to the connection',
});
/** The shop lets its new keys be used once it has read our answer. */
const UNTIL_IT_HAS_OUR_ANSWER = '3 seconds';

export async function shopRegistration({ installId, expiresAtMs }: InstallInput): Promise<void> {
  let answer: RegistrationAnswer | undefined;
  let confirming: Promise<RegistrationConfirmed> | undefined;
  let confirmed: RegistrationConfirmed | undefined;
  setHandler(defineUpdate<RegistrationAnswer>(UPDATES.answerRegistration), async () => {
    await condition(() => answer !== undefined);
    return answer ?? UNFINISHED;
  });
  setHandler(defineUpdate<RegistrationConfirmed>(UPDATES.confirmRegistration), async () => {
    confirming ??= judging.confirmRegistration({ installId }).catch(() => UNFINISHED);
    confirmed = await confirming;
    return confirmed;
  });
  answer = await judging.answerRegistration({ installId }).catch(() => UNFINISHED);
  if (answer.outcome === 'answered')
    await condition(() => confirmed !== undefined, Math.max(1, expiresAtMs - Date.now()));
  await condition(allHandlersFinished);
  if (confirmed?.outcome !== 'confirmed') return await ending.endInstall({ installId });
  if (confirmed.again === null) return;
  await sleep(UNTIL_IT_HAS_OUR_ANSWER, { summary: 'until the shop has our answer' });
  await handing.reconnectShop(confirmed.again);
}

const UNFINISHED = {
  outcome: 'refused',
  code: 'worker_unavailable',
  message: 'the registration was not judged in time',
} as const;
