// Asks for OAuth 1.0a's temporary credentials, once, for an approval that is about to begin. Knows no secret.
import { proxyActivities } from '@temporalio/workflow';
import type { LifecycleActivities } from '../activities/lifecycle-contract.ts';
import type { TemporaryCredentialsInput, TemporaryOutcome } from './messages.ts';
import { ONE_EXCHANGE } from './policies.ts';

const asking = proxyActivities<LifecycleActivities>({
  ...ONE_EXCHANGE,
  summary: 'ask for temporary credentials',
});

export async function temporaryCredentials(input: TemporaryCredentialsInput): Promise<TemporaryOutcome> {
  return await asking.askTemporary(input).catch(() => UNFINISHED);
}

const UNFINISHED: TemporaryOutcome = {
  outcome: 'refused',
  code: 'platform_unreachable',
  message: 'the platform did not answer in time',
};
