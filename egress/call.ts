// What a caller of egress works with: a platform call and its result. Plaintext secrets are in none of these.
import type { EnsureFreshOutcome, Purpose } from '../domain/credential.ts';
import type { ConnectionId, TenantId } from '../domain/ids.ts';
import type { Classification, Json, PlatformRequest } from '../domain/platform.ts';

/** Who uses the credential of which connection, and for what; the audit row is made of this. */
export interface CredentialUse {
  readonly tenantId: TenantId;
  readonly connectionId: ConnectionId;
  readonly purpose: Purpose;
  /** Id of the run, request, authorization or activity it is done for. */
  readonly reason: string;
  /** Aborts the call under way, e.g. when the activity is cancelled. */
  readonly signal?: AbortSignal;
}

/** An answer the platform's table classifies as `ok`, or as something the caller said it accepts. */
export interface PlatformResult {
  readonly classification: Classification;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed when the answer is JSON, else null. Integers beyond 2^53 and long decimals are their exact text. */
  readonly body: Json;
  readonly bodyText: string;
}

export interface CallOptions {
  /** Classifications beside `ok` that are results for this caller, not errors: the proxy hands them on. */
  readonly accept?: readonly Classification[];
  /** For an answer that goes on to somebody else: what the platform repeats of our secrets is hidden in its text and headers; no parsed body. */
  readonly hideSecrets?: boolean;
}

/**
 * One signed, budgeted, fenced, classified and counted call. Throws MooringError with the code of the classification
 * (`retryAtMs` and `detail.platformCode` where told), or address_not_allowed, fenced, platform_unreachable,
 * platform_rate_limited, platform_answer_invalid, platform_answer_too_large.
 */
export type PlatformCall = (request: PlatformRequest, options?: CallOptions) => Promise<PlatformResult>;

/** Asks the connection's workflow for a credential newer than `afterGeneration`. */
export type EnsureFresh = (
  connectionId: ConnectionId,
  tenantId: TenantId,
  afterGeneration: number,
) => Promise<EnsureFreshOutcome>;
