// What the platform grants now, asked by a run when an answer says that a scope is missing: the connection's proof is read again with the
// credential the run holds, and what it tells is kept. Never written over what a newer approval told: the generation guards it.
import { MooringError } from '../domain/errors.ts';
import type { Resource } from '../domain/resource.ts';
import type { PlatformCall } from '../egress/call.ts';
import { missingScopes } from '../platforms/scopes.ts';
import { appendAudit } from '../store/audit.ts';
import { saveProof } from '../store/connections.ts';
import type { WorkPlan } from './plan-run.ts';
import { meaningOf, type ResourceFailure } from './run-outcome.ts';
import type { Stretch } from './stretch.ts';
import type { SyncDeps } from './sync-deps.ts';

/** Grants that change with every page are somebody's mistake: the run does not ask without end. */
const MAX_READS = 3;

export interface GrantedNow {
  /** Reads the proof again and keeps it. True where a page may be asked for once more: what was granted is not what the plan knew. */
  readAgain(plan: WorkPlan, call: PlatformCall): Promise<boolean>;
  /** Why a resource cannot be read, by the proof this stretch has read; null where it can, or where no proof tells. */
  lacks(plan: WorkPlan, resource: Resource): ResourceFailure | null;
}

export function watchGrant(deps: Pick<SyncDeps, 'db'>, stretch: Stretch): GrantedNow {
  let reads = 0;
  let granted: readonly string[] | null = null;
  return {
    readAgain: async (plan, call) => {
      if (reads++ >= MAX_READS) return false;
      const proven = await readProof(plan, call);
      stretch.watch.progressed();
      if (proven === null) return false;
      granted = proven.scopes;
      const isKept = await keep(deps, stretch, plan, proven);
      return !isKept || !isSame(proven.facts, plan.connection.facts);
    },
    lacks: ({ platform }, resource) => {
      const definition = platform.resources[resource];
      if (definition === undefined) return null;
      const [missing] = missingScopes(platform, [definition.requires], granted);
      if (missing === undefined) return null;
      return {
        code: 'scope_missing',
        message: `the grant no longer holds "${missing}", which "${resource}" needs`,
      };
    },
  };
}

type Proven = ReturnType<WorkPlan['platform']['proof']['read']>;

/** Null where even the proof is refused for this grant: then the refusal that led here stands. */
async function readProof({ platform, connection }: WorkPlan, call: PlatformCall): Promise<Proven | null> {
  try {
    const answer = await call(platform.proof.request(connection.shop));
    return platform.proof.read(answer, connection.shop);
  } catch (error) {
    if (error instanceof MooringError && meaningOf(error) === 'resource') return null;
    throw error;
  }
}

/** False where the credential moved on meanwhile: somebody else knows better. */
function keep(
  deps: Pick<SyncDeps, 'db'>,
  stretch: Stretch,
  plan: WorkPlan,
  proven: Proven,
): Promise<boolean> {
  const { tenantId, connectionId } = stretch.input;
  const { generation, grantedScopes } = plan.connection;
  return deps.db.inTenant(tenantId, async (tx) => {
    const isKept = await saveProof(tx, connectionId, {
      generation,
      facts: proven.facts,
      grantedScopes: proven.scopes ?? grantedScopes,
    });
    if (isKept && proven.scopes !== null && !isSameSet(proven.scopes, grantedScopes)) {
      await appendAudit(tx, {
        tenantId,
        actor: 'worker',
        action: 'connection.scopes_changed',
        target: connectionId,
        connectionId,
        outcome: 'done',
        reason: stretch.runId,
        detail: { before: grantedScopes, scopes: proven.scopes },
      });
    }
    return isKept;
  });
}

function isSame(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...names].every((name) => a[name] === b[name]);
}

function isSameSet(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((one) => b.includes(one));
}
