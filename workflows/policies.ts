// How long each kind of activity may take and how it is tried again. Decided here alone, so that a reviewer reads them together.
import type { ActivityOptions } from '@temporalio/workflow';
import { TASK_QUEUES } from './messages.ts';

/** Reads and writes of our own database: tried until it answers. */
export const OWN_DATABASE: ActivityOptions = {
  taskQueue: TASK_QUEUES.lifecycle,
  startToCloseTimeout: '10 seconds',
  retry: { initialInterval: '250 milliseconds', backoffCoefficient: 2, maximumInterval: '30 seconds' },
};

/**
 * One exchange at a platform's token endpoint. Never tried again by Temporal: a rotating refresh token may be used up although
 * the answer was lost, and only the workflow's ambiguous branch may decide. 12 s is more than the 8 s the HTTP call may take.
 */
export const ONE_EXCHANGE: ActivityOptions = {
  taskQueue: TASK_QUEUES.lifecycle,
  startToCloseTimeout: '12 seconds',
  retry: { maximumAttempts: 1 },
};

/** A single-use code or pasted key: exchanged and proved by a real call, once. */
export const ONE_AUTHORIZATION: ActivityOptions = {
  taskQueue: TASK_QUEUES.lifecycle,
  startToCloseTimeout: '40 seconds',
  retry: { maximumAttempts: 1 },
};

/** A harmless call that says whether the credential works; its failure is an answer, so the workflow decides on the next. */
export const ONE_PROBE: ActivityOptions = {
  taskQueue: TASK_QUEUES.lifecycle,
  startToCloseTimeout: '20 seconds',
  retry: { maximumAttempts: 1 },
};

/** The end of a grant at the platform: for 24 h, then the secrets are destroyed all the same. */
export const UPSTREAM_REVOCATION: ActivityOptions = {
  taskQueue: TASK_QUEUES.lifecycle,
  startToCloseTimeout: '20 seconds',
  scheduleToCloseTimeout: '24 hours',
  retry: { initialInterval: '5 seconds', backoffCoefficient: 2, maximumInterval: '30 minutes' },
};

/** Calls of Temporal itself: schedules, signals to many workflows. */
export const TEMPORAL_ITSELF: ActivityOptions = {
  taskQueue: TASK_QUEUES.lifecycle,
  startToCloseTimeout: '30 seconds',
  retry: { initialInterval: '500 milliseconds', backoffCoefficient: 2, maximumInterval: '1 minute' },
};

/** One pass of the sweep over the whole installation. */
export const WHOLE_SWEEP: ActivityOptions = {
  taskQueue: TASK_QUEUES.lifecycle,
  startToCloseTimeout: '10 minutes',
  heartbeatTimeout: '30 seconds',
  retry: { initialInterval: '5 seconds', maximumAttempts: 3 },
};

/** A duty by law, over the rows of a connection or of all of an app: tried until it is done. */
export const PRIVACY: ActivityOptions = {
  taskQueue: TASK_QUEUES.lifecycle,
  startToCloseTimeout: '5 minutes',
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '5 minutes' },
};

/** A stretch of work on many connections, one after another. A dead worker shows after 10 s without a heartbeat; the next one goes on. */
export const MANY_CONNECTIONS: ActivityOptions = {
  taskQueue: TASK_QUEUES.lifecycle,
  startToCloseTimeout: '10 minutes',
  heartbeatTimeout: '10 seconds',
  retry: { initialInterval: '500 milliseconds', backoffCoefficient: 2, maximumInterval: '30 seconds' },
};

/**
 * About 45 s of pages. A dead worker shows after 5 s without a heartbeat. Tried again where our own side failed; what a platform
 * refused ends the run inside the activity.
 */
export const MANY_PAGES: ActivityOptions = {
  taskQueue: TASK_QUEUES.pages,
  startToCloseTimeout: '10 minutes',
  heartbeatTimeout: '5 seconds',
  retry: {
    initialInterval: '250 milliseconds',
    backoffCoefficient: 2,
    maximumInterval: '30 seconds',
    maximumAttempts: 20,
  },
};

/** The end of a run that could not end itself: its row must not stay `running`. */
export const RUN_END: ActivityOptions = {
  taskQueue: TASK_QUEUES.pages,
  startToCloseTimeout: '10 seconds',
  retry: { initialInterval: '250 milliseconds', backoffCoefficient: 2, maximumInterval: '30 seconds' },
};
