// How long a request waits for Temporal, and what it says of an answer that does not come.
import {
  type Client,
  isGrpcServiceError,
  ScheduleNotFoundError,
  ServiceError,
  WorkflowNotFoundError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { MooringError } from '../domain/errors.ts';

/** What the server answers by itself. Long enough for one that is started again. */
const SERVER_TIMEOUT_MS = 15_000;
/** What a worker has to do first. Longer than an exchange and its proof take. */
const WORKER_TIMEOUT_MS = 45_000;

/** A start, a signal, a description, a schedule. Throws temporal_unavailable rather than hanging. */
export async function byServer<T>(
  client: Client,
  call: () => Promise<T>,
  timeoutMs = SERVER_TIMEOUT_MS,
): Promise<T> {
  try {
    return await client.withDeadline(Date.now() + timeoutMs, call);
  } catch (error) {
    throw isLate(error) || isUnavailable(error) ? noServer(error) : error;
  }
}

/** An update, or what a workflow came to. Throws temporal_unavailable or worker_unavailable rather than hanging. */
export async function byWorker<T>(client: Client, call: () => Promise<T>): Promise<T> {
  try {
    return await client.withDeadline(Date.now() + WORKER_TIMEOUT_MS, call);
  } catch (error) {
    if (isLate(error)) {
      throw new MooringError('worker_unavailable', 'no worker answered in time', { cause: error });
    }
    throw isUnavailable(error) ? noServer(error) : error;
  }
}

function noServer(cause: unknown): MooringError {
  return new MooringError('temporal_unavailable', 'Temporal did not answer', { cause });
}

/** gRPC DEADLINE_EXCEEDED. */
function isLate(error: unknown): boolean {
  return error instanceof WorkflowUpdateRPCTimeoutOrCancelledError || grpcCodeOf(error) === 4;
}

/** gRPC RESOURCE_EXHAUSTED, ABORTED, UNAVAILABLE: what may succeed when it is asked again. */
function isUnavailable(error: unknown): boolean {
  const code = grpcCodeOf(error);
  return code === 8 || code === 10 || code === 14;
}

/** The client wraps what gRPC said of most calls in an error of its own. */
function grpcCodeOf(error: unknown): number | undefined {
  const told = error instanceof ServiceError ? error.cause : error;
  return isGrpcServiceError(told) ? told.code : undefined;
}

/** `ended` where the workflow has ended or the schedule is gone: there is nobody to ask. */
export async function unlessEnded<T, E>(ended: E, call: () => Promise<T>): Promise<T | E> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof WorkflowNotFoundError || error instanceof ScheduleNotFoundError) return ended;
    throw error;
  }
}
