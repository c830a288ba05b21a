// What is read page by page: runs, timelines, records, events, audit.
import { z } from 'zod';
import { instant, pageOf } from './shapes.ts';

export const RUN_STATUSES = [
  'running',
  'completed',
  'held',
  'partial',
  'failed',
  'cancelled',
  'interrupted',
] as const;

export const syncRun = z
  .object({
    id: z.string(),
    connectionId: z.string(),
    trigger: z.string(),
    status: z.enum(RUN_STATUSES).meta({
      description:
        'held: all is in, but deletions wait for a confirmation (POST …/confirm-deletions); partial: some resources failed; interrupted: its worker was lost',
    }),
    progress: z
      .record(z.string(), z.unknown())
      .meta({ description: 'resource → pages, seen, written, unchanged, deleted, setAside, done' }),
    error: z.unknown().nullable(),
    heldDeletions: z
      .record(z.string(), z.unknown())
      .nullable()
      .meta({ description: 'resource → how many deletions wait for a confirmation' }),
    startedAt: instant,
    finishedAt: instant.nullable(),
  })
  .meta({ id: 'SyncRun' });
export const syncRunPage = pageOf(syncRun);

export const timelineEntry = z
  .object({
    seq: z.int(),
    event: z.looseObject({ type: z.string() }),
    from: z.string(),
    to: z.string(),
    at: instant,
  })
  .meta({ id: 'TimelineEntry' });
export const timelinePage = pageOf(timelineEntry);

export const setAside = z
  .object({
    resource: z.string(),
    platformId: z.string(),
    runId: z.string(),
    reason: z.string(),
    path: z.string().nullable(),
    at: instant,
  })
  .meta({ id: 'SetAside' });
export const setAsidePage = pageOf(setAside);

export const feedRecord = z
  .object({
    connectionId: z.string(),
    platformId: z.string(),
    record: z
      .unknown()
      .nullable()
      .meta({ description: 'The unified record (docs/records.md); null when it was deleted' }),
    platformUpdatedAt: instant.nullable(),
    firstSeenAt: instant,
    changedAt: instant,
    deletedAt: instant.nullable(),
  })
  .meta({ id: 'FeedRecord' });

export const feedEvent = z
  .object({
    id: z.string(),
    tenantId: z.string(),
    type: z.string(),
    connectionId: z.string().nullable(),
    data: z.unknown(),
    at: instant,
  })
  .meta({ id: 'Event' });

/** A feed never ends: nextCursor is where to go on, also when the page is empty. */
export function feedOf<T extends z.ZodType>(item: T) {
  return z.object({ data: z.array(item), nextCursor: z.string(), hasMore: z.boolean() });
}

export const auditEvent = z
  .object({
    id: z.string(),
    tenantId: z.string().nullable(),
    actor: z.string(),
    action: z.string(),
    target: z.string(),
    connectionId: z.string().nullable(),
    outcome: z.string(),
    reason: z.string(),
    detail: z.unknown(),
    at: instant,
    chainPosition: z.string().nullable(),
    hash: z.string().nullable().meta({ description: 'hex; null until the chain has it, within a second' }),
  })
  .meta({ id: 'AuditEvent' });
export const auditPage = pageOf(auditEvent);
