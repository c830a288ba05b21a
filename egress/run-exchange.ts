// Runs an exchange: opens what the lifecycle activity asked for, lends it with the guarded ways out, and takes all of it back
// when the closure ends or the fence falls. Everything it lends refuses to work afterwards.
import type { CredentialMaterial } from '../domain/credential.ts';
import { MooringError } from '../domain/errors.ts';
import type { OutboundRequest } from '../domain/outbound.ts';
import type { AuthMethod, PlatformRequest } from '../domain/platform.ts';
import type { PlatformResult } from './call.ts';
import type { Exchange, ExchangeContext, ExchangeUse } from './exchange.ts';
import type { Guard, GuardedAgents } from './guard.ts';
import { type ExchangeOpener, type GenerationOpener, methodFor, type OpenedExchange } from './open.ts';
import { acceptOrThrow } from './outcome.ts';
import { type CallParts, type CallSubject, performCall, sendFenced } from './perform.ts';
import { proveWith } from './prove.ts';
import { TOKEN_BOUNDS } from './send.ts';

export interface ExchangeDeps extends CallParts {
  readonly guard: Guard;
  readonly open: ExchangeOpener;
  readonly openGeneration: GenerationOpener;
}

/** Opens by the use's own audit rows, then runs the closure under the fence; a revocation alone runs in spite of it. Throws what opening throws, `fenced`, and what the closure throws. */
export function createExchange(deps: ExchangeDeps): Exchange {
  return async (use, closure) => {
    const opened = await deps.open(use);
    if (use.purpose === 'revocation') return lend(deps, use, opened, closure);
    return deps.fence.guard(use.connectionId, (fence) => {
      const signal = use.signal === undefined ? fence : AbortSignal.any([fence, use.signal]);
      return lend(deps, { ...use, signal }, opened, closure);
    });
  };
}

async function lend<T>(
  deps: ExchangeDeps,
  use: ExchangeUse,
  opened: OpenedExchange,
  closure: (context: ExchangeContext) => Promise<T>,
): Promise<T> {
  const ended = new AbortController();
  const until = use.signal === undefined ? ended.signal : AbortSignal.any([ended.signal, use.signal]);
  const agents = deps.guard.agents(TOKEN_BOUNDS.totalMs, until);
  try {
    return await closure(contextOf(deps, use, opened, agents, ended.signal));
  } catch (error) {
    if (use.signal?.aborted !== true) throw error;
    // A client that speaks by itself reports a broken socket; why it was broken is what happened.
    const isConsequence = !(error instanceof MooringError) || error.code === 'platform_unreachable';
    throw interrupted(isConsequence ? use.signal.reason : error);
  } finally {
    ended.abort(new MooringError('internal', `the exchange of "${use.connectionId}" has ended`));
  }
}

/** An exchange that ended because we could not go on is one whose answer is lost, whatever stopped us. */
function interrupted(error: unknown): unknown {
  if (!(error instanceof MooringError)) return error;
  if (error.code !== 'store_unavailable' && error.code !== 'worker_unavailable') return error;
  return new MooringError('platform_unreachable', 'the exchange was interrupted', {
    cause: error,
    detail: { network: 'interrupted' },
  });
}

function contextOf(
  deps: ExchangeDeps,
  use: ExchangeUse,
  opened: OpenedExchange,
  agents: GuardedAgents,
  ended: AbortSignal,
): ExchangeContext {
  const { platform, registration } = opened;
  const subjectFor = (shop: Readonly<Record<string, string>>): CallSubject => {
    ended.throwIfAborted();
    const { tenantId, connectionId, purpose, signal } = use;
    return { tenantId, connectionId, purpose, signal, platform, shop, registration };
  };
  const method = (kind: string) => methodFor(platform, kind);
  return {
    ...opened,
    nowMs: deps.clock.nowMs(),
    agents,
    methodFor: method,
    openGeneration: (generation) => {
      ended.throwIfAborted();
      return deps.openGeneration(use, generation);
    },
    send: async (request) => sendToken(deps, subjectFor(opened.shop), request),
    call: async (credential, request, shop = opened.shop) =>
      callOnce(deps, subjectFor(shop), { method: method(credential.kind), credential }, request),
    prove: async (credential, shop = opened.shop) =>
      proveWith(deps, subjectFor(shop), { method: method(credential.kind), credential }),
  };
}

/** Token answers are small and quick; a lost one is the caller's to judge, so nothing is retried here. */
async function sendToken(deps: ExchangeDeps, subject: CallSubject, request: OutboundRequest) {
  return sendFenced({ ...deps, bounds: TOKEN_BOUNDS }, subject, request);
}

async function callOnce(
  deps: ExchangeDeps,
  subject: CallSubject,
  material: { readonly method: AuthMethod; readonly credential: CredentialMaterial },
  request: PlatformRequest,
): Promise<PlatformResult> {
  const read = await performCall(deps, subject, request, async () => material);
  return acceptOrThrow(read, request, deps.clock.nowMs());
}
