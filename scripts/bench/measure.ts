// What a process cost, by the operating system's own accounts (Linux): CPU seconds of it and its kin, and peak memory as PSS.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

const TICKS_PER_SECOND = 100;

/** CPU seconds, user and system, that a process has used; 0 when it is gone. */
export function cpuSeconds(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
  } catch {
    return 0;
  }
}

/** CPU seconds of the PostgreSQL whose data is below `folder`. Backends that ended meanwhile are counted by their parent. */
export function postgresCpuSeconds(folder: string): number {
  let sum = 0;
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      if (readFileSync(`/proc/${entry}/comm`, 'utf8').trim() !== 'postgres') continue;
      // Every process of a cluster works in its data folder.
      if (!readlinkSync(`/proc/${entry}/cwd`).startsWith(folder)) continue;
      const fields = readFileSync(`/proc/${entry}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ');
      // utime, stime, and those of waited-for children
      sum += [11, 12, 13, 14].reduce((total, index) => total + Number(fields[index]), 0) / TICKS_PER_SECOND;
    } catch {
      // it ended while we looked
    }
  }
  return sum;
}

/** Samples the PSS of a process until `stop`, which gives the peak in MB. */
export function watchMemory(pid: number): { stop(): number } {
  let peakKb = 0;
  const sample = (): void => {
    try {
      const pss = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1];
      peakKb = Math.max(peakKb, Number(pss ?? 0));
    } catch {
      // it ended
    }
  };
  sample();
  const timer = setInterval(sample, 200);
  return {
    stop: () => {
      clearInterval(timer);
      sample();
      return peakKb / 1024;
    },
  };
}

export interface Cost {
  readonly rowsPerS: number;
  readonly cpuS: number;
  readonly dbCpuS: number;
  readonly peakMb: number;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low, high] = [sorted[middle - 1] ?? 0, sorted[middle] ?? 0];
  return sorted.length % 2 === 1 ? high : (low + high) / 2;
}
