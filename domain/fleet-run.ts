// Work on many connections at once: what it may be, in which order, when it is tried again and when it stops itself. Pure.
import type { UpgradeOutcome } from './connection-upgrade.ts';
import type { EnsureFreshOutcome } from './credential.ts';
import { ERRORS, type ErrorCode } from './errors.ts';

export const FLEET_KINDS = ['token_upgrade', 'secret_rotation', 'api_version', 'revocation'] as const;
export type FleetKind = (typeof FLEET_KINDS)[number];

export const FLEET_STATUSES = ['planned', 'running', 'paused', 'stopped', 'completed'] as const;
export type FleetStatus = (typeof FLEET_STATUSES)[number];

export const ITEM_OUTCOMES = ['pending', 'done', 'failed', 'skipped'] as const;
export type ItemOutcome = (typeof ITEM_OUTCOMES)[number];
export type FleetStage = 'canary' | 'batch';

export interface FleetOptions {
  /** the first connections, alone; one that fails stops the run */
  readonly canary: number;
  /** seconds between the canaries' end and their second proof, before anybody else */
  readonly canaryWaitS: number;
  /** connections between two looks at the error rate */
  readonly batchSize: number;
  readonly concurrency: number;
  readonly perMinute: number;
  /** failed of all settled, 0 to 1; above it the run stops */
  readonly maxErrorRate: number;
}

export const DEFAULT_FLEET_OPTIONS: FleetOptions = {
  canary: 1,
  canaryWaitS: 60,
  batchSize: 20,
  concurrency: 4,
  perMinute: 120,
  maxErrorRate: 0.05,
};

export interface FleetCounts {
  readonly done: number;
  readonly failed: number;
  readonly skipped: number;
  readonly pending: number;
}

/** Why a run must not go on; null: it may. One failure of a few is no rate yet, but every failed canary is a reason. */
export function reasonToStop(
  stage: FleetStage,
  counts: FleetCounts,
  options: Pick<FleetOptions, 'maxErrorRate'>,
): 'canary_failed' | 'error_rate' | null {
  if (counts.failed === 0) return null;
  if (stage === 'canary') return 'canary_failed';
  const rate = counts.failed / (counts.done + counts.failed);
  return rate > options.maxErrorRate ? 'error_rate' : null;
}

const TRIES = 3;
const WAITS_MS = [15_000, 60_000] as const;

export type ItemVerdict =
  | { readonly outcome: 'done'; readonly generation: number | null }
  | { readonly outcome: 'failed' | 'skipped'; readonly code: string }
  | { readonly outcome: 'pending'; readonly code: ErrorCode; readonly nextTryAtMs: number };

/** `attempts` counts this one. What may pass by itself is tried three times. */
export function judgeUpgrade(told: UpgradeOutcome, attempts: number, nowMs: number): ItemVerdict {
  switch (told.outcome) {
    case 'upgraded':
      return told.isProved
        ? { outcome: 'done', generation: told.generation }
        : { outcome: 'failed', code: 'upgraded_but_unproved' };
    case 'already':
      return { outcome: 'done', generation: told.generation };
    case 'retry_later':
      return again(told.code, told.retryAtMs, attempts, nowMs);
    case 'refused':
      return { outcome: 'failed', code: told.code };
    case 'reauth_required':
      return { outcome: 'failed', code: told.reason };
    case 'revoked':
      return { outcome: 'skipped', code: 'revoked' };
  }
}

/** A renewal with the newest secret; `isCurrent`: the credential kept now was made with it. */
export function judgeRenewal(
  told: EnsureFreshOutcome,
  isCurrent: boolean,
  attempts: number,
  nowMs: number,
): ItemVerdict {
  switch (told.outcome) {
    case 'fresh':
      return isCurrent
        ? { outcome: 'done', generation: told.generation }
        : again('retry_later', null, attempts, nowMs);
    case 'retry_later':
      return again('retry_later', told.retryAtMs, attempts, nowMs);
    case 'reauth_required':
      return { outcome: 'failed', code: told.reason };
    case 'revoked':
      return { outcome: 'skipped', code: 'revoked' };
  }
}

/** A call of ours that failed, for whatever reason. */
export function judgeFailure(
  code: ErrorCode,
  retryAtMs: number | null,
  attempts: number,
  nowMs: number,
): ItemVerdict {
  if (code === 'fenced' || code === 'not_found') return { outcome: 'skipped', code: 'revoked' };
  return ERRORS[code].retry ? again(code, retryAtMs, attempts, nowMs) : { outcome: 'failed', code };
}

function again(code: ErrorCode, retryAtMs: number | null, attempts: number, nowMs: number): ItemVerdict {
  if (attempts >= TRIES) return { outcome: 'failed', code };
  const waitMs = WAITS_MS[attempts - 1] ?? WAITS_MS[0];
  return { outcome: 'pending', code, nextTryAtMs: Math.max(nowMs + waitMs, retryAtMs ?? 0) };
}
