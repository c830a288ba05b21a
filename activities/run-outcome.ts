// What an error means for a sync run: whether the run goes on with its other resources, ends and is reported, or is tried again by Temporal.
import { type ErrorCode, MooringError } from '../domain/errors.ts';

export type Meaning =
  /** our own database, a lost race, a cancellation: Temporal starts the next attempt, or ends the run */
  | 'throw'
  /** this resource goes no further in this run; the others may */
  | 'resource'
  /** the whole connection is concerned: nothing more is asked of the platform */
  | 'run';

const OF_CODE: Readonly<Partial<Record<ErrorCode, Meaning>>> = {
  store_unavailable: 'throw',
  audit_unavailable: 'throw',
  key_unavailable: 'throw',
  stale_write: 'throw',
  temporal_unavailable: 'throw',
  scope_missing: 'resource',
  platform_rejected: 'resource',
  platform_not_found: 'resource',
  platform_answer_invalid: 'resource',
  platform_answer_too_large: 'resource',
};

export function meaningOf(error: unknown): Meaning {
  if (!(error instanceof MooringError)) return 'throw';
  return OF_CODE[error.code] ?? 'run';
}

/** One resource's trouble, kept until the run ends. */
export interface ResourceFailure {
  readonly code: ErrorCode;
  readonly message: string;
}

export function failureOf(error: MooringError): ResourceFailure {
  return { code: error.code, message: error.message };
}
