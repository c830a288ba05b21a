// Who is asked may have ended meanwhile: that is an answer here, not an error.
import { ScheduleNotFoundError, WorkflowNotFoundError } from '@temporalio/client';

/** `ended` where the workflow has ended or the schedule is gone. */
export async function unlessEnded<T>(ended: T, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof WorkflowNotFoundError || error instanceof ScheduleNotFoundError) return ended;
    throw error;
  }
}
