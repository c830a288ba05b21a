// Why a connection is as it is, for the API: the domain's finding, and what it rests on. Reads only, but for the link that lets a merchant
// act; whoever holds such a link acts as the merchant, so only a key that may make links is given one.
import type { z } from 'zod';
import { type Condition, codeBehind, diagnoseCondition } from '../domain/diagnosis.ts';
import { PERMISSIONS, type Permission } from '../domain/resource.ts';
import type { ConnectionListRow } from '../store/connections-list.ts';
import { type HeldDeletions, listHeld } from '../store/deletions.ts';
import { readMove } from '../store/shop-moves.ts';
import { listSyncRuns } from '../store/sync-runs-list.ts';
import { listTransitions } from '../store/transitions-list.ts';
import type { HttpDeps } from './deps.ts';
import { LIFECYCLES } from './lifecycle-names.ts';
import { moveEvidence } from './move-evidence.ts';
import { type diagnosis, iso, stateOf, textRecord } from './schemas/connections.ts';
import { openConnectSession } from './sessions.ts';

type Diagnosis = z.infer<typeof diagnosis>;
type Evidence = Diagnosis['evidence'];

export async function diagnosisOf(
  deps: HttpDeps,
  row: ConnectionListRow,
  { mayActAsMerchant }: { mayActAsMerchant: boolean },
): Promise<Diagnosis> {
  const lifecycle = LIFECYCLES.find((one) => one === row.lifecycle) ?? 'connecting';
  const condition: Condition = {
    lifecycle: stateOf(row) === 'revoking' ? 'revoking' : lifecycle,
    pausedBy: row.pausedBy,
    healthCause: row.health === 'ok' ? null : row.healthCause,
    reauthReason: row.reauthReason,
    nextTryAtMs: row.nextTryAt?.getTime() ?? null,
    isMoveWaiting: readMove(row.move) !== null,
    stopped: Object.keys(textRecord(row.stoppedResources)),
  };
  const found = diagnoseCondition(condition);
  const code = found.action === 'confirm_move' ? null : codeBehind(condition);
  const explained = code === null ? undefined : deps.platforms.get(row.platform)?.explains?.[code];
  const asksMerchant = found.action === 'approve' || found.action === 'widen_scopes';
  const session =
    asksMerchant && mayActAsMerchant
      ? await openConnectSession(deps, {
          tenantId: row.tenantId,
          platform: row.platform,
          permissions: row.permissions.filter(isPermission),
          connectionId: row.id,
          returnUrl: null,
        })
      : null;
  const nextTryAt = iso(found.nextTryAtMs === null ? null : new Date(found.nextTryAtMs));
  return {
    state: stateOf(row),
    action: found.action,
    actor: found.actor,
    because: explained === undefined ? found.because : `${found.because} ${explained}`,
    ...(nextTryAt === null ? {} : { nextTryAt }),
    evidence: await evidenceOf(deps, row),
    ...(session === null ? {} : { reconnectUrl: session.url }),
  };
}

/** The last transitions, the last failed runs, deletions that are held: what the finding rests on, and what else waits for somebody. */
async function evidenceOf(deps: HttpDeps, row: ConnectionListRow): Promise<Evidence> {
  const { transitions, runs, held } = await deps.db.inTenant(row.tenantId, async (tx) => ({
    transitions: await listTransitions(tx, row.id, { after: null, limit: 5 }),
    runs: await listSyncRuns(tx, row.id, { after: null, limit: 3 }),
    held: await listHeld(tx, row.id),
  }));
  const failed = runs.filter((run) => run.error !== null);
  return [
    ...transitions.map((one) => ({
      at: one.at.toISOString(),
      what: `${one.fromState} → ${one.toState}`,
      detail: eventText(one.event),
    })),
    ...failed.map((run) => ({
      at: (run.finishedAt ?? run.startedAt).toISOString(),
      what: `sync run ${run.id} ${run.status}`,
      detail: failureText(run.error),
    })),
    ...held.map((one) => heldText(row.id, one)),
    ...moveEvidence(row),
  ].sort((a, b) => b.at.localeCompare(a.at));
}

function heldText(connectionId: string, held: HeldDeletions): Evidence[number] {
  const { resource, runId } = held;
  return {
    at: new Date(held.sinceMs).toISOString(),
    what: `sync run ${runId} holds deletions of ${resource}`,
    detail: held.isConfirmed
      ? 'Confirmed: the next run makes them.'
      : `A full pass missed suspiciously many. If they are really gone: POST /v1/connections/${connectionId}/runs/${runId}/confirm-deletions. A later full pass that finds them again drops them.`,
  };
}

/** An event in words, with what it holds besides instants: those are in the timeline. */
function eventText(event: unknown): string {
  if (typeof event !== 'object' || event === null) return '';
  const { type, ...rest } = { type: 'unknown', ...event };
  const facts = Object.entries(rest).flatMap(([name, value]) =>
    !name.endsWith('tMs') && (typeof value === 'string' || typeof value === 'number')
      ? [`${name} ${value}`]
      : [],
  );
  const failure = 'failure' in rest ? failureText(rest.failure) : '';
  return [String(type).replaceAll('_', ' '), ...facts, failure]
    .filter((part) => part !== '')
    .join(', ')
    .slice(0, 500);
}

/** A kept failure: its code, and its message where it has one. */
function failureText(failure: unknown): string {
  if (typeof failure !== 'object' || failure === null) return String(failure);
  const { code, message } = { code: 'unknown', message: '', ...failure };
  return (message === '' ? String(code) : `${code}: ${message}`).slice(0, 500);
}

function isPermission(text: string): text is Permission {
  return PERMISSIONS.some((one) => one === text);
}
