// Subscriptions, what waits, gaps, and requests to erase or to report, as the API shows them.
import { z } from 'zod';
import { idOf, instant, pageOf } from './shapes.ts';

const count = z.int().min(0);

const gap = z.object({
  cause: z
    .enum(['dropped', 'disabled', 'outage'])
    .meta({ description: 'The platform dropped or disabled a subscription, or we could not be reached' }),
  from: instant,
  until: instant,
  foundAt: instant,
  closedAt: instant.nullable().meta({ description: 'When the sync that makes up for it ended' }),
});

export const subscriptions = z
  .object({
    connectionId: idOf('connection'),
    subscribedBy: z.enum(['shop', 'registration', 'merchant', 'nobody']).meta({
      description: 'Who subscribes: we for this shop, once for the app, the merchant by hand, or nobody',
    }),
    data: z.array(
      z.object({
        topic: z.string(),
        state: z.enum(['creating', 'active', 'refused']),
        code: z.string().nullable(),
        platformRef: z.string().nullable(),
        createdAt: instant,
        checkedAt: instant.nullable(),
        recreated: count,
      }),
    ),
    checkedAt: instant.nullable(),
    nextCheckAt: instant.nullable(),
    code: z.string().nullable().meta({ description: 'Why the last look did not find all as it should be' }),
    addresses: count.meta({ description: 'Addresses of this connection that are in use' }),
    lag: z.object({
      waiting: count.meta({ description: 'Objects that were named and are still to be read' }),
      oldestWaitingAt: instant.nullable(),
      lastReceivedAt: instant.nullable(),
    }),
    gaps: z.array(gap),
  })
  .meta({ id: 'Subscriptions' });

export const notificationAddress = z
  .object({
    url: z.string().meta({
      description: 'Shown once. Whoever knows it may tell things of this connection, if they can sign them',
    }),
    secret: z
      .string()
      .nullable()
      .meta({ description: 'What it is to be signed with, where the platform takes a secret; shown once' }),
    connectionId: idOf('connection'),
  })
  .meta({ id: 'NotificationAddress' });

export const privacyRequest = z
  .object({
    id: idOf('privacyRequest'),
    tenantId: idOf('tenant').nullable(),
    connectionId: idOf('connection').nullable(),
    platform: z.string(),
    kind: z.enum(['erase_customer', 'erase_shop', 'customer_data']),
    topic: z.string(),
    state: z.enum(['open', 'done', 'refused']),
    receivedAt: instant,
    dueAt: instant,
    finishedAt: instant.nullable(),
    proof: z.record(z.string(), z.unknown()).nullable().meta({ description: 'Counts alone' }),
  })
  .meta({ id: 'PrivacyRequest' });

export const privacyRequestPage = pageOf(privacyRequest);

export const privacyReport = z
  .object({
    privacyRequestId: idOf('privacyRequest'),
    records: z.array(z.object({ resource: z.string(), record: z.unknown() })),
  })
  .meta({ id: 'PrivacyReport' });
