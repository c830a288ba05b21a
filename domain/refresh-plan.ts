// When to renew a credential, and how long to wait after a failure. Deterministic: the same connection always gets the same jitter,
// so that a replay plans what the first run planned and a fleet connected in one minute spreads. Never reads a clock.
import type { CredentialFacts, Timings } from './connection.ts';

const MINUTE_MS = 60_000;

/** How long a sent exchange may still be on its way: the activity's start-to-close timeout. Nothing is sent meanwhile. */
export const IN_FLIGHT_MS = 12_000;
/** Clocks of workers differ a little: an exchange is retried this long after the one before cannot be on its way any more. */
export const AFTER_FLIGHT_MS = 500;

/** The timer renews nothing sooner than this after it was obtained, whatever the platform says of its life. */
export const BETWEEN_PLANNED_MS = 30_000;

/** How long before its expiry a credential of this lifetime is renewed: 20 %, at least 2 min, at most half. */
export function leadMs(lifetimeMs: number): number {
  return Math.min(Math.max(lifetimeMs * 0.2, 2 * MINUTE_MS), lifetimeMs / 2);
}

/** A fixed place in [0, 1) for a name: 32-bit FNV-1a with a final mix, because ids differ in their last digits only. */
export function spread(name: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < name.length; at++) {
    hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 0x1_0000_0000;
}

/**
 * When the timer of a credential that is renewed ahead fires: expiry − lead − up to 20 % of the lifetime, and not within half a minute.
 * null: it does not expire, or so soon that use alone renews it.
 */
export function refreshAtMs(
  credential: Pick<CredentialFacts, 'expiresAtMs' | 'lifetimeS'>,
  name: string,
): number | null {
  if (credential.expiresAtMs === null) return null;
  const lifetimeMs = (credential.lifetimeS ?? 3600) * 1000;
  if (lifetimeMs < BETWEEN_PLANNED_MS) return null;
  const lead = leadMs(lifetimeMs);
  const jitter = spread(name) * Math.min(lifetimeMs * 0.2, lifetimeMs - lead);
  const soonest = credential.expiresAtMs - lifetimeMs + BETWEEN_PLANNED_MS;
  return Math.max(Math.floor(credential.expiresAtMs - lead - jitter), soonest);
}

/** The wait after the n-th failure in a row (0 the first): doubling, bounded, spread by up to a quarter. */
export function backoffMs(failures: number, name: string, timings: Timings): number {
  const wait = Math.min(timings.backoffFirstMs * 2 ** Math.min(failures, 20), timings.backoffMaxMs);
  return Math.floor(wait * (1 + spread(`${name}/${failures}`) / 4));
}

export const DEFAULT_TIMINGS: Timings = {
  backoffFirstMs: 30_000,
  backoffMaxMs: 15 * MINUTE_MS,
  probeSpacingMs: 5 * MINUTE_MS,
  probesBeforeReauth: 3,
  fixedByOthersRetryMs: 60 * MINUTE_MS,
  reminderAfterMs: [],
  giveUpAfterMs: null,
  continueAfterEvents: null,
};
