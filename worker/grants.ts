// auth/ as the lifecycle's activities use it: an exchange's context is all it needs.
import type { Grants } from '../activities/lifecycle-deps.ts';
import { adoptCredential } from '../auth/adopt.ts';
import { upgradeCredential } from '../auth/grant.ts';
import { obtainCredential, obtainShare, renewCredential, revokeCredential } from '../auth/index.ts';
import { MooringError } from '../domain/errors.ts';
import type { Obtain } from '../domain/platform.ts';
import { missingScopes } from '../platforms/scopes.ts';

const OBTAIN: readonly Obtain['kind'][] = ['authorization_code', 'key_handshake', 'oauth1', 'pasted'];

export const grants: Grants = {
  obtain: async (context, obtain) => {
    if (obtain === 'share') return await obtainShare(context);
    if (obtain === 'imported') return await adoptCredential(context);
    const kind = OBTAIN.find((one) => one === obtain);
    if (kind === undefined)
      throw new MooringError('internal', `there is no way "${obtain}" to obtain a credential`);
    return await obtainCredential(context, kind);
  },
  renew: (context, credential, method) => renewCredential(context, method, credential),
  upgrade: async (context, { material }, to) => {
    const method = context.methodFor(material.kind);
    if (method.upgrade?.to === to) return await upgradeCredential(context, method, material);
    throw new MooringError('upgrade_unavailable', `"${material.kind}" does not become "${to}"`);
  },
  revoke: (context, material, token) =>
    revokeCredential(context, context.methodFor(material.kind), token, material),
  missingScopes,
};
