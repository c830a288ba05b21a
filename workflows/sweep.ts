// One pass over the installation, started by a Temporal schedule: repairs drift between connections, schedules and workflows.
// All of it is one activity that may be repeated; the report is this workflow's result.
import { proxyActivities } from '@temporalio/workflow';
import type { LifecycleActivities, SweepReport } from '../activities/lifecycle-contract.ts';
import { WHOLE_SWEEP } from './policies.ts';

const whole = proxyActivities<LifecycleActivities>({ ...WHOLE_SWEEP, summary: 'compare and repair' });

export async function sweep(): Promise<SweepReport> {
  return whole.sweep();
}
