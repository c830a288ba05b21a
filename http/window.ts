// Counts what happens per name in a sliding minute, in this process alone. Bounded: old names are forgotten.

export interface Window {
  /** Counts one; true when there were more than allowed. */
  add(name: string): boolean;
}

export function createWindow(options: { lengthMs: number; max: number; nowMs: () => number }): Window {
  const counts = new Map<string, { startedMs: number; count: number; before: number }>();
  return {
    add(name) {
      const nowMs = options.nowMs();
      if (counts.size > 50_000) counts.clear();
      const found = counts.get(name);
      const elapsedMs = found === undefined ? Number.POSITIVE_INFINITY : nowMs - found.startedMs;
      let current = found;
      if (current === undefined || elapsedMs >= 2 * options.lengthMs) {
        current = { startedMs: nowMs, count: 0, before: 0 };
      } else if (elapsedMs >= options.lengthMs) {
        current = { startedMs: current.startedMs + options.lengthMs, count: 0, before: current.count };
      }
      current.count += 1;
      counts.set(name, current);
      const share = 1 - (nowMs - current.startedMs) / options.lengthMs;
      return current.count + current.before * share > options.max;
    },
  };
}
