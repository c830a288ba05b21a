// Obtaining and renewing, bound to auth/ and the platforms' scopes. Plaintext comes back to the closure of the exchange that called, and must
// not leave it.
import { obtainCredential, renewCredential } from '../auth/index.ts';
import { MooringError } from '../domain/errors.ts';
import type { Obtain } from '../domain/platform.ts';
import { missingScopes } from '../platforms/scopes.ts';
import type { Grants } from './lifecycle-deps.ts';

const KINDS: Readonly<Record<Obtain['kind'], true>> = {
  authorization_code: true,
  key_handshake: true,
  pasted: true,
};

export function createGrants(): Grants {
  return {
    obtain: (context, obtain) => {
      if (!isKind(obtain)) throw new MooringError('internal', `"${obtain}" is not a way to obtain a grant`);
      return obtainCredential(context, obtain);
    },
    renew: (context, credential, method) => renewCredential(context, method, credential),
    missingScopes: (platform, permissions, granted) => missingScopes(platform, permissions, granted),
  };
}

function isKind(text: string): text is Obtain['kind'] {
  return Object.hasOwn(KINDS, text);
}
