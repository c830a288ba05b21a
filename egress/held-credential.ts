// Holds one opened credential for the length of one closure: opens it at first use, again when the generation moved, and asks
// for a newer one near expiry. Whoever made it drops it; nothing may be read from it afterwards.
import { MooringError } from '../domain/errors.ts';
import type { CredentialUse, EnsureFresh } from './call.ts';
import type { OpenedConnection, Opener } from './open.ts';
import type { Clock } from './surroundings.ts';

export interface HeldCredential {
  /** The opened credential, not older than generation `newest` and renewed when it is about to expire. */
  current(newest: number | null): Promise<OpenedConnection>;
  /** One newer than what the platform refused. Throws retry_later, reauth_required or fenced. */
  replacing(refused: OpenedConnection): Promise<OpenedConnection>;
  drop(): void;
}

export interface HoldDeps {
  readonly open: Opener;
  readonly ensureFresh: EnsureFresh;
  readonly clock: Clock;
}

/** A renewal is asked for this long before expiry, or for the last twentieth of a short life. */
const MAX_SKEW_MS = 60_000;

/** Opens nothing by itself. Calls of one closure that come at once share an opening, and so its audit row. */
export function holdCredential(deps: HoldDeps, use: CredentialUse): HeldCredential {
  let held: OpenedConnection | null = null;
  let opening: Promise<OpenedConnection> | null = null;
  let isDropped = false;
  /** The newest generation heard of; what is held may be on its way there. */
  let newestKnown = 0;
  /** While a renewal is put off, a credential that still works is used without asking again. */
  let askAgainAtMs = 0;

  // Calls of one closure may run at once; they share an opening, and so its audit row.
  const reopen = (): Promise<OpenedConnection> => {
    held = null;
    opening ??= deps.open(use).then(
      (opened) => {
        opening = null;
        newestKnown = opened.generation;
        if (!isDropped) held = opened;
        return opened;
      },
      (error: unknown) => {
        opening = null;
        throw error;
      },
    );
    return opening;
  };
  const opened = async (newest: number | null): Promise<OpenedConnection> => {
    if (isDropped) throw new MooringError('internal', `the use of "${use.connectionId}" has ended`);
    newestKnown = Math.max(newestKnown, newest ?? 0);
    return held === null || newestKnown > held.generation ? reopen() : held;
  };
  const renew = async (
    old: OpenedConnection,
    mayKeep: (old: OpenedConnection) => boolean,
  ): Promise<OpenedConnection> => {
    if (newestKnown > old.generation) return opened(newestKnown);
    const answer = await deps.ensureFresh(use.connectionId, use.tenantId, old.generation);
    switch (answer.outcome) {
      case 'fresh':
        return opened(answer.generation);
      case 'retry_later':
        askAgainAtMs = answer.retryAtMs;
        if (mayKeep(old)) return old;
        throw new MooringError(
          'retry_later',
          `the credential of "${use.connectionId}" cannot be renewed yet`,
          {
            retryAtMs: answer.retryAtMs,
          },
        );
      case 'reauth_required':
        throw needsApproval(use, answer.reason);
      case 'revoked':
        throw new MooringError('fenced', `the connection "${use.connectionId}" is revoked`);
    }
  };
  return {
    current: async (newest) => {
      const now = await opened(newest);
      const nowMs = deps.clock.nowMs();
      if (use.purpose === 'revocation' || !isDue(now, nowMs)) return now;
      if (nowMs < askAgainAtMs && !isExpired(now, nowMs)) return now;
      return renew(now, (old) => !isExpired(old, deps.clock.nowMs()));
    },
    replacing: (refused) => renew(refused, () => false),
    drop: () => {
      isDropped = true;
      held = null;
    },
  };
}

/** reauth_required; `reason` says why in one word. */
export function needsApproval(use: CredentialUse, reason: string): MooringError {
  return new MooringError('reauth_required', `the connection "${use.connectionId}" needs a new approval`, {
    detail: { reason },
  });
}

/** By our clock, to the millisecond; what has no end is never expired. */
export function isExpired(opened: { readonly expiresAtMs: number | null }, nowMs: number): boolean {
  return opened.expiresAtMs !== null && opened.expiresAtMs <= nowMs;
}

function isDue(opened: OpenedConnection, nowMs: number): boolean {
  if (opened.expiresAtMs === null) return false;
  const skewMs = Math.min(MAX_SKEW_MS, opened.lifetimeS === null ? MAX_SKEW_MS : opened.lifetimeS * 50);
  return opened.expiresAtMs - skewMs <= nowMs;
}

/** How long it is remembered that there is a newer one, for callers who had opened the former at that moment. */
const FRESH_FOR_MS = 5_000;

/** Callers in one process that want the same generation's successor share one question to the workflow. */
export function sharedEnsureFresh(ensureFresh: EnsureFresh): EnsureFresh {
  const asked = new Map<string, ReturnType<EnsureFresh>>();
  return (connectionId, tenantId, afterGeneration) => {
    const key = `${tenantId}/${connectionId}/${afterGeneration}`;
    const known = asked.get(key);
    if (known !== undefined) return known;
    const answer = ensureFresh(connectionId, tenantId, afterGeneration);
    asked.set(key, answer);
    const forget = () => void asked.delete(key);
    answer.then(
      ({ outcome }) => (outcome === 'fresh' ? setTimeout(forget, FRESH_FOR_MS).unref() : forget()),
      forget,
    );
    return answer;
  };
}
