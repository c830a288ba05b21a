// Turns what an activity or a run answered into the event it stands for. Pure; one place, so that a new answer cannot be forgotten.
import type { ConnectionEvent } from './connection-happenings.ts';
import type { ErrorCode } from './errors.ts';
import type { Resource } from './resource.ts';

type WithoutInstant<E> = E extends ConnectionEvent ? Omit<E, 'atMs'> : never;
/** An event before the workflow's clock dates it. */
export type Told = WithoutInstant<ConnectionEvent>;

interface FailedAnswer {
  readonly code: ErrorCode;
  readonly retryAtMs?: number;
}

type RefreshAnswer =
  | {
      readonly outcome: 'refreshed';
      readonly generation: number;
      readonly epoch: number;
      readonly credential: Extract<Told, { type: 'refreshed' }>['credential'];
    }
  | ({ readonly outcome: 'failed'; readonly epoch: number; readonly isUnsent?: true } & FailedAnswer)
  | {
      readonly outcome: 'dead';
      readonly epoch: number;
      readonly generation: number;
      readonly isUninstalled?: true;
    }
  | { readonly outcome: 'lost'; readonly epoch: number; readonly clearsAtMs?: number }
  | { readonly outcome: 'unreadable' | 'discarded'; readonly epoch: number };

/** What became of an exchange. */
export function refreshEvent(answer: RefreshAnswer): Told {
  const { epoch } = answer;
  switch (answer.outcome) {
    case 'refreshed':
      return { type: 'refreshed', generation: answer.generation, epoch, credential: answer.credential };
    case 'failed':
      return {
        type: 'refresh_failed',
        epoch,
        failure: { code: answer.code, retryAtMs: answer.retryAtMs },
        ...(answer.isUnsent === true ? { isUnsent: true } : {}),
      };
    case 'dead':
      return {
        type: 'grant_died',
        generation: answer.generation,
        epoch,
        ...(answer.isUninstalled === true ? { isUninstalled: true } : {}),
      };
    case 'unreadable':
      return { type: 'secret_did_not_open', epoch };
    case 'discarded':
      return { type: 'refresh_discarded', epoch };
    case 'lost':
      return {
        type: 'refresh_answer_lost',
        epoch,
        ...(answer.clearsAtMs === undefined ? {} : { clearsAtMs: answer.clearsAtMs }),
      };
  }
}

type ProbeAnswer =
  | { readonly outcome: 'works'; readonly generation: number }
  | ({ readonly outcome: 'failed'; readonly generation: number } & FailedAnswer);

/** What a harmless call told. */
export function probeEvent(answer: ProbeAnswer): Told {
  if (answer.outcome === 'works') return { type: 'probe_succeeded', generation: answer.generation };
  return {
    type: 'probe_failed',
    generation: answer.generation,
    failure: { code: answer.code, retryAtMs: answer.retryAtMs },
  };
}

type RunAnswer =
  | {
      readonly status: 'ok';
      readonly stopped?: Readonly<Partial<Record<Resource, string>>>;
      readonly running?: number;
    }
  | ({ readonly status: 'failed'; readonly generation?: number } & FailedAnswer);

/** How a sync run ended; `finishedAtMs` is epoch ms. */
export function runEvent(health: RunAnswer, finishedAtMs: number): Told {
  if (health.status === 'ok') {
    return {
      type: 'run_succeeded',
      finishedAtMs,
      stopped: health.stopped ?? {},
      running: health.running ?? null,
    };
  }
  return {
    type: 'run_failed',
    generation: health.generation ?? null,
    failure: { code: health.code, retryAtMs: health.retryAtMs },
  };
}
