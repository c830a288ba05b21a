// Keeps what a page shows fresh: reads, waits, reads again; slower while the API fails, not at all while the tab is hidden. A read that
// was overtaken or left behind is aborted, and its answer never shown.
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { MooringApiError } from '../client/index.ts';
import { useConsole } from './context.ts';
import { waitMs } from './pace.ts';

export interface Live<T> {
  /** The newest good answer; null before the first. */
  readonly data: T | null;
  /** Why the newest read failed; null when it did not. */
  readonly failure: string | null;
  /** Reads now, and for some seconds more often: a command was given. */
  again(): void;
}

export interface Reading<T> {
  /** Names what is read; another one starts from nothing. */
  readonly of: string;
  /** Null: read once. */
  readonly everyMs: number | null | ((data: T) => number);
  read(signal: AbortSignal): Promise<T>;
}

const HURRY_MS = 8_000;
const HURRIED_EVERY_MS = 800;

interface Shown<T> {
  readonly of: string;
  readonly data: T | null;
  readonly failure: string | null;
}

export function useLive<T>(reading: Reading<T>): Live<T> {
  const { leave } = useConsole();
  const [shown, show] = useState<Shown<T>>({ of: reading.of, data: null, failure: null });
  const newest = useRef(reading);
  newest.current = reading;
  const hurryUntilMs = useRef(0);
  const wake = useRef<() => void>(() => undefined);

  // `of` names all that a reading depends on.
  useEffect(() => {
    const ending = new AbortController();
    const signal = ending.signal;
    void keepReading(signal);
    return () => ending.abort();

    async function keepReading(signal: AbortSignal): Promise<void> {
      let failures = 0;
      while (!signal.aborted) {
        const { everyMs, read } = newest.current;
        let usualMs = typeof everyMs === 'number' ? everyMs : 5_000;
        let retryAtMs: number | null = null;
        try {
          const data = await read(signal);
          if (signal.aborted) return;
          failures = 0;
          show({ of: reading.of, data, failure: null });
          if (everyMs === null) return;
          if (typeof everyMs === 'function') usualMs = everyMs(data);
        } catch (error) {
          if (signal.aborted) return;
          failures += 1;
          if (error instanceof MooringApiError) {
            if (error.problem.code === 'unauthenticated') return leave('The API does not take this key.');
            retryAtMs = error.problem.retryAt === undefined ? null : Date.parse(error.problem.retryAt);
          }
          show((before) => ({
            of: reading.of,
            data: before.of === reading.of ? before.data : null,
            failure: sayFailure(error),
          }));
        }
        const isHurried = failures === 0 && Date.now() < hurryUntilMs.current;
        await pause(
          signal,
          isHurried ? HURRIED_EVERY_MS : waitMs({ everyMs: usualMs, failures, retryAtMs, nowMs: Date.now() }),
          wake,
        );
      }
    }
  }, [reading.of]);

  const again = useCallback(() => {
    hurryUntilMs.current = Date.now() + HURRY_MS;
    wake.current();
  }, []);
  const isOurs = shown.of === reading.of;
  return { data: isOurs ? shown.data : null, failure: isOurs ? shown.failure : null, again };
}

/** Ends after `ms` of a visible tab, when woken, or when the tab is shown again. */
async function pause(signal: AbortSignal, ms: number, wake: { current: () => void }): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(() => {
      if (!document.hidden) end();
    }, ms);
    const onShown = () => {
      if (!document.hidden) end();
    };
    const end = () => {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', onShown);
      signal.removeEventListener('abort', end);
      resolve();
    };
    wake.current = end;
    signal.addEventListener('abort', end, { once: true });
    document.addEventListener('visibilitychange', onShown);
  });
}

export function sayFailure(error: unknown): string {
  if (error instanceof MooringApiError) return `${error.problem.title}: ${error.problem.detail}`;
  return 'The API cannot be reached.';
}
