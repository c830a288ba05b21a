// One request of a platform to erase or to report: carried out at once and until it is done, or kept for the vendor until its deadline. Decides nothing and knows
// nobody: whom it concerns is sealed in Postgres.
import { proxyActivities, sleep } from '@temporalio/workflow';
import type { PrivacyActivities } from '../activities/fulfil-privacy.ts';
import type { PrivacyInput } from './messages.ts';
import { PRIVACY } from './policies.ts';

const carrying = proxyActivities<PrivacyActivities>({ ...PRIVACY, summary: 'erase, or count what is held' });
const closing = proxyActivities<PrivacyActivities>({ ...PRIVACY, summary: 'forget whom it was about' });

export async function privacy({ privacyRequestId, dueAtMs }: PrivacyInput): Promise<void> {
  const outcome = await carrying.fulfilPrivacy({ privacyRequestId });
  if (outcome === 'done') return;
  await sleep(Math.max(0, dueAtMs - Date.now()), { summary: 'until the report is fetched no more' });
  await closing.closePrivacy({ privacyRequestId });
}
