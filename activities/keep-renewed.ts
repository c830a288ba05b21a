// What an import had to renew before it could be proved is sealed again in place of what was brought: the old refresh token is used up, and
// a proof that fails for a passing reason is tried again from here.
import { replaceSealed } from '../store/imports.ts';
import type { CompleteAuthorizationInput } from './lifecycle-contract.ts';
import type { IssuedCredential, LifecycleDeps } from './lifecycle-deps.ts';

export async function keepRenewed(
  deps: Pick<LifecycleDeps, 'db' | 'vault'>,
  { tenantId, authorizationId }: CompleteAuthorizationInput,
  issued: IssuedCredential,
): Promise<void> {
  const { kind, parts, expiresAtMs, refreshExpiresAtMs } = issued;
  const sealed = await deps.vault.seal(
    { owner: tenantId, subject: authorizationId, kind: 'authorization', generation: 0 },
    {
      ...parts,
      kind,
      ...(expiresAtMs === null ? {} : { expiresAt: new Date(expiresAtMs).toISOString() }),
      ...(refreshExpiresAtMs === null
        ? {}
        : { refreshExpiresAt: new Date(refreshExpiresAtMs).toISOString() }),
    },
  );
  await deps.db.inTenant(tenantId, (tx) => replaceSealed(tx, authorizationId, sealed));
}
