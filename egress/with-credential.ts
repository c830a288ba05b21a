// The only way a job uses a credential: opened once, with its audit row, and lent as signed calls to a closure. The plaintext
// ends with the closure; no caller ever sees it.
import { MooringError } from '../domain/errors.ts';
import type { PlatformRequest } from '../domain/platform.ts';
import type { CallOptions, CredentialUse, PlatformCall, PlatformResult } from './call.ts';
import {
  type HeldCredential,
  type HoldDeps,
  holdCredential,
  isExpired,
  sharedEnsureFresh,
} from './held-credential.ts';
import type { OpenedConnection } from './open.ts';
import { acceptOrThrow, type ReadAnswer } from './outcome.ts';
import { type CallParts, type CallSubject, performCall } from './perform.ts';
import { hideValues } from './redact.ts';

export interface WithCredentialDeps extends CallParts, HoldDeps {
  /** Records that a generation was accepted by the platform; done once per generation and session. */
  readonly markUsed: (use: CredentialUse, generation: number) => Promise<void>;
}

export type WithCredential = <T>(
  use: CredentialUse,
  closure: (call: PlatformCall) => Promise<T>,
) => Promise<T>;

/**
 * The credential is open before the closure begins, and dropped when it ends, however it ends; a call after that throws. Throws what opening throws
 * (audit_unavailable, credential_unreadable, fenced, not_found, reauth_required, retry_later …) and what the closure throws.
 */
export function createWithCredential(deps: WithCredentialDeps): WithCredential {
  const shared = { ...deps, ensureFresh: sharedEnsureFresh(deps.ensureFresh) };
  return async (use, closure) => {
    const held = holdCredential(shared, use);
    try {
      await held.current(null);
      const marked = new Set<number>();
      return await closure((request, options) => callWith(shared, use, held, marked, { request, options }));
    } finally {
      held.drop();
    }
  };
}

interface Ask {
  readonly request: PlatformRequest;
  readonly options: CallOptions | undefined;
}

interface Attempt {
  readonly read: ReadAnswer;
  readonly used: OpenedConnection;
}

/** A refused credential is replaced once, and the call repeated once: a refused call did nothing at the platform. */
async function callWith(
  deps: WithCredentialDeps,
  use: CredentialUse,
  held: HeldCredential,
  marked: Set<number>,
  ask: Ask,
): Promise<PlatformResult> {
  let attempt = await attemptWith(deps, use, held, ask.request);
  if (attempt.read.result.classification === 'credential_expired' && use.purpose !== 'revocation') {
    await held.replacing(attempt.used);
    attempt = await attemptWith(deps, use, held, ask.request);
  }
  const { read, used } = attempt;
  if (read.result.classification === 'credential_expired')
    throw stillRefused(use, read, used, deps.clock.nowMs());
  if (read.result.classification === 'ok' && !used.isUsed && !marked.has(used.generation)) {
    marked.add(used.generation);
    await deps.markUsed(use, used.generation);
  }
  const result = acceptOrThrow(read, ask.request, deps.clock.nowMs(), ask.options);
  return ask.options?.hideSecrets === true ? withoutSecrets(result, used) : result;
}

function withoutSecrets(result: PlatformResult, used: OpenedConnection): PlatformResult {
  const { obtain } = used.method;
  const known = 'fields' in obtain ? obtain.fields.filter(({ secret }) => !secret) : [];
  // A login's e-mail address is no secret, and may well be a customer's.
  const parts = Object.entries(used.credential.parts).flatMap(([name, part]) =>
    known.some((field) => field.name === name) ? [] : [part],
  );
  const clientSecret = used.registration?.secret ?? null;
  const secrets = clientSecret === null ? parts : [...parts, clientSecret];
  return {
    ...result,
    headers: Object.fromEntries(
      Object.entries(result.headers).map(([name, value]) => [name, hideValues(value, secrets)]),
    ),
    body: null,
    bodyText: hideValues(result.bodyText, secrets),
  };
}

async function attemptWith(
  deps: WithCredentialDeps,
  use: CredentialUse,
  held: HeldCredential,
  request: PlatformRequest,
): Promise<Attempt> {
  let used = await held.current(null);
  const read = await performCall(deps, subjectOf(use, used), request, async (newest) => {
    used = await held.current(newest);
    return { method: used.method, credential: used.credential };
  });
  return { read, used };
}

function subjectOf(use: CredentialUse, opened: OpenedConnection): CallSubject {
  const { tenantId, connectionId, purpose, signal } = use;
  const { platform, shop, registration } = opened;
  return { tenantId, connectionId, purpose, signal, platform, shop, registration };
}

function stillRefused(
  use: CredentialUse,
  read: ReadAnswer,
  used: OpenedConnection,
  nowMs: number,
): MooringError {
  return new MooringError(
    'credential_expired',
    `the platform refused the credential of "${use.connectionId}"`,
    {
      detail: {
        status: read.result.status,
        generation: used.generation,
        freshByOurClock: !isExpired(used, nowMs),
        ...(read.platformCode === null ? {} : { platformCode: read.platformCode }),
      },
    },
  );
}
