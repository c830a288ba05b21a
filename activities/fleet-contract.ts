// What the workflows over many connections may ask for: names and plain-JSON payloads, no code. Names are wire format. No payload holds a
// secret or personal data: histories keep them.
import type { FleetCounts, FleetOptions, FleetStage } from '../domain/fleet-run.ts';
import type { FleetRunId, ImportId } from '../domain/ids.ts';

export interface ImportRef {
  readonly importId: ImportId;
}

/** How far an import is; counts and instants only. */
export interface ImportProgress {
  /** lines settled in this stretch */
  readonly settled: number;
  /** lines that still wait */
  readonly left: number;
  /** when the next of them may be tried; null: at once */
  readonly nextTryAtMs: number | null;
}

export interface FleetRunRef {
  readonly fleetRunId: FleetRunId;
}

export interface FleetProgress {
  readonly counts: FleetCounts;
  /** items of the stage that still wait */
  readonly left: number;
  /** when the next of them may be tried; null: at once */
  readonly nextTryAtMs: number | null;
  /** why the run must not go on; null: it may */
  readonly stop: string | null;
}

export interface FleetActivities {
  /** Whether the upload has ended; one whose reader has fallen silent is ended by this. */
  isImportRead(input: ImportRef): Promise<boolean>;
  importLines(input: ImportRef): Promise<ImportProgress>;
  finishImport(input: ImportRef): Promise<void>;
  /** waiting: its plan is still being written; gone: it never came to one, or has ended. */
  awaitFleetRun(input: FleetRunRef): Promise<'begun' | 'waiting' | 'gone'>;
  readFleetOptions(input: FleetRunRef): Promise<FleetOptions>;
  /** One batch of a stage. */
  workFleet(input: FleetRunRef & { readonly stage: FleetStage }): Promise<FleetProgress>;
  /** Calls with every canary's credential once more; how many do not work. */
  proveCanaries(input: FleetRunRef): Promise<{ readonly failed: number }>;
  noteFleetRun(
    input: FleetRunRef & { readonly status: 'running' | 'paused'; readonly reason: string | null },
  ): Promise<void>;
  /** Ends the run and counts what is left on the old form. */
  finishFleetRun(
    input: FleetRunRef & { readonly status: 'stopped' | 'completed'; readonly reason: string | null },
  ): Promise<{ readonly left: number }>;
}
