// A platform's breaker while it is open: holds every connection of the platform, tries a few of them with growing waits, and lets all
// go on when one works. One run a platform; it ends when the breaker closes.
import { proxyActivities, setCurrentDetails, sleep } from '@temporalio/workflow';
import type { LifecycleActivities } from '../activities/lifecycle-contract.ts';
import { backoffMs, DEFAULT_TIMINGS } from '../domain/refresh-plan.ts';
import type { BreakerInput } from './messages.ts';
import { ONE_PROBE, TEMPORAL_ITSELF, WHOLE_SWEEP } from './policies.ts';

const temporal = proxyActivities<LifecycleActivities>(TEMPORAL_ITSELF);
const probing = proxyActivities<LifecycleActivities>({ ...ONE_PROBE, summary: 'try the canaries' });
const fleet = proxyActivities<LifecycleActivities>({ ...WHOLE_SWEEP, summary: 'tell every connection' });

export async function breaker({ platform }: BreakerInput): Promise<void> {
  const held = await fleet.tellPlatform({ platform, signal: 'breakerOpened' });
  for (let failures = 0; ; failures++) {
    const waitMs = backoffMs(failures, `breaker/${platform}`, DEFAULT_TIMINGS);
    setCurrentDetails(
      `Holding ${held} connections. Canaries tried ${failures} times; next in ${Math.round(waitMs / 1000)} s.`,
    );
    await sleep(waitMs, { summary: 'next canary' });
    if (await probing.probeCanaries({ platform }).catch(() => false)) break;
  }
  await temporal.closeBreaker({ platform });
  await fleet.tellPlatform({ platform, signal: 'breakerClosed' });
}
