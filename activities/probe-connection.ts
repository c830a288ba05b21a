// One harmless call, the platform's own proof, that says whether the credential works. Changes nothing; safe to run at any time.
import { MooringError } from '../domain/errors.ts';
import type { ConnectionRef, LifecycleActivities, ProbeResult } from './lifecycle-contract.ts';
import type { LifecycleDeps } from './lifecycle-deps.ts';

type Deps = Pick<LifecycleDeps, 'exchange'>;

export const probeConnection =
  (deps: Deps): LifecycleActivities['probeConnection'] =>
  (input) =>
    probe(deps, input, `probe ${input.reason}`);

/** Errors become answers; what is nobody's fault but ours (the database, the audit trail) is thrown. */
export async function probe(deps: Deps, ref: ConnectionRef, reason: string): Promise<ProbeResult> {
  let generation = 0;
  try {
    await deps.exchange(
      { ...pick(ref), purpose: 'probe', reason, credential: 'current' },
      async ({ credential, platform, shop, call }) => {
        if (credential === null) throw new MooringError('credential_dead', 'there is no credential to probe');
        generation = credential.generation;
        const answer = await call(credential.material, platform.proof.request(shop));
        platform.proof.read(answer, shop);
      },
    );
    return { outcome: 'works', generation };
  } catch (error) {
    if (!(error instanceof MooringError) || OURS.has(error.code)) throw error;
    const { code, retryAtMs } = error;
    return { outcome: 'failed', generation, code, ...(retryAtMs === undefined ? {} : { retryAtMs }) };
  }
}

const OURS: ReadonlySet<string> = new Set([
  'store_unavailable',
  'audit_unavailable',
  'key_unavailable',
  'internal',
]);

function pick({ tenantId, connectionId }: ConnectionRef): ConnectionRef {
  return { tenantId, connectionId };
}
