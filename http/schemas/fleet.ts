// The fleet in numbers, as the API shows it.
import { z } from 'zod';

const count = z.int().min(0);

export const fleet = z
  .object({
    connections: z
      .array(z.object({ platform: z.string(), state: z.string(), count }))
      .meta({ description: 'A row per platform and state that has any' }),
    stuck: count.meta({ description: 'Their next step is overdue: the workflow does not move' }),
    drifted: count.meta({ description: 'Their syncs run although they should not, or the reverse' }),
    setAside: count.meta({ description: 'Records that could not be mapped' }),
    openBreakers: count.meta({ description: 'Platforms or registrations held back as a whole' }),
    rejectedRegistrations: count.meta({ description: 'Client registrations whose secret is refused' }),
    notifications: z.object({
      waiting: count.meta({ description: 'Objects that platforms named and that are still to be read' }),
      oldestWaitingS: z.number().min(0),
      untold: count.meta({ description: 'Uninstalls and duties to erase that nobody took yet' }),
      subscriptionsMissing: count,
      gapsOpen: count,
      gapsClosed: count,
      privacyOpen: count,
      privacyOverdue: count,
    }),
    deliveries: z.object({
      pending: count.meta({ description: 'Messages to vendors that are still to be taken' }),
      oldestPendingS: z.int().min(0),
      endpointsFailing: count,
      endpointsDisabled: count.meta({ description: 'Not by hand' }),
    }),
  })
  .meta({ id: 'Fleet' });
