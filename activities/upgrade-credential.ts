// One exchange of a credential for one of another kind, as the platform's data says: marked before it is sent, saved by compare-and-set,
// never tried again by Temporal. Where it cannot be taken back, an answer that says nothing certain counts as lost.
import { appendAudit } from '../store/audit.ts';
import { appendEvent } from '../store/events.ts';
import type {
  LifecycleActivities,
  RefreshResult,
  UpgradeInput,
  UpgradeResult,
} from './lifecycle-contract.ts';
import type { LifecycleDeps } from './lifecycle-deps.ts';
import { renewalOfMethod } from './load-connection.ts';
import { exchangeByMarker } from './refresh-credential.ts';
import { settleLostRefresh } from './settle-lost-refresh.ts';

type Deps = Pick<LifecycleDeps, 'db' | 'vault' | 'exchange' | 'grants' | 'platforms' | 'nowMs'>;

export const upgradeCredential =
  (deps: Deps): LifecycleActivities['upgradeCredential'] =>
  async (input) => {
    const { tenantId, connectionId, generation, to } = input;
    const result = await exchangeByMarker(deps, input, {
      reason: `upgrade to ${to}`,
      isIrreversible: true,
      issue: (context, credential) => deps.grants.upgrade(context, credential, to),
      told: { type: 'upgraded', generation: generation + 1, kind: to },
      alongside: async (tx, issued) => {
        const { scopes } = issued;
        if (scopes !== null)
          await tx.connection.updateMany({
            where: { id: connectionId },
            data: { grantedScopes: [...scopes] },
          });
        const detail = { from: input.from, to, generation: generation + 1 };
        await appendAudit(tx, {
          tenantId,
          actor: 'worker',
          action: 'credential.upgraded',
          target: connectionId,
          connectionId,
          outcome: 'done',
          reason: input.requestedBy,
          detail,
        });
        await appendEvent(tx, {
          tenantId,
          connectionId,
          type: 'connection.credential_upgraded',
          data: detail,
          atMs: deps.nowMs(),
        });
      },
    });
    return withRenewal(deps, input, result);
  };

/** What became of one whose activity did not come back; sends nothing. */
export const settleLostUpgrade =
  (deps: Pick<LifecycleDeps, 'db' | 'platforms' | 'nowMs'>): LifecycleActivities['settleLostUpgrade'] =>
  async (input) => {
    const result = await settleLostRefresh(deps)(input);
    const isUnclear = result.outcome === 'failed' && result.code === 'platform_down';
    return withRenewal(deps, input, isUnclear ? { outcome: 'lost', epoch: result.epoch } : result);
  };

function withRenewal(
  deps: Pick<LifecycleDeps, 'platforms'>,
  input: UpgradeInput,
  result: RefreshResult,
): UpgradeResult {
  if (result.outcome !== 'refreshed') return result;
  const methods = deps.platforms.get(input.platform)?.auth ?? [];
  const method = methods.find((one) => one.credentialKind === result.credential.kind);
  return { ...result, ...renewalOfMethod(method) };
}
