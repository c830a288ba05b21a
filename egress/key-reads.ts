// How often a platform is asked for keys by their ids, whoever sends what. Anybody can make ids up, and they look like the platform's own until they are asked
// for. So what is new shares a few reads an hour, and another read is kept for the id that is asked for in the most minutes: the platform's own is, since it
// comes with each notification, and again with each that was refused. Holds ids alone, and not more than some thousands.
import { MooringError } from '../domain/errors.ts';

export interface KeyReads {
  /** Throws platform_rate_limited where this id has to wait. */
  allow(platform: string, keyId: string): void;
}

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const NEW_READS_AN_HOUR = 5;
/** For the most persistent of those that wait. */
const KEPT_READ_EVERY_MS = 300_000;
/** An id that is not asked for any more holds up no other. */
const GONE_AFTER_MINUTES = 10;
const FORGOTTEN_AFTER_MINUTES = 120;
const MOST_WAITING = 5_000;

interface Waiting {
  minutes: number;
  lastMinute: number;
}

interface Reads {
  newAtMs: readonly number[];
  keptAtMs: number;
  readonly waiting: Map<string, Waiting>;
}

export function createKeyReads(nowMs: () => number): KeyReads {
  const platforms = new Map<string, Reads>();
  return {
    allow: (platform, keyId) => {
      const reads = platforms.get(platform) ?? { newAtMs: [], keptAtMs: 0, waiting: new Map() };
      platforms.set(platform, reads);
      const now = nowMs();
      reads.newAtMs = reads.newAtMs.filter((atMs) => atMs > now - HOUR_MS);
      if (reads.newAtMs.length < NEW_READS_AN_HOUR) {
        reads.newAtMs = [...reads.newAtMs, now];
      } else {
        if (!isNext(reads, keyId, now)) throw readOften();
        reads.keptAtMs = now;
      }
      reads.waiting.delete(keyId);
    },
  };
}

/** Asked for in another minute than the first, in no fewer than any other that waits, and the kept read is there. */
function isNext({ waiting, keptAtMs }: Reads, keyId: string, now: number): boolean {
  const minute = Math.floor(now / MINUTE_MS);
  const one = waiting.get(keyId) ?? { minutes: 0, lastMinute: -1 };
  if (one.lastMinute !== minute) one.minutes += 1;
  one.lastMinute = minute;
  if (!waiting.has(keyId) && waiting.size >= MOST_WAITING) forgetBriefest(waiting);
  waiting.set(keyId, one);
  if (one.minutes < 2 || now - keptAtMs < KEPT_READ_EVERY_MS) return false;
  for (const [id, { minutes, lastMinute }] of waiting) {
    if (minute - lastMinute > FORGOTTEN_AFTER_MINUTES) waiting.delete(id);
    else if (minutes > one.minutes && minute - lastMinute <= GONE_AFTER_MINUTES) return false;
  }
  return true;
}

/** What was made up for one time goes before what is asked for again and again. */
function forgetBriefest(waiting: Map<string, Waiting>): void {
  for (const [keyId, { minutes }] of waiting) if (minutes < 2) waiting.delete(keyId);
  if (waiting.size >= MOST_WAITING) waiting.clear();
}

export function readOften(): MooringError {
  return new MooringError(
    'platform_rate_limited',
    'the keys of this platform were read often enough for now',
  );
}
