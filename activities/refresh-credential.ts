// One exchange of one refresh token, marked in Postgres before it is sent and recorded with its outcome. Never tried again by Temporal; a
// second run of the same attempt finds the marker and sends nothing for 12 s. Never throws after something was sent: it says `lost`.
import { type ErrorCode, MooringError } from '../domain/errors.ts';
import { IN_FLIGHT_MS } from '../domain/refresh-plan.ts';
import { tlsFaultOf } from '../domain/tls-fault.ts';
import type { ExchangeContext, OpenCredential } from '../egress/exchange.ts';
import { endAttempt, lockConnection } from '../store/connections.ts';
import { readCredentialFacts } from '../store/credential-facts.ts';
import type { Tx } from '../store/database.ts';
import { findMarker, findUnanswered, markSent, resolveMarker } from '../store/refresh-markers.ts';
import { appendTransition } from '../store/transitions.ts';
import type { AttemptInput, LifecycleActivities, RefreshResult } from './lifecycle-contract.ts';
import type { IssuedCredential, LifecycleDeps } from './lifecycle-deps.ts';
import { sealAndSave } from './save-generation.ts';
import { noteScopes } from './tell-drift.ts';

type Deps = Pick<LifecycleDeps, 'db' | 'vault' | 'exchange' | 'grants' | 'nowMs'>;

export const refreshCredential =
  (deps: Deps): LifecycleActivities['refreshCredential'] =>
  (attempt) =>
    exchangeByMarker(deps, attempt, {
      reason: `refresh ${attempt.generation}/${attempt.epoch}`,
      issue: (context, credential) =>
        deps.grants.renew(context, credential, context.methodFor(credential.material.kind)),
      told: { type: 'refreshed', generation: attempt.generation + 1 },
    });

/** What is exchanged for a newer credential, and how the timeline tells it. */
export interface Exchanging {
  readonly reason: string;
  readonly issue: (context: ExchangeContext, credential: OpenCredential) => Promise<IssuedCredential>;
  readonly told: Readonly<Record<string, unknown>> & { readonly type: string };
  /** What was sent cannot be taken back: an error of the platform's own says nothing about whether it was done. */
  readonly isIrreversible?: true;
  readonly alongside?: (tx: Tx, issued: IssuedCredential) => Promise<void>;
}

/** One exchange of the newest generation, by a marker. Never throws after something was sent. */
export async function exchangeByMarker(
  deps: Deps,
  attempt: AttemptInput,
  what: Exchanging,
): Promise<RefreshResult> {
  const early = await begin(deps, attempt);
  if (early !== null) return early;
  const progress = { isIssued: false };
  try {
    return await deps.exchange(
      {
        tenantId: attempt.tenantId,
        connectionId: attempt.connectionId,
        purpose: 'refresh',
        reason: what.reason,
        credential: 'current',
      },
      (context) => exchangeOnce(deps, attempt, { context, what, progress }),
    );
  } catch (error) {
    const judgement = progress.isIssued ? LOST : judge(error);
    const isUnclear =
      what.isIrreversible === true && judgement.outcome === 'failed' && judgement.code === 'platform_down';
    return settle(deps, attempt, isUnclear ? LOST : judgement);
  }
}

/** Looks, under the row's lock, whether this attempt may send at all, and commits its marker. */
async function begin(deps: Deps, attempt: AttemptInput): Promise<RefreshResult | null> {
  return deps.db.inTenant(attempt.tenantId, async (tx) => {
    const early = await alreadyDecided(tx, attempt);
    if (early !== null) return early;
    const nowMs = deps.nowMs();
    const unansweredMs = await findUnanswered(tx, attempt.connectionId);
    if (unansweredMs !== null && nowMs < unansweredMs + IN_FLIGHT_MS) {
      const epoch = await end(tx, attempt);
      return {
        outcome: 'failed',
        epoch,
        code: 'platform_unreachable',
        retryAtMs: unansweredMs + IN_FLIGHT_MS,
        isUnsent: true,
      };
    }
    await markSent(tx, attempt, new Date(nowMs));
    return null;
  });
}

/** What the locked row says by itself: gone, fenced, or another writer was first. */
export async function alreadyDecided(tx: Tx, attempt: AttemptInput): Promise<RefreshResult | null> {
  const row = await lockConnection(tx, attempt.connectionId);
  if (row === null || row.fencedAt !== null) {
    return { outcome: 'discarded', epoch: row === null ? attempt.epoch : await end(tx, attempt) };
  }
  if (row.generation <= attempt.generation) return null;
  const credential = await readCredentialFacts(tx, attempt.connectionId, row.generation);
  const epoch = await end(tx, attempt);
  if (credential === null) return { outcome: 'discarded', epoch };
  return { outcome: 'refreshed', generation: row.generation, epoch, credential };
}

/** The next attempt gets a new number, and with it a new update id. */
export async function end(tx: Tx, attempt: AttemptInput): Promise<number> {
  await endAttempt(tx, attempt.connectionId, attempt.epoch + 1);
  return attempt.epoch + 1;
}

interface Sending {
  readonly context: ExchangeContext;
  readonly what: Exchanging;
  readonly progress: { isIssued: boolean };
}

async function exchangeOnce(deps: Deps, attempt: AttemptInput, sending: Sending): Promise<RefreshResult> {
  const { context, what, progress } = sending;
  const { credential } = context;
  if (credential === null || credential.generation !== attempt.generation) {
    throw new MooringError('stale_write', `generation ${attempt.generation} is not the newest any more`);
  }
  const issued = await what.issue(context, credential);
  progress.isIssued = true;
  const save = () => saveIssued(deps, attempt, sending, issued);
  // The pair exists once, in this closure: a database that is away for a moment must not cost the merchant a new approval.
  return save().catch(() => save());
}

async function saveIssued(
  deps: Deps,
  attempt: AttemptInput,
  { context, what }: Sending,
  issued: IssuedCredential,
): Promise<RefreshResult> {
  const { tenantId, connectionId, generation, seq } = attempt;
  const epoch = attempt.epoch + 1;
  const nowMs = deps.nowMs();
  const saved = await sealAndSave(
    deps,
    {
      tenantId,
      connectionId,
      expectedGeneration: generation,
      epoch,
      issued,
      method: context.methodFor(issued.kind),
      registrationVersion: context.registration?.version ?? null,
      previous: context.credential,
      grantedAtMs: attempt.grantedAtMs,
    },
    async (tx) => {
      const state = await tx.connection.findUnique({ where: { id: connectionId }, select: { state: true } });
      const from = state?.state ?? 'active';
      await appendTransition(tx, {
        connectionId,
        tenantId,
        seq,
        event: what.told,
        from,
        to: from,
        atMs: nowMs,
      });
      const { platform } = context;
      await noteScopes(tx, attempt, { platform, told: issued.scopes, reason: what.reason });
      await what.alongside?.(tx, issued);
    },
  );
  if (saved.saved)
    return { outcome: 'refreshed', generation: saved.generation, epoch, credential: saved.facts };
  return settle(deps, attempt, { outcome: 'discarded' });
}

type Judgement =
  | { readonly outcome: 'dead'; readonly isUninstalled?: true }
  | { readonly outcome: 'unreadable' | 'discarded' | 'lost' }
  | { readonly outcome: 'failed'; readonly code: ErrorCode; readonly retryAtMs?: number };

const LOST: Judgement = { outcome: 'lost' };

/** Network errors after which nothing can have reached the platform. */
const NEVER_SENT: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** A handshake that failed let nothing through either. */
function isNeverSent({ detail }: MooringError): boolean {
  const network = String(detail['network']);
  return NEVER_SENT.has(network) || tlsFaultOf(network) !== null;
}

/** What an error of an exchange says about the grant. No answer, or one that cannot be read, may have used the token up. */
export function judge(error: unknown): Judgement {
  if (!(error instanceof MooringError)) return LOST;
  switch (error.code) {
    case 'credential_dead':
    case 'credential_expired':
    case 'credential_rejected':
    // The merchant's own key or certificate: nothing but another one helps.
    case 'signing_key_invalid':
    case 'certificate_invalid':
      return { outcome: 'dead' };
    case 'app_uninstalled':
      return { outcome: 'dead', isUninstalled: true };
    case 'credential_unreadable':
      return { outcome: 'unreadable' };
    case 'fenced':
    case 'stale_write':
    case 'not_found':
      return { outcome: 'discarded' };
    case 'platform_unreachable':
      return isNeverSent(error) ? failed(error) : LOST;
    case 'platform_answer_invalid':
    case 'platform_answer_too_large':
      return LOST;
    default:
      return failed(error);
  }
}

function failed({ code, retryAtMs }: MooringError): Judgement {
  return { outcome: 'failed', code, ...(retryAtMs === undefined ? {} : { retryAtMs }) };
}

/** Records the outcome with the attempt's number. A dead grant is believed only if the row, read again, has not moved. */
async function settle(deps: Deps, attempt: AttemptInput, judgement: Judgement): Promise<RefreshResult> {
  return deps.db.inTenant(attempt.tenantId, async (tx) => {
    const decided = await alreadyDecided(tx, attempt);
    await resolveMarker(tx, attempt, decided?.outcome ?? judgement.outcome, new Date(deps.nowMs()));
    if (decided !== null) return decided;
    const epoch = await end(tx, attempt);
    if (judgement.outcome === 'dead') return { ...judgement, epoch, generation: attempt.generation };
    if (judgement.outcome === 'failed') return { ...judgement, epoch };
    if (judgement.outcome === 'lost')
      return { ...judgement, epoch, ...clearsOf(await findMarker(tx, attempt)) };
    return { outcome: judgement.outcome, epoch };
  });
}

/** From when nothing of a lost exchange can be on its way any more. */
export function clearsOf(marker: { readonly sentAt: Date } | null): { clearsAtMs?: number } {
  return marker === null ? {} : { clearsAtMs: marker.sentAt.getTime() + IN_FLIGHT_MS };
}
