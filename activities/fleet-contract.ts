// What the workflows over many connections may ask for: names and plain-JSON payloads, no code. Names are wire format. No payload holds a
// secret or personal data: histories keep them.
import type { ImportId } from '../domain/ids.ts';

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

export interface FleetActivities {
  /** Whether the upload has ended; one whose reader has fallen silent is ended by this. */
  isImportRead(input: ImportRef): Promise<boolean>;
  importLines(input: ImportRef): Promise<ImportProgress>;
  finishImport(input: ImportRef): Promise<void>;
}
