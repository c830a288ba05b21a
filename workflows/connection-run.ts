// One run of a connection's workflow in memory: the state, what is still to be performed, and what runs now. Applies events by the
// domain's rules; performs nothing itself.
import { condition } from '@temporalio/workflow';
import { type ConnectionState, type Effect, transition } from '../domain/connection.ts';
import type { Told } from '../domain/connection-events.ts';
import { type Projection, projectionOf } from '../domain/connection-projection.ts';
import { scheduleNote } from '../domain/connection-schedule.ts';

export type Task =
  | { readonly type: 'projection'; readonly projection: Projection }
  | Exclude<Effect, { readonly type: 'write_projection' }>;

export interface Run {
  /** Throws before the state is loaded; handlers wait for that. */
  readonly state: () => ConnectionState;
  readonly isLoaded: () => boolean;
  readonly load: (state: ConnectionState) => void;
  /** Applies now, or as soon as the state is loaded. */
  readonly tell: (told: Told) => void;
  /** What the schedule should be now; undefined: it is not for the lifecycle's running part to say. */
  readonly wish: () => string | null | undefined;
  readonly nextTask: () => Task | undefined;
  /** Counts applied events, so that a waiter sees that something happened. */
  readonly changes: () => number;
  /** The newest transition whose projection is in Postgres. */
  readonly written: () => number;
  readonly noteWritten: (seq: number) => void;
  /** Runs beside the main loop; the run is not idle until it ends. What it throws ends the run at `check`. */
  readonly spawn: (work: () => Promise<void>) => void;
  readonly check: () => void;
  /** Runs when no other holder of this lock does. */
  readonly oneAtATime: (work: () => Promise<void>) => Promise<void>;
  readonly isIdle: () => boolean;
  /** Idle, and no projection is on its way either. */
  readonly isSettled: () => boolean;
  readonly hasTasks: () => boolean;
}

export function createRun(): Run {
  let state: ConnectionState | null = null;
  let changes = 0;
  let working = 0;
  let written = 0;
  let isLocked = false;
  let isWriting = false;
  const failures: unknown[] = [];
  const early: Told[] = [];
  const tasks: Task[] = [];

  const current = (): ConnectionState => {
    if (state === null) throw new Error('the connection is not loaded yet');
    return state;
  };
  const tell = (told: Told): void => {
    if (state === null) {
      early.push(told);
      return;
    }
    // The spread loses which member of the union it is, though every member takes atMs.
    const event = { ...told, atMs: Date.now() } as Parameters<typeof transition>[1];
    const before = state;
    const step = transition(before, event);
    state = step.state;
    changes += 1;
    for (const effect of step.effects) {
      if (effect.type !== 'write_projection') tasks.push(effect);
      else {
        const projection = projectionOf(before, state, event, effect.events);
        tasks.push({ type: 'projection', projection });
      }
    }
  };
  return {
    state: current,
    isLoaded: () => state !== null,
    load: (loaded) => {
      state = loaded;
      written = loaded.seq;
      for (const told of early.splice(0)) tell(told);
    },
    tell,
    wish: () => scheduleNote(current()),
    nextTask: () => {
      const task = tasks.shift();
      if (task?.type === 'projection') isWriting = true;
      return task;
    },
    changes: () => changes,
    written: () => written,
    noteWritten: (seq) => {
      written = Math.max(written, seq);
      isWriting = false;
    },
    spawn: (work) => {
      working += 1;
      void work()
        .catch((error: unknown) => {
          failures.push(error);
        })
        .finally(() => {
          working -= 1;
          changes += 1;
        });
    },
    check: () => {
      if (failures.length > 0) throw failures[0];
    },
    oneAtATime: async (work) => {
      await condition(() => !isLocked);
      isLocked = true;
      await work().finally(() => {
        isLocked = false;
      });
    },
    isIdle: () => working === 0 && tasks.length === 0,
    isSettled: () => working === 0 && tasks.length === 0 && !isWriting,
    hasTasks: () => tasks.length > 0,
  };
}
