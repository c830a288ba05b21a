// auth/ as the lifecycle's activities use it: an exchange's context is all it needs.
import type { Grants } from '../activities/lifecycle-deps.ts';
import { adoptCredential } from '../auth/adopt.ts';
import { upgradeCredential } from '../auth/grant.ts';
import { obtainCredential, obtainShare, renewCredential, revokeCredential } from '../auth/index.ts';
import { MooringError } from '../domain/errors.ts';
import type { Obtain } from '../domain/platform.ts';
import { missingScopes } from '../platforms/scopes.ts';

/** Without its row a kind does not compile. */
const OBTAIN: Readonly<Record<Obtain['kind'], true>> = {
  authorization_code: true,
  key_handshake: true,
  oauth1: true,
  pasted: true,
  client_credentials: true,
  jwt_bearer: true,
  token_exchange: true,
};

function isKind(text: string): text is Obtain['kind'] {
  return Object.hasOwn(OBTAIN, text);
}

export const grants: Grants = {
  obtain: async (context, obtain) => {
    if (obtain === 'share') return await obtainShare(context);
    if (obtain === 'imported') return await adoptCredential(context);
    if (!isKind(obtain))
      throw new MooringError('internal', `there is no way "${obtain}" to obtain a credential`);
    return await obtainCredential(context, obtain);
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
