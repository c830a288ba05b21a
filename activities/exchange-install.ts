// An install whose code lives for seconds: exchanged before anybody claims it, what was issued sealed in its place; and ended at the platform when nobody
// claims it in time. A code is sent once: the second try finds it under way and sends nothing.
import { obtainCredential, revokeCredential } from '../auth/index.ts';
import { MooringError } from '../domain/errors.ts';
import type { InstallId } from '../domain/ids.ts';
import type { Platform } from '../domain/platform.ts';
import type { InstallContext } from '../egress/install-exchange.ts';
import {
  beginExchange,
  deleteUnclaimed,
  findInstall,
  type InstallRow,
  installBinding,
  keepIssued,
  leaveInstall,
  refuseInstall,
} from '../store/installs.ts';
import { textFields } from '../store/shop-moves.ts';
import type { InstallOutcome } from '../workflows/messages.ts';
import type { LifecycleActivities } from './lifecycle-contract.ts';
import type { LifecycleDeps } from './lifecycle-deps.ts';

type Deps = Pick<LifecycleDeps, 'db' | 'vault' | 'platforms' | 'installExchange' | 'nowMs' | 'log'>;

export const exchangeInstall =
  (deps: Deps): LifecycleActivities['exchangeInstall'] =>
  async ({ installId }) => {
    const install = await deps.db.acrossTenants((tx) => beginExchange(tx, installId, new Date(deps.nowMs())));
    if (install === null) return await outcomeSoFar(deps, installId);
    try {
      return await deps.installExchange(useOf(deps, install), (context) => exchange(deps, install, context));
    } catch (error) {
      await deps.db.acrossTenants((tx) => refuseInstall(tx, installId));
      if (!(error instanceof MooringError)) deps.log('exchangeInstall', error);
      const known =
        error instanceof MooringError ? error : new MooringError('internal', 'the exchange failed');
      return { outcome: 'refused', code: known.code, message: known.message };
    }
  };

async function outcomeSoFar(deps: Deps, installId: InstallId): Promise<InstallOutcome> {
  const row = await deps.db.acrossTenants((tx) => findInstall(tx, { id: installId }));
  if (row?.exchange === 'exchanged') return { outcome: 'exchanged' };
  return {
    outcome: 'refused',
    code: 'invalid_state',
    message: 'the install was exchanged before, or is over',
  };
}

async function exchange(deps: Deps, install: InstallRow, context: InstallContext): Promise<InstallOutcome> {
  const { platform } = context;
  const method = platform.auth.find(({ obtain }) => obtain.kind === install.obtain);
  if (method === undefined)
    throw new MooringError('internal', `"${platform.id}" has no way "${install.obtain}"`);
  const { kind } = method.obtain;
  if (context.registrationId === null && (method.needsRegistration ?? platform.needsRegistration)) {
    await deps.db.acrossTenants((tx) => leaveInstall(tx, install.id));
    return { outcome: 'left' };
  }
  const { parts, shop, scopes, shops, ...told } = await obtainCredential(context, kind);
  if (shops !== undefined)
    throw new MooringError('internal', `an install of "${install.platform}" cannot be for several shops`);
  const { kind: credentialKind, expiresAtMs, lifetimeS, refreshExpiresAtMs } = told;
  const sealed = await deps.vault.seal(installBinding(install.id), parts);
  await deps.db.acrossTenants((tx) =>
    keepIssued(tx, install.id, {
      sealed: Uint8Array.from(sealed.bytes),
      keyVersion: sealed.keyVersion,
      shop,
      registrationId: context.registrationId,
      issued: {
        kind: credentialKind,
        expiresAtMs,
        lifetimeS,
        refreshExpiresAtMs,
        scopes: scopes === null ? null : [...scopes],
      },
    }),
  );
  return { outcome: 'exchanged' };
}

/** Nobody claimed it: the grant is ended where the platform can, best effort, and the secret is destroyed in any case. Safe to repeat. */
export const endInstall =
  (deps: Deps): LifecycleActivities['endInstall'] =>
  async ({ installId }) => {
    const install = await deps.db.acrossTenants((tx) => findInstall(tx, { id: installId }));
    if (install === null || install.claimedAt !== null) return;
    if (install.exchange === 'exchanged')
      await deps
        .installExchange(useOf(deps, install), (context) => revoke(install, context))
        .catch((error: unknown) => {
          if (!(error instanceof MooringError)) deps.log('endInstall', error);
        });
    await deps.db.acrossTenants((tx) => deleteUnclaimed(tx, installId));
  };

async function revoke(install: InstallRow, context: InstallContext): Promise<void> {
  const { platform, authorization } = context;
  const { revoke: how } = platform;
  const method = platform.auth.find(({ credentialKind }) => credentialKind === issuedKind(install));
  if (how === undefined || method === undefined) return;
  const material = { kind: method.credentialKind, parts: authorization ?? {} };
  if ('token' in how) return await revokeCredential(context, method, how.token, material);
  await context.call(
    material,
    how.request(context.shop, { clientId: context.registration?.clientId ?? '' }),
    context.shop,
  );
}

function issuedKind({ issued }: InstallRow): string | null {
  const isRecord = typeof issued === 'object' && issued !== null && !Array.isArray(issued);
  return isRecord && typeof issued['kind'] === 'string' ? issued['kind'] : null;
}

function useOf(deps: Deps, install: InstallRow) {
  return { installId: install.id, platform: platformOf(deps, install), shop: textFields(install.shop) };
}

function platformOf(deps: Deps, { platform }: InstallRow): Platform {
  const found = deps.platforms.get(platform);
  if (found === undefined) throw new MooringError('unknown_platform', `there is no platform "${platform}"`);
  return found;
}
