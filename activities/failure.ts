// The one place that turns an error into a Temporal failure: its type is the code, whether it is tried again comes from the table, and
// its message is the redacted one of the MooringError. Anything else is `internal`, and its text stays out of histories.
import { ApplicationFailure, CancelledFailure, TemporalFailure } from '@temporalio/common';
import { ERRORS, MooringError } from '../domain/errors.ts';

/** Waits a platform asked for are kept up to this; beyond it the workflow's own back-off is the better judge. */
const LONGEST_WAIT_MS = 15 * 60_000;

/** Gives the failure to throw. Temporal's own failures, cancellation among them, pass unchanged. */
export function toFailure(error: unknown, nowMs: number): TemporalFailure {
  if (error instanceof TemporalFailure) return error;
  if (error instanceof Error && error.name === 'AbortError') return new CancelledFailure('cancelled');
  if (!(error instanceof MooringError)) {
    const name = error instanceof Error ? error.name : typeof error;
    return ApplicationFailure.create({ type: 'internal', message: `an unexpected ${name}` });
  }
  const waitMs = error.retryAtMs === undefined ? undefined : Math.max(0, error.retryAtMs - nowMs);
  return ApplicationFailure.create({
    type: error.code,
    message: error.message,
    nonRetryable: !ERRORS[error.code].retry,
    details: [{ ...error.detail }],
    ...(waitMs === undefined ? {} : { nextRetryDelay: Math.min(waitMs, LONGEST_WAIT_MS) }),
  });
}

type Activity = (...input: never[]) => Promise<unknown>;

/** The same activities, failing only as `toFailure` says. What is unexpected is told to `log` before its text is dropped. */
export function failingSafely<A extends { readonly [K in keyof A]: Activity }>(
  activities: A,
  deps: { readonly nowMs: () => number; readonly log: (activity: string, error: unknown) => void },
): A {
  const entries = Object.entries<Activity>({ ...activities }).map(([name, run]) => [
    name,
    async (...input: never[]) => {
      try {
        return await run(...input);
      } catch (error) {
        if (!(error instanceof MooringError) && !(error instanceof TemporalFailure)) deps.log(name, error);
        throw toFailure(error, deps.nowMs());
      }
    },
  ]);
  // Every name keeps the signature it came with; Object.fromEntries cannot say so.
  return Object.fromEntries(entries) as A;
}
