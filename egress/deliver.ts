// The one way out to a tenant's endpoint: signed, to a judged and pinned public address, bounded in time and size. Redirects are not followed,
// whatever the answer it is an outcome, and nothing of the keys leaves this file but the signatures.
import { Agent } from 'undici';
import { webhookHeaders } from '../auth/standard-webhooks.ts';
import { type AttemptFault, type AttemptOutcome, readRetryAfter } from '../domain/delivery.ts';
import { MooringError } from '../domain/errors.ts';
import type { EndpointId, EventId, TenantId } from '../domain/ids.ts';
import { tlsFaultOf } from '../domain/tls-fault.ts';
import type { EndpointKeys } from './endpoint-keys.ts';
import { createGuard, type Guard, type GuardSettings } from './guard.ts';
import { NO_OVERRIDES } from './overrides.ts';

export interface DeliveryTarget {
  readonly tenantId: TenantId;
  readonly endpointId: EndpointId;
  readonly url: string;
  /** The newest version of its secrets: another one is opened anew. */
  readonly secretVersion: number;
}

export interface Sent {
  readonly headers: Readonly<Record<string, string>>;
  readonly outcome: AttemptOutcome;
  /** The first KB of the answer; null without one. */
  readonly answer: string | null;
  readonly atMs: number;
  readonly tookMs: number;
}

export interface Deliverer {
  /** Sends one message. Never throws but for a lost database and for `signal`. */
  deliver(target: DeliveryTarget, message: { readonly id: EventId; readonly body: string }): Promise<Sent>;
  close(): Promise<void>;
}

export interface DelivererDeps extends Pick<GuardSettings, 'allowPrivateNetworks' | 'resolve' | 'ca'> {
  readonly keys: EndpointKeys;
  readonly nowMs: () => number;
  /** From the call to the end of the answer, connecting included; default 15 s. */
  readonly totalMs?: number;
}

const TOTAL_MS = 15_000;
const ANSWER_BYTES = 1024;
/** What may come behind the part that is kept, so that the connection can be used again. */
const DRAINED_BYTES = 64 * 1024;
/** Where people run receivers beside 443. */
const ALLOWED_PORTS = [8443];
const USER_AGENT = 'Mooring/0.1 (+https://www.standardwebhooks.com)';

/** The guard of endpoints: no override of development reaches them. */
export function endpointGuard(
  settings: Pick<GuardSettings, 'allowPrivateNetworks' | 'resolve' | 'ca'>,
): Guard {
  return createGuard({ ...settings, originOverrides: NO_OVERRIDES, allowedPorts: ALLOWED_PORTS });
}

export function createDeliverer(deps: DelivererDeps): Deliverer {
  const guard = endpointGuard(deps);
  const agent = new Agent({
    connect: guard.connector,
    // As many as there may be attempts: many endpoints may share a host, and who waits for a socket spends the time of its answer.
    connections: 256,
    pipelining: 1,
    keepAliveTimeout: 10_000,
    maxHeaderSize: 16 * 1024,
  });
  return {
    deliver: async (target, message) => {
      const atMs = deps.nowMs();
      const started = performance.now();
      const took = (): number => Math.round(performance.now() - started);
      const unsigned = {
        'content-type': 'application/json',
        'user-agent': USER_AGENT,
        'accept-encoding': 'identity',
      };
      const signed = await signedHeaders(deps.keys, target, { ...message, atMs });
      if (signed === null)
        return {
          headers: unsigned,
          outcome: { fault: 'secret_unreadable' },
          answer: null,
          atMs,
          tookMs: took(),
        };
      const headers = { ...unsigned, ...signed };
      const request = { url: target.url, headers, body: message.body };
      const told = await post(
        { agent, guard, totalMs: deps.totalMs ?? TOTAL_MS, nowMs: deps.nowMs },
        request,
      );
      return { headers, ...told, atMs, tookMs: took() };
    },
    close: () => agent.destroy(),
  };
}

async function signedHeaders(
  keys: EndpointKeys,
  target: DeliveryTarget,
  { id, body, atMs }: { readonly id: string; readonly body: string; readonly atMs: number },
): Promise<ReturnType<typeof webhookHeaders> | null> {
  try {
    const found = await keys.keysOf(target);
    return found.length === 0
      ? null
      : webhookHeaders(found, { id, timestampS: Math.floor(atMs / 1000), body });
  } catch (error) {
    const isUnreadable = error instanceof MooringError && error.code === 'credential_unreadable';
    if (isUnreadable) return null;
    throw error;
  }
}

interface Way {
  readonly agent: Agent;
  readonly guard: Guard;
  readonly totalMs: number;
  readonly nowMs: () => number;
}

interface Posting {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

async function post(way: Way, request: Posting): Promise<Pick<Sent, 'outcome' | 'answer'>> {
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(), way.totalMs);
  try {
    const url = way.guard.check(request.url);
    const answer = await way.agent.request({
      origin: url.origin,
      path: url.pathname + url.search,
      method: 'POST',
      headers: request.headers,
      body: request.body,
      signal: timeout.signal,
    });
    const asked = answer.headers['retry-after'];
    const retryAfterS = readRetryAfter(typeof asked === 'string' ? asked : undefined, way.nowMs());
    return { outcome: { status: answer.statusCode, retryAfterS }, answer: await firstOf(answer.body) };
  } catch (error) {
    return { outcome: { fault: timeout.signal.aborted ? 'timeout' : faultOf(error) }, answer: null };
  } finally {
    clearTimeout(timer);
  }
}

/** The first KB. What breaks behind the status line changes nothing: the status is the answer. */
async function firstOf(body: AsyncIterable<Buffer> & { destroy(): void }): Promise<string> {
  const kept: Buffer[] = [];
  let sizeBytes = 0;
  try {
    for await (const chunk of body) {
      if (sizeBytes < ANSWER_BYTES) kept.push(chunk.subarray(0, ANSWER_BYTES - sizeBytes));
      sizeBytes += chunk.length;
      if (sizeBytes > DRAINED_BYTES) break;
    }
  } catch {
    body.destroy();
  }
  // PostgreSQL's text takes no NUL.
  return Buffer.concat(kept).toString('utf8').replaceAll('\u0000', '\ufffd');
}

const INVALID = /^(HPE_|UND_ERR_HEADERS_OVERFLOW|UND_ERR_RES_|UND_ERR_INVALID)/;

function faultOf(error: unknown): AttemptFault {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof MooringError && cause.code === 'address_not_allowed') return 'address_not_allowed';
    const code: string = 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
    if (tlsFaultOf(code) !== null) return 'certificate_invalid';
    if (INVALID.test(code)) return 'answer_invalid';
    if (code === 'UND_ERR_CONNECT_TIMEOUT') return 'timeout';
  }
  return 'unreachable';
}
